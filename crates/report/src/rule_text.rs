//! The rules: what `deploy explain` says.

use serde_json::{Value, json};
use standards::Severity;
use standards::rules::{Phase, Rule};

use crate::Palette;
use crate::page::{Page, Part};

/// One rule, whole: what must hold, why, what to do, where it is written.
pub fn rule_text(rule: &Rule, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let style = palette.severity(rule.severity);
    let label = format!("{}[{}]", rule.severity, rule.id);
    page.folded(
        0,
        &Part(style, &format!("{label}: ")),
        &Part(palette.strong, rule.title),
    );
    page.gap();
    let phases: Vec<&str> = rule.phases.iter().map(|phase| when(*phase)).collect();
    let phases = phases.join("; ");
    let decided = rule.decided_by.unwrap_or("nothing yet");
    let rows = [
        ("why     ", rule.why),
        ("mend    ", rule.mend),
        ("when    ", &phases),
        ("source  ", rule.source),
        ("decider ", decided),
    ];
    for (label, text) in rows {
        page.folded(
            2,
            &Part(palette.faint, label),
            &Part(anstyle::Style::new(), text),
        );
    }
    page.finish()
}

/// One line a rule, for lists.
pub fn rules_text<'a>(rules: impl IntoIterator<Item = &'a Rule>, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for rule in rules {
        let severity = match rule.severity {
            Severity::Error => "error  ",
            Severity::Warn => "warn   ",
            Severity::Info => "info   ",
        };
        let id = format!("{:<9}", rule.id);
        page.line(
            0,
            &[
                Part(palette.strong, &id),
                Part(palette.severity(rule.severity), severity),
                Part(anstyle::Style::new(), rule.title),
            ],
        );
    }
    page.finish()
}

/// Rules as JSON, each as in the registry.
pub fn rules_json<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Value {
    let rules: Vec<&Rule> = rules.into_iter().collect();
    json!({"format": "deploy.rules", "version": 1, "rules": rules})
}

fn when(phase: Phase) -> &'static str {
    match phase {
        Phase::Lint => "from the manifest and its files (`deploy lint`)",
        Phase::Lookup => "by looking, before a change (`deploy plan`)",
        Phase::Live => "on the live domain (`deploy verify`)",
        Phase::Order => "in the order of changes (`deploy apply`)",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use standards::rules;

    use super::*;

    #[test]
    fn a_rule_is_explained_whole() {
        let rule = rules::find("STS-P13").expect("is in the registry");
        assert_snapshot!(rule_text(rule, &Palette::plain()), @"
        error[STS-P13]: Every MX host matches a pattern of the policy

          why     Under enforce, senders do not deliver to a host that matches none; `*.example.com` covers
                  one label only.
          mend    add the host to `mx`, before it receives mail
          when    by looking, before a change (`deploy plan`); on the live domain (`deploy verify`)
          source  RFC 8461 §4.1
          decider standards::mta_sts
        ");
    }

    #[test]
    fn every_rule_can_be_explained_and_listed() {
        for rule in rules::all() {
            let text = rule_text(rule, &Palette::plain());
            assert!(
                text.lines()
                    .all(|line| line.chars().count() <= crate::WIDTH),
                "{text}"
            );
        }
        let list = rules_text(rules::all(), &Palette::plain());
        assert_eq!(list.lines().count(), rules::all().count());
        let json = rules_json(rules::all());
        assert_eq!(
            json["rules"].as_array().map(Vec::len),
            Some(rules::all().count())
        );
    }
}
