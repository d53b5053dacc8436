//! The operations on identities.

use jiff::{SignedDuration, Timestamp};

use super::caller::{Caller, spelled};
use super::check::{Check, Status};
use super::identity::{Dkim, Identity, MailFrom, OnMxFailure, Origin, Signing};
use super::keys::{self, KeyLength};
use super::problem::Problem;
use super::state::State;

/// The most identities of an account and region.
const MOST_IDENTITIES: usize = 10_000;

impl State {
    /// Makes an identity that is not there yet. A domain is signed by Easy DKIM, if nothing else is said.
    pub(crate) fn create_identity(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        signing: Option<Signing>,
    ) -> Result<&mut Identity, Problem> {
        let name = spelled(name);
        check_name(&name)?;
        let held = self.here(caller).map_or(0, |place| place.identities.len());
        if self.identity(caller, &name).is_ok() {
            return Err(Problem::IdentityExists(name));
        }
        if held >= MOST_IDENTITIES {
            return Err(Problem::Limit(
                "Maximum number of email identities reached.".to_owned(),
            ));
        }
        let is_address = name.contains('@');
        let dkim = match signing {
            Some(_) if is_address => {
                return Err(Problem::invalid(
                    "The EmailIdentity value must be a valid domain.",
                ));
            }
            None if is_address => no_dkim(caller),
            None => self.easy_dkim(caller, &name, None),
            Some(signing) => self.dkim(caller, &name, signing)?,
        };
        Ok(self
            .here_mut(caller)
            .identities
            .entry(name)
            .or_insert(Identity::new(caller.now, dkim)))
    }

    /// Makes an identity as SES v1 does: not signed until that is asked for. One that is there is
    /// returned, and searched for anew if the search for it had failed.
    pub(crate) fn verify(
        &mut self,
        caller: Caller<'_>,
        name: &str,
    ) -> Result<&mut Identity, Problem> {
        let name = spelled(name);
        check_name(&name)?;
        let identities = &mut self.here_mut(caller).identities;
        let identity = identities
            .entry(name)
            .or_insert_with(|| Identity::new(caller.now, no_dkim(caller)));
        if identity.verification.status == Status::Failed {
            identity.verification = Check::start(caller.now);
        }
        Ok(identity)
    }

    /// The Easy DKIM tokens of a domain, made where it has none; a search that failed starts anew.
    pub(crate) fn verify_dkim(
        &mut self,
        caller: Caller<'_>,
        domain: &str,
    ) -> Result<Vec<String>, Problem> {
        let domain = spelled(domain);
        self.verify(caller, &domain)?;
        let dkim = &self.identity(caller, &domain)?.dkim;
        if !dkim.is_easy() || dkim.tokens.is_empty() {
            let fresh = self.easy_dkim(caller, &domain, None);
            self.identity_mut(caller, &domain)?.dkim = fresh;
        }
        let dkim = &mut self.identity_mut(caller, &domain)?.dkim;
        if dkim.check.status == Status::Failed {
            dkim.check = Check::start(caller.now);
        }
        Ok(dkim.tokens.clone())
    }

    /// Changes how a domain's keys are made.
    pub(crate) fn put_signing(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        signing: Signing,
    ) -> Result<&Identity, Problem> {
        let name = spelled(name);
        if name.contains('@') {
            return Err(Problem::invalid(
                "The EmailIdentity value must be a valid domain.",
            ));
        }
        let identity = self.identity(caller, &name)?;
        let dkim = match signing {
            Signing::Parent(_) => {
                return Err(Problem::invalid(
                    "SigningAttributesOrigin must be one of: AWS_SES, EXTERNAL",
                ));
            }
            Signing::Easy(length)
                if identity.dkim.is_easy() && !identity.dkim.tokens.is_empty() =>
            {
                keep_easy(identity.dkim.clone(), length, caller.now)?
            }
            other => self.dkim(caller, &name, other)?,
        };
        let identity = self.identity_mut(caller, &name)?;
        // The keys are what SES verifies a domain by: who asks it to look for them anew asks for both.
        let searches = [identity.dkim.check.status, identity.verification.status];
        let has_failed = searches.contains(&Status::Failed);
        identity.dkim = dkim;
        if has_failed && identity.verification.status != Status::Success {
            identity.verification = Check::start(caller.now);
        }
        Ok(identity)
    }

    /// Turns signing on or off. A domain's addresses are signed as it is.
    pub(crate) fn enable_dkim(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        enabled: bool,
    ) -> Result<(), Problem> {
        let domain = name.rsplit('@').next().unwrap_or(name).to_owned();
        let of_domain = name.contains('@') && self.identity(caller, &domain).is_ok();
        match self.identity_mut(caller, name) {
            _ if of_domain => Ok(()),
            Ok(identity) if !name.contains('@') => {
                identity.dkim.enabled = enabled;
                Ok(())
            }
            _ => Err(Problem::invalid(format!(
                "Domain {domain} is not verified for DKIM signing."
            ))),
        }
    }

    /// Sets or clears the MAIL FROM domain of an identity.
    pub(crate) fn put_mail_from(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        domain: Option<&str>,
        on_mx_failure: OnMxFailure,
    ) -> Result<(), Problem> {
        let no_identity = |_| Problem::invalid(format!("Identity <{name}> does not exist."));
        let identity = self.identity_mut(caller, name).map_err(no_identity)?;
        let Some(domain) = domain.filter(|domain| !domain.is_empty()) else {
            identity.mail_from = None;
            return Ok(());
        };
        let domain = domain.to_ascii_lowercase();
        let own = spelled(name)
            .rsplit('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        if !domain.ends_with(&format!(".{own}")) || !is_domain(&domain) {
            let message = format!(
                "Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity <{own}>."
            );
            return Err(Problem::Invalid(message));
        }
        let going_on = identity
            .mail_from
            .take()
            .filter(|old| old.domain == domain && old.check.status != Status::Failed);
        let check = going_on.map_or_else(|| Check::start(caller.now), |old| old.check);
        identity.mail_from = Some(MailFrom {
            domain,
            on_mx_failure,
            check,
        });
        Ok(())
    }

    /// Removes an identity.
    pub(crate) fn delete_identity(
        &mut self,
        caller: Caller<'_>,
        name: &str,
    ) -> Result<(), Problem> {
        let name = spelled(name);
        self.identity(caller, &name)?;
        if let Some(replica) = self.replica_of(caller, &name) {
            let message = format!(
                "Email identity {name} has a replica in {replica}. Delete the replica first."
            );
            return Err(Problem::Invalid(message));
        }
        let here = self.here_mut(caller);
        if let Some(tenants) = here.tenants.get(&name).filter(|held| !held.is_empty()) {
            // ekristen/aws-nuke issue 962.
            return Err(Problem::Conflict(format!(
                "Cannot delete email identity {name} because it is associated with tenants: {}",
                tenants.join(", ")
            )));
        }
        here.identities.remove(&name);
        Ok(())
    }

    /// The region of an identity that has its keys from this one.
    fn replica_of(&self, caller: Caller<'_>, name: &str) -> Option<String> {
        let prefix = format!("{}/", caller.account);
        let parent = Origin::Parent(caller.region.to_owned());
        self.places.iter().find_map(|(place, held)| {
            let region = place.strip_prefix(&prefix)?;
            (held.identities.get(name)?.dkim.origin == parent).then(|| region.to_owned())
        })
    }

    fn dkim(&mut self, caller: Caller<'_>, name: &str, signing: Signing) -> Result<Dkim, Problem> {
        match signing {
            Signing::Easy(length) => Ok(self.easy_dkim(caller, name, length)),
            Signing::Brought {
                selector,
                private_key,
            } => {
                check_selector(&selector)?;
                let public = keys::public_half(&private_key)?;
                Ok(Dkim {
                    enabled: true,
                    origin: Origin::Brought(public),
                    tokens: vec![selector],
                    check: Check::start(caller.now),
                    ..no_dkim(caller)
                })
            }
            Signing::Parent(region) if region == caller.region => Err(Problem::invalid(
                "The parent region must be another one than the region of the identity.",
            )),
            Signing::Parent(region) => Ok(self.replica_dkim(caller, name, &region)),
        }
    }

    fn easy_dkim(&mut self, caller: Caller<'_>, name: &str, length: Option<KeyLength>) -> Dkim {
        let length = length.unwrap_or(KeyLength::Long);
        Dkim {
            enabled: true,
            tokens: self.new_tokens(caller, name),
            zone: keys::signing_zone(caller.region),
            current_length: length,
            next_length: length,
            generated: Some(caller.now),
            check: Check::start(caller.now),
            ..no_dkim(caller)
        }
    }

    /// A replica has its parent's tokens and zone. Where there is no fitting parent it has none, and fails.
    fn replica_dkim(&self, caller: Caller<'_>, name: &str, region: &str) -> Dkim {
        let parent = self.identity(Caller { region, ..caller }, name).ok();
        let easy = parent
            .map(|parent| &parent.dkim)
            .filter(|dkim| dkim.is_easy());
        let own = Dkim {
            enabled: true,
            origin: Origin::Parent(region.to_owned()),
            check: Check::start(caller.now),
            ..no_dkim(caller)
        };
        match easy {
            None => own,
            Some(easy) => Dkim {
                tokens: easy.tokens.clone(),
                zone: easy.zone.clone(),
                current_length: easy.current_length,
                next_length: easy.next_length,
                generated: easy.generated,
                ..own
            },
        }
    }
}

/// Easy DKIM that goes on: its tokens stay, because the keys behind them are SES's to change. The
/// length can be changed once in a day; a search that failed starts anew.
fn keep_easy(mut dkim: Dkim, length: Option<KeyLength>, now: Timestamp) -> Result<Dkim, Problem> {
    let length = length.unwrap_or(dkim.next_length);
    if length != dkim.next_length {
        let day = SignedDuration::from_hours(24);
        if dkim
            .length_changed
            .is_some_and(|changed| now < changed + day)
        {
            return Err(Problem::invalid(
                "The DKIM signing key length can be changed at most once per day.",
            ));
        }
        dkim.next_length = length;
        dkim.length_changed = Some(now);
    }
    if dkim.check.status == Status::Failed {
        dkim.check = Check::start(now);
    }
    Ok(dkim)
}

fn no_dkim(caller: Caller<'_>) -> Dkim {
    Dkim {
        enabled: false,
        origin: Origin::Easy,
        tokens: Vec::new(),
        zone: keys::signing_zone(caller.region),
        current_length: KeyLength::Long,
        next_length: KeyLength::Long,
        length_changed: None,
        generated: None,
        check: Check::not_started(caller.now),
    }
}

fn check_name(name: &str) -> Result<(), Problem> {
    let invalid = |message: String| Err(Problem::Invalid(message));
    match name.split_once('@') {
        Some((local, domain)) if local.is_empty() || !is_domain(domain) => {
            invalid(format!("Invalid email address <{name}>."))
        }
        None if !is_domain(name) => invalid(format!("Invalid domain name {name}.")),
        _ => Ok(()),
    }
}

/// Two labels at least, of letters, digits and hyphens.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

fn check_selector(selector: &str) -> Result<(), Problem> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let right = (1..=63).contains(&selector.len())
        && selector.bytes().all(fits)
        && !selector.starts_with('-')
        && !selector.ends_with('-');
    if right {
        return Ok(());
    }
    Err(Problem::invalid(
        "1 validation error detected: Value at 'dkimSigningAttributes.domainSigningSelector' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: ^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))$",
    ))
}
