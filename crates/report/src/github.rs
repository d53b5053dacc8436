//! Findings as workflow commands, which GitHub shows beside the lines of a pull request.

use standards::{Finding, Place, Severity};

use crate::escape;
use crate::finding_text::place;

/// One command a finding: `::error file=deploy.yaml,line=3,col=5,title=MAN-02::unknown key`.
pub fn findings_github(findings: &[Finding]) -> String {
    findings.iter().map(command).collect()
}

fn command(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    let mut lines = Vec::new();
    match &finding.place {
        Place::File {
            path, line, column, ..
        } => {
            properties.push(format!("file={}", property(path)));
            properties.push(format!("line={line},col={column}"));
            lines.push(finding.reason.clone());
        }
        other => {
            let place = place(other)
                .map(|place| format!("{place}: "))
                .unwrap_or_default();
            lines.push(format!("{place}{}", finding.reason));
        }
    }
    properties.push(format!("title={}", property(&finding.rule)));
    if !finding.fix.is_empty() {
        lines.push(finding.fix.clone());
    }
    let lines: Vec<String> = lines.iter().map(|line| data(line)).collect();
    format!("::{name} {}::{}\n", properties.join(","), lines.join("%0A"))
}

/// A message: the runner ends a command at a line break and decodes `%XX`, so that a value from
/// outside could begin a command of its own.
fn data(text: &str) -> String {
    escape(text).replace('%', "%25")
}

/// A property's value, where `:` and `,` have a meaning too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use model::rules;

    #[test]
    fn nothing_from_outside_begins_a_command() {
        let file = Place::File {
            path: "a,b:c.yaml".to_owned(),
            line: 3,
            column: 5,
            text: String::new(),
        };
        let findings = [
            Finding::new(rules::MAN_02, "100% wrong\n::error::forged").in_place(file),
            Finding::new(rules::MAN_02, "x")
                .in_place(Place::Live("example.com".to_owned()))
                .fix(""),
        ];
        assert_snapshot!(findings_github(&findings), @r"
        ::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=MAN-02::100%25 wrong\n::error::forged%0Acorrect the key, or remove it
        ::error title=MAN-02::example.com: x
        ");
    }
}
