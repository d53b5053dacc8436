//! The one document that a run prints for programs where it changes something: what was planned, what
//! was seen before it, and what became of it.

use engine::Report;
use model::Plan;
use reconcile::{Acceptance, ExistingResources, News, Planned};
use report::{
    AcceptDocument, ApplyDocument, ChecksDocument, DestroyDocument, Document, DriftDocument,
    FindingsDocument, Left, RepairDocument, Run,
};
use standards::Finding;
use verify::Check;

use crate::outcome;
use crate::printer::Printer;

/// The results of a run as they come about: for the people who are notified, and for programs.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) news: News,
    pub(crate) document: RunDocument,
}

impl Results {
    /// None so far.
    pub(crate) fn of(document: RunDocument) -> Self {
        let news = News::default();
        Self { news, document }
    }

    /// Adds how each action ended.
    pub(crate) fn carried_out(&mut self, plan: &Plan, report: &Report) {
        self.document.carried_out(plan, report);
        self.news.add_report(plan, report);
    }
}

/// The parts of the document of a run, as they come about.
#[derive(Debug)]
pub(crate) struct RunDocument {
    form: Form,
    run: Run,
    findings: Option<Document<FindingsDocument>>,
    checks: Option<Document<ChecksDocument>>,
    left: Option<Left>,
    acceptance: Option<AcceptDocument>,
    drift: Option<Document<DriftDocument>>,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Apply,
    Destroy,
    Repair,
    Accept,
}

impl RunDocument {
    /// The document of an apply.
    pub(crate) fn of_apply() -> Self {
        Self::new(Form::Apply)
    }

    /// The document of a destroy.
    pub(crate) fn of_destroy() -> Self {
        Self::new(Form::Destroy)
    }

    /// The document of a repair of drift.
    pub(crate) fn of_repair() -> Self {
        Self::new(Form::Repair)
    }

    /// The document of an acceptance of drift.
    pub(crate) fn of_acceptance() -> Self {
        Self::new(Form::Accept)
    }

    fn new(form: Form) -> Self {
        Self {
            form,
            run: Run::default(),
            findings: None,
            checks: None,
            left: None,
            acceptance: None,
            drift: None,
        }
    }

    /// Adds the plan.
    pub(crate) fn planned(&mut self, planned: &Planned) {
        self.run.plan = Some(report::plan_json(&planned.plan, &planned.estimate));
    }

    /// Adds what was seen from outside before the question.
    pub(crate) fn seen(&mut self, findings: &[Finding]) {
        self.findings = Some(report::findings_json(findings));
    }

    /// Adds how each action ended.
    fn carried_out(&mut self, plan: &Plan, report: &Report) {
        self.run.outcomes = Some(outcome::json(plan, report));
        self.run.elapsed_seconds = Some(report.elapsed.as_secs_f64());
    }

    /// Adds what was probed in the end.
    pub(crate) fn checked(&mut self, checks: &[Check]) {
        self.checks = Some(report::checks_json(checks));
    }

    /// Adds what is left after a destroy.
    pub(crate) fn left(
        &mut self,
        existing: &ExistingResources,
        line: &dyn Fn(&reconcile::ExistingResource) -> String,
    ) {
        let lines = |list: &[reconcile::ExistingResource]| list.iter().map(line).collect();
        self.left = Some(Left {
            recorded: existing.recorded,
            ours: lines(&existing.ours),
            origin_unknown: lines(&existing.unknown),
            of_others: lines(&existing.foreign),
        });
    }

    /// Adds the drift that an operator is asked to accept.
    pub(crate) fn asked_to_accept(&mut self, acceptance: &Acceptance) {
        self.acceptance = Some(AcceptDocument::of(acceptance));
    }

    /// Adds that it was accepted.
    pub(crate) fn accepted(&mut self) {
        if let Some(acceptance) = &mut self.acceptance {
            acceptance.written = true;
        }
    }

    /// Adds the drift that is seen after a repair or an acceptance.
    pub(crate) fn drifted(&mut self, drift: Document<DriftDocument>) {
        self.drift = Some(drift);
    }

    fn is_empty(&self) -> bool {
        self.run.plan.is_none()
            && self.run.outcomes.is_none()
            && self.findings.is_none()
            && self.checks.is_none()
            && self.left.is_none()
            && self.acceptance.is_none()
            && self.drift.is_none()
    }

    /// Prints it, once, where data is printed as JSON and something came about.
    pub(crate) fn print(self, printer: &Printer) {
        if !printer.json || self.is_empty() {
            return;
        }
        let run = self.run;
        match self.form {
            Form::Apply => printer.value(&Document::new(ApplyDocument {
                run,
                findings: self.findings,
                checks: self.checks,
            })),
            Form::Destroy => printer.value(&Document::new(DestroyDocument {
                run,
                left: self.left,
            })),
            Form::Accept => {
                if let Some(mut acceptance) = self.acceptance {
                    acceptance.drift = self.drift;
                    printer.value(&Document::new(acceptance));
                }
            }
            Form::Repair => printer.value(&Document::new(RepairDocument {
                run,
                drift: self.drift,
            })),
        }
    }
}
