//! The mail impact of a change of each field of the manifest, and of the way back.

use std::collections::BTreeSet;
use std::sync::Arc;

use kinds::{S3Object, SesConfigurationSet, SesIdentity, s3_object, ses_identity};
use model::{MailImpact, Resource, Spec, State, Transition};
use standards::Strictness;

use super::shipped::desired;

/// The impacts of a change of the domain's block, each once: `sending stricter`.
fn impacts(before: &str, after: &str) -> String {
    let of = |block: &str| {
        desired(&format!(
            "{ACCOUNTS}domains:\n  example.com: {{ dns: {{ route53: {{ account: web }} }}, {block} }}\n"
        ))
    };
    between(&of(before), &of(after))
}

const ACCOUNTS: &str = "project: test\n\
    accounts: { web: { id: \"222222222222\" }, mail: { id: \"333333333333\" } }\n";

/// The impacts of what becomes of the resources.
fn between(before: &[Arc<Resource>], after: &[Arc<Resource>]) -> String {
    let ids: BTreeSet<_> = before.iter().chain(after).map(|one| &one.id).collect();
    let mut found = BTreeSet::new();
    for id in ids {
        let spec = |all: &[Arc<Resource>]| {
            let one = all.iter().find(|one| one.id == *id);
            one.map(|one| one.spec.clone())
        };
        let (was, becomes) = (spec(before), spec(after));
        let Some(kind) = was.as_ref().or(becomes.as_ref()).map(Spec::kind) else {
            continue;
        };
        let seen = was.as_ref().and_then(as_asked);
        let impact = kind.mail_impact(&Transition {
            id,
            seen: seen.as_ref(),
            was: was.as_ref(),
            becomes: becomes.as_ref(),
            restores: None,
        });
        if impact.mail != MailImpact::None && was != becomes {
            let direction = match impact.direction {
                Strictness::Same => "",
                Strictness::Stricter => " stricter",
                Strictness::Weaker => " weaker",
            };
            found.insert(format!("{}{direction}", impact.mail));
        }
    }
    found.into_iter().collect::<Vec<_>>().join(", ")
}

/// The state that AWS shows of a resource that is as it was asked for, where its kind goes by that.
fn as_asked(was: &Spec) -> Option<State> {
    if let Some(set) = was.get::<SesConfigurationSet>() {
        return Some(State::of::<SesConfigurationSet>(set.clone()));
    }
    if let Some(object) = was.get::<S3Object>() {
        return Some(State::of::<S3Object>(s3_object::State {
            sha256: s3_object::sha256(&object.bytes()),
            media_type: object.media_type.clone(),
            cache_control: object.cache_control.clone(),
            version: None,
        }));
    }
    let identity = was.get::<SesIdentity>()?;
    Some(State::of::<SesIdentity>(ses_identity::State {
        domain: identity.domain.clone(),
        verification: "SUCCESS".to_owned(),
        dkim_status: "SUCCESS".to_owned(),
        dkim_origin: identity.dkim.origin(),
        signing: true,
        key_length: match identity.dkim {
            ses_identity::Dkim::Easy { key_length } => Some(key_length),
            _ => None,
        },
        configuration_set: identity.configuration_set.clone(),
        feedback: identity.feedback,
        tags: identity.tags.clone(),
        ..ses_identity::State::default()
    }))
}

const SITE: &str = "hosting: { account: web, region: eu-west-1 }, mx: [10 a.example.net]";
const DMARC: &str = "dmarc: { p: quarantine, rua: [\"mailto:d@example.com\"]";
const LOGO: &str = "dmarc: { p: reject }, bimi: { logo: ../assets/logo.svg";
const SES: &str = "ses: [{ account: mail, region: eu-west-1";
const STS: &str = "mta_sts: { mode: testing, max_age: 7d }";

/// Blocks of a domain, before and after.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn changes() -> Vec<(String, String)> {
    let of = |start: &str, from: &str, to: &str| (format!("{start}{from}"), format!("{start}{to}"));
    let mut all = vec![
        of("", "mx: []", "mx: [10 a.example.net]"),
        of("", "mx: [10 a.example.net]", "mx: [10 b.example.net]"),
        of("", "mx: [10 a.example.net]", "mx: [20 a.example.net]"),
        of(
            "",
            "mx: [10 a.example.net]",
            "mx: [10 a.example.net, 20 b.example.net]",
        ),
        of("mx: [10 a.example.net], ", "ttl: 1h", "ttl: 5m"),
        of(
            "mx: [10 a.example.net], ",
            "protect: false",
            "protect: true",
        ),
        of("spf: ", "{ all: softfail }", "{ all: fail }"),
        of("spf: ", "{ all: neutral }", "{ all: softfail }"),
        of(
            "spf: ",
            "{ all: fail }",
            "{ include: [amazonses.com], all: fail }",
        ),
        of(
            "spf: ",
            "{ all: fail }",
            "{ ip4: [192.0.2.0/24], all: fail }",
        ),
        of(
            "spf: ",
            "{ all: fail }",
            "{ ip6: [\"2001:db8::/32\"], all: fail }",
        ),
        of("spf: ", "{ all: fail }", "{ a: [\"@\"], all: fail }"),
        of("spf: ", "{ all: fail }", "{ mx: [\"@\"], all: fail }"),
        of(
            "spf: ",
            "{ all: fail }",
            "{ exists: [\"%{i}._spf.example.com\"], all: fail }",
        ),
        of("spf: ", "{ all: fail }", "{ redirect: example.net }"),
        of("", "mx: []", "spf: { all: fail }"),
        of(
            "",
            "mx: []",
            "dmarc: { p: none, rua: [\"mailto:d@example.com\"] }",
        ),
        of("", "mx: []", "dmarc: { p: quarantine }"),
        of(
            "spf: ",
            "{ include: [a.example], all: fail }",
            "{ include: [b.example], all: fail }",
        ),
        of("dmarc: { p: none", ", sp: none }", ", sp: quarantine }"),
        of("", "dmarc: { p: none }", "dmarc: { p: quarantine }"),
        of("", "dmarc: { p: quarantine }", "dmarc: { p: reject }"),
        of("", "dmarc: { p: none }", "dmarc: { p: reject }"),
        of(DMARC, " }", ", sp: none }"),
        of(DMARC, " }", ", sp: reject }"),
        of(DMARC, " }", ", np: reject }"),
        of(DMARC, " }", ", adkim: s }"),
        of(DMARC, " }", ", aspf: s }"),
        of(DMARC, " }", ", t: y }"),
        of(DMARC, " }", ", fo: \"1\" }"),
        of(DMARC, " }", ", ruf: [\"mailto:f@example.com\"] }"),
        of(DMARC, ", psd: n }", " }"),
        of(
            "dmarc: { p: none, rua: ",
            "[\"mailto:a@example.com\"] }",
            "[\"mailto:b@example.com\"] }",
        ),
        of(
            "mx: [10 a.example.net]",
            "",
            ", tls_rpt: { rua: [\"mailto:t@example.com\"] }",
        ),
        of(
            "tls_rpt: { rua: ",
            "[\"mailto:t@example.com\"] }",
            "[\"https://t.example.net/\"] }",
        ),
        (SITE.to_owned(), format!("{SITE}, {STS}")),
    ];
    let sts = |from: &str, to: &str| of(&format!("{SITE}, mta_sts: "), from, to);
    all.extend([
        sts(
            "{ mode: testing, max_age: 7d }",
            "{ mode: enforce, max_age: 7d }",
        ),
        sts(
            "{ mode: none, max_age: 7d }",
            "{ mode: testing, max_age: 7d }",
        ),
        sts(
            "{ mode: enforce, max_age: 7d }",
            "{ mode: enforce, max_age: 30d }",
        ),
        sts(
            "{ mode: enforce, max_age: 7d, mx: [a.example.net] }",
            "{ mode: enforce, max_age: 7d, mx: [\"*.example.net\"] }",
        ),
        sts(
            "{ mode: testing, max_age: 7d, mx: [a.example.net] }",
            "{ mode: testing, max_age: 7d, mx: [a.example.net, b.example.net] }",
        ),
    ]);
    let logo = |from: &str, to: &str| of(&format!("{SITE}, {LOGO}"), from, to);
    all.extend([
        (
            format!("{SITE}, dmarc: {{ p: reject }}"),
            format!("{SITE}, {LOGO} }}"),
        ),
        logo(" }", ", certificate: ../assets/bimi_vmc.pem }"),
        logo(" }", ", selector: brand }"),
        logo(" }", ", avp: personal }"),
        (
            "dmarc: { p: reject }".to_owned(),
            "dmarc: { p: reject }, bimi: { decline: true }".to_owned(),
        ),
        of(
            &format!("{LOGO} }}, "),
            "hosting: { account: web, region: eu-west-1 }",
            "hosting: { account: web, region: eu-west-1, assets_host: logos }",
        ),
        of(
            &format!("{LOGO} }}, "),
            "hosting: { account: web, region: eu-west-1 }",
            "hosting: { account: web, region: eu-west-1, log_retention: 30d }",
        ),
        of(
            &format!("mx: [10 a.example.net], {STS}, "),
            "hosting: { account: web, region: eu-west-1 }",
            "hosting: { account: web, region: us-east-1 }",
        ),
    ]);
    let ses = |from: &str, to: &str| of(SES, from, to);
    all.extend([
        ("mx: []".to_owned(), format!("{SES} }}]")),
        ses(" }]", ", mail_from: m }]"),
        ses(", mail_from: m }]", ", mail_from: n }]"),
        ses(
            ", mail_from: m }]",
            ", mail_from: m, on_mx_failure: reject }]",
        ),
        ses(" }]", ", domain_token: true }]"),
        ses(" }]", ", configuration_set: { name: c } }]"),
    ]);
    let set = |from: &str, to: &str| of(&format!("{SES}, configuration_set: {{ name: c"), from, to);
    all.extend([
        set(" } }]", ", tls: require } }]"),
        set(" } }]", ", sending: false } }]"),
        set(" } }]", ", reputation: false } }]"),
        set(" } }]", ", suppression: [bounce] } }]"),
        set(" } }]", ", max_delivery: 3600 } }]"),
        set(" } }]", ", tags: { team: mail } } }]"),
        set(
            " } }]",
            ", events: [{ name: e, types: [bounce], sns: \"arn:aws:sns:eu-west-1:333333333333:t\" }] } }]",
        ),
    ]);
    all.extend(others());
    all
}

/// Fields beside the standards': how SES signs, and what is said of a domain.
fn others() -> Vec<(String, String)> {
    let of = |start: &str, from: &str, to: &str| (format!("{start}{from}"), format!("{start}{to}"));
    let ses = |from: &str, to: &str| of(SES, from, to);
    let mx = |to: &str| of("mx: [10 a.example.net]", "", to);
    let logo = |from: &str, to: &str| of(&format!("{LOGO} }}, hosting: {{ account: "), from, to);
    vec![
        ses(" }]", ", dkim: { easy: { key_length: 1024 } } }]"),
        ses(
            " }]",
            ", dkim: { byo: { selector: s1, private_key: key.pem } } }]",
        ),
        ses(
            " }, { account: mail, region: us-east-1 }]",
            ", dkim: { deterministic: { parent_region: us-east-1 } } }, { account: mail, region: us-east-1 }]",
        ),
        ses(" }]", ", feedback: false }]"),
        ses(" }]", ", tags: { team: mail } }]"),
        mx(", people: true"),
        mx(", adopt: true"),
        mx(", accept: { MX-01: because }"),
        mx(", ignore: [\"google-site-verification=*\"]"),
        mx(", tags: { team: mail }"),
        logo("web, region: eu-west-1 }", "mail, region: eu-west-1 }"),
        logo(
            "web, region: eu-west-1 }",
            "web, region: eu-west-1, certificate: \"arn:aws:acm:us-east-1:222222222222:certificate/11111111-1111-1111-1111-111111111111\" }",
        ),
        of(
            &format!("{SITE}, {LOGO}"),
            ", avp: brand }",
            ", avp: brand, lps: [news] }",
        ),
        of("spf: ", "{ all: softfail }", "{ all: pass }"),
        of(
            "spf: ",
            "{ redirect: a.example }",
            "{ redirect: b.example }",
        ),
        of("spf: ", "{ all: softfail }", "{ record: \"v=spf1 ?all\" }"),
    ]
}

#[test]
fn each_field_of_the_manifest_has_its_impact_both_ways() {
    let changes = changes();
    assert!(changes.len() >= 60, "{}", changes.len());
    let row = |(from, to): &(String, String)| {
        let or_none = |impacts: String| match impacts.as_str() {
            "" => "none".to_owned(),
            _ => impacts,
        };
        let there = or_none(impacts(from, to));
        let back = or_none(impacts(to, from));
        format!("{from}\n{to}\n    {there}; back: {back}\n")
    };
    let table: String = changes.iter().map(row).collect();
    insta::assert_snapshot!(table);
}

#[test]
fn a_domain_that_is_parked_receives_nothing_and_lets_nobody_send() {
    let of = |blocks: &str| desired(&format!("{ACCOUNTS}{blocks}"));
    let defaults = "defaults: { dns: { route53: { account: web } } }\n";
    let used = of(&format!(
        "{defaults}domains: {{ example.com: {{ mx: [10 a.example.net], spf: {{ all: softfail }} }} }}\n"
    ));
    let parked = of(&format!("{defaults}domains: {{}}\nparked: [example.com]\n"));
    insta::assert_snapshot!(between(&used, &parked), @"receiving weaker, sending stricter");
    insta::assert_snapshot!(between(&parked, &used), @"receiving, sending weaker");
}
