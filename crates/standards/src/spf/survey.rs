//! The cost of a record for every receiver: the look-ups of a client that nothing matches,
//! through all includes and redirects.
//!
//! A receiver stops at the first match. A survey goes on to the end, and past the limits,
//! so that its finding can say how far beyond them the record is.

use std::collections::BTreeSet;
use std::pin::Pin;

use super::evaluate::fetch;
use super::evaluation::{HOSTS_MAX, LOOKUPS_MAX, Problem, VOID_LOOKUPS_MAX};
use super::term::{depends_on_message, evaluated};
use super::{DomainSpec, Mechanism, Spf, Term};
use crate::dns::{Name, NoAnswer, Resolver};
use crate::rules::{self, Rule};
use crate::{Finding, Place, Severity};

/// Look-ups after which a survey follows no further includes: far beyond any record that
/// works, and few enough that a hostile one ends soon.
const PATIENCE: usize = 100;

/// The cost of a record, and the faults of the records it leads to.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Terms that cause look-ups, all records together.
    pub lookups: usize,
    /// Terms whose look-ups come back empty for every client.
    pub void_lookups: usize,
    /// The terms that cause look-ups, in the order of evaluation.
    pub steps: Vec<Step>,
    /// The questions that DNS did not answer. What lies behind them is not counted.
    pub unanswered: Vec<NoAnswer>,
    /// SPF-09 to SPF-15.
    pub findings: Vec<Finding>,
}

/// One term that causes look-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose record it stands in.
    pub domain: Name,
    /// How many includes and redirects lead there.
    pub depth: usize,
    /// The term, as in the record.
    pub term: String,
}

/// Surveys `record` as the record of `domain`, whether it is published or not.
pub async fn survey<R: Resolver>(resolver: &R, domain: &Name, record: &Spf) -> Survey {
    let mut surveyor = Surveyor {
        resolver,
        root: domain,
        survey: Survey::default(),
        void: Void::default(),
    };
    surveyor.record(record, std::slice::from_ref(domain)).await;
    surveyor.finish()
}

/// The terms that find nothing, by the name that has nothing: RFC 7208 §4.6.4 counts terms, so
/// that one `mx` counts once, however many of its hosts have no address.
#[derive(Default)]
struct Void {
    /// Terms that find nothing for any client.
    always: Vec<Name>,
    /// Terms that find nothing for a client with an IPv4 address.
    ip4: Vec<Name>,
    /// Terms that find nothing for a client with an IPv6 address.
    ip6: Vec<Name>,
}

/// Which addresses the hosts of one term have.
#[derive(Clone, Copy, Default)]
struct Missing {
    both: bool,
    ip4: bool,
    ip6: bool,
}

struct Surveyor<'a, R> {
    resolver: &'a R,
    root: &'a Name,
    survey: Survey,
    void: Void,
}

type Nested<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

impl<R: Resolver> Surveyor<'_, R> {
    /// Surveys the record of the last domain of `path`, which leads from the root to it.
    fn record<'s>(&'s mut self, record: &'s Spf, path: &'s [Name]) -> Nested<'s> {
        Box::pin(async move {
            for (_, term) in evaluated(record.terms().iter()) {
                if !term.causes_lookup() || self.survey.lookups >= PATIENCE {
                    continue;
                }
                self.survey.lookups += 1;
                self.survey.steps.extend(path.last().map(|domain| Step {
                    domain: domain.clone(),
                    depth: path.len() - 1,
                    term: term.to_string(),
                }));
                if !depends_on_message(term) {
                    self.term(term, path).await;
                }
            }
        })
    }

    async fn term(&mut self, term: &Term, path: &[Name]) {
        let Some(domain) = path.last() else {
            return;
        };
        let Some(target) = target(term.domain(), domain) else {
            return;
        };
        match term {
            Term::Redirect(_) => self.follow(&target, rules::SPF_14, path).await,
            Term::Directive(_, Mechanism::Include(_)) => {
                self.follow(&target, rules::SPF_13, path).await;
            }
            Term::Directive(_, Mechanism::A(..)) => {
                let missing = self.addresses(&target).await;
                self.count(&target, missing);
            }
            Term::Directive(_, Mechanism::Mx(..)) => self.mail_hosts(&target).await,
            Term::Directive(_, Mechanism::Exists(_)) => {
                let found = self.resolver.a(&target).await.map(|found| found.is_empty());
                if self.answered(found) == Some(true) {
                    self.void.always.push(target);
                }
            }
            _ => {}
        }
    }

    /// Surveys the record of `target`, or reports `rule` when it has none that works.
    async fn follow(&mut self, target: &Name, rule: &'static Rule, path: &[Name]) {
        if path.contains(target) {
            let names: Vec<String> = path.iter().chain([target]).map(Name::to_string).collect();
            self.report(
                rules::SPF_15,
                format!("the record leads back: {}", names.join(" > ")),
            );
            return;
        }
        match fetch(self.resolver, target).await {
            Ok(Some(record)) => {
                let path: Vec<Name> = path.iter().chain([target]).cloned().collect();
                self.record(&record, &path).await;
            }
            Ok(None) => self.report(rule, format!("{target} has no SPF record")),
            Err(Problem::NoAnswer(error)) => self.survey.unanswered.push(error),
            Err(problem) => self.report(rule, problem.to_string()),
        }
    }

    /// Counts one term whose name is `target`.
    fn count(&mut self, target: &Name, missing: Missing) {
        let Void { always, ip4, ip6 } = &mut self.void;
        let lists = [
            (missing.both, always),
            (missing.ip4, ip4),
            (missing.ip6, ip6),
        ];
        for (_, list) in lists.into_iter().filter(|(is_missing, _)| *is_missing) {
            list.push(target.clone());
        }
    }

    async fn addresses(&mut self, host: &Name) -> Missing {
        let found = self.resolver.a(host).await.map(|found| found.is_empty());
        let ip4 = self.answered(found) == Some(true);
        let found = self.resolver.aaaa(host).await.map(|found| found.is_empty());
        let ip6 = self.answered(found) == Some(true);
        let both = ip4 && ip6;
        Missing { both, ip4, ip6 }
    }

    async fn mail_hosts(&mut self, domain: &Name) {
        let found = self.resolver.mx(domain).await;
        let Some(hosts) = self.answered(found) else {
            return;
        };
        let none = hosts.is_empty();
        let mut missing = Missing {
            both: none,
            ip4: none,
            ip6: none,
        };
        if hosts.len() > HOSTS_MAX {
            let reason = format!("{domain} has {} mail hosts", hosts.len());
            self.report(rules::SPF_12, reason);
        }
        for host in hosts.iter().filter(|host| !host.is_null()).take(HOSTS_MAX) {
            let of_host = self.addresses(&host.exchange).await;
            missing.both |= of_host.both;
            missing.ip4 |= of_host.ip4;
            missing.ip6 |= of_host.ip6;
        }
        self.count(domain, missing);
    }

    fn answered<T>(&mut self, answer: Result<T, NoAnswer>) -> Option<T> {
        answer
            .map_err(|error| self.survey.unanswered.push(error))
            .ok()
    }

    /// Terms that find nothing for clients of one family: nothing is wrong with a host that has
    /// no address of it, but receivers that count to the letter refuse such a client.
    fn one_family(&mut self, names: &[Name], family: &str) {
        if names.len() > VOID_LOOKUPS_MAX {
            let reason = format!(
                "{} terms find no {family} address: {}",
                names.len(),
                listed(names)
            );
            let place = Place::Live(self.root.to_string());
            let finding = Finding::new(rules::SPF_11, reason).weighing(Severity::Info);
            let fix = format!(
                "nothing is needed, unless mail is sent from {family} addresses: then list those by their networks"
            );
            self.survey.findings.push(finding.fix(fix).in_place(place));
        }
    }

    fn report(&mut self, rule: &'static Rule, reason: String) {
        let place = Place::Live(self.root.to_string());
        self.survey
            .findings
            .push(Finding::new(rule, reason).in_place(place));
    }

    fn finish(mut self) -> Survey {
        let lookups = self.survey.lookups;
        if lookups > LOOKUPS_MAX {
            let reason = format!("{lookups} terms cause look-ups, {LOOKUPS_MAX} are allowed");
            self.report(rules::SPF_09, reason);
        } else if lookups + 1 >= LOOKUPS_MAX {
            let reason = format!("{lookups} of {LOOKUPS_MAX} look-ups are used");
            self.report(rules::SPF_10, reason);
        }
        let void = std::mem::take(&mut self.void);
        self.survey.void_lookups = void.always.len();
        if void.always.len() > VOID_LOOKUPS_MAX {
            let reason = format!(
                "{} terms find nothing: {}",
                void.always.len(),
                listed(&void.always)
            );
            self.report(rules::SPF_11, reason);
        } else {
            self.one_family(&void.ip4, "IPv4");
            self.one_family(&void.ip6, "IPv6");
        }
        self.survey
    }
}

fn listed(names: &[Name]) -> String {
    let names: BTreeSet<&str> = names.iter().map(Name::as_str).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// The name that a term speaks of, in which `%{d}` is the domain itself.
pub(super) fn target(spec: Option<&DomainSpec>, domain: &Name) -> Option<Name> {
    let Some(spec) = spec else {
        return Some(domain.clone());
    };
    let text = super::expand::expand_domain(spec.text(), domain);
    let text = text.strip_suffix('.').unwrap_or(&text);
    Name::from_labels(text.split('.').map(str::as_bytes)).ok()
}

#[cfg(test)]
#[path = "survey_tests.rs"]
mod tests;
