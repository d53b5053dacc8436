//! Findings as JUnit XML, which most build servers show as test results.

use standards::{Finding, Severity};

use crate::escape;
use crate::finding_text::{place, render};
use crate::put::putln;

/// One test case a finding, in the suite `name`. Errors and warnings are failures; notes pass. No
/// findings are one case that passes, because some servers take an empty suite for a fault.
pub fn findings_junit(name: &str, findings: &[Finding]) -> String {
    let failures = findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .count();
    let tests = findings.len().max(1);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = attribute(name);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    putln!(
        xml,
        "<testsuites {counts}>\n  <testsuite name=\"{name}\" {counts}>"
    );
    if findings.is_empty() {
        putln!(
            xml,
            "    <testcase classname=\"{name}\" name=\"no findings\"/>"
        );
    }
    for finding in findings {
        xml.push_str(&case(finding));
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn case(finding: &Finding) -> String {
    let at = place(&finding.place).unwrap_or_else(|| "whole".to_owned());
    let opening = format!(
        "    <testcase classname=\"{}\" name=\"{}\">",
        attribute(&finding.rule),
        attribute(&at)
    );
    let text = attribute_text(&render(finding));
    if finding.severity == Severity::Info {
        return format!("{opening}\n      <system-out>{text}</system-out>\n    </testcase>\n");
    }
    format!(
        "{opening}\n      <failure type=\"{}\" message=\"{}\">{text}</failure>\n    </testcase>\n",
        finding.severity,
        attribute(&finding.reason)
    )
}

/// Text for between quotes: XML can't carry most control characters even as references.
pub(crate) fn attribute(text: &str) -> String {
    attribute_text(&escape(text))
}

/// Text whose line breaks stay.
fn attribute_text(text: &str) -> String {
    let mut xml = String::new();
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            // Not characters of XML 1.0 (§2.2).
            '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            character => xml.push(character),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use standards::Place;

    use super::*;
    use model::rules;

    #[test]
    fn findings_are_cases_and_none_is_a_case_that_passes() {
        let findings = [
            Finding::new(rules::MAN_02, "unknown key `<b>\"&\u{1b}`"),
            Finding::new(rules::MAN_02, "fine")
                .in_place(Place::Live("example.com".to_owned()))
                .weighing(Severity::Info),
        ];
        assert_snapshot!(findings_junit("lint", &findings), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="2" failures="1" errors="0">
          <testsuite name="lint" tests="2" failures="1" errors="0">
            <testcase classname="MAN-02" name="whole">
              <failure type="error" message="unknown key `&lt;b&gt;&quot;&amp;\u{1b}`">error[MAN-02]: unknown key `&lt;b&gt;&quot;&amp;\u{1b}`
         = correct the key, or remove it
        </failure>
            </testcase>
            <testcase classname="MAN-02" name="example.com">
              <system-out>info[MAN-02]: fine
         --&gt; example.com
         = correct the key, or remove it
        </system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
        assert_snapshot!(findings_junit("lint", &[]), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="1" failures="0" errors="0">
          <testsuite name="lint" tests="1" failures="0" errors="0">
            <testcase classname="lint" name="no findings"/>
          </testsuite>
        </testsuites>
        "#);
    }
}
