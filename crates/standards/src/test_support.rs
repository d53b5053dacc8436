//! What the tables of every standard share.

use crate::{Finding, Place, Severity};

/// Each finding as `RULE severity "text at its place"`, in one line.
pub(crate) fn summary(text: &str, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| match &finding.place {
            Place::Span(span) => format!(
                "{} {} {:?}",
                finding.rule,
                finding.severity,
                String::from_utf8_lossy(&text.as_bytes()[span.clone()])
            ),
            Place::Live(name) => format!("{} {} at {name}", finding.rule, finding.severity),
            _ => format!("{} {}", finding.rule, finding.severity),
        })
        .collect()
}

/// Whether `findings` are exactly these rules, in any order of their places.
pub(crate) fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| &*finding.rule).collect()
}

/// Whether one of them is an error.
pub(crate) fn has_error(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// A name that is known to be valid.
pub(crate) fn name(text: &str) -> crate::dns::Name {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Runs a future that never waits.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the future waits"),
    }
}
