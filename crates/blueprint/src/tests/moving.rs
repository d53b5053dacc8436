//! The wildcards by which hosting moves to another account.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use kinds::{AcmCertificate, CloudfrontDistribution};
use model::{DomainLedger, Ledger, Resource, ServedPolicy};

use super::{find, ledger, load};
use crate::{Facts, desired, moved, moving};

const TESTED: ServedPolicy = ServedPolicy {
    enforce: false,
    active: true,
    max_age: 86_400,
};

/// Domains with a policy, and a logo where they have a host for it, all hosted in an account.
fn manifest(account: &str, domains: &[(&str, &str)]) -> String {
    let mut text = "project: shop
accounts:
  web:  { id: \"222222222222\", role: mail-deploy }
  web2: { id: \"666666666666\", role: mail-deploy }
domains:
"
    .to_owned();
    for (name, assets) in domains {
        let _ = write!(
            text,
            "  {name}:
    dns: {{ route53: {{ account: web }} }}
    hosting: {{ account: {account}, region: us-east-1{assets} }}
    mx: [10 mx.{name}]
    dmarc: {{ p: reject, rua: [\"mailto:dmarc@{name}\"] }}
    bimi: {{ logo: ../assets/logo.svg }}
    mta_sts: {{ mode: testing, max_age: 7d }}
    tls_rpt: {{ rua: [\"mailto:tls@{name}\"] }}
"
        );
    }
    text
}

fn expand(text: &str, ledger: &Ledger) -> Vec<Arc<Resource>> {
    let manifest = load(text);
    let facts = Facts {
        moving: moving(&manifest, ledger),
        ..Facts::default()
    };
    desired(&manifest, &facts).0
}

/// A ledger as after a perfect apply of this manifest.
fn applied(text: &str) -> Ledger {
    let resources = expand(text, &Ledger::default());
    let mut domains: BTreeMap<String, Vec<Arc<Resource>>> = BTreeMap::new();
    for resource in resources {
        let document = resource.id.document().into_owned();
        domains.entry(document).or_default().push(resource);
    }
    let mut all = Ledger::default();
    for (name, resources) in domains {
        let one = ledger(&resources, TESTED, Timestamp::UNIX_EPOCH).domains;
        all.domains
            .extend(one.into_values().map(|held| (name.clone(), held)));
    }
    all
}

/// The names of the certificate and of the distribution of example.com.
fn names(resources: &[Arc<Resource>]) -> (Vec<String>, Vec<String>) {
    let certificate = &find(resources, "acm_certificate", "hosts").spec;
    let certificate = certificate.get::<AcmCertificate>().expect("its spec");
    let distribution = &find(resources, "cloudfront_distribution", "assets").spec;
    let distribution = distribution.get::<CloudfrontDistribution>();
    (
        certificate.names.clone(),
        distribution.expect("its spec").aliases.clone(),
    )
}

const HOSTS: [&str; 2] = ["bimi-assets.example.com", "mta-sts.example.com"];
const ONE: &[(&str, &str)] = &[("example.com", "")];

#[test]
fn a_wildcard_is_there_for_as_long_as_something_is_left_in_the_former_account() {
    let stays = applied(&manifest("web", ONE));
    let (certificate, distribution) = names(&expand(&manifest("web", ONE), &stays));
    assert_eq!(certificate, HOSTS);
    assert_eq!(distribution, HOSTS);

    let resources = expand(&manifest("web2", ONE), &stays);
    let with_wildcard = [HOSTS[0], HOSTS[1], "*.example.com"];
    let (certificate, distribution) = names(&resources);
    assert_eq!(certificate, with_wildcard);
    assert_eq!(distribution, with_wildcard);
    let validated = resources
        .iter()
        .filter(|one| one.id.name.starts_with("acm."));
    assert_eq!(validated.count(), 3, "the domain is validated as well");
    let moves = moved(resources.iter().map(AsRef::as_ref));
    assert_eq!(moves.into_iter().collect::<Vec<_>>(), ["example.com"]);

    // The old distribution is on record as a predecessor, and then only its certificate.
    let mut moves = applied(&manifest("web2", ONE));
    let held = moves.domains.get_mut("example.com").expect("a domain");
    let mut left = applied(&manifest("web", ONE)).domains;
    let left = left.remove("example.com").expect("a domain").entries;
    for kind in ["cloudfront_distribution", "acm_certificate"] {
        let one = left.values().find(|entry| entry.id.kind.as_str() == kind);
        held.retired.push(Arc::clone(one.expect("an entry")));
        let (certificate, _) = names(&expand(&manifest("web2", ONE), &on_record(held)));
        assert_eq!(certificate, with_wildcard, "{kind}");
        held.retired.clear();
    }
    let (certificate, _) = names(&expand(&manifest("web2", ONE), &on_record(held)));
    assert_eq!(certificate, HOSTS);
}

fn on_record(held: &DomainLedger) -> Ledger {
    Ledger {
        domains: BTreeMap::from([("example.com".to_owned(), held.clone())]),
    }
}

#[test]
fn there_is_none_where_it_cannot_be_had() {
    let check = |text: &str, before: &Ledger| {
        let (_, aliases) = names(&expand(text, before));
        assert_eq!(aliases, HOSTS, "{text}");
    };
    // What a person's certificate is for is theirs to say.
    let arn = "arn:aws:acm:us-east-1:666666666666:certificate/0b7e61d6-5b0c-4a44-93a0-7a1c4d0f5a3e";
    let named = [("example.com", &*format!(", certificate: \"{arn}\""))];
    check(&manifest("web2", &named), &applied(&manifest("web", ONE)));
    // The earlier move has the wildcard still.
    let there = expand(&manifest("web2", ONE), &applied(&manifest("web", ONE)));
    let moving = ledger(&there, TESTED, Timestamp::UNIX_EPOCH);
    check(&manifest("web", ONE), &moving);
}

/// The logo of the one has its host beside the policy of the other.
#[test]
fn domains_that_share_a_parent_have_none_together() {
    let both = [
        ("example.com", ", assets_host: logo.news"),
        ("news.example.com", ""),
    ];
    let before = applied(&manifest("web", &both));
    let (_, aliases) = names(&expand(&manifest("web2", &both), &before));
    let policy = [
        "logo.news.example.com",
        "mta-sts.example.com",
        "*.example.com",
    ];
    assert_eq!(aliases, policy);
    // By itself it has.
    let alone = [both[0]];
    let (_, aliases) = names(&expand(
        &manifest("web2", &alone),
        &applied(&manifest("web", &alone)),
    ));
    assert!(
        aliases.contains(&"*.news.example.com".to_owned()),
        "{aliases:?}"
    );
}
