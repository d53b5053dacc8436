//! The rules as pages, one for each standard, from what `deploy rules --json` prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::command::Failure;

/// The standards, by what the ids of their rules begin with.
const STANDARDS: [(&str, &str); 17] = [
    ("SPF", "SPF"),
    ("DKIM", "DKIM"),
    ("DMARC", "DMARC"),
    ("STS", "MTA-STS"),
    ("RPT", "TLS reports"),
    ("BIMI", "BIMI"),
    ("SVG", "Logos"),
    ("VMC", "Mark certificates"),
    ("MX", "MX"),
    ("DNS", "DNS"),
    ("DANE", "DANE"),
    ("SES", "Amazon SES"),
    ("RCV", "Single receivers"),
    ("LIVE", "Live domains"),
    ("MAN", "Manifests"),
    ("PLAN", "Plans"),
    ("AWS", "AWS"),
];

/// A page of the site.
pub(super) struct Page {
    /// Its path among the pages.
    pub(super) path: String,
    /// Its title.
    title: &'static str,
    /// Its text, as Markdown.
    pub(super) text: String,
}

/// A page for each standard. A standard without a title is a fault.
pub(super) fn pages(json: &str) -> Result<Vec<Page>, Failure> {
    let document: Value = serde_json::from_str(json)
        .map_err(|error| Failure(format!("cannot read the rules: {error}")))?;
    let mut by_standard: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for rule in document["rules"].as_array().into_iter().flatten() {
        let standard = text(rule, "id").split('-').next().unwrap_or_default();
        by_standard.entry(standard).or_default().push(rule);
    }
    let pages = STANDARDS.iter().filter_map(|(prefix, title)| {
        let rules = by_standard.remove(prefix)?;
        Some(Page {
            path: format!("rules/{}.md", prefix.to_lowercase()),
            title,
            text: page(title, &rules),
        })
    });
    let pages = pages.collect();
    match by_standard.into_keys().next() {
        None => Ok(pages),
        Some(unknown) => Err(Failure(format!(
            "the rules {unknown}-… have no page: give them a title in xtask/src/site/rules.rs"
        ))),
    }
}

/// The lines that lead to the pages.
pub(super) fn navigation(pages: &[Page]) -> String {
    let lines = pages
        .iter()
        .map(|page| format!("      - {}: {}\n", page.title, page.path));
    format!("  - Rules:\n{}", lines.collect::<String>())
}

fn page(title: &str, rules: &[&Value]) -> String {
    let mut page = format!("# Rules: {title}\n");
    for rule in rules {
        let id = text(rule, "id");
        let _ = write!(
            page,
            "\n## {id}: {} {{#{}}}\n\n**{}.** {}\n\n- Fix: {}\n- Source: {}\n",
            escaped(text(rule, "title")),
            id.to_lowercase(),
            severity(text(rule, "severity")),
            escaped(text(rule, "why")),
            escaped(text(rule, "fix")),
            escaped(text(rule, "source")),
        );
    }
    page
}

fn severity(word: &str) -> &str {
    match word {
        "error" => "Error",
        "warn" => "Warning",
        _ => "Note",
    }
}

/// Text in which Markdown finds nothing of its own. What is quoted as code stays as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut is_code = false;
    for character in text.chars() {
        is_code ^= character == '`';
        match character {
            '<' if !is_code => escaped.push_str("&lt;"),
            '*' | '_' | '[' | ']' | '\\' | '{' | '}' if !is_code => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_heading_on_the_page_of_its_standard() {
        let rule = |id: &str| {
            format!(
                r#"{{"id":"{id}","severity":"warn","title":"T","why":"a_b `c_d`","fix":"F","source":"S"}}"#
            )
        };
        let json = |ids: [&str; 2]| format!(r#"{{"rules":[{},{}]}}"#, rule(ids[0]), rule(ids[1]));
        let made = pages(&json(["STS-P13", "SPF-01"])).expect("pages");
        let paths: Vec<&str> = made.iter().map(|page| page.path.as_str()).collect();
        assert_eq!(paths, ["rules/spf.md", "rules/sts.md"]);
        let text = &made[1].text;
        assert!(text.contains("## STS-P13: T {#sts-p13}"), "{text}");
        assert!(text.contains(r"**Warning.** a\_b `c_d`"), "{text}");
        assert!(navigation(&made).contains("- MTA-STS: rules/sts.md"));
        assert!(pages(&json(["STS-P13", "NEW-01"])).is_err());
    }
}
