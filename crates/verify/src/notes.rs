//! The checks of one subject, as they are made.

use std::borrow::Cow;

use jiff::Timestamp;
use model::check::{About, Check, CheckOutcome};
use model::rules::Rule;
use standards::dns::Name;
use standards::{Finding, Place};

/// The checks of one subject, as they are made.
pub(crate) struct Notes<'a> {
    domain: &'a Name,
    checks: Vec<Check>,
}

impl<'a> Notes<'a> {
    pub(crate) fn on(domain: &'a Name) -> Self {
        Self {
            domain,
            checks: Vec::new(),
        }
    }

    pub(crate) fn done(self) -> Vec<Check> {
        self.checks
    }

    pub(crate) fn good(&mut self, rule: &'static Rule, what: &str, seen: impl Into<String>) {
        self.add(rule.id.into(), what, Some(seen.into()), CheckOutcome::Good);
    }

    pub(crate) fn skipped(&mut self, rule: &'static Rule, what: &str, why: impl Into<String>) {
        let why = why.into();
        self.add(
            rule.id.into(),
            what,
            None,
            CheckOutcome::Skipped { why, fix: None },
        );
    }

    pub(crate) fn waiting(
        &mut self,
        rule: &'static Rule,
        what: &str,
        seen: impl Into<String>,
        until: impl Into<Option<Timestamp>>,
    ) {
        let outcome = CheckOutcome::Waiting {
            until: until.into(),
        };
        self.add(rule.id.into(), what, Some(seen.into()), outcome);
    }

    /// A broken rule. A place in a text that nobody wrote into a file says little: `what` says
    /// where it was seen.
    pub(crate) fn broken(&mut self, what: &str, finding: Finding) {
        let finding = match finding.place {
            Place::Whole | Place::Span(_) => finding.in_place(Place::Live(what.to_owned())),
            _ => finding,
        };
        let seen = Some(finding.reason.clone());
        self.add(
            finding.rule.clone(),
            what,
            seen,
            CheckOutcome::Finding(finding),
        );
    }

    /// `rule` is kept, unless there are findings.
    pub(crate) fn judge(
        &mut self,
        rule: &'static Rule,
        what: &str,
        seen: impl Into<String>,
        findings: impl IntoIterator<Item = Finding>,
    ) {
        let mut findings = findings.into_iter().peekable();
        if findings.peek().is_none() {
            self.good(rule, what, seen);
        }
        for finding in findings {
            self.broken(what, finding);
        }
    }

    fn add(
        &mut self,
        rule: Cow<'static, str>,
        what: &str,
        seen: Option<String>,
        outcome: CheckOutcome,
    ) {
        self.checks.push(Check {
            about: About::Domain(self.domain.clone()),
            rule,
            what: what.to_owned(),
            seen,
            outcome,
        });
    }
}
