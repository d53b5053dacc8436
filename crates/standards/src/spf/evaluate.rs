//! The evaluation of SPF by a receiver: `check_host` of RFC 7208 in full.
//!
//! The limits are those of the RFC: ten terms that cause look-ups, two terms that find
//! nothing, ten addresses of mail hosts in one `mx`, ten names in one `ptr`.

use std::net::IpAddr;
use std::pin::Pin;

use super::evaluation::{Evaluation, Match, Outcome, Problem};
pub use super::evaluation::{HOSTS_MAX, LOOKUPS_MAX, VOID_LOOKUPS_MAX};
use super::expand::{Values, expand};
use super::session::Session;
use super::{DomainSpec, Letter, MacroString, Mechanism, Network, Prefixes, Qualifier, Spf, Term};
use crate::dns::{Name, NoAnswer, Resolver, name::NAME_MAX};

/// Whether the client of `session` may send in the name of MAIL FROM; in a bounce, in that of
/// HELO (RFC 7208 §2.4).
pub async fn check_mail_from<R: Resolver>(resolver: &R, session: &Session<'_>) -> Evaluation {
    let (_, domain) = session.sender_parts();
    check_host(resolver, session, domain).await
}

/// Whether the client of `session` may greet by the name that it gives in HELO (RFC 7208 §2.3).
pub async fn check_helo<R: Resolver>(resolver: &R, session: &Session<'_>) -> Evaluation {
    let session = Session {
        sender: "",
        ..*session
    };
    check_host(resolver, &session, session.helo).await
}

/// Evaluates the record of `domain` for the client of `session`.
pub async fn check_host<R: Resolver>(
    resolver: &R,
    session: &Session<'_>,
    domain: &str,
) -> Evaluation {
    let mut evaluator = Evaluator {
        resolver,
        session,
        lookups: 0,
        void_lookups: 0,
        is_term_void: false,
    };
    let verdict = match Name::parse(domain) {
        Ok(name) if name.label_count() > 1 => evaluator.host(name).await,
        // What is no domain name has no record (RFC 7208 §4.3).
        _ => Ok(Verdict::of(Outcome::None)),
    };
    let (lookups, void_lookups) = (evaluator.lookups, evaluator.void_lookups);
    let mut evaluation = Evaluation {
        outcome: Outcome::PermError,
        matched: Vec::new(),
        problem: None,
        explanation: None,
        lookups,
        void_lookups,
    };
    match verdict {
        Ok(verdict) => {
            evaluation.outcome = verdict.outcome;
            evaluation.matched = verdict.matched;
            if let Some((domain, target)) = verdict.explanation {
                evaluation.explanation = evaluator.explain(&domain, &target).await;
            }
        }
        Err(problem) => {
            if matches!(problem, Problem::NoAnswer(_)) {
                evaluation.outcome = Outcome::TempError;
            }
            evaluation.problem = Some(problem);
        }
    }
    evaluation
}

impl From<Qualifier> for Outcome {
    fn from(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::SoftFail => Self::SoftFail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
}

/// The record of `domain`, as receivers find it.
pub async fn fetch<R: Resolver>(resolver: &R, domain: &Name) -> Result<Option<Spf>, Problem> {
    let values = resolver.txt(domain).await?;
    let mut records = values.iter().filter(|value| Spf::is_record(value));
    let Some(value) = records.next() else {
        return Ok(None);
    };
    match records.count() {
        0 => {}
        more => return Err(Problem::SeveralRecords(domain.clone(), more + 1)),
    }
    match Spf::parse(&value.text()) {
        (Some(record), _) => Ok(Some(record)),
        (None, findings) => Err(Problem::Syntax {
            domain: domain.clone(),
            reason: findings
                .into_iter()
                .next()
                .map(|found| found.reason)
                .unwrap_or_default(),
        }),
    }
}

/// The outcome of one record, the terms that matched, and the place of its explanation with the
/// domain it is filled in for.
struct Verdict {
    outcome: Outcome,
    matched: Vec<Match>,
    explanation: Option<(Name, DomainSpec)>,
}

impl Verdict {
    /// Without a term that matched.
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            matched: Vec::new(),
            explanation: None,
        }
    }
}

struct Evaluator<'a, R> {
    resolver: &'a R,
    session: &'a Session<'a>,
    lookups: usize,
    void_lookups: usize,
    /// Whether a look-up of the present term came back empty.
    is_term_void: bool,
}

/// An evaluation within an evaluation: boxed, since records nest without a known depth.
type Nested<'a> = Pin<Box<dyn Future<Output = Result<Verdict, Problem>> + Send + 'a>>;

impl<R: Resolver> Evaluator<'_, R> {
    fn host(&mut self, domain: Name) -> Nested<'_> {
        Box::pin(async move {
            let Some(record) = fetch(self.resolver, &domain).await? else {
                return Ok(Verdict::of(Outcome::None));
            };
            for (position, term) in record.terms().iter().enumerate() {
                let Term::Directive(qualifier, mechanism) = term else {
                    continue;
                };
                let Some(within) = self.matches(mechanism, &domain).await? else {
                    continue;
                };
                let target = record
                    .explanation()
                    .filter(|_| *qualifier == Qualifier::Fail);
                let mut matched = vec![Match {
                    domain: domain.clone(),
                    position,
                    term: term.to_string(),
                }];
                matched.extend(within);
                return Ok(Verdict {
                    outcome: (*qualifier).into(),
                    matched,
                    explanation: target.map(|target| (domain, target.clone())),
                });
            }
            match record.redirect() {
                Some(target) => self.redirect(target, &domain).await,
                None => Ok(Verdict::of(Outcome::Neutral)),
            }
        })
    }

    async fn redirect(&mut self, target: &DomainSpec, domain: &Name) -> Result<Verdict, Problem> {
        self.charge()?;
        let Some(name) = self.target(Some(target), domain).await? else {
            return Err(Problem::NoRecord(target.to_string()));
        };
        match self.host(name.clone()).await? {
            Verdict {
                outcome: Outcome::None,
                ..
            } => Err(Problem::NoRecord(name.to_string())),
            verdict => Ok(verdict),
        }
    }

    /// Whether `mechanism` matches: the terms that matched in the record it includes, if any.
    async fn matches(
        &mut self,
        mechanism: &Mechanism,
        domain: &Name,
    ) -> Result<Option<Vec<Match>>, Problem> {
        let is_match = |is_match: bool| is_match.then(Vec::new);
        if mechanism.causes_lookup() {
            self.charge()?;
        }
        let client = self.session.client();
        match mechanism {
            Mechanism::All => return Ok(is_match(true)),
            Mechanism::Ip(network) => return Ok(is_match(network.contains(client))),
            _ => {}
        }
        let Some(target) = self.target(mechanism.domain(), domain).await? else {
            // A name that DNS cannot hold has no records: the term does not match, and an
            // include finds no record.
            return match mechanism {
                Mechanism::Include(spec) => Err(Problem::NoRecord(spec.to_string())),
                _ => Ok(None),
            };
        };
        Ok(is_match(match mechanism {
            Mechanism::Include(_) => {
                let verdict = self.host(target.clone()).await?;
                return match verdict.outcome {
                    Outcome::Pass => Ok(Some(verdict.matched)),
                    Outcome::None => Err(Problem::NoRecord(target.to_string())),
                    _ => Ok(None),
                };
            }
            Mechanism::A(_, prefixes) => self.is_address_of(&target, *prefixes).await?,
            Mechanism::Mx(_, prefixes) => self.is_mail_host_of(&target, *prefixes).await?,
            Mechanism::Ptr(_) => {
                let names = self.validated_names().await?;
                names.iter().any(|name| name.is_within(&target))
            }
            Mechanism::Exists(_) => {
                let addresses = self.resolver.a(&target).await?;
                self.count_void(addresses.is_empty(), &target)?;
                !addresses.is_empty()
            }
            Mechanism::All | Mechanism::Ip(_) => false,
        }))
    }

    async fn is_address_of(&mut self, host: &Name, prefixes: Prefixes) -> Result<bool, Problem> {
        let client = self.session.client();
        let prefix = if client.is_ipv4() {
            prefixes.ip4
        } else {
            prefixes.ip6
        };
        let addresses = self.addresses(host).await?;
        self.count_void(addresses.is_empty(), host)?;
        let networks = addresses
            .into_iter()
            .filter_map(|address| Network::new(address, prefix).ok());
        Ok(networks.into_iter().any(|network| network.contains(client)))
    }

    async fn is_mail_host_of(
        &mut self,
        domain: &Name,
        prefixes: Prefixes,
    ) -> Result<bool, Problem> {
        let mut hosts = self.resolver.mx(domain).await?;
        self.count_void(hosts.is_empty(), domain)?;
        hosts.sort();
        for (index, host) in hosts.iter().filter(|host| !host.is_null()).enumerate() {
            if index == HOSTS_MAX {
                return Err(Problem::MailHosts(domain.clone()));
            }
            if self.is_address_of(&host.exchange, prefixes).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The client's names that lead back to its address. An error of DNS makes a name, or
    /// all of them, not count (RFC 7208 §5.5).
    async fn validated_names(&mut self) -> Result<Vec<Name>, Problem> {
        let client = self.session.client();
        let Ok(names) = self.resolver.ptr(client).await else {
            return Ok(Vec::new());
        };
        if names.is_empty() {
            self.count_void(true, &Name::ROOT)?;
        }
        let mut validated = Vec::new();
        for name in names.into_iter().take(HOSTS_MAX) {
            let addresses = self.addresses(&name).await.unwrap_or_default();
            if addresses.contains(&client) {
                validated.push(name);
            }
        }
        Ok(validated)
    }

    /// Addresses of the client's family.
    async fn addresses(&self, host: &Name) -> Result<Vec<IpAddr>, NoAnswer> {
        Ok(if self.session.client().is_ipv4() {
            self.resolver
                .a(host)
                .await?
                .into_iter()
                .map(IpAddr::V4)
                .collect()
        } else {
            self.resolver
                .aaaa(host)
                .await?
                .into_iter()
                .map(IpAddr::V6)
                .collect()
        })
    }

    /// The name that a term speaks of; nothing when macros made it into no name.
    async fn target(
        &mut self,
        target: Option<&DomainSpec>,
        domain: &Name,
    ) -> Result<Option<Name>, Problem> {
        let Some(target) = target else {
            return Ok(Some(domain.clone()));
        };
        let text = self.expand(target.text(), domain).await?;
        let kept = within_limits(text.strip_suffix('.').unwrap_or(&text));
        Ok(Name::from_labels(kept.split('.').map(str::as_bytes)).ok())
    }

    async fn expand(&mut self, text: &MacroString, domain: &Name) -> Result<String, Problem> {
        let wants_name = text
            .macros()
            .any(|found| found.letter == Letter::ValidatedName);
        let validated = if wants_name {
            self.validated_name(domain).await?
        } else {
            String::new()
        };
        let values = Values {
            session: self.session,
            domain: domain.as_str(),
            validated_name: &validated,
        };
        Ok(expand(text, &values))
    }

    /// The one validated name that `%{p}` stands for: the domain itself, else one below it,
    /// else any (RFC 7208 §7.3).
    async fn validated_name(&mut self, domain: &Name) -> Result<String, Problem> {
        let names = self.validated_names().await?;
        let best = names.iter().find(|name| *name == domain);
        let best = best.or_else(|| names.iter().find(|name| name.is_below(domain)));
        let best = best.or(names.first());
        Ok(best.map_or_else(|| "unknown".to_owned(), Name::to_string))
    }

    /// The text at `target`, filled in; nothing when anything is wrong with it, since a
    /// refusal needs no explanation (RFC 7208 §6.2). What it looks up costs nothing.
    async fn explain(&mut self, domain: &Name, target: &DomainSpec) -> Option<String> {
        let name = self.target(Some(target), domain).await.ok()??;
        let values = self.resolver.txt(&name).await.ok()?;
        let [value] = values.as_slice() else {
            return None;
        };
        let text = MacroString::explanation(value.ascii()?)?;
        let text = self.expand(&text, domain).await.ok()?;
        text.is_ascii().then_some(text)
    }

    /// Begins a term that causes look-ups.
    fn charge(&mut self) -> Result<(), Problem> {
        self.is_term_void = false;
        self.lookups += 1;
        if self.lookups > LOOKUPS_MAX {
            Err(Problem::Lookups)
        } else {
            Ok(())
        }
    }

    /// RFC 7208 §4.6.4 limits the terms whose look-ups come back empty: one `mx` counts once.
    fn count_void(&mut self, is_void: bool, name: &Name) -> Result<(), Problem> {
        self.void_lookups += usize::from(is_void && !self.is_term_void);
        self.is_term_void |= is_void;
        if self.void_lookups > VOID_LOOKUPS_MAX {
            return Err(Problem::VoidLookups(name.clone()));
        }
        Ok(())
    }
}

/// A name that macros made too long loses labels on the left until it fits (RFC 7208 §7.3).
fn within_limits(text: &str) -> &str {
    let mut kept = text;
    while kept.len() > NAME_MAX {
        match kept.split_once('.') {
            Some((_, rest)) => kept = rest,
            None => break,
        }
    }
    kept
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
