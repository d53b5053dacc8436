//! Drift as JUnit XML, for build servers.

use standards::Severity;

use crate::drift_rows::{Row, rows};
use crate::drift_text::{Drifted, reading_line, summary_line};
use crate::junit::attribute;
use crate::put::putln;

/// A suite for each domain with a case for each row; what is wrong is a failure. Without a row there is
/// one case that passes.
pub fn drift_junit(drifted: &Drifted<'_>) -> String {
    let rows = rows(drifted);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    putln!(xml, "<testsuites {}>", counts(&rows));
    if rows.is_empty() {
        let lines = std::iter::once(summary_line(drifted)).chain(reading_line(drifted));
        let name = attribute(&lines.collect::<Vec<_>>().join(" "));
        xml.push_str("  <testsuite name=\"drift\" tests=\"1\" failures=\"0\" errors=\"0\">\n");
        putln!(xml, "    <testcase classname=\"drift\" name=\"{name}\"/>");
        xml.push_str("  </testsuite>\n");
    }
    for group in rows.chunk_by(|one, next| one.domain == next.domain) {
        let name = attribute(group[0].domain);
        putln!(xml, "  <testsuite name=\"{name}\" {}>", counts(group));
        for row in group {
            case(&mut xml, row);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn counts(rows: &[Row<'_>]) -> String {
    let failures = rows.iter().filter(|row| is_failure(row)).count();
    // An empty run has the one case that passes.
    let tests = rows.len().max(1);
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"")
}

fn is_failure(row: &Row<'_>) -> bool {
    row.line.severity > Severity::Info
}

fn case(xml: &mut String, row: &Row<'_>) {
    let line = &row.line;
    let text = attribute(&line.text);
    putln!(
        xml,
        "    <testcase classname=\"drift\" name=\"{}\">",
        attribute(&line.subject)
    );
    if is_failure(row) {
        let impact = attribute(&format!("mail impact: {}", line.mail));
        putln!(
            xml,
            "      <failure type=\"{}\" message=\"{text}\">{impact}</failure>",
            line.severity
        );
    } else {
        putln!(xml, "      <system-out>{text}</system-out>");
    }
    xml.push_str("    </testcase>\n");
}
