//! A little Internet in memory, and a domain that is deployed in it as planned.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Fetched, NoAnswer, Outside, Readiness, ShownCertificate, Unseen, Visit};
use sha2::{Digest, Sha256};
use standards::bimi::TrustStore;
use standards::dns::dnssec::{Dnskey, Ds};
use standards::dns::{Name, RecordType};

use crate::Validity;
use crate::expected::{
    Certificate, Expected, File, HostedZone, Instance, InstancePart, Mark, Record, Tracking,
};
use crate::options::Options;
use crate::run::verify;
use model::check::{Check, CheckOutcome};

pub(super) const LOGO: &[u8] = include_bytes!("../../../../../assets/logo.svg");
pub(super) const CERTIFICATE: &[u8] = include_bytes!("../../../../../assets/bimi_vmc.pem");
const TEST_ROOT: &str = include_str!("../../../../../assets/test-bimi-root.pem");
pub(super) const POLICY: &str =
    "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: 604800\r\n";
pub(super) const KEY: &str = "p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo5ScUu2haZUm6OCbmsMjGnZPJRZb2JAyt9rXTozNXLhrbT1fZJmecuVnMzebFKQKdWrsVW9gYtQbS8KVPqbqTN+u5UH9zkxVnIrQ31QAit2m+vBuPPQdAXridqqqmAm0AUkVbNtddgvSpbfrWIsOZB4JH3+W86LXJtjdbtkO0f0zWDikQKnT7ZZnzWcdVO72QcUIFeviJTdS44gEDLyWY7QLvlC1+udvcD/OLpqLWV0i2Ok4Hj0NxqTUv1Cru+loqmtbhB9KfXu3XHMJJqipsLqXzzDWfJdoZSq2w0CpKVbr0Z3tfwK69caUy0vAcDQrYEPlhthN8OYE0YToAghBXQIDAQAB";

/// The key that the zone is signed with, where it is.
const ZONE_KEY: &str = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";

pub(super) const POLICY_URL: &str = "https://mta-sts.example.com/.well-known/mta-sts.txt";
pub(super) const LOGO_URL: &str = "https://bimi-assets.example.com/logo.svg";
pub(super) const CERTIFICATE_URL: &str = "https://bimi-assets.example.com/bimi_vmc.pem";

/// The planned records of the domain; an alias has no value here.
const PLANNED: &str = "
example.com TXT v=spf1 include:amazonses.com ~all
_dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:dmarc@reports.example.net
_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls@example.com
_mta-sts.example.com TXT v=STSv1; id=20261124
mta-sts.example.com A
mta-sts.example.com AAAA
bimi-assets.example.com A
bimi-assets.example.com AAAA
default._bimi.example.com TXT v=BIMI1; l=https://bimi-assets.example.com/logo.svg; a=https://bimi-assets.example.com/bimi_vmc.pem
_amazonses.example.com TXT first-token
_amazonses.example.com TXT second-token
token._domainkey.example.com CNAME token.dkim.amazonses.com
own._domainkey.example.com TXT KEY
_acm.mta-sts.example.com CNAME _x.acm-validations.aws
click.example.com CNAME r.us-east-1.awstrack.me
mail1.example.com MX 10 feedback-smtp.us-east-1.amazonses.com
mail1.example.com TXT v=spf1 include:amazonses.com ~all
";

/// The other records in DNS.
const AROUND: &str = "
example.com MX 10 mx1.example.com
example.com SOA ns-1.example.net hostmaster.example.com 1 7200 900 1209600 86400
mx1.example.com A 192.0.2.25
mta-sts.example.com A 192.0.2.1
mta-sts.example.com AAAA 2001:db8::1
bimi-assets.example.com A 192.0.2.1
bimi-assets.example.com AAAA 2001:db8::1
reports.example.net MX 10 mx.example.net
mx.example.net A 192.0.2.26
example.com._report._dmarc.reports.example.net TXT v=DMARC1;
r.us-east-1.awstrack.me A 192.0.2.40
amazonses.com TXT v=spf1 ip4:199.255.192.0/22 -all
token.dkim.amazonses.com TXT KEY
";

pub(super) const SERVERS: [&str; 2] = ["ns-1.example.net", "ns-2.example.net"];

type Question = (String, String);

/// A little Internet. Every field can be broken.
pub(super) struct World {
    pub(super) records: BTreeMap<Question, Vec<String>>,
    /// The answers of the zone's name servers, where they differ from those of resolvers.
    pub(super) ahead: BTreeMap<Question, Vec<String>>,
    /// Questions that end in SERVFAIL at the resolver.
    pub(super) broken: BTreeSet<Question>,
    /// Names that resolvers never come to an end with.
    pub(super) endless: BTreeSet<String>,
    /// Name servers that refuse to answer.
    pub(super) lame: BTreeSet<String>,
    /// Name servers that do not answer in time.
    pub(super) silent: BTreeSet<String>,
    /// Name servers, and names that they have nothing at.
    pub(super) stale: BTreeSet<(String, String)>,
    pub(super) delegation: Result<Vec<String>, Unseen>,
    pub(super) pages: BTreeMap<String, Result<Visit, Unseen>>,
    /// Pages at one address.
    pub(super) at_address: BTreeMap<(String, IpAddr), Result<Visit, Unseen>>,
    pub(super) mail_hosts: BTreeMap<String, Result<ShownCertificate, Unseen>>,
    pub(super) held_for: Option<Duration>,
    /// The certificates that mail hosts show, as DER.
    pub(super) chains: BTreeMap<String, Vec<Vec<u8>>>,
    /// The statuses with which reports are answered, by media type.
    pub(super) posts: BTreeMap<String, u16>,
}

/// The time in this world: the certificates of `assets/` are valid.
pub(super) fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().expect("a time")
}

fn certificate() -> ShownCertificate {
    ShownCertificate {
        names: vec!["mta-sts.example.com".to_owned()],
        not_before: "2026-06-01T00:00:00Z".parse().expect("a time"),
        not_after: "2027-06-01T00:00:00Z".parse().expect("a time"),
    }
}

pub(super) fn page(media_type: &str, body: &[u8]) -> Visit {
    let headers = [
        ("content-type", media_type),
        ("cache-control", "max-age=60"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Visit {
        status: 200,
        headers: headers.into(),
        body: body.to_vec(),
        took: Some(Duration::from_millis(20)),
        certificate: Some(certificate()),
    }
}

/// Lines of `name type value`.
fn lines(text: &str) -> impl Iterator<Item = (String, String, Option<String>)> {
    text.lines().filter(|line| !line.is_empty()).map(|line| {
        let mut words = line.splitn(3, ' ').map(str::to_owned);
        let (name, rtype) = (words.next(), words.next());
        let value = words.next().map(|value| value.replace("KEY", KEY));
        (name.expect("a name"), rtype.expect("a type"), value)
    })
}

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            records: BTreeMap::new(),
            ahead: BTreeMap::new(),
            broken: BTreeSet::new(),
            endless: BTreeSet::new(),
            lame: BTreeSet::new(),
            silent: BTreeSet::new(),
            stale: BTreeSet::new(),
            delegation: Ok(SERVERS.map(str::to_owned).to_vec()),
            pages: BTreeMap::new(),
            at_address: BTreeMap::new(),
            mail_hosts: BTreeMap::from([("mx1.example.com".to_owned(), Ok(certificate()))]),
            held_for: None,
            chains: BTreeMap::new(),
            posts: BTreeMap::new(),
        };
        for (name, rtype, value) in lines(PLANNED).chain(lines(AROUND)) {
            world
                .records
                .entry((name, rtype))
                .or_default()
                .extend(value);
        }
        let pages = [
            (
                POLICY_URL,
                page("text/plain; charset=utf-8", POLICY.as_bytes()),
            ),
            (LOGO_URL, page("image/svg+xml", LOGO)),
            (
                CERTIFICATE_URL,
                page("application/pem-certificate-chain", CERTIFICATE),
            ),
        ];
        world.pages = pages.map(|(url, page)| (url.to_owned(), Ok(page))).into();
        world
    }

    /// Publishes `values` in place of what is there.
    pub(super) fn set(&mut self, name: &str, rtype: &str, values: &[&str]) {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.records
            .insert((name.to_owned(), rtype.to_owned()), values);
    }

    /// Publishes one more value.
    pub(super) fn add(&mut self, name: &str, rtype: &str, value: &str) {
        let values = self.records.entry((name.to_owned(), rtype.to_owned()));
        values.or_default().push(value.to_owned());
    }

    /// Signs the zone of `example.com`, with a DS record at the parent for its key.
    pub(super) fn sign(&mut self) {
        let key = Dnskey::parse(ZONE_KEY).expect("a key");
        let ds = Ds {
            key_tag: key.tag(),
            algorithm: key.algorithm,
            digest_type: 2,
            digest: key.digest(&name("example.com"), 2).expect("SHA-256"),
        };
        self.set("example.com", "DS", &[ds.to_string().as_str()]);
        self.set("example.com", "DNSKEY", &[ZONE_KEY]);
    }

    pub(super) fn servfail(&mut self, name: &str, rtype: &str) {
        self.broken.insert((name.to_owned(), rtype.to_owned()));
    }

    pub(super) fn page(&mut self, url: &str) -> &mut Visit {
        let page = self.pages.get_mut(url).expect("a page");
        page.as_mut().expect("it is there")
    }

    pub(super) fn no_page(&mut self, url: &str, unseen: Unseen) {
        self.pages.insert(url.to_owned(), Err(unseen));
    }

    /// The values at `name`, CNAMEs followed, wildcards expanded.
    fn find(&self, name: &str, rtype: &str) -> Result<Vec<String>, String> {
        let mut name = name.to_owned();
        for _ in 0..8 {
            let question = (name.clone(), rtype.to_owned());
            if self.broken.contains(&question) {
                return Err("the server answers SERVFAIL".to_owned());
            }
            let owner = self.owner(&name);
            let at = |rtype: &str| self.records.get(&(owner.clone(), rtype.to_owned()));
            match at("CNAME").and_then(|targets| targets.first()) {
                Some(target) if rtype != "CNAME" => name = target.clone(),
                _ => return Ok(at(rtype).cloned().unwrap_or_default()),
            }
        }
        Err("its CNAME leads in a circle".to_owned())
    }

    /// The name itself, or the wildcard that answers for it (RFC 4592).
    fn owner(&self, name: &str) -> String {
        let exists = |name: &str| {
            let below = format!(".{name}");
            self.records
                .keys()
                .any(|(owner, _)| owner == name || owner.ends_with(&below))
        };
        if exists(name) {
            return name.to_owned();
        }
        let mut closest = name;
        while let Some((_, parent)) = closest.split_once('.') {
            closest = parent;
            if exists(closest) {
                break;
            }
        }
        format!("*.{closest}")
    }
}

#[async_trait]
impl Outside for World {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        if self.endless.contains(name) {
            std::future::pending::<()>().await;
        }
        self.find(name, rtype.as_str()).map_err(|reason| NoAnswer {
            name: name.to_owned(),
            rtype,
            reason,
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        panic!("checks visit, they do not fetch: {url}")
    }

    async fn visit(&self, url: &str, address: Option<IpAddr>) -> Result<Visit, Unseen> {
        let there = address.and_then(|address| self.at_address.get(&(url.to_owned(), address)));
        let nothing = Err(Unseen::NoAnswer("connection refused".to_owned()));
        there.or(self.pages.get(url)).cloned().unwrap_or(nothing)
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        if self.lame.contains(server) {
            return Err(Unseen::NoAnswer("the server answers REFUSED".to_owned()));
        }
        if self.silent.contains(server) {
            return Err(Unseen::Slow(Duration::from_secs(10)));
        }
        if self.stale.contains(&(server.to_owned(), name.to_owned())) {
            return Ok(Vec::new());
        }
        let question = (name.to_owned(), rtype.to_string());
        if let Some(values) = self.ahead.get(&question) {
            return Ok(values.clone());
        }
        Ok(self.records.get(&question).cloned().unwrap_or_default())
    }

    async fn delegation(&self, _zone: &str) -> Result<Vec<String>, Unseen> {
        self.delegation.clone()
    }

    async fn held_for(&self, _name: &str, _rtype: RecordType) -> Option<Duration> {
        self.held_for
    }

    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let nothing = Err(Unseen::NoAnswer("connection refused".to_owned()));
        self.mail_hosts.get(host).cloned().unwrap_or(nothing)
    }

    async fn mail_certificates(&self, host: &str) -> Result<Vec<Vec<u8>>, Unseen> {
        let nothing = || Unseen::NoAnswer("connection refused".to_owned());
        self.chains.get(host).cloned().ok_or_else(nothing)
    }

    async fn post(&self, _url: &str, media_type: &str, body: &[u8]) -> Result<Visit, Unseen> {
        assert!(!body.is_empty(), "a report has something in it");
        let status = self.posts.get(media_type).copied();
        let status = status.ok_or_else(|| Unseen::NoAnswer("connection refused".to_owned()))?;
        Ok(Visit {
            status,
            ..Visit::default()
        })
    }
}

/// A domain as planned, in a world.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) expected: Expected,
    pub(super) options: Options,
}

impl Stage {
    /// Everything is as it should be.
    pub(super) fn new() -> Self {
        let file = |url: &str, body: &[u8]| File {
            url: url.to_owned(),
            sha256: Sha256::digest(body).into(),
        };
        let mut expected = Expected::of(name("example.com"));
        expected.zone = Some(HostedZone {
            name: name("example.com"),
            servers: SERVERS.iter().map(|server| name(server)).collect(),
        });
        expected.certificates = vec![Certificate {
            hosts: vec![name("mta-sts.example.com"), name("bimi-assets.example.com")],
            validity: Some(Validity {
                not_before: "2026-11-01T00:00:00Z".parse().expect("a time"),
                not_after: "2027-06-01T00:00:00Z".parse().expect("a time"),
            }),
            validation: [name("_acm.mta-sts.example.com")].into(),
        }];
        expected.policy = Some(POLICY.into());
        expected.marks = vec![Mark {
            selector: "default".parse().expect("a selector"),
            logo: file(LOGO_URL, LOGO),
            certificate: Some(file(CERTIFICATE_URL, CERTIFICATE)),
        }];
        expected.instances = vec![Instance {
            label: "marketing in us-east-1".to_owned(),
            mail_from: Some(name("mail1.example.com")),
            parts: vec![InstancePart {
                what: "ses_identity marketing.us-east-1".to_owned(),
                readiness: Some(Readiness::Ready),
            }],
            account: Some(Vec::new()),
            tracking: Some(Tracking {
                domain: name("click.example.com"),
                region: "us-east-1".to_owned(),
                https: false,
            }),
        }];
        for (owner, rtype, value) in lines(PLANNED) {
            add_value(&mut expected, &owner, &rtype, value);
        }
        let trust = TrustStore::empty().with_roots(TEST_ROOT);
        let options = Options {
            smtp: true,
            reports: true,
            trust: trust.expect("the root of the shipped certificate"),
            ..Options::at(now())
        };
        let world = World::new();
        Self {
            world,
            expected,
            options,
        }
    }

    /// Plans and publishes one value in place of what is there.
    pub(super) fn publish(&mut self, owner: &str, rtype: &str, value: &str) {
        self.world.set(owner, rtype, &[value]);
        let owner_name = name(owner);
        let records = &mut self.expected.records;
        records.retain(|record| record.name != owner_name || record.rtype.as_str() != rtype);
        add_value(&mut self.expected, owner, rtype, Some(value.to_owned()));
    }

    pub(super) async fn verify(&self) -> Vec<Check> {
        verify(&self.expected, &self.world, &self.options).await
    }
}

fn add_value(expected: &mut Expected, owner: &str, rtype: &str, value: Option<String>) {
    let owner = name(owner);
    let mut records = expected.records.iter_mut();
    match records.find(|record| record.name == owner && record.rtype.as_str() == rtype) {
        Some(record) => record.values.extend(value),
        None => expected.records.push(Record {
            name: owner,
            rtype: rtype.parse().expect("a type"),
            values: value.into_iter().collect(),
            ttl: 300,
            alone: matches!(rtype, "MX" | "CNAME"),
        }),
    }
}

/// The rules that an external observer finds broken after `change`, each once, as they come.
pub(super) async fn broken(change: impl FnOnce(&mut Stage)) -> Vec<String> {
    let mut stage = Stage::new();
    change(&mut stage);
    let mut rules = Vec::new();
    for check in stage.verify().await {
        let is_new = !rules.iter().any(|rule| *rule == check.rule);
        if matches!(check.outcome, CheckOutcome::Finding(_)) && is_new {
            rules.push(check.rule.into_owned());
        }
    }
    rules
}
