//! World files: what else there is, in YAML.
//!
//! ```yaml
//! accounts:
//!   "111111111111": { roles: { mail-deploy: { external_id: mail, denied: ["s3:Put*"] } } }
//! zones:                       # hosted zones in Route 53
//!   - account: "111111111111"
//!     name: example.com
//!     delegated: true          # false: registries name other servers for it
//!     records:
//!       - { name: example.com, type: MX, ttl: 300, values: [10 mx.example.com] }
//! dns:                         # what is published on other people's servers
//!   - { name: example.org, type: TXT, values: ["v=spf1 -all"] }
//! registrations:               # what registries have of domains, and the keys of their zones
//!   example.com: { expires: 2027-03-01T00:00:00Z, ds: ["60485 13 2 D4B7…"], dnskey: ["257 3 13 mdsswUyr…"] }
//!   example.io: { rdap: false }  # its registry tells nobody until when
//! name_servers:                # zones on servers that really run: taken over (AXFR) by each command
//!   example.net: "127.0.0.1:5300"
//! buckets: [{ account: "222222222222", name: taken, region: eu-west-1 }]
//! distributions: [{ account: "222222222222", aliases: [www.example.com], pricing_plan: true }]
//! ses: [{ account: "111111111111", region: eu-west-1, production: false, enforcement: PROBATION }]
//! topics: ["arn:aws:sns:eu-west-1:111111111111:mail"]
//! weather: { kind: usual, seed: 7 }  # how far AWS is from its documentation: calm, usual, storm
//! clock_skew: 20m                # AWS's clock is ahead of the caller's
//! delays: { cloudfront_deploy: 10s }
//! quotas: { rates: { ses.requests: { rate: 5, burst: 5 } } }
//! limits: { cloudfront: { distributions: 500, origin_access_controls: 100 }, acm: { names: 10 }, route53: { zones: 500 } }
//! faults: { script: [{ service: acm, operation: RequestCertificate, call: 1, kind: throttle }] }
//! ```

mod error;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::cloudfront::Owned;
use crate::delays::Delays;
use crate::dns::Registration;
use crate::dns_text::name::DnsName;
use crate::faults::Faults;
use crate::quotas::{self, Quotas};
use crate::route53::Zone;
use crate::sts::Account;
use crate::weather::Weather;
use crate::world::World;

pub use error::WorldFileError;
use error::first_line;

/// The content of a world file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldFile {
    /// Accounts by their twelve digits.
    pub accounts: BTreeMap<String, Account>,
    /// Hosted zones in Route 53.
    pub zones: Vec<ZoneSeed>,
    /// Records on other people's servers.
    pub dns: Vec<RecordSet>,
    /// Domains as their registries have them, where it is not what registries have at first.
    pub registrations: BTreeMap<String, Registration>,
    /// Name servers outside of the sandbox, by the zones that they have.
    pub name_servers: BTreeMap<String, SocketAddr>,
    /// Other people's buckets, or one's own from before.
    pub buckets: Vec<Bucket>,
    /// Other people's distributions.
    pub distributions: Vec<Distribution>,
    /// How accounts stand with SES, where they are not in production and healthy.
    pub ses: Vec<crate::ses::Seed>,
    /// Topics of SNS, by ARN.
    pub topics: Vec<String>,
    /// How far AWS's clock is ahead of the callers'.
    pub clock_skew: Option<SignedDuration>,
    /// How far AWS is from its documentation: `calm`, `usual`, `storm`, or `{ kind: storm, seed: 7 }`.
    pub weather: Option<Weather>,
    /// How long things take.
    pub delays: Option<Delays>,
    /// How many calls are let in.
    pub quotas: Option<Quotas>,
    /// How much an account may have.
    pub limits: Limits,
    /// The faults.
    pub faults: Option<Faults>,
}

/// A hosted zone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneSeed {
    /// Whose it is.
    pub account: String,
    /// Its apex.
    pub name: String,
    /// Whether registries name its servers.
    #[serde(default = "yes")]
    pub delegated: bool,
    /// Its records beside its NS and SOA.
    #[serde(default)]
    pub records: Vec<RecordSet>,
    /// Whether it is signed (DNSSEC): then it has a key that keeps it from being deleted.
    #[serde(default)]
    pub signed: bool,
    /// Since when accelerated recovery is on. Before that it is being switched on, and the zone
    /// takes no changes.
    pub accelerated_recovery: Option<Timestamp>,
    /// Its tags, those of `aws:` too.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A record set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSet {
    /// Its name.
    pub name: String,
    /// `TXT`.
    #[serde(rename = "type")]
    pub rtype: String,
    /// In seconds.
    #[serde(default = "five_minutes")]
    pub ttl: u32,
    /// In Route 53's spelling; the quotes of a TXT value may be left out.
    pub values: Vec<String>,
}

/// A bucket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Whose it is.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its tags, those of `aws:` too.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A distribution.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// Whose it is.
    pub account: String,
    /// The names that it has taken.
    pub aliases: Vec<String>,
    /// Whether it is on a flat-rate plan, and can't be deleted.
    #[serde(default)]
    pub pricing_plan: bool,
    /// The id of the access control through which its origin is read.
    pub access_control: Option<String>,
}

/// How much an account may have, where it is not what AWS grants at first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Distributions and what belongs to them.
    pub cloudfront: Option<crate::cloudfront::Limits>,
    /// Certificates and their names.
    pub acm: Option<crate::acm::Limits>,
    /// Hosted zones.
    pub route53: Option<Zones>,
}

/// How many hosted zones an account may have.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zones {
    /// 500 at first.
    pub zones: usize,
}

fn yes() -> bool {
    true
}

fn five_minutes() -> u32 {
    300
}

impl World {
    /// The world of a world file.
    pub fn from_yaml(text: &str) -> Result<Self, WorldFileError> {
        let mut world = Self::default();
        world.add_yaml(text)?;
        Ok(world)
    }

    /// Adds what a world file says to this world.
    pub fn add_yaml(&mut self, text: &str) -> Result<(), WorldFileError> {
        let file = serde_yaml::from_str(text)
            .map_err(|error: serde_yaml::Error| WorldFileError::Unreadable(first_line(&error)))?;
        self.add_file(file)
    }

    /// Adds what a world file says to this world.
    pub fn add_file(&mut self, file: WorldFile) -> Result<(), WorldFileError> {
        file.check()?;
        for (id, account) in file.accounts {
            let held = self.sts.accounts.entry(id).or_default();
            held.roles.extend(account.roles);
            held.regions_off.extend(account.regions_off);
            held.opens = account.opens.or(held.opens);
            held.unverified |= account.unverified;
        }
        for zone in &file.zones {
            self.add_zone(zone)?;
        }
        for set in &file.dns {
            self.publish(set)?;
        }
        for (domain, registration) in file.registrations {
            let registered = self.dns.register(&domain, registration);
            registered.map_err(named(&domain))?;
        }
        for (zone, server) in &file.name_servers {
            self.dns.serve_zone(zone, *server).map_err(named(zone))?;
        }
        for Bucket {
            account,
            name,
            region,
            tags,
        } in file.buckets
        {
            self.sts.accounts.entry(account.clone()).or_default();
            let mut bucket = crate::s3::Bucket::new(&account, &region, Timestamp::UNIX_EPOCH);
            bucket.tags = Some(tags).filter(|tags| !tags.is_empty());
            self.s3.buckets.insert(name, bucket);
        }
        for Distribution {
            account,
            aliases,
            pricing_plan,
            access_control,
        } in file.distributions
        {
            self.sts.accounts.entry(account.clone()).or_default();
            let added =
                self.cloudfront
                    .seed_distribution(&account, &aliases, access_control.as_deref());
            let id = added.map_err(|error| WorldFileError::Distribution(error.message))?;
            let owned = Owned {
                account: &account,
                id: &id,
            };
            if let Ok(added) = self.cloudfront.distribution_mut(owned) {
                added.pricing_plan = pricing_plan;
            }
        }
        for arn in &file.topics {
            self.sns.add_topic(arn);
        }
        for seed in &file.ses {
            self.ses.seed_standing(seed);
        }
        self.clock_skew = file.clock_skew.unwrap_or(self.clock_skew);
        self.weather = file.weather.unwrap_or(self.weather);
        self.delays = file.delays.unwrap_or(self.delays.clone());
        self.quotas = file.quotas.unwrap_or(self.quotas.clone());
        self.faults = file.faults.unwrap_or(self.faults.clone());
        self.grant(&file.limits);
        Ok(())
    }

    /// Publishes records on other people's servers, or in the hosted zone that the world asks.
    fn publish(&mut self, set: &RecordSet) -> Result<(), WorldFileError> {
        if let Some(zone) = self.zone_that_answers(&set.name) {
            return self.add_records(&zone, set);
        }
        let values: Vec<&str> = set.values.iter().map(String::as_str).collect();
        self.dns
            .publish(&set.name, &set.rtype, &values, Timestamp::UNIX_EPOCH)
            .map_err(named(&set.name))
    }

    fn grant(&mut self, limits: &Limits) {
        self.cloudfront.limits = limits.cloudfront.unwrap_or(self.cloudfront.limits);
        self.acm.limits = limits.acm.unwrap_or(self.acm.limits);
        if let Some(Zones { zones }) = limits.route53 {
            self.route53.zones_max = Some(zones);
        }
    }

    /// The zone that a manifest presumes is there already: the file adds records to it. Whoever
    /// wants a second one of its name says that nothing is delegated to it.
    fn presumed_zone(&self, zone: &ZoneSeed) -> Option<String> {
        let name = DnsName::parse(&zone.name).ok()?;
        let mut held = self.route53.zones_of(&zone.account);
        let same = held.find(|held| zone.delegated && held.name == name)?;
        Some(same.id.clone())
    }

    fn add_zone(&mut self, zone: &ZoneSeed) -> Result<(), WorldFileError> {
        self.sts.accounts.entry(zone.account.clone()).or_default();
        let id = match self.presumed_zone(zone) {
            Some(id) => id,
            None => self
                .seed_zone(&zone.account, &zone.name, zone.delegated)
                .map_err(named(&zone.name))?,
        };
        if let Some(held) = self.route53.zones.get_mut(&id) {
            held.signed |= zone.signed;
            held.accelerated_recovery = zone.accelerated_recovery.or(held.accelerated_recovery);
            held.tags.extend(zone.tags.clone());
        }
        let mut records = zone.records.iter();
        records.try_for_each(|set| self.add_records(&id, set))
    }

    fn add_records(&mut self, zone: &str, set: &RecordSet) -> Result<(), WorldFileError> {
        let values = set.values.iter().map(|value| quoted(&set.rtype, value));
        let values: Vec<String> = values.collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        self.seed_records(zone, &set.name, (&set.rtype, set.ttl), &values)
            .map_err(named(&set.name))
    }

    /// The hosted zone that the world asks about a name, where there is one. A record beside it, on other
    /// servers, would be seen by nobody.
    fn zone_that_answers(&self, name: &str) -> Option<String> {
        let name = DnsName::parse(name).ok()?;
        let is_asked = |zone: &&Zone| {
            let delegated = self.dns.delegated(&zone.name, Timestamp::UNIX_EPOCH);
            name.is_within(&zone.name) && delegated.as_ref() == Some(&zone.name_servers)
        };
        let zones = self.route53.zones.values().filter(is_asked);
        let nearest = zones.max_by_key(|zone| zone.name.depth())?;
        Some(nearest.id.clone())
    }
}

fn named(name: &str) -> impl FnOnce(crate::dns_text::name::NameProblem) -> WorldFileError + '_ {
    |source| WorldFileError::Name {
        name: name.to_owned(),
        source,
    }
}

/// A TXT value in quotes, its strings of at most 255 octets.
fn quoted(rtype: &str, value: &str) -> String {
    if !rtype.eq_ignore_ascii_case("TXT") || value.starts_with('"') {
        return value.to_owned();
    }
    let strings: Vec<Vec<u8>> = value.as_bytes().chunks(255).map(<[u8]>::to_vec).collect();
    crate::dns_text::strings::write(&strings)
}

impl WorldFile {
    fn check(&self) -> Result<(), WorldFileError> {
        let named = self.zones.iter().map(|zone| &zone.account);
        let named = named.chain(self.buckets.iter().map(|bucket| &bucket.account));
        let named = named.chain(self.distributions.iter().map(|held| &held.account));
        let named = named.chain(self.ses.iter().map(|seed| &seed.account));
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = self.accounts.keys().chain(named).find(|id| !is_account(id)) {
            return Err(WorldFileError::Account(id.clone()));
        }
        let mut rates = self.quotas.iter().flat_map(|quotas| quotas.rates.keys());
        match rates.find(|name| quotas::TABLE.iter().all(|quota| quota.name != **name)) {
            Some(name) => Err(WorldFileError::Quota(name.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Lookup;

    const FILE: &str = r#"
accounts:
  "111111111111": { roles: { mail-deploy: { external_id: mail } } }
zones:
  - account: "222222222222"
    name: example.com
    records:
      - { name: example.com, type: TXT, values: ["v=spf1 -all"] }
  - { account: "222222222222", name: example.net, delegated: false, records: [{ name: a.example.net, type: A, values: [192.0.2.1] }] }
dns:
  - { name: example.org, type: MX, values: [10 mx.example.org] }
  - { name: inside.example.com, type: TXT, values: [as everywhere] }
name_servers: { example.edu: "127.0.0.1:5300" }
buckets: [{ account: "333333333333", name: taken, region: eu-west-1 }]
distributions: [{ account: "333333333333", aliases: [www.example.com] }]
ses: [{ account: "111111111111", region: eu-west-1, production: false, enforcement: PROBATION }]
clock_skew: 20m
delays: { cloudfront_deploy: 10s }
quotas: { rates: { ses.requests: { rate: 5, burst: 5 } } }
limits: { cloudfront: { distributions: 2 }, acm: { names: 100 }, route53: { zones: 3 } }
faults: { script: [{ service: acm, operation: RequestCertificate, call: 1, kind: throttle }] }
"#;

    #[test]
    fn a_world_file_makes_what_it_says() {
        let world = World::from_yaml(FILE).expect("a world");
        assert_eq!(world.sts.accounts.len(), 3);
        assert_eq!(world.s3.buckets["taken"].owner, "333333333333");
        assert_eq!(
            world.delays.cloudfront_deploy,
            SignedDuration::from_secs(10)
        );
        assert_eq!(world.delays.ses_verify, SignedDuration::from_secs(60));
        assert_eq!(world.clock_skew, SignedDuration::from_mins(20));
        let limits = world.cloudfront.limits;
        assert_eq!(
            (limits.distributions, limits.origin_access_controls),
            (2, 100)
        );
        assert_eq!(
            (world.acm.limits.names, world.acm.limits.certificates),
            (100, 2_500)
        );
        assert_eq!(world.route53.zones_max, Some(3));
        let aliases: Vec<&str> = world
            .cloudfront
            .all()
            .flat_map(crate::cloudfront::Distribution::aliases)
            .collect();
        assert_eq!(aliases, ["www.example.com"]);
        let found = |name, rtype| match world.resolve(name, rtype, Timestamp::UNIX_EPOCH) {
            Lookup::Found { records, .. } => records[0].value.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(found("example.com", "TXT"), "\"v=spf1 -all\"");
        assert_eq!(found("example.org", "MX"), "10 mx.example.org");
        // A zone that is not delegated to is asked by nobody; one that is has what the file says of its
        // names, wherever it says it.
        assert_eq!(found("a.example.net", "A"), "NxDomain");
        assert_eq!(found("inside.example.com", "TXT"), "\"as everywhere\"");
    }

    #[test]
    fn a_world_goes_through_json_unchanged() {
        let world = World::from_yaml(FILE).expect("a world");
        let text = serde_json::to_string(&world).expect("JSON has string keys only");
        let again: World = serde_json::from_str(&text).expect("the same world");
        assert_eq!(serde_json::to_string(&again).expect("JSON"), text);
    }

    #[test]
    fn a_zone_that_is_there_gets_the_records() {
        let mut world = World::default();
        world
            .seed_zone("222222222222", "example.com", true)
            .expect("a name");
        world.add_yaml(FILE).expect("a world");
        assert_eq!(world.route53.zones_of("222222222222").count(), 2);
        let found = world.resolve("example.com", "TXT", Timestamp::UNIX_EPOCH);
        assert!(matches!(found, Lookup::Found { .. }), "{found:?}");
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let error = World::from_yaml(text).expect_err("a fault");
        assert!(error.to_string().contains(expect), "{error}");
    }

    #[test]
    fn faults_in_a_world_file_are_named() {
        check("accounts: { web: {} }", "`web` is not an account");
        check(
            "quotas: { rates: { s4: { rate: 1, burst: 1 } } }",
            "no quota `s4`",
        );
        check("zonez: []", "unknown field `zonez`");
        check(
            "limits: { cloudfront: { buckets: 1 } }",
            "unknown field `buckets`",
        );
        check(
            &format!(
                "dns: [{{ name: '{}', type: A, values: [] }}]",
                "a".repeat(64)
            ),
            "not a domain name",
        );
    }
}
