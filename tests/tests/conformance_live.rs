//! The deployed example on the ports of `deploy sandbox serve`, by the judgement of other programs:
//! `checkdmarc`, `postfix-mta-sts-resolver` and `dig`. They find what `deploy verify` finds, and
//! when somebody breaks the domain, they find the same fault.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::thread;

use serde_json::Value;
use standards::dns::{Presentation, Txt};
use tests::place::{Place, Ran};
use tests::serving::{Serving, make_quick_world};
use tests::tools;

/// The findings of checkdmarc about the example as it should be: the mark certificate is one for tests,
/// and the mail host of the sandbox's world is on loopback.
const GOOD: &[&str] = &[
    "bimi.certificate: The certificate was not issued by a recognized Mark Verifying Authority (MVA).",
    "bimi: Most email providers will not display a BIMI image without a valid mark certificate.",
    "mx: 127.0.0.1 does not have any reverse DNS (PTR) records",
];

/// One way to break the domain, and the words that each program has for it.
struct Broken {
    /// The event, by its name in `breaks.py`.
    by: &'static str,
    /// A sentence of checkdmarc that it has not of the good domain, as far as it always has it.
    /// Nothing: it does not look there.
    checkdmarc: Option<&'static str>,
    /// How the fetch of the policy ends for postfix-mta-sts-resolver.
    postfix: &'static str,
    /// The question for dig, and how many values it gets that begin like this.
    dig: Option<(&'static str, &'static str, &'static str, usize)>,
    /// The rule that `deploy verify` names.
    ours: &'static str,
}

/// Their words, and our rule.
const BROKEN: &[Broken] = &[
    Broken {
        by: "two_spf_records",
        checkdmarc: Some("spf: The domain has multiple SPF TXT records"),
        postfix: "VALID",
        dig: Some(("example.com", "TXT", "\"v=spf1 ", 2)),
        ours: "SPF-02",
    },
    Broken {
        by: "dmarc_with_a_typing_error",
        checkdmarc: Some("dmarc: Tag p must have one of the following values"),
        postfix: "VALID",
        dig: Some(("_dmarc.example.com", "TXT", "\"v=DMARC1; p=quarantined;", 1)),
        ours: "DMARC-03",
    },
    Broken {
        by: "policy_for_another_mail_host",
        checkdmarc: Some(
            "mx: inbound-smtp.us-east-1.amazonaws.com is not included in the MTA-STS policy",
        ),
        postfix: "VALID",
        dig: None,
        ours: "STS-P13",
    },
    Broken {
        by: "policy_as_a_web_page",
        checkdmarc: Some("mta_sts: The Content-Type header should be text/plain, not text/html"),
        postfix: "FETCH_ERROR",
        dig: None,
        ours: "STS-H04",
    },
    Broken {
        by: "policy_with_an_unknown_mode",
        checkdmarc: Some("mta_sts: Line 2: Invalid mode: strict"),
        postfix: "FETCH_ERROR",
        dig: None,
        ours: "STS-P03",
    },
    Broken {
        by: "policy_host_without_a_certificate",
        checkdmarc: Some("mta_sts: HTTPSConnectionPool(host='mta-sts.example.com', port=443)"),
        postfix: "FETCH_ERROR",
        dig: None,
        ours: "STS-H03",
    },
    Broken {
        by: "no_mta_sts_record",
        checkdmarc: Some("mta_sts: An MTA-STS DNS record does not exist."),
        postfix: "NONE",
        dig: Some(("_mta-sts.example.com", "TXT", "", 0)),
        ours: "STS-R06",
    },
    Broken {
        by: "two_tls_rpt_records",
        checkdmarc: Some(
            "smtp_tls_reporting: Multiple SMTP TLS Reporting records are not permitted.",
        ),
        postfix: "VALID",
        dig: Some(("_smtp._tls.example.com", "TXT", "\"v=TLSRPTv1;", 2)),
        ours: "RPT-07",
    },
    Broken {
        by: "no_bimi_record",
        checkdmarc: Some("bimi: A BIMI record does not exist at the default selector."),
        postfix: "VALID",
        dig: Some(("default._bimi.example.com", "TXT", "", 0)),
        ours: "BIMI-R12",
    },
    Broken {
        by: "logo_of_another_profile",
        checkdmarc: Some("bimi.image: The SVG base profile must be tiny-ps, not tiny"),
        postfix: "VALID",
        dig: None,
        ours: "SVG-03",
    },
    Broken {
        by: "no_mail_host",
        checkdmarc: Some("mx: example.com has no MX records"),
        postfix: "VALID",
        dig: Some(("example.com", "MX", "", 0)),
        ours: "LIVE-01",
    },
];

/// How many worlds are broken side by side: each waits for AWS's quotas more than it works.
const AT_ONCE: usize = 4;

/// The example, deployed through the ports of a served sandbox.
fn deployed() -> &'static Place {
    static DEPLOYED: OnceLock<Place> = OnceLock::new();
    DEPLOYED.get_or_init(|| {
        let place = Place::of("example").in_calm();
        // Nobody throttles here, and one call a second to SES would be most of the time.
        place.edit(
            "project: anycompany\n",
            "project: anycompany\nquotas: { ses.requests: { rate: 100, burst: 100 } }\n",
        );
        make_quick_world(&place);
        Serving::start(&place)
            .run(&place, "apply", &["--yes"])
            .exits(0);
        place
    })
}

#[test]
fn observers_report_the_deployed_example_good() {
    let place = deployed().copy();
    let serving = Serving::start(&place);
    let observers = ask(&serving, None);
    assert_eq!(
        sentences(&observers),
        GOOD.iter()
            .map(|one| (*one).to_owned())
            .collect::<BTreeSet<_>>()
    );
    assert_eq!(observers["postfix"]["fetched"], "VALID");
    assert_eq!(observers["postfix"]["policy"]["mode"], "testing");
    dig_finds_every_record(&place, &serving);
    serving.run(&place, "verify", &[]).exits(0);
}

#[test]
fn observers_name_the_fault_that_verify_names() {
    for rows in BROKEN.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let running: Vec<_> = rows.iter().map(|row| scope.spawn(|| check(row))).collect();
            let faults: Vec<_> = running
                .into_iter()
                .zip(rows)
                .filter_map(|(one, row)| one.join().err().map(|_| row.by))
                .collect();
            assert!(faults.is_empty(), "see above: {faults:?}");
        });
    }
}

fn check(row: &Broken) {
    let place = deployed().copy();
    let serving = Serving::start(&place);
    let observers = ask(&serving, Some(row.by));
    let said = sentences(&observers);
    if let Some(words) = row.checkdmarc {
        let mut new = said.iter().filter(|one| !GOOD.contains(&one.as_str()));
        assert!(
            new.any(|sentence| sentence.starts_with(words)),
            "{}: checkdmarc says {said:#?}",
            row.by
        );
    }
    assert_eq!(observers["postfix"]["fetched"], row.postfix, "{}", row.by);
    if let Some((name, rtype, start, count)) = row.dig {
        let mut values = tools::dig(dns(&serving), name, rtype);
        values.retain(|value| value.starts_with(start));
        assert_eq!(values.len(), count, "{}: {values:?}", row.by);
    }
    let verified = serving.run(&place, "verify", &["--json"]).exits(3);
    let rules = broken_rules(&verified);
    assert!(
        rules.contains(row.ours),
        "{}: verify names {rules:?}",
        row.by
    );
}

/// The answers of checkdmarc and postfix-mta-sts-resolver, after the domain was broken so.
fn ask(serving: &Serving, broken: Option<&str>) -> Value {
    let mut environment = serving.environment();
    environment.extend([
        ("DOMAIN", "example.com"),
        ("DNS_PORT", serving.port("DEPLOY_SANDBOX_DNS")),
        ("HTTPS_PORT", serving.port("DEPLOY_SANDBOX_HTTPS")),
        ("CA", serving.said("DEPLOY_SANDBOX_CA")),
    ]);
    environment.extend(broken.map(|name| ("BREAK", name)));
    let environment: Vec<(&str, &OsStr)> = environment
        .into_iter()
        .map(|(name, value)| (name, OsStr::new(value)))
        .collect();
    let said = tools::run_script("observers.py", &environment);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn sentences(observers: &Value) -> BTreeSet<String> {
    let said = observers["checkdmarc"].as_array().expect("a list");
    let said = said.iter().filter_map(Value::as_str);
    said.map(str::to_owned).collect()
}

fn dns(serving: &Serving) -> SocketAddr {
    let address = serving.said("DEPLOY_SANDBOX_DNS");
    address.parse().expect("an address")
}

/// The rules of findings that weigh something.
fn broken_rules(verified: &Ran) -> BTreeSet<String> {
    let checks = verified.json();
    let checks = checks["checks"].as_array().expect("a list").clone();
    let broken = checks.iter().filter(|check| check["outcome"] == "finding");
    broken
        .map(|check| check["rule"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Every value that `deploy records` prints is one that dig finds.
fn dig_finds_every_record(place: &Place, serving: &Serving) {
    let printed = serving.run(place, "records", &["--json"]).exits(0).json();
    let records = printed["records"].as_array().expect("a list");
    assert!(records.len() > 20, "{printed:#}");
    for record in records {
        let text = |key: &str| record[key].as_str().unwrap_or_default();
        let (name, rtype) = (text("name"), text("type"));
        let values = record["values"].as_array().expect("a list");
        let mut wanted: Vec<String> = values.iter().filter_map(Value::as_str).map(plain).collect();
        // Route 53's aliases are CNAMEs elsewhere; an external observer sees their addresses.
        if wanted
            .iter()
            .any(|value| value.ends_with(".cloudfront.net"))
        {
            for rtype in ["A", "AAAA"] {
                assert!(
                    !tools::dig(dns(serving), name, rtype).is_empty(),
                    "{name} {rtype}"
                );
            }
            continue;
        }
        let found = tools::dig(dns(serving), name, rtype);
        let mut found: Vec<String> = found
            .iter()
            .map(|value| said_plainly(rtype, value))
            .collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{name} {rtype}");
    }
}

/// A value of dig's without quotes, escapes and the dot at the end.
fn said_plainly(rtype: &str, value: &str) -> String {
    if rtype == "TXT" {
        let txt = Txt::parse(value, Presentation::ZoneFile).expect("strings");
        return txt.text().into_owned();
    }
    plain(value)
}

fn plain(value: &str) -> String {
    value.trim_end_matches('.').to_owned()
}
