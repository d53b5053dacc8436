//! Every machine-applicable fix of a manifest is carried out: the finding is gone, and no new one
//! is there.

use jiff::Timestamp;
use manifest::{Files, MemoryFiles, fix, lint, load};
use standards::{Applicability, Finding, Place};

use crate::support::render;

/// A manifest up to what `example.com` has beside its DNS.
const HEAD: &str = "project: test\naccounts:\n  web: { id: \"111111111111\" }\ndomains:\n  example.com:\n    dns: manual\n";

fn check(files: &dyn Files) -> Vec<Finding> {
    let (manifest, mut findings) = load("m.yaml", files);
    let now: Timestamp = "2026-11-28T00:00:00Z".parse().expect("a time");
    findings.extend(manifest.iter().flat_map(|manifest| lint(manifest, now)));
    findings
}

/// The block of `example.com` after `lint --fix`, in the manifest itself, with a byte-order mark
/// before it, and in a file that it includes.
#[track_caller]
fn check_fixed(block: &str, expect: &str) {
    let whole = format!("{HEAD}{block}");
    let alone = MemoryFiles::default().with("m.yaml", whole.as_str());
    let marked = MemoryFiles::default().with("m.yaml", format!("\u{feff}{whole}"));
    let included = whole.split_at(whole.find("domains:").expect("domains")).1;
    let main = whole.split_at(whole.find("domains:").expect("domains")).0;
    let including = MemoryFiles::default()
        .with(
            "m.yaml",
            format!("{main}domains: {{}}\ninclude: [fleet/*.yaml]\n"),
        )
        .with("fleet/a.yaml", included);
    for (path, files) in [
        ("m.yaml", alone),
        ("m.yaml", marked),
        ("fleet/a.yaml", including),
    ] {
        one_by_one(&files);
        let (texts, _) = fix(&files, check);
        let text = texts.get(path).cloned().unwrap_or_else(|| {
            let bytes = files.read(path, usize::MAX).expect("a file");
            String::from_utf8(bytes).expect("a text")
        });
        let fixed = text.split_once("    dns: manual\n").expect("the head").1;
        assert_eq!(fixed, expect, "{path}: {}", render(&check(&files)));
        assert!(texts.keys().all(|changed| changed == path));
    }
}

/// Carries out every sure edit alone.
fn one_by_one(files: &MemoryFiles) {
    let before = check(files);
    for finding in &before {
        let sure = finding
            .edit
            .as_ref()
            .filter(|edit| edit.applicability == Applicability::MachineApplicable);
        let (Some(sure), Place::File { path, .. }) = (sure, &finding.place) else {
            continue;
        };
        let old = String::from_utf8(files.read(path, usize::MAX).expect("a file")).expect("text");
        let new = sure.apply(&old);
        let after = check(&files.clone().with(path.as_str(), new.as_str()));
        let same = |one: &&Finding| one.rule == finding.rule && one.reason == finding.reason;
        assert!(
            after.iter().filter(same).count() < before.iter().filter(same).count(),
            "{old}\nis not fixed by\n{new}\n{}",
            render(&after)
        );
        // What can be read for the first time may have faults of its own, elsewhere.
        let is_new = |one: &&Finding| {
            one.rule == "MAN-01"
                || (one.place == moved(&finding.place, &new)
                    && before.iter().all(|old| old.reason != one.reason))
        };
        let found: Vec<_> = after.iter().filter(is_new).collect();
        assert!(found.is_empty(), "{new}\n{found:?}");
    }
}

/// The same place with the text of its line in `file`.
fn moved(place: &Place, file: &str) -> Place {
    let mut place = place.clone();
    if let Place::File { line, text, .. } = &mut place {
        let mut lines = file.trim_start_matches('\u{feff}').lines();
        lines.nth(*line - 1).unwrap_or("").clone_into(text);
    }
    place
}

#[test]
fn keys_and_words() {
    check_fixed(
        "    dmrac: { p: Reject, rua: [\"mailto:d@example.com\"] } # ours\n",
        "    dmarc: { p: reject, rua: [\"mailto:d@example.com\"] } # ours\n",
    );
    check_fixed(
        "    \"tls-rpt\": { rua: [t@example.com] }\n",
        "    \"tls_rpt\": { rua: [mailto:t@example.com] }\n",
    );
    // Another key may be meant, or the right one is there already.
    check_fixed(
        "    bmi: {}\n    bimi: { decline: true }\n",
        "    bmi: {}\n    bimi: { decline: true }\n",
    );
}

#[test]
fn values() {
    let check_value = |before: &str, after: &str| check_fixed(before, after);
    check_value(
        "    dmarc: { p: none, rua: [\"d@exämple.de\", 'mailto:e@ex%C3%A4mple.de'] }\n",
        "    dmarc: { p: none, rua: [\"mailto:d@xn--exmple-cua.de\", 'mailto:e@xn--exmple-cua.de'] }\n",
    );
    check_value(
        "    dmarc: { p: none, rua: [\"mailto:d@example.com\"], ruf: [\"mailto:d@example.com\"], fo: \"1:D\" }\n",
        "    dmarc: { p: none, rua: [\"mailto:d@example.com\"], ruf: [\"mailto:d@example.com\"], fo: \"1:d\" }\n",
    );
    check_value("    ttl: 2 hours\n", "    ttl: 2h\n");
    check_value("    adopt: yes\n", "    adopt: true\n");
    check_value("    adopt: \"True\"\n", "    adopt: \"true\"\n");
    check_value(
        "    mx: [\"10  mx1.example.com\"]\n",
        "    mx: [\"10  mx1.example.com\"]\n",
    );
    check_value(
        "    hosting: { account: web, region: eu-west1 }\n",
        "    hosting: { account: web, region: eu-west-1 }\n",
    );
    // Another region is another place, however near its name.
    check_value(
        "    hosting: { account: web, region: ca-central-2 }\n",
        "    hosting: { account: web, region: ca-central-2 }\n",
    );
    check_value(
        "    dmarc: { p: quarantine, t: Y, rua: [\"mailto:d@example.com\"] }\n",
        "    dmarc: { p: quarantine, t: y, rua: [\"mailto:d@example.com\"] }\n",
    );
    check_value(
        "    accept: { SPF24: long, SPF-24: { reason: long, until: 2027-3-1 } }\n",
        "    accept: { SPF24: long, SPF-24: { reason: long, until: 2027-03-01 } }\n",
    );
    check_value(
        "    hosting: { account: web, region: us-east-1 }\n    mta_sts: { mode: testing, mx: [mx.exämple.de.] }\n",
        "    hosting: { account: web, region: us-east-1 }\n    mta_sts: { mode: testing, mx: [mx.xn--exmple-cua.de] }\n",
    );
}

#[test]
fn values_within_a_record() {
    check_fixed(
        "    spf: { ip4: [192.0.2.9/032, \"192.0.3.0/24\"], include: [amazonses.com] }\n",
        "    spf: { ip4: [192.0.2.9/32, \"192.0.3.0/24\"], include: [amazonses.com] }\n",
    );
    check_fixed(
        "    spf: { record: \"v=spf1 ip4:192.0.2.9/032 ~all\" }\n",
        "    spf: { record: \"v=spf1 ip4:192.0.2.9/32 ~all\" }\n",
    );
    check_fixed(
        "    spf:\n      record: v=spf1 ipv4:192.0.2.9 inlcude:amazonses.com ~all\n",
        "    spf:\n      record: v=spf1 ip4:192.0.2.9 include:amazonses.com ~all\n",
    );
    // In a text of several lines nothing stands where it is in the record.
    check_fixed(
        "    spf:\n      record: >-\n        v=spf1 ip4:192.0.2.9/032\n        ~all\n",
        "    spf:\n      record: >-\n        v=spf1 ip4:192.0.2.9/032\n        ~all\n",
    );
}

/// The column of each finding, and its rule.
fn places(block: &str) -> Vec<(String, usize, usize)> {
    let files = MemoryFiles::default().with("m.yaml", format!("{HEAD}{block}"));
    let findings = check(&files).into_iter();
    let place = |one: Finding| match one.place {
        Place::File { line, column, .. } => (one.rule.into_owned(), line - 6, column),
        _ => (one.rule.into_owned(), 0, 0),
    };
    findings.map(place).collect()
}

#[test]
fn findings_stand_at_the_value_and_the_character() {
    let check = |block: &str, rule: &str, line: usize, text: &str| {
        let found = places(block);
        let written = block.lines().nth(line - 1).expect("a line");
        let column = written.find(text).expect("the text") + 1;
        let expect = (rule.to_owned(), line, column);
        assert!(
            found.contains(&expect),
            "{block}{expect:?} is not in {found:?}"
        );
    };
    check(
        "    spf: { include: [example.com], all: softfail }\n",
        "SPF-15",
        1,
        "example.com",
    );
    check(
        "    spf: { redirect: example.com }\n",
        "SPF-15",
        1,
        "example.com",
    );
    check(
        "    spf:\n      include:\n        - a.example\n        - \"include:%{ir}.x\"\n",
        "DNS-05",
        4,
        ":%{ir}",
    );
    let hosts: Vec<String> = (0..11).map(|n| format!("a{n}.example")).collect();
    check(
        &format!("    spf: {{ include: [{}] }}\n", hosts.join(", ")),
        "SPF-09",
        1,
        "a10.example",
    );
    check(
        "    spf: { ip4: [10.0.0.0/8] }\n",
        "SPF-19",
        1,
        "10.0.0.0/8",
    );
    check("    spf: { all: pass }\n", "SPF-19", 1, "pass");
    check(
        "    dmarc: { p: reject, sp: none, rua: [\"mailto:d@example.com\"] }\n",
        "DMARC-08",
        1,
        "none",
    );
    check(
        "    dmarc: { p: none, rua: [\"mailto:d@example.com\", \"https://r.example.com\"] }\n",
        "DMARC-18",
        1,
        "mailto:d",
    );
    check(
        "    hosting: { account: web, region: us-east-1 }\n    mta_sts: { mode: enforce, max_age: 1h, mx: [mx.example.com] }\n",
        "STS-P05",
        2,
        "1h",
    );
}
