//! The findings of look-ups about a manifest: their rules and severities, and none without cause.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures::executor::block_on;
use manifest::{MemoryFiles, ServedPolicies, lint_online, load, merge_findings};
use standards::Severity::{self, Error, Info, Warn};
use standards::dns::caa::Caa;
use standards::dns::{Mx, Name, NoAnswer, Resolver, Txt};
use standards::mta_sts::MtaStsPolicy;

use crate::support::render;

const LOGO: &str = include_str!("../../../../tests/broken-manifests/files/logo.svg");

/// A certificate that `DigiCert` issued; the domain is another one's.
const VMC: &str = include_str!("../../../standards/tests/real_mark_certificates/paypal.pem");
const RSA: &str = include_str!("../../../standards/src/dkim/test_keys/pkcs8.pem");

/// A DNS of lines `name type value`. A value `!` makes the question fail.
struct World(BTreeMap<(Name, String), Vec<String>>);

impl World {
    fn new(lines: &[&str]) -> Self {
        let mut records: BTreeMap<(Name, String), Vec<String>> = BTreeMap::new();
        for line in lines {
            let mut words = line.splitn(3, ' ');
            let mut word = || words.next().expect("a name, a type and a value");
            let (owner, kind, value) = (word(), word().to_owned(), word().to_owned());
            let owner = owner.parse().expect("a name");
            records.entry((owner, kind)).or_default().push(value);
        }
        // A mail host of which nothing is said has an address.
        let hosts = records.iter().filter(|((_, kind), _)| kind == "MX");
        let hosts: Vec<Name> = hosts
            .flat_map(|(_, values)| values)
            .filter_map(|value| Some(value.parse::<Mx>().ok()?.exchange))
            .collect();
        for host in hosts {
            if !records.keys().any(|(owner, _)| *owner == host) {
                records.insert((host, "A".to_owned()), vec!["192.0.2.1".to_owned()]);
            }
        }
        Self(records)
    }

    fn get<T: std::str::FromStr>(&self, name: &Name, kind: &str) -> Result<Vec<T>, NoAnswer> {
        let at = |name: &Name| self.0.get(&(name.clone(), kind.to_owned())).cloned();
        let exists = self.0.keys().any(|(owner, _)| owner.is_within(name));
        let wildcard = || name.parent().and_then(|above| at(&above.child("*").ok()?));
        let values = match at(name) {
            Some(values) => values,
            None if exists => Vec::new(),
            None => wildcard().unwrap_or_default(),
        };
        if values.iter().any(|value| value == "!") {
            return Err(NoAnswer {
                name: name.clone(),
                reason: "SERVFAIL".to_owned(),
            });
        }
        let parsed = values.iter().map(|value| value.parse().ok());
        Ok(parsed
            .map(|value| value.expect("a value of its type"))
            .collect())
    }
}

impl Resolver for World {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        Ok(self
            .get::<String>(name, "TXT")?
            .into_iter()
            .map(Txt::from)
            .collect())
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        self.get(name, "A")
    }

    async fn aaaa(&self, name: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        self.get(name, "AAAA")
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        self.get(name, "MX")
    }

    async fn ptr(&self, _: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        Ok(Vec::new())
    }

    async fn caa(&self, name: &Name) -> Result<Vec<Caa>, NoAnswer> {
        self.get(name, "CAA")
    }
}

/// The findings about `example.com` with this block, in a world of these records.
#[track_caller]
fn check(block: &str, world: &[&str], expect: &[(&str, Severity)]) {
    check_served(block, world, None, expect);
}

/// The same, with this policy served for it.
#[track_caller]
fn check_served(block: &str, world: &[&str], policy: Option<&str>, expect: &[(&str, Severity)]) {
    let text = format!(
        "project: test\naccounts:\n  a: {{ id: \"111111111111\" }}\ndomains:\n  example.com:\n    dns: manual\n{block}"
    );
    let files = MemoryFiles::default()
        .with("m.yaml", text)
        .with("logo.svg", LOGO)
        .with("vmc.pem", VMC)
        .with("rsa.pem", RSA);
    let (manifest, faults) = load("m.yaml", &files);
    let manifest = manifest.unwrap_or_else(|| panic!("{block}\n{}", render(&faults)));
    let served: ServedPolicies = policy
        .iter()
        .map(|body| {
            let policy = MtaStsPolicy::parse(body.as_bytes()).0.expect("a policy");
            ("example.com".parse().expect("a name"), policy)
        })
        .collect();
    let domains = manifest.domains.keys().chain(manifest.parked.keys());
    let domains: Vec<Name> = domains.cloned().collect();
    let findings = block_on(lint_online(
        &manifest,
        &domains,
        &World::new(world),
        &served,
        "2026-11-24T00:00:00Z".parse().expect("a time"),
    ));
    let findings = merge_findings(&manifest, findings);
    let mut found: Vec<(&str, Severity)> = findings
        .iter()
        .map(|finding| (&*finding.rule, finding.severity))
        .collect();
    let mut expect = expect.to_vec();
    found.sort_unstable();
    expect.sort_unstable();
    assert_eq!(found, expect, "{block}\n{}", render(&findings));
}

const SPF: &str = "    spf: { include: [_spf.example.net] }\n";

#[test]
fn spf() {
    let include = "_spf.example.net TXT v=spf1 ip4:192.0.2.0/24 -all";
    check(SPF, &[include], &[]);
    check(SPF, &[], &[("SPF-13", Error)]);
    check(SPF, &["_spf.example.net TXT !"], &[("LIVE-02", Error)]);
    check(
        SPF,
        &["_spf.example.net TXT v=spf1 include:example.com -all"],
        &[("SPF-15", Error)],
    );
    check(
        SPF,
        &["_spf.example.net TXT v=spf1 a:1.example.net a:2.example.net a:3.example.net -all"],
        &[("SPF-11", Error)],
    );
    check(
        "    spf: { redirect: _spf.example.net }\n",
        &[],
        &[("SPF-14", Error)],
    );
    let two = ["example.com TXT v=spf1 -all", "example.com TXT v=spf1 ~all"];
    check(SPF, &[include, two[0], two[1]], &[("SPF-02", Error)]);
}

#[test]
fn spf_look_ups() {
    let names: Vec<String> = (0..12)
        .map(|number| format!("{number}.example.net"))
        .collect();
    let hosts: Vec<String> = names
        .iter()
        .flat_map(|name| {
            [
                format!("{name} A 192.0.2.1"),
                format!("{name} AAAA 2001:db8::1"),
            ]
        })
        .collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let block = |count: usize| format!("    spf: {{ a: [{}] }}\n", names[..count].join(", "));
    check(&block(8), &hosts, &[]);
    // Nine and eleven terms of the text itself are told without a look-up, and once.
    check(&block(9), &hosts, &[]);
    check(&block(11), &hosts, &[]);
    for (count, expect) in [
        (7, &[][..]),
        (8, &[("SPF-10", Warn)]),
        (10, &[("SPF-09", Error)]),
    ] {
        let terms: Vec<String> = names[..count]
            .iter()
            .map(|name| format!("a:{name}"))
            .collect();
        let included = format!("_spf.example.net TXT v=spf1 {} -all", terms.join(" "));
        let with_include: Vec<&str> = hosts.iter().copied().chain([included.as_str()]).collect();
        let include = "    spf: { include: [_spf.example.net] }\n";
        check(include, &with_include, expect);
    }
    let mail_hosts: Vec<String> = names
        .iter()
        .take(11)
        .map(|name| format!("mail.example.net MX 10 {name}"))
        .collect();
    let world: Vec<&str> = mail_hosts.iter().map(String::as_str).chain(hosts).collect();
    check(
        "    spf: { mx: [mail.example.net] }\n",
        &world,
        &[("SPF-12", Error)],
    );
}

#[test]
fn a_live_spf_term_is_not_dropped() {
    let include = "_spf.example.net TXT v=spf1 ip4:192.0.2.0/24 -all";
    let live = "example.com TXT v=spf1 ip4:198.51.100.1 include:_spf.example.net ~all";
    check(SPF, &[include, live], &[("SPF-31", Error)]);
    check(&format!("{SPF}    adopt: true\n"), &[include, live], &[]);
    let accepted = format!("{SPF}    accept: {{ SPF-31: \"the host is gone\" }}\n");
    check(&accepted, &[include, live], &[("SPF-31", Info)]);
}

#[test]
fn an_explanation_and_what_stands_beside() {
    let block = "    spf: { record: \"v=spf1 -all exp=why.example.com\" }\n";
    check(block, &[], &[("SPF-28", Error)]);
    check(block, &["why.example.com TXT %{i} may not send"], &[]);
    let beside = format!("example.com TXT {}", "x".repeat(450));
    check("    spf: { all: fail }\n", &[&beside], &[("SPF-24", Warn)]);
}

const DMARC: &str = "    dmarc: { p: reject, rua: [\"mailto:d@reports.example.net\"] }\n";

#[test]
fn dmarc() {
    let mail = "reports.example.net MX 10 mx.example.net";
    let host = "mx.example.net A 192.0.2.1";
    let agrees = "example.com._report._dmarc.reports.example.net TXT v=DMARC1;";
    let live = "_dmarc.example.com TXT v=DMARC1; p=quarantine";
    check(DMARC, &[mail, host, agrees, live], &[]);
    check(DMARC, &[mail, host, live], &[("DMARC-22", Error)]);
    check(DMARC, &[agrees, live], &[("DMARC-21", Error)]);
    check(
        DMARC,
        &[mail, host, agrees, live, live],
        &[("DMARC-03", Error), ("DMARC-33", Warn)],
    );
    check(
        DMARC,
        &[mail, host, agrees, live, "_dmarc.com TXT v=DMARC1; p=none"],
        &[("DMARC-27", Warn)],
    );
    let from_nothing = ("DMARC-33", Warn);
    check(DMARC, &[mail, host, agrees], &[from_nothing]);
    let none = "_dmarc.example.com TXT v=DMARC1; p=none";
    check(DMARC, &[mail, host, agrees, none], &[from_nothing]);
}

#[test]
fn reports_about_a_parked_domain() {
    let block = "parked: [example.org]\ndefaults: { dns: manual, dmarc: { p: none, rua: [\"mailto:d@reports.example.net\"] } }\n";
    check(
        &format!("    dmarc: {{ p: none }}\n{block}"),
        &[],
        &[
            // Both domains have the address from one place, and are told together.
            ("DMARC-21", Error),
            ("DMARC-22", Error),
        ],
    );
}

#[test]
fn tls_rpt() {
    let block = "    tls_rpt: { rua: [\"mailto:t@example.net\"] }\n";
    let mail = [
        "example.net MX 10 mx.example.net",
        "mx.example.net A 192.0.2.1",
    ];
    check(block, &mail, &[]);
    check(block, &["example.net MX 0 ."], &[("RPT-09", Error)]);
    let two = ["_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:t@example.net"; 2];
    check(
        block,
        &[mail[0], mail[1], two[0], two[1]],
        &[("RPT-07", Error)],
    );
}

const POLICY: &str = "    hosting: { account: a, region: us-east-1 }\n    mta_sts: { mode: testing, mx: [mx1.example.com] }\n";
const MX1: &str = "example.com MX 10 mx1.example.com";
const ANNOUNCED: &str = "_mta-sts.example.com TXT v=STSv1; id=1;";

#[test]
fn mta_sts() {
    // A record that is there, and a policy that can't be seen from here: no step is judged.
    check(POLICY, &[MX1, ANNOUNCED], &[]);
    let enforced = POLICY.replace("testing", "enforce");
    check(
        &enforced,
        &["example.com MX 10 mx2.example.com", ANNOUNCED],
        &[("STS-P13", Error), ("STS-P14", Warn)],
    );
    check(POLICY, &[ANNOUNCED], &[("STS-R11", Error)]);
    let made = POLICY.replace(", mx: [mx1.example.com]", "");
    check(
        &made,
        &["example.com MX 10 mx2.example.com", ANNOUNCED],
        &[],
    );
    check(&made, &[ANNOUNCED], &[("STS-R11", Error)]);
    check(
        &enforced,
        &[MX1, ANNOUNCED, "_mta-sts.example.com TXT hello"],
        &[("STS-R07", Warn)],
    );
    check(
        POLICY,
        &[MX1, ANNOUNCED, ANNOUNCED],
        &[("STS-R06", Error), ("STS-O07", Warn)],
    );
}

#[test]
fn the_step_from_the_policy_that_is_served() {
    let policy = |mode: &str, mx: &str| {
        format!("version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 604800\r\n")
    };
    let enforced = POLICY.replace("testing", "enforce");
    let unreported = ("STS-O07", Warn);
    check(POLICY, &[MX1], &[unreported]);
    check(&enforced, &[MX1], &[unreported, ("STS-O08", Warn)]);

    let world = [MX1, ANNOUNCED];
    let testing = policy("testing", "mx1.example.com");
    check_served(&enforced, &world, Some(&testing), &[]);
    let long = enforced.replace("enforce,", "enforce, max_age: 40d,");
    check_served(&long, &world, Some(&testing), &[("STS-P06", Warn)]);

    // A host that mail still goes to leaves the enforced policy.
    let both = policy("enforce", "*.example.com");
    let two = [MX1, "example.com MX 20 mx2.example.com", ANNOUNCED];
    check_served(
        &enforced,
        &two,
        Some(&both),
        &[("STS-O03", Error), ("STS-P13", Error)],
    );
    // A host is added that the enforced policy of before does not allow.
    let world = [MX1, ANNOUNCED, "mx2.example.com A 192.0.2.2"];
    let added = format!("    mx: [10 mx1.example.com, 20 mx2.example.com]\n{enforced}").replace(
        "mx: [mx1.example.com]",
        "mx: [mx1.example.com, mx2.example.com]",
    );
    let one = policy("enforce", "mx1.example.com");
    check_served(&added, &world, Some(&one), &[("STS-O02", Error)]);
    check_served(&added, &world, Some(&both), &[]);
    check_served(&added, &world, Some(&testing), &[]);
}

#[test]
fn certificates() {
    let world = |caa: &'static str| [MX1, ANNOUNCED, caa];
    check(
        POLICY,
        &world("example.com CAA 0 issue \"amazon.com\""),
        &[],
    );
    check(
        POLICY,
        &world("example.com CAA 0 issue \"other.example\""),
        &[("DNS-13", Error)],
    );
}

#[test]
fn the_authority_of_the_mark_certificate_may_issue_the_next() {
    let block = "    hosting: { account: a, region: us-east-1 }\n    bimi: { logo: logo.svg, certificate: vmc.pem }\n";
    let dmarc = "_dmarc.example.com TXT v=DMARC1; p=reject";
    let caa = |authority: &str| format!("example.com CAA 0 issuevmc \"{authority}\"");
    check(block, &[dmarc], &[]);
    check(block, &[dmarc, &caa("digicert.com")], &[]);
    check(block, &[dmarc, &caa("globalsign.com")], &[("DNS-14", Warn)]);
}

#[test]
fn the_record_of_a_key_of_ours() {
    let block = "    ses: [{ account: a, region: us-east-1, dkim: { byo: { selector: s, private_key: rsa.pem } } }]\n";
    let key = "s._domainkey.example.com TXT v=DKIM1; p=";
    check(block, &[key], &[]);
    check(block, &[key, key], &[("DKIM-02", Error), ("DNS-07", Error)]);
}

#[test]
fn a_partition_with_names_of_its_own() {
    let block =
        |region: &str| format!("    ses: [{{ account: a, region: {region}, mail_from: m }}]\n");
    check(&block("us-gov-west-1"), &[], &[]);
    check(&block("eusc-de-east-1"), &[], &[("SES-39", Error)]);
}

#[test]
fn bimi() {
    let block = "    hosting: { account: a, region: us-east-1 }\n    bimi: { logo: logo.svg }\n";
    check(block, &["_dmarc.example.com TXT v=DMARC1; p=reject"], &[]);
    check(block, &[], &[("BIMI-X01", Error)]);
    check(
        block,
        &["_dmarc.example.com TXT v=DMARC1; p=quarantine; sp=none; np=none; pct=10"],
        &[("BIMI-X02", Error), ("BIMI-X03", Error), ("BIMI-X05", Warn)],
    );
    check(
        block,
        &["_dmarc.example.com TXT v=DMARC1; p=quarantine; t=y"],
        &[("BIMI-X04", Error)],
    );
    let two = ["default._bimi.example.com TXT v=BIMI1; l=; a=;"; 2];
    check(
        block,
        &["_dmarc.example.com TXT v=DMARC1; p=reject", two[0], two[1]],
        &[("BIMI-R12", Error)],
    );
}

#[test]
fn wildcards() {
    let wildcard = "*.example.com TXT v=spf1 -all";
    check("    spf: { all: fail }\n", &[wildcard], &[("DNS-06", Warn)]);
    let ses = "    ses: [{ account: a, region: us-east-1 }]\n";
    check(
        ses,
        &["*._domainkey.example.com TXT v=DKIM1; p=AAAA"],
        &[("DKIM-18", Warn)],
    );
    check(ses, &["*._domainkey.example.com TXT v=DKIM1; p="], &[]);
}

#[test]
fn mail_hosts() {
    let regions = [
        "example.com MX 10 inbound-smtp.us-east-1.amazonaws.com",
        "example.com MX 20 inbound-smtp.eu-west-1.amazonaws.com",
    ];
    check("    spf: { all: fail }\n", &regions, &[("MX-06", Warn)]);
    check("    spf: { all: fail }\n", &regions[..1], &[]);
    let gone = [
        "example.com MX 10 mx.example.net",
        "mx.example.net TXT moved",
    ];
    check("    spf: { all: fail }\n", &gone, &[("MX-03", Error)]);
    let declared = "    mx: [10 mx.example.net]\n";
    check(declared, &[], &[("MX-03", Error)]);
    check(declared, &["mx.example.net AAAA 2001:db8::1"], &[]);
    let ses = "    ses: [{ account: a, region: us-east-1, mail_from: m }]\n";
    check(
        ses,
        &["m.example.com MX 10 mx.example.com"],
        &[("MX-07", Error)],
    );
    check(
        ses,
        &["m.example.com MX 10 feedback-smtp.us-east-1.amazonses.com"],
        &[],
    );
    let two = [
        "m.example.com TXT v=spf1 -all",
        "m.example.com TXT v=spf1 ~all",
    ];
    check(ses, &two, &[("DNS-07", Error)]);
}

#[test]
fn what_the_manifest_plans_for_another_domain_counts() {
    check(
        "    spf: { include: [example.org] }\n    dmarc: { p: reject, rua: [\"mailto:d@example.org\"] }\n  example.org: { dns: manual, mx: [10 mx.example.org], spf: { ip4: [192.0.2.1] } }\n",
        &[
            "mx.example.org A 192.0.2.1",
            "_dmarc.example.com TXT v=DMARC1; p=quarantine",
        ],
        &[],
    );
}
