//! Probes the live domains from outside, and compares them with the plan.

use futures::StreamExt;
use jiff::Timestamp;
use manifest::{Accepted, Manifest};
use model::Outside;
use standards::{Finding, Severity};
use verify::{Check, CheckOutcome, Options};

use crate::expected::{ask_senders, expected};
use crate::{Planned, Project};

/// Probes that not every observer may make.
#[derive(Clone, Copy, Debug, Default)]
pub struct Closely {
    /// Ask the mail hosts for STARTTLS.
    pub smtp: bool,
    /// Send an empty report to the https addresses that take TLS reports.
    pub reports: bool,
}

/// Probes every domain of a plan through `outside`. `progress` is told how many of how many domains
/// are done.
pub async fn verify(
    project: &Project,
    planned: &Planned,
    outside: &dyn Outside,
    closely: Closely,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Check> {
    let mut expected = expected(project, planned);
    ask_senders(project, planned, &mut expected).await;
    let options = Options {
        smtp: closely.smtp,
        reports: closely.reports,
        ..Options::at(project.clock.now())
    };
    let mut checks: Vec<Check> = Vec::new();
    let mut domains = std::pin::pin!(verify::verify_all(&expected, outside, &options));
    let mut done = 0;
    while let Some((_, more)) = domains.next().await {
        checks.extend(more);
        done += 1;
        progress(done, expected.len());
    }
    checks.sort_by(|a, b| a.about.cmp(&b.about));
    accept(&project.manifest, &mut checks, project.clock.now());
    checks
}

/// Findings that the manifest accepts at `now` weigh nothing.
fn accept(manifest: &Manifest, checks: &mut [Check], now: Timestamp) {
    for check in checks {
        let block = check.domain().and_then(|name| manifest.domains.get(name));
        if let (Some(block), CheckOutcome::Finding(finding)) = (block, &mut check.outcome) {
            lower(finding, &block.accept, now);
        }
    }
}

/// Makes a note of a finding that is accepted at `now`, with the reason. Says whether it is.
pub(crate) fn lower(finding: &mut Finding, accepted: &Accepted, now: Timestamp) -> bool {
    let mut accepted = accepted.iter();
    let found =
        accepted.find(|(rule, acceptance)| rule.as_str() == finding.rule && acceptance.holds(now));
    let Some((_, acceptance)) = found else {
        return false;
    };
    finding.severity = Severity::Info;
    finding.fix = format!("accepted in the manifest: {}", acceptance.value);
    true
}
