//! Finding a domain's policy and its organizational domain by the DNS tree walk
//! (RFC 9989 §4.10).

use std::collections::BTreeMap;

use super::{Alignment, Dmarc, Policy, Psd, Subject, organizational_domain_by_psl, record_owner};
use crate::dns::{Name, NoAnswer, Resolver};
use crate::rules;
use crate::{Finding, Protocol, single};

/// A record and the domain it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The domain, without `_dmarc`.
    pub domain: Name,
    /// Its record.
    pub record: Dmarc,
}

/// The records that a tree walk found, from the domain it started at upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The domain it started at.
    pub start: Name,
    /// The records on the way that have a policy to apply.
    pub found: Vec<Found>,
    /// Domains on the way whose record has none: for them, receivers apply no DMARC
    /// (RFC 9989 §4.10.1).
    pub without_policy: Vec<Name>,
    /// Names with more than one record, all of which receivers discard (DMARC-03).
    pub findings: Vec<Finding>,
}

/// The policy of a domain, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The domain that was asked about.
    pub author: Name,
    /// Its organizational domain; or the parent that did not answer, where the domain's own record
    /// decides without it.
    pub organizational_domain: Result<Name, NoAnswer>,
    /// The record that applies to it.
    pub applies: Option<Found>,
    /// Every record with a policy that the walk came to, from the domain upwards.
    pub found: Vec<Found>,
    /// DMARC-03 and DMARC-27.
    pub findings: Vec<Finding>,
}

/// The domains whose records a tree walk asks for, in order: the domain itself, then its
/// parents from seven labels down to one. At most eight (DMARC-28).
pub fn domains_to_ask(domain: &Name) -> Vec<Name> {
    const MOST_LABELS_OF_A_PARENT: usize = 7;
    let most = domain
        .label_count()
        .saturating_sub(1)
        .min(MOST_LABELS_OF_A_PARENT);
    let parents = (1..=most).rev().map(|count| domain.last_labels(count));
    std::iter::once(domain.clone()).chain(parents).collect()
}

/// Walks up from `domain`, until a record says where the organization ends.
pub async fn walk(resolver: &impl Resolver, domain: &Name) -> Result<Walk, NoAnswer> {
    Records::of(resolver).walk(domain).await.whole()
}

/// The records at the names of walks, each asked for once.
pub(super) struct Records<'a, R> {
    resolver: &'a R,
    known: BTreeMap<Name, Result<At, NoAnswer>>,
}

/// The record at one name of a walk.
#[derive(Clone)]
enum At {
    Nothing,
    /// DMARC-03: receivers discard them all.
    Several(Finding),
    WithoutPolicy,
    Record(Box<Dmarc>),
}

/// A walk up to its end, or to the first name that did not answer: whether the organization ends
/// there is then not known.
pub(super) struct Way {
    pub(super) walk: Walk,
    pub(super) unanswered: Option<NoAnswer>,
}

impl<'a, R: Resolver> Records<'a, R> {
    pub(super) fn of(resolver: &'a R) -> Self {
        Self {
            resolver,
            known: BTreeMap::new(),
        }
    }

    pub(super) async fn walk(&mut self, domain: &Name) -> Way {
        let mut walk = Walk {
            start: domain.clone(),
            found: Vec::new(),
            without_policy: Vec::new(),
            findings: Vec::new(),
        };
        for domain in domains_to_ask(domain) {
            match self.at(&domain).await {
                Err(error) => {
                    let unanswered = Some(error);
                    return Way { walk, unanswered };
                }
                Ok(At::Nothing) => {}
                Ok(At::Several(finding)) => walk.findings.push(finding),
                Ok(At::WithoutPolicy) => walk.without_policy.push(domain),
                Ok(At::Record(record)) => {
                    let record = *record;
                    let ends = record.psd != Psd::Unknown;
                    walk.found.push(Found { domain, record });
                    if ends {
                        break;
                    }
                }
            }
        }
        let unanswered = None;
        Way { walk, unanswered }
    }

    async fn at(&mut self, domain: &Name) -> Result<At, NoAnswer> {
        if let Some(known) = self.known.get(domain) {
            return known.clone();
        }
        let found = self.ask(domain).await;
        self.known.insert(domain.clone(), found.clone());
        found
    }

    async fn ask(&self, domain: &Name) -> Result<At, NoAnswer> {
        // A name too long to hold `_dmarc` as well can have no record.
        let Ok(owner) = record_owner(domain) else {
            return Ok(At::Nothing);
        };
        let values = self.resolver.txt(&owner).await?;
        let (value, several) = single::among(&owner, &values, is_dmarc, rules::DMARC_03);
        Ok(match (value, several) {
            (_, Some(finding)) => At::Several(finding),
            (None, None) => At::Nothing,
            (Some(value), None) => match Dmarc::parse(&value.text()).0 {
                Some(record) => At::Record(Box::new(record)),
                None => At::WithoutPolicy,
            },
        })
    }
}

impl Way {
    /// The walk, if every name on it answered.
    fn whole(self) -> Result<Walk, NoAnswer> {
        self.unanswered.map_or(Ok(self.walk), Err)
    }

    /// The organizational domain of the start, if every name on the way answered.
    pub(super) fn organizational_domain(&self) -> Result<Name, NoAnswer> {
        match &self.unanswered {
            None => Ok(self.walk.organizational_domain()),
            Some(error) => Err(error.clone()),
        }
    }

    /// The record that applies to the start. Its own decides, whether its parents answer or not.
    fn applies(&self) -> Result<Option<&Found>, NoAnswer> {
        let Walk { start, found, .. } = &self.walk;
        if self.walk.without_policy.contains(start) {
            return Ok(None);
        }
        match (
            found.iter().find(|one| one.domain == *start),
            &self.unanswered,
        ) {
            (Some(own), _) => Ok(Some(own)),
            (None, None) => Ok(self.walk.applies()),
            (None, Some(error)) => Err(error.clone()),
        }
    }

    /// The discovery that the walk amounts to.
    pub(super) fn discovery(self) -> Result<Discovery, NoAnswer> {
        let organizational_domain = self.organizational_domain();
        let applies = self.applies()?.cloned();
        let Walk {
            start,
            found,
            mut findings,
            ..
        } = self.walk;
        if let Ok(by_walk) = &organizational_domain {
            findings.extend(compare_with_psl(&start, by_walk));
        }
        Ok(Discovery {
            author: start,
            organizational_domain,
            applies,
            found,
            findings,
        })
    }
}

impl Walk {
    /// The organizational domain (RFC 9989 §4.10.2): the one that says psd=n, or the one
    /// below another that says psd=y, or the highest with a record, or the start.
    pub fn organizational_domain(&self) -> Name {
        // A record without a policy to apply is a record of the walk all the same.
        let domains = self.found.iter().map(|found| &found.domain);
        let fewest_labels = domains
            .chain(&self.without_policy)
            .min_by_key(|domain| domain.label_count());
        let Some(highest) = self
            .found
            .last()
            .filter(|found| Some(&found.domain) == fewest_labels)
        else {
            return fewest_labels.unwrap_or(&self.start).clone();
        };
        if highest.record.psd == Psd::Yes && highest.domain != self.start {
            return self.start.last_labels(highest.domain.label_count() + 1);
        }
        highest.domain.clone()
    }

    /// The record that applies to the start: its own, or that of its organizational
    /// domain, or that of the public suffix above.
    pub fn applies(&self) -> Option<&Found> {
        let organizational = self.organizational_domain();
        let at = |domain: &Name| self.found.iter().find(|found| found.domain == *domain);
        let suffix = || self.found.iter().find(|found| found.record.psd == Psd::Yes);
        for domain in [&self.start, &organizational] {
            // Nobody climbs past a record that is there, and has no policy to apply.
            if self.without_policy.contains(domain) {
                return None;
            }
            if let Some(found) = at(domain) {
                return Some(found);
            }
        }
        suffix()
    }
}

/// The policy of `author`, as a receiver of RFC 9989 finds it. A parent that does not answer
/// matters only where the author's domain has no record of its own.
pub async fn discover(resolver: &impl Resolver, author: &Name) -> Result<Discovery, NoAnswer> {
    Records::of(resolver).walk(author).await.discovery()
}

impl Discovery {
    /// The policy that a receiver applies to mail of the author's domain; `exists` says
    /// whether DNS has the author's domain at all.
    pub fn effective_policy(&self, exists: bool) -> Option<Policy> {
        let found = self.applies.as_ref()?;
        let subject = match (found.domain == self.author, exists) {
            (true, _) => Subject::Domain,
            (false, true) => Subject::Subdomain,
            (false, false) => Subject::Nonexistent,
        };
        Some(found.record.effective_policy(subject))
    }
}

/// Whether `authenticated` is aligned with `author`, by the tree walk of each.
pub async fn is_aligned_by_walk(
    resolver: &impl Resolver,
    alignment: Alignment,
    author: &Name,
    authenticated: &Name,
) -> Result<bool, NoAnswer> {
    if author == authenticated {
        return Ok(true);
    }
    if alignment == Alignment::Strict {
        return Ok(false);
    }
    let mut records = Records::of(resolver);
    let author = records.walk(author).await.organizational_domain()?;
    let authenticated = records.walk(authenticated).await.organizational_domain()?;
    Ok(author == authenticated)
}

/// DMARC-27: receivers with the public suffix list and receivers with the tree walk
/// disagree on the organizational domain.
fn compare_with_psl(domain: &Name, by_walk: &Name) -> Option<Finding> {
    let by_psl = organizational_domain_by_psl(domain)?;
    (by_psl != *by_walk).then(|| {
        let reason = format!(
            "the organizational domain of {domain} is {by_walk} by the tree walk and {by_psl} by the public suffix list"
        );
        Finding::new(rules::DMARC_27, reason)
    })
}

/// Whether receivers take a TXT value for a DMARC record: it begins with the version.
pub(super) fn is_dmarc(text: &str) -> bool {
    Protocol::Dmarc.recognises(text)
}
