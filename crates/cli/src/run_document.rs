//! The one document that a run prints for programs where it changes something: what was planned, what
//! was seen before it, and what became of it.

use engine::Report;
use model::Plan;
use reconcile::{Planned, Standing};
use serde_json::{Map, Value, json};
use standards::Finding;
use verify::Check;

use crate::outcome;
use crate::printer::Printer;

/// The document of a run. What did not come about is null.
#[derive(Debug)]
pub(crate) struct RunDocument {
    format: &'static str,
    keys: &'static [&'static str],
    parts: Map<String, Value>,
}

impl RunDocument {
    /// The document of an apply.
    pub(crate) fn of_apply() -> Self {
        Self::new("deploy.apply", &["findings", "checks"])
    }

    /// The document of a destroy.
    pub(crate) fn of_destroy() -> Self {
        Self::new("deploy.destroy", &["left"])
    }

    /// The document of a repair of drift.
    pub(crate) fn of_repair() -> Self {
        Self::new("deploy.repair", &["drift"])
    }

    fn new(format: &'static str, keys: &'static [&'static str]) -> Self {
        Self {
            format,
            keys,
            parts: Map::new(),
        }
    }

    /// Adds the plan.
    pub(crate) fn planned(&mut self, planned: &Planned) {
        let plan = report::plan_json(&planned.plan, &planned.estimate);
        self.add("plan", plan);
    }

    /// Adds what was seen from outside before the question.
    pub(crate) fn seen(&mut self, findings: &[Finding]) {
        self.add("findings", report::findings_json(findings));
    }

    /// Adds how each action ended.
    pub(crate) fn carried_out(&mut self, plan: &Plan, report: &Report) {
        self.add("outcomes", outcome::json(plan, report));
        self.add("elapsed_seconds", report.elapsed.as_secs_f64().into());
    }

    /// Adds what was probed in the end.
    pub(crate) fn checked(&mut self, checks: &[Check]) {
        self.add("checks", report::checks_json(checks));
    }

    /// Adds what is left after a destroy.
    pub(crate) fn left(
        &mut self,
        standing: &Standing,
        line: &dyn Fn(&reconcile::Stands) -> String,
    ) {
        let lines = |list: &[reconcile::Stands]| list.iter().map(line).collect::<Vec<_>>();
        let left = json!({
            "recorded": standing.recorded,
            "ours": lines(&standing.ours),
            "origin_unknown": lines(&standing.unknown),
            "of_others": lines(&standing.foreign),
        });
        self.add("left", left);
    }

    /// Adds the drift that is seen after a repair.
    pub(crate) fn drifted(&mut self, drift: Value) {
        self.add("drift", drift);
    }

    fn add(&mut self, key: &str, value: Value) {
        self.parts.insert(key.to_owned(), value);
    }

    /// Prints it, once, where data is printed as JSON and something came about.
    pub(crate) fn print(mut self, printer: &Printer) {
        if !printer.json || self.parts.is_empty() {
            return;
        }
        let mut document = Map::new();
        document.insert("format".to_owned(), self.format.into());
        document.insert("version".to_owned(), 1.into());
        let always = ["plan", "outcomes", "elapsed_seconds"];
        for key in always.iter().chain(self.keys) {
            let part = self.parts.remove(*key).unwrap_or_default();
            document.insert((*key).to_owned(), part);
        }
        printer.value(&document.into());
    }
}
