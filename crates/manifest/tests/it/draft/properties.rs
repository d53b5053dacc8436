//! The properties of every draft: it can be read, it says what was seen, and what lint says of it is in it.

use manifest::draft::Draft;
use manifest::{Domain, Manifest, MemoryFiles, lint, load};
use model::{Published, SeenFile, SeenMailFrom};
use proptest::prelude::*;
use standards::dmarc::{Policy, Subject};
use standards::dns::{Mx, Name};
use standards::spf::Spf;
use standards::{Finding, Severity};

use super::fixtures;
use super::world::{World, drafted, seen};

/// The draft as it is read, and everything that lint says of it.
fn read(draft: &Draft) -> (Option<Manifest>, Vec<Finding>) {
    let mut files = MemoryFiles::default().with("own.yaml", draft.text.as_str());
    for file in &draft.files {
        files = files.with(&file.path, file.bytes.clone());
    }
    let (manifest, mut findings) = load("own.yaml", &files);
    let now = "2026-12-01T00:00:00Z".parse().expect("a time");
    findings.extend(manifest.iter().flat_map(|manifest| lint(manifest, now)));
    (manifest, findings)
}

/// Whether the draft has the finding in its comments, by its rule and its severity.
fn has_comment(draft: &Draft, finding: &Finding) -> bool {
    let head = format!("# {} {}: ", finding.rule, finding.severity);
    draft
        .text
        .lines()
        .any(|line| line.trim_start().starts_with(&head))
}

#[track_caller]
fn check(name: &str, world: &World, domains: &[&str]) {
    let published = seen(world, domains);
    let draft = drafted(world, domains, Some("111111111111"));
    let (manifest, findings) = read(&draft);
    // The second SES of a region is in an account that nobody has named.
    let is_placeholder = |finding: &Finding| finding.rule == "MAN-09";
    for finding in &findings {
        assert!(
            has_comment(&draft, finding),
            "{name}: {finding:?}\n{}",
            draft.text
        );
        let is_of_form = finding.rule.starts_with("MAN-") && !is_placeholder(finding);
        assert!(!is_of_form, "{name}: {finding:?}\n{}", draft.text);
    }
    for finding in published.iter().flat_map(errors) {
        let head = format!("# {} error", finding.rule);
        assert!(
            draft.text.contains(&head),
            "{name}: {finding:?}\n{}",
            draft.text
        );
    }
    if !findings.iter().any(is_placeholder) {
        let manifest = manifest.unwrap_or_else(|| panic!("{name}:\n{}", draft.text));
        for one in &published {
            says_what_was_seen(&manifest, one);
        }
    }
    let plain = |c: char| c == '\n' || c == '…' || (' '..='~').contains(&c);
    assert!(draft.text.chars().all(plain), "{name}:\n{}", draft.text);
    assert!(draft.text.lines().all(|line| line.len() < 4096), "{name}");
}

/// The errors in the records of a domain.
fn errors(seen: &Published) -> Vec<&Finding> {
    let all = [
        &seen.mx.findings,
        &seen.spf.findings,
        &seen.dmarc.findings,
        &seen.tls_rpt.findings,
        &seen.mta_sts.findings,
        &seen.policy.findings,
        &seen.bimi.findings,
    ];
    let all = all.into_iter().flatten();
    all.filter(|finding| finding.severity == Severity::Error)
        .collect()
}

/// The values of the manifest are those that were seen, wherever receivers could use them.
fn says_what_was_seen(manifest: &Manifest, seen: &Published) {
    let name = &seen.domain;
    let Some(domain) = manifest.domains.get(name) else {
        assert!(manifest.parked.contains_key(name), "{name}");
        assert_eq!(seen.mx.read.as_deref(), Some(&[Mx::NULL][..]), "{name}");
        return;
    };
    if let Some(hosts) = &seen.mx.read {
        let declared: Vec<Mx> = domain.mx.iter().map(|mx| mx.value.clone()).collect();
        assert_eq!(&declared, hosts, "{name}");
    }
    if let (Some(record), Some(block)) = (&seen.spf.read, &domain.spf) {
        assert_eq!(vec![block.text()], seen.spf.values, "{name}: {record}");
    }
    if let Some(record) = &seen.dmarc.read {
        let block = domain.dmarc.as_ref().expect("a record is kept").record();
        let mut kept = record.clone();
        // What has no key in a manifest; a share of mail becomes one step less of all mail.
        let is_partial = kept
            .percent
            .take()
            .is_some_and(|percent| percent.get() < 100);
        let subjects = [Subject::Domain, Subject::Subdomain, Subject::Nonexistent];
        let is_enforced = subjects
            .iter()
            .any(|one| kept.written_policy(*one) > Policy::None);
        kept.testing |= is_partial && is_enforced;
        kept.report_interval = None;
        for target in kept.rua.iter_mut().chain(&mut kept.ruf) {
            target.size_limit = None;
        }
        assert_eq!(block, kept, "{name}");
    }
    if seen.dmarc.read.is_none() && (seen.dmarc_above.is_some() || !seen.dmarc.is_answered) {
        assert_eq!(
            domain.dmarc, None,
            "{name}: the record above goes on to apply"
        );
    }
    if let Some(record) = &seen.tls_rpt.read {
        let block = domain.tls_rpt.as_ref().expect("a record is kept");
        let rua: Vec<_> = block.rua.iter().map(|uri| uri.value.clone()).collect();
        assert_eq!(rua, record.rua(), "{name}");
    }
    if let (Some(policy), Some(block)) = (&seen.policy.read, &domain.mta_sts) {
        let hosts = domain.mx.iter().map(|mx| &mx.exchange);
        let (kept, _) = block.policy(hosts).expect("a policy is made");
        assert_eq!(kept.mode(), policy.mode(), "{name}");
        assert_eq!(kept.max_age(), policy.max_age(), "{name}");
    }
    for instance in &domain.ses {
        let label = instance.mail_from.as_ref().map(ToString::to_string);
        let is_it = |one: &SeenMailFrom| {
            Some(&one.label) == label.as_ref() && one.region == instance.region.as_str()
        };
        assert!(seen.mail_from.iter().any(is_it), "{name}: {label:?}");
    }
    if let Some(bimi) = domain.bimi.as_ref().filter(|bimi| !bimi.decline.value) {
        let file = |file: &Option<SeenFile>| file.as_ref().and_then(|file| file.bytes.clone());
        let logo = bimi.logo.as_ref().map(|file| file.bytes.to_vec());
        assert_eq!(logo, file(&seen.logo), "{name}");
        let certificate = bimi.certificate.as_ref().map(|file| file.bytes.to_vec());
        assert_eq!(certificate, file(&seen.certificate), "{name}");
    }
    begins_gently(domain, seen);
}

/// A new policy does nothing to mail but report.
fn begins_gently(domain: &Domain, seen: &Published) {
    let name = &seen.domain;
    let is_gentle = seen.policy.read.is_some()
        || domain.mta_sts.as_ref().is_none_or(|block| {
            block.mode.as_ref().map(|mode| mode.value) == Some(manifest::MtaStsMode::Testing)
        });
    assert!(is_gentle, "{name}: a policy begins with testing");
    let is_gentle = seen.dmarc.read.is_some()
        || domain.dmarc.as_ref().is_none_or(|block| {
            block.p.value == manifest::DmarcPolicy::None && !block.rua.is_empty()
        });
    assert!(is_gentle, "{name}: DMARC begins with none and reports");
}

#[test]
fn every_fixture() {
    for (name, world, domains) in fixtures::all() {
        check(name, &world, &domains);
    }
}

#[test]
fn without_an_account_lint_names_the_placeholder_and_nothing_else() {
    for (name, world, domains) in fixtures::all() {
        let draft = drafted(&world, &domains, None);
        let (_, findings) = read(&draft);
        let needs_account = draft.text.contains("\naccounts:");
        let errors = findings
            .iter()
            .filter(|one| one.severity == Severity::Error);
        let rules: Vec<&str> = errors.map(|finding| &*finding.rule).collect();
        assert_eq!(rules.is_empty(), !needs_account, "{name}: {findings:?}");
        if needs_account {
            assert!(
                rules.iter().all(|rule| *rule == "MAN-09"),
                "{name}: {findings:?}"
            );
            assert!(has_comment(&draft, &findings[0]), "{name}");
        }
    }
}

#[test]
fn published_text_gives_editors_no_instruction() {
    let draft = drafted(&fixtures::hostile(), &["example.com"], None);
    assert!(
        !draft.text.contains("yaml-language-server"),
        "{}",
        draft.text
    );
    // Editors look at the first and the last five lines.
    let lines: Vec<&str> = draft.text.lines().collect();
    let (first, last) = (&lines[..5], &lines[lines.len() - 5..]);
    for line in first.iter().chain(last) {
        assert!(!line.contains("vim:"), "{line}");
    }
}

/// A record's text: some terms that mean something, some noise.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("v=spf1".to_owned()),
        Just("v=DMARC1;".to_owned()),
        Just("p=reject;".to_owned()),
        Just("pct=5;".to_owned()),
        Just("rua=mailto:a@example.com,https://example.net/;".to_owned()),
        Just("v=TLSRPTv1;".to_owned()),
        Just("v=STSv1; id=1;".to_owned()),
        Just("v=BIMI1; l=https://example.com/a.svg;".to_owned()),
        Just("ip4:192.0.2.1".to_owned()),
        Just("?mx:%{d}.example.net/24".to_owned()),
        Just("include:_spf.google.com".to_owned()),
        Just("exp=x.example.com".to_owned()),
        Just("redirect=example.net".to_owned()),
        Just("~all".to_owned()),
        "[a-z]{1,8}=[ -~]{0,12};",
        any::<String>(),
    ];
    prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_texts(
        texts in prop::collection::vec((0_usize..7, text()), 0..10),
        hosts in prop::collection::vec((0_u16..3, "[a-z_*]{0,3}(\\.example\\.com)?"), 0..3),
        body in text(),
    ) {
        let names = [
            "example.com", "_dmarc.example.com", "_mta-sts.example.com", "_smtp._tls.example.com",
            "default._bimi.example.com", "_amazonses.example.com", "google._domainkey.example.com",
        ];
        let mut world = World::new("").policy("example.com", &body);
        for (at, text) in &texts {
            world = world.with(names[*at], "TXT", text);
        }
        for (preference, host) in &hosts {
            world = world.with("example.com", "MX", &format!("{preference} {host}."));
        }
        check("any", &world, &["example.com"]);
    }

    #[test]
    fn any_spf_record_is_published_again_as_it_is(
        terms in prop::collection::vec("(\\+|~)?(a|mx|ip4:192\\.0\\.2\\.1|include:_spf\\.google\\.com|a:x\\.example\\.com/24|exists:%\\{i\\}\\.x\\.example)", 0..5),
        end in "(-all|~all|\\?all|redirect=example\\.net|)",
    ) {
        let record = format!("v=spf1 {} {end}", terms.join(" "));
        let world = World::new("").with("example.com", "TXT", record.trim());
        let name: Name = "example.com".parse().expect("a name");
        let draft = drafted(&world, &["example.com"], None);
        let text = draft.text.replace("ID-OF-MAIN", "\"111111111111\"");
        let draft = Draft { text, ..draft };
        let manifest = read(&draft).0.expect("a manifest");
        let block = manifest.domains[&name].spf.as_ref().map(|spf| spf.text());
        prop_assert_eq!(block.is_some(), Spf::parse(record.trim()).0.is_some());
        if let Some(text) = block {
            prop_assert_eq!(text, record.trim());
        }
    }
}
