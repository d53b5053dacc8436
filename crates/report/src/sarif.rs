//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use model::rules::{self, Rule};
use serde_json::{Value, json};
use standards::{Finding, Place, Severity};

use crate::escape;
use crate::finding_text::place;
use crate::put::put;

/// A log of one run, with the rules that were broken and where.
///
/// SARIF wants a place in a file. A finding about a resource or a live name has a logical location
/// instead, which viewers show as text.
pub fn findings_sarif(findings: &[Finding], program_version: &str) -> Value {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken: Vec<&str> = Vec::new();
    for finding in findings {
        index.entry(&finding.rule).or_insert_with(|| {
            broken.push(&finding.rule);
            broken.len() - 1
        });
    }
    let rules: Vec<Value> = broken.iter().map(|id| rule(id)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, index[finding.rule.as_ref()]))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "deploy",
                "version": program_version,
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str) -> Value {
    let Some(Rule {
        severity,
        title,
        why,
        fix,
        source,
        ..
    }) = rules::find(id)
    else {
        return json!({"id": id});
    };
    json!({
        "id": id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "help": {"text": format!("{fix}\n\nSource: {source}")},
        "defaultConfiguration": {"level": level(*severity)},
    })
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding.severity),
        "message": {"text": message(finding)},
        "locations": locations(&finding.place),
    })
}

fn message(finding: &Finding) -> String {
    if finding.fix.is_empty() {
        return escape(&finding.reason);
    }
    format!("{}; {}", escape(&finding.reason), escape(&finding.fix))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "note",
    }
}

fn locations(at: &Place) -> Vec<Value> {
    match at {
        Place::File {
            path,
            line,
            column,
            text,
        } => vec![json!({"physicalLocation": {
            "artifactLocation": {"uri": uri(path)},
            "region": {"startLine": line, "startColumn": column, "snippet": {"text": escape(text)}},
        }})],
        other => place(other)
            .map(|name| json!({"logicalLocations": [{"fullyQualifiedName": escape(&name)}]}))
            .into_iter()
            .collect(),
    }
}

/// A path as a relative URI reference (RFC 3986): what has a meaning there is percent-encoded.
fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            put!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;

    use super::*;

    #[test]
    fn places_in_files_are_physical_and_others_logical() {
        let file = Place::File {
            path: "my deploy/a%.yaml".to_owned(),
            line: 3,
            column: 5,
            text: "dmrac: {}".to_owned(),
        };
        let findings = [
            Finding::new(rules::MAN_02, "unknown key `dmrac`").in_place(file),
            Finding::new(rules::MAN_02, "again").in_place(Place::Live("example.com".to_owned())),
        ];
        let log = findings_sarif(&findings, "1.2.3");
        assert_json_snapshot!(log["runs"][0]["results"], @r#"
        [
          {
            "ruleId": "MAN-02",
            "ruleIndex": 0,
            "level": "error",
            "message": {
              "text": "unknown key `dmrac`; correct the key, or remove it"
            },
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "my%20deploy/a%25.yaml"
                  },
                  "region": {
                    "startLine": 3,
                    "startColumn": 5,
                    "snippet": {
                      "text": "dmrac: {}"
                    }
                  }
                }
              }
            ]
          },
          {
            "ruleId": "MAN-02",
            "ruleIndex": 0,
            "level": "error",
            "message": {
              "text": "again; correct the key, or remove it"
            },
            "locations": [
              {
                "logicalLocations": [
                  {
                    "fullyQualifiedName": "example.com"
                  }
                ]
              }
            ]
          }
        ]
        "#);
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
    }
}
