//! The layout of a draft: which domains are parked, which accounts are needed, which blocks a
//! domain gets.

use std::collections::BTreeMap;

use model::{Published, SeenMailFrom};
use standards::dkim::PublicKey;
use standards::dmarc::organizational_domain_by_psl;
use standards::dns::{Mx, Name};
use standards::mail_uri::ReportUri;
use standards::mta_sts::{Mode, MxPattern};
use standards::spf::Spf;

use super::page::Page;
use super::value::Value;
use crate::regions;
use model::AccountId;

/// The account that has everything, as far as nobody knows better.
pub(super) const MAIN: &str = "main";
/// Characters of a project's name.
const PROJECT_MAX: usize = 32;
/// Accounts beside the main one: more MAIL FROM names of one region are not taken for instances.
pub(super) const OTHERS_MAX: usize = 9;
/// Name servers that are named in a comment.
const SERVERS_SHOWN: usize = 2;

/// The parts that are the same for all domains of a draft.
pub(super) struct Layout {
    pub(super) parking: Option<Parking>,
    needs_account: bool,
    /// Accounts beside the main one: SES has one identity of a name in an account and region.
    others: usize,
}

/// The values that all parked domains have in common.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parking {
    pub(super) is_route53: bool,
    pub(super) rua: Vec<ReportUri>,
}

impl Parking {
    fn of(seen: &Published) -> Self {
        let targets = seen.dmarc.read.iter().flat_map(|record| &record.rua);
        Self {
            is_route53: is_route53(seen),
            rua: targets.map(|target| target.uri.clone()).collect(),
        }
    }
}

impl Layout {
    pub(super) fn of(published: &[Published]) -> Self {
        let parking = published.iter().find(|seen| is_idle(seen)).map(Parking::of);
        let mut layout = Self {
            parking,
            needs_account: false,
            others: 0,
        };
        for seen in published {
            let is_hosted = !layout.is_parked(seen) && Blocks::of(seen).is_hosted();
            let instances = instances(seen);
            layout.needs_account |= is_route53(seen) || is_hosted || !instances.is_empty();
            let others = instances.iter().map(|(other, _)| *other).max();
            layout.others = layout.others.max(others.unwrap_or(0));
        }
        layout
    }

    /// Says of a domain without mail why it is not parked with the others.
    pub(super) fn say_apart(&self, page: &mut Page, seen: &Published) {
        if is_idle(seen) && !self.is_parked(seen) {
            page.say(
                2,
                "It has no mail, and its DNS or its DMARC reports are elsewhere than those of the parked domains here: in a manifest of its own, it can be `parked` too.",
            );
        }
    }

    /// Whether the domain is one of those that are parked together.
    pub(super) fn is_parked(&self, seen: &Published) -> bool {
        is_idle(seen) && self.parking.as_ref() == Some(&Parking::of(seen))
    }

    /// The accounts, with placeholders that lint refuses.
    pub(super) fn accounts(&self, page: &mut Page, known: Option<&AccountId>) {
        if !self.needs_account {
            return;
        }
        page.begin_part();
        page.blank();
        page.say(
            0,
            "The AWS accounts, under names of your choice. One has the zone, the files and what sends; name another where yours are apart.",
        );
        page.say(
            0,
            "With `role: NAME` a role is assumed in the account, with `profile: NAME` a profile of your AWS configuration is used; with neither, the credentials that the AWS CLI would use.",
        );
        page.open(0, "accounts:");
        let id = match known {
            Some(id) => Value::text(id),
            None => Value::text(&placeholder(0)),
        };
        page.put(1, MAIN, &Value::Map(vec![("id", id)]));
        for other in 1..=self.others {
            page.say(
                1,
                "SES knows a domain once in an account and region, and two MAIL FROM lead to one region: the second is of another account.",
            );
            let id = Value::text(&placeholder(other));
            page.put(1, &account(other), &Value::Map(vec![("id", id)]));
        }
    }
}

/// Writes the place of the domain's DNS.
pub(super) fn zone(page: &mut Page, seen: &Published) {
    let is_route53 = is_route53(seen);
    if let Some(zone) = &seen.zone {
        let servers = zone.servers.iter().map(Name::as_str);
        let named: Vec<&str> = servers.take(SERVERS_SHOWN).collect();
        let more = match zone.servers.len().saturating_sub(SERVERS_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = named.join(", ");
        page.say(2, &format!("The zone {} is at {named}{more}.", zone.name));
    } else {
        page.say(2, "No name server is visible from here.");
    }
    if !is_route53 {
        page.say(
            2,
            "That is not Route 53: a person publishes what `deploy records` prints.",
        );
    }
    page.put(2, "dns", &dns(is_route53));
}

/// The value of `dns`.
pub(super) fn dns(is_route53: bool) -> Value {
    if is_route53 {
        let account = Value::Map(vec![("account", Value::text(MAIN))]);
        Value::Map(vec![("route53", account)])
    } else {
        Value::text("manual")
    }
}

/// The id of an account that nobody has said. No id looks like it, so that lint names the line.
pub(super) fn placeholder(other: usize) -> String {
    format!("ID-OF-{}", account(other).to_ascii_uppercase())
}

/// The name of an account in the draft: the main one, or another.
pub(super) fn account(other: usize) -> String {
    match other {
        0 => MAIN.to_owned(),
        number => format!("other{number}"),
    }
}

/// A name for the project: that of the organization behind the first domain.
pub(super) fn project(published: &[Published]) -> String {
    let domain = published.first().map(|seen| &seen.domain);
    let organization = domain.and_then(organizational_domain_by_psl);
    let label = organization
        .as_ref()
        .or(domain)
        .and_then(|name| name.labels().next());
    let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
    let name: String = label
        .unwrap_or_default()
        .chars()
        .filter(fits)
        .take(PROJECT_MAX)
        .collect();
    if name.is_empty() {
        "mail".to_owned()
    } else {
        name
    }
}

/// Whether the name servers are Route 53's: `ns-12.awsdns-34.org`.
fn is_route53(seen: &Published) -> bool {
    let zone = seen.zone.as_ref();
    zone.is_some_and(|zone| {
        let is_ours = |server: &Name| {
            let mut labels = server.labels();
            labels.next().is_some_and(|label| label.starts_with("ns-"))
                && labels
                    .next()
                    .is_some_and(|label| label.starts_with("awsdns-"))
        };
        zone.servers.iter().all(is_ours)
    })
}

/// Whether the domain says that it receives nothing, and nothing shows that it sends.
fn is_idle(seen: &Published) -> bool {
    let is_null = seen.mx.read.as_deref() == Some(&[Mx::NULL]);
    let sends_nothing = seen.spf.is_absent() || seen.spf.read.as_ref() == Some(&Spf::nobody());
    let is_revoked = |key: &model::SeenKey| {
        let key = key.key.read.as_ref();
        key.is_some_and(|key| key.key == PublicKey::Revoked)
    };
    is_null
        && sends_nothing
        && seen.dmarc.is_answered
        && seen.keys.iter().all(is_revoked)
        && seen.ses_tokens.is_absent()
        && seen.mail_from.is_empty()
        && seen.mta_sts.is_absent()
        && seen.bimi.is_absent()
}

/// The SES instances that the MAIL FROM names show, each with the number of its account.
pub(super) fn instances(seen: &Published) -> Vec<(usize, &SeenMailFrom)> {
    let mut seen_in: BTreeMap<&str, usize> = BTreeMap::new();
    let known = seen.mail_from.iter();
    let known = known.filter(|mail_from| regions::parse(&mail_from.region).is_ok());
    known
        .map(|mail_from| {
            let count = seen_in.entry(&mail_from.region).or_default();
            let other = *count;
            *count += 1;
            (other, mail_from)
        })
        .filter(|(other, _)| *other <= OTHERS_MAX)
        .collect()
}

/// Which blocks a domain gets, where they depend on each other.
pub(super) struct Blocks {
    pub(super) mta_sts: Option<Sts>,
    pub(super) bimi: bool,
}

/// The MTA-STS block.
pub(super) struct Sts {
    pub(super) mode: Mode,
    pub(super) seconds: u64,
    /// The patterns, where they are not those of the MX.
    pub(super) mx: Vec<MxPattern>,
}

impl Blocks {
    pub(super) fn of(seen: &Published) -> Self {
        let logo = seen.logo.as_ref().is_some_and(|file| file.bytes.is_some());
        let certificate = seen.certificate.as_ref();
        Self {
            mta_sts: sts(seen),
            // A certificate that is named and can't be fetched would be lost.
            bimi: logo && certificate.is_none_or(|file| file.bytes.is_some()),
        }
    }

    pub(super) fn is_hosted(&self) -> bool {
        self.mta_sts.is_some() || self.bimi
    }
}

/// The policy as it is served, or one to begin with: only where mail is received, and only when it is
/// known what is there now.
fn sts(seen: &Published) -> Option<Sts> {
    let hosts = seen.mx.read.as_deref().unwrap_or_default();
    let patterns: Vec<MxPattern> = hosts
        .iter()
        .filter_map(|mx| mx.exchange.as_str().parse().ok())
        .collect();
    // A host that can't stand in a policy leaves its mail unprotected, or undelivered.
    let is_covered = !patterns.is_empty() && patterns.len() == hosts.len();
    if !seen.mta_sts.is_answered {
        return None;
    }
    match &seen.policy.read {
        Some(policy) => {
            let mut own = policy.mx().to_vec();
            let mut of_mx = patterns;
            own.sort();
            of_mx.sort();
            let is_own = !own.is_empty() && own != of_mx;
            (is_own || is_covered).then(|| Sts {
                mode: policy.mode(),
                seconds: u64::from(policy.max_age().seconds()),
                mx: if is_own {
                    policy.mx().to_vec()
                } else {
                    Vec::new()
                },
            })
        }
        None => is_covered.then_some(Sts {
            mode: Mode::Testing,
            seconds: 604_800,
            mx: Vec::new(),
        }),
    }
}
