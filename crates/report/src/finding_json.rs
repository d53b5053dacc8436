//! Findings as JSON.

use serde_json::{Value, json};
use standards::{Finding, Place, Severity, rules};

/// Every finding, and how many there are of each weight.
///
/// ```json
/// {"format": "deploy.findings", "version": 1,
///  "summary": {"error": 1, "warn": 0, "info": 0},
///  "findings": [{"rule": "MAN-02", "severity": "error", "title": "…", "reason": "…", "mend": "…",
///                "place": {"file": "deploy.yaml", "line": 3, "column": 5}}]}
/// ```
pub fn findings_json(findings: &[Finding]) -> Value {
    let count = |severity: Severity| {
        let same = |finding: &&Finding| finding.severity == severity;
        findings.iter().filter(same).count()
    };
    json!({
        "format": "deploy.findings",
        "version": 1,
        "summary": {
            "error": count(Severity::Error),
            "warn": count(Severity::Warn),
            "info": count(Severity::Info),
        },
        "findings": findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

/// One finding.
pub(crate) fn finding_json(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "title": rules::find(&finding.rule).map(|rule| rule.title),
        "reason": finding.reason,
        "mend": finding.fix,
        "place": place(&finding.place),
    })
}

fn place(place: &Place) -> Value {
    match place {
        Place::Whole => Value::Null,
        Place::Span(span) => json!({"start": span.start, "end": span.end}),
        Place::File {
            path,
            line,
            column,
            text,
        } => json!({"file": path, "line": line, "column": column, "text": text}),
        Place::Named { name, within } => json!({"resource": name, "account": within}),
        Place::Live(what) => json!({"live": what}),
    }
}
