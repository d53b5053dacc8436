//! Verification: the records that SES finds in the public DNS, and what follows for its identities.

use jiff::{SignedDuration, Timestamp};

use super::check::{Check, Sight, Status};
use super::identity::{Dkim, Identity, MailFrom, Origin};
use super::keys;
use crate::dns::Lookup;
use crate::ses::Environment;

/// A fault of the records that SES searches for, as `VerificationInfo` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The name does not exist.
    HostNotFound,
    /// The name has no such record.
    TypeNotFound,
    /// The record says something else.
    InvalidValue,
    /// No server answers.
    DnsServerError,
    /// The parent of a replica is not there.
    NoParent,
    /// The parent of a replica has brought its keys.
    ParentBrought,
    /// The parent of a replica is a replica itself.
    ParentIsReplica,
}

impl Fault {
    /// As AWS writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HostNotFound => "HOST_NOT_FOUND",
            Self::TypeNotFound => "TYPE_NOT_FOUND",
            Self::InvalidValue => "INVALID_VALUE",
            Self::DnsServerError => "DNS_SERVER_ERROR",
            Self::NoParent => "REPLICATION_PRIMARY_NOT_FOUND",
            Self::ParentBrought => "REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED",
            Self::ParentIsReplica => "REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED",
        }
    }
}

/// Lets happen what is due by `now`: identities are verified, or given up.
pub(crate) fn advance(world: &mut dyn Environment, now: Timestamp) {
    let places: Vec<String> = world.ses().places.keys().cloned().collect();
    for place in places {
        let names: Vec<String> = world.ses().places[&place]
            .identities
            .keys()
            .cloned()
            .collect();
        refresh(world, &place, names.iter().map(String::as_str), now);
    }
}

/// The same, for these identities of a place. Names that are not there are passed over.
pub(crate) fn refresh<'a>(
    world: &mut dyn Environment,
    place: &str,
    names: impl Iterator<Item = &'a str>,
    now: Timestamp,
) {
    for name in names {
        let held = world
            .ses()
            .places
            .get(place)
            .and_then(|held| held.identities.get(name));
        let Some(mut identity) = held.cloned() else {
            continue;
        };
        check(world, place, name, &mut identity, now);
        if let Some(held) = world.ses_mut().places.get_mut(place) {
            held.identities.insert(name.to_owned(), identity);
        }
    }
}

fn check(
    world: &dyn Environment,
    place: &str,
    name: &str,
    identity: &mut Identity,
    now: Timestamp,
) {
    let delay = world.delays().ses_verify;
    let region = place.rsplit('/').next().unwrap_or_default();
    let place_held = world.ses().places.get(place);
    let is_unseen = |name: &str| place_held.is_some_and(|held| held.unseen.contains(name));
    let ask = Ask {
        world,
        name,
        is_unseen: is_unseen(name),
        delay,
        now,
    };
    let sight = ask.dkim(place, &identity.dkim);
    identity.dkim.check.check(sight, delay, now);
    let rotated = identity
        .dkim
        .length_changed
        .is_some_and(|changed| changed + delay <= now);
    if rotated {
        identity.dkim.current_length = identity.dkim.next_length;
    }
    let sight = ask.ownership(place, identity);
    // What DKIM lost has been missing for the delay already.
    let patience = match identity.dkim.check.status {
        Status::TemporaryFailure => SignedDuration::ZERO,
        _ => delay,
    };
    identity.verification.check(sight, patience, now);
    if let Some(mail_from) = &mut identity.mail_from {
        let sight = if is_unseen(&mail_from.domain) {
            Sight::Missing
        } else {
            ask.mail_from(region, mail_from)
        };
        mail_from.check.check(sight, delay, now);
    }
}

/// The questions about one identity.
struct Ask<'a> {
    world: &'a dyn Environment,
    name: &'a str,
    /// A world file lets SES find nothing of it.
    is_unseen: bool,
    delay: SignedDuration,
    now: Timestamp,
}

impl Ask<'_> {
    fn dkim(&self, place: &str, dkim: &Dkim) -> Sight {
        if self.is_unseen || dkim.check.status == Status::NotStarted {
            return Sight::Missing;
        }
        match dkim_in_dns(self.world, place, self.name, dkim, self.now) {
            Ok(since) => Sight::Right(dkim.check.noticed(since, self.delay)),
            Err(Fault::NoParent | Fault::ParentBrought | Fault::ParentIsReplica) => {
                Sight::Hopeless(dkim.check.noticed(Timestamp::MIN, self.delay))
            }
            Err(_) => Sight::Missing,
        }
    }

    /// A domain is the account's once its DKIM keys are found, or its `_amazonses` token.
    fn ownership(&self, place: &str, identity: &Identity) -> Sight {
        if self.name.contains('@') {
            return match identity.verification.status {
                Status::Success => Sight::Right(self.now),
                _ => Sight::Missing,
            };
        }
        // New keys that are still searched for do not take a verification away.
        if identity.verification.status == Status::Success
            && identity.dkim.check.status == Status::Pending
        {
            return Sight::Right(self.now);
        }
        if self.is_unseen {
            return Sight::Missing;
        }
        let by_dkim = match (identity.dkim.check.status, identity.dkim.check.succeeded) {
            (Status::Success, Some(succeeded)) => Some(succeeded),
            _ => None,
        };
        let token = keys::domain_token(place, self.name);
        let prefixed = format!("amazonses:{token}");
        let own = format!("_amazonses.{}", self.name);
        // A provider may refuse underscores: then it is at the domain, told apart by its prefix.
        let places = [(&*own, &token), (&*own, &prefixed), (self.name, &prefixed)];
        let by_token = places
            .into_iter()
            .filter_map(|(name, token)| {
                let (texts, since) = txt(self.world, name, self.now).ok()?;
                texts.contains(token).then_some(since)
            })
            .min()
            .map(|since| identity.verification.noticed(since, self.delay));
        let first = [by_dkim, by_token].into_iter().flatten().min();
        first.map_or(Sight::Missing, Sight::Right)
    }

    /// Exactly one MX, and the region's own. With several the set-up fails, says AWS.
    fn mail_from(&self, region: &str, mail_from: &MailFrom) -> Sight {
        let Lookup::Found { records, since, .. } =
            self.world.resolve(&mail_from.domain, "MX", self.now)
        else {
            return Sight::Missing;
        };
        let noticed = |check: &Check| check.noticed(since, self.delay);
        let right = format!("feedback-smtp.{region}.amazonses.com");
        match records.as_slice() {
            [record] if record.value.split(' ').nth(1) == Some(&right) => {
                Sight::Right(noticed(&mail_from.check))
            }
            [_, _, ..] => Sight::Hopeless(noticed(&mail_from.check)),
            _ => Sight::Missing,
        }
    }
}

/// Since when the records of an identity's DKIM keys have been visible, or what is wrong with them.
pub(crate) fn dkim_in_dns(
    world: &dyn Environment,
    place: &str,
    name: &str,
    dkim: &Dkim,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    if let Origin::Brought(public) = &dkim.origin {
        let selector = dkim.tokens.first().map_or("", String::as_str);
        return brought_in_dns(world, &format!("{selector}._domainkey.{name}"), public, now);
    }
    if let Origin::Parent(region) = &dkim.origin {
        check_parent(world, place, name, region)?;
    }
    let mut since = Timestamp::MIN;
    for token in &dkim.tokens {
        let visible = cname(
            world,
            &format!("{token}._domainkey.{name}"),
            &format!("{token}.{}", dkim.zone),
            now,
        )?;
        since = since.max(visible);
    }
    Ok(since)
}

fn check_parent(
    world: &dyn Environment,
    place: &str,
    name: &str,
    region: &str,
) -> Result<(), Fault> {
    let account = place.split('/').next().unwrap_or_default();
    let parent = world.ses().places.get(&crate::call::place(account, region));
    let parent = parent
        .and_then(|held| held.identities.get(name))
        .ok_or(Fault::NoParent)?;
    match parent.dkim.origin {
        Origin::Easy if parent.dkim.tokens.is_empty() => Err(Fault::NoParent),
        Origin::Easy => Ok(()),
        Origin::Brought(_) => Err(Fault::ParentBrought),
        Origin::Parent(_) => Err(Fault::ParentIsReplica),
    }
}

fn cname(
    world: &dyn Environment,
    name: &str,
    target: &str,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    match world.resolve(name, "CNAME", now) {
        Lookup::Found { records, since, .. } => {
            let right = records.iter().any(|record| record.value == target);
            right.then_some(since).ok_or(Fault::InvalidValue)
        }
        other => Err(fault(&other)),
    }
}

fn brought_in_dns(
    world: &dyn Environment,
    name: &str,
    public: &str,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let (texts, since) = txt(world, name, now)?;
    let is_key = |text: &String| {
        let tags = text.split(';').filter_map(|tag| tag.split_once('='));
        tags.filter(|(tag, _)| tag.trim() == "p")
            .any(|(_, key)| key.split_ascii_whitespace().collect::<String>() == public)
    };
    if texts.iter().any(is_key) {
        Ok(since)
    } else {
        Err(Fault::InvalidValue)
    }
}

/// The TXT values of a name, their strings joined.
fn txt(
    world: &dyn Environment,
    name: &str,
    now: Timestamp,
) -> Result<(Vec<String>, Timestamp), Fault> {
    match world.resolve(name, "TXT", now) {
        Lookup::Found { records, since, .. } => {
            let join = |value: &str| value.split('"').skip(1).step_by(2).collect::<String>();
            Ok((
                records.iter().map(|record| join(&record.value)).collect(),
                since,
            ))
        }
        other => Err(fault(&other)),
    }
}

fn fault(lookup: &Lookup) -> Fault {
    match lookup {
        Lookup::NxDomain => Fault::HostNotFound,
        Lookup::ServFail => Fault::DnsServerError,
        Lookup::NoData | Lookup::Found { .. } => Fault::TypeNotFound,
    }
}
