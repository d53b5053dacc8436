//! Named steps, each timed, all run, all reported.

use std::time::{Duration, Instant};

use crate::command::Failure;

/// The steps that have run so far.
#[derive(Default)]
pub(crate) struct Steps(Vec<Step>);

struct Step {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Steps {
    /// Runs one step. A failure does not stop the next: a person wants to see all of them.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<(), Failure>) {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let result = step();
        let took = started.elapsed();
        let passed = result.is_ok();
        if let Err(Failure(reason)) = result {
            eprintln!("{reason}");
        }
        let verdict = if passed { "ok" } else { "FAILED" };
        eprintln!("── {name}: {verdict} in {:.1} s", took.as_secs_f64());
        self.0.push(Step { name, took, passed });
    }

    /// The table of times, and a failure that names the steps that failed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let total: Duration = self.0.iter().map(|step| step.took).sum();
        eprintln!();
        for Step { name, took, passed } in &self.0 {
            let verdict = if *passed { "ok" } else { "FAILED" };
            eprintln!("{name:<12} {:>8.1} s  {verdict}", took.as_secs_f64());
        }
        eprintln!("{:<12} {:>8.1} s", "total", total.as_secs_f64());
        let failed = self.0.iter().filter(|step| !step.passed);
        let failed: Vec<&str> = failed.map(|step| step.name).collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(Failure(format!("failed: {}", failed.join(", "))))
        }
    }
}
