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
    /// Runs one step, and returns whether it passed. A failure does not stop the next one, so that one run
    /// shows all failures.
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<(), Failure>,
    ) -> bool {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let result = step();
        let took = started.elapsed();
        let passed = result.is_ok();
        if let Err(Failure(reason)) = result {
            eprintln!("{reason}");
        }
        let verdict = if passed { "ok" } else { "FAILED" };
        eprintln!("── {name}: {verdict} in {}", minutes(took));
        self.0.push(Step { name, took, passed });
        passed
    }

    /// The table of times, and a failure that names the steps that failed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let total: Duration = self.0.iter().map(|step| step.took).sum();
        eprintln!();
        for Step { name, took, passed } in &self.0 {
            let verdict = if *passed { "ok" } else { "FAILED" };
            eprintln!("{name:<12} {:>12}  {verdict}", minutes(*took));
        }
        eprintln!("{:<12} {:>12}", "total", minutes(total));
        let failed = self.0.iter().filter(|step| !step.passed);
        let failed: Vec<&str> = failed.map(|step| step.name).collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(Failure(format!("failed: {}", failed.join(", "))))
        }
    }
}

/// `75.4 s` → `1 min 15 s`.
fn minutes(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", took.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::minutes;

    #[test]
    fn times_are_shown_in_minutes() {
        assert_eq!(minutes(Duration::from_millis(59_940)), "59.9 s");
        assert_eq!(minutes(Duration::from_millis(605_400)), "10 min 05 s");
    }
}
