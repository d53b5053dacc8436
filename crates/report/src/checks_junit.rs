//! Checks of live domains as JUnit XML.

use model::check::{Check, CheckOutcome};

use crate::junit::attribute;
use crate::put::putln;
use crate::words;

/// A suite for each domain and a test case for each check. Findings of weight are failures; what is
/// waiting or could not be checked is skipped.
pub fn checks_junit(checks: &[Check]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    putln!(xml, "<testsuites {}>", counts(checks));
    for group in checks.chunk_by(|one, next| one.about == next.about) {
        let name = attribute(&group[0].about.to_string());
        putln!(xml, "  <testsuite name=\"{name}\" {}>", counts(group));
        for check in group {
            xml.push_str(&case(check));
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn counts(checks: &[Check]) -> String {
    let failures = checks.iter().filter(|check| check.is_failure()).count();
    let is_skipped = |outcome: &CheckOutcome| {
        matches!(
            outcome,
            CheckOutcome::Waiting { .. } | CheckOutcome::Skipped { .. }
        )
    };
    let skipped = checks.iter().filter(|check| is_skipped(&check.outcome));
    let (tests, skipped) = (checks.len(), skipped.count());
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
}

fn case(check: &Check) -> String {
    let opening = format!(
        "    <testcase classname=\"{}\" name=\"{}\"",
        attribute(&check.rule),
        attribute(&check.what)
    );
    let content = match &check.outcome {
        CheckOutcome::Good => None,
        CheckOutcome::Finding(finding) if check.is_failure() => Some(format!(
            "<failure type=\"{}\" message=\"{}\">{}</failure>",
            finding.severity,
            attribute(&finding.reason),
            attribute(&finding.fix)
        )),
        CheckOutcome::Finding(finding) => {
            let text = attribute(&finding.reason);
            Some(format!("<system-out>{text}</system-out>"))
        }
        CheckOutcome::Waiting { until } => {
            let what = words::waiting(*until);
            Some(format!("<skipped message=\"{}\"/>", attribute(&what)))
        }
        CheckOutcome::Skipped { why, .. } => {
            Some(format!("<skipped message=\"{}\"/>", attribute(why)))
        }
    };
    match content {
        None => format!("{opening}/>\n"),
        Some(content) => format!("{opening}>\n      {content}\n    </testcase>\n"),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::checks_text::tests::checks;

    #[test]
    fn a_domain_is_a_suite_and_a_check_a_case() {
        assert_snapshot!(checks_junit(&checks()));
    }
}
