//! The rules: what `deploy explain` says.

use model::rules::{Phase, Rule};
use standards::Severity;

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
    let phases: Vec<String> = rule.phases.iter().map(|phase| when(rule, *phase)).collect();
    let rows = [
        ("why     ", rule.why),
        ("fix     ", rule.fix),
        ("when    ", &phases.join("; ")),
        ("source  ", rule.source),
        ("code    ", &code(rule)),
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
        let label = format!("{:<9}{severity}", rule.id);
        page.folded(
            0,
            &Part(palette.severity(rule.severity), &label),
            &Part(anstyle::Style::new(), rule.title),
        );
    }
    page.finish()
}

/// The occasion on which a rule is checked, and the command that checks it.
fn when(rule: &Rule, phase: Phase) -> String {
    let occasion = match phase {
        Phase::Lint => "from the manifest and its files",
        Phase::Lookup => "by looking, before a change",
        Phase::Live => "on the live domain",
        Phase::Order => "in the order of changes",
    };
    match rule.decided_by {
        Some(path) if !rule.is_kept => format!("{occasion} (`{}`)", command(phase, path)),
        _ => occasion.to_owned(),
    }
}

/// The command that checks a rule of this phase with the code at `path`.
fn command(phase: Phase, path: &str) -> &'static str {
    const PROBING: [&str; 4] = [
        "standards::",
        "manifest::",
        "kinds::ses_account",
        "cli::commands::lint",
    ];
    let probes = PROBING.iter().any(|start| path.starts_with(start));
    match phase {
        Phase::Lint => "deploy lint",
        Phase::Live => "deploy verify",
        Phase::Lookup if path.starts_with("verify") => "deploy verify",
        Phase::Lookup if path.starts_with("doctor") => "deploy doctor",
        Phase::Lookup | Phase::Order if probes => "deploy lint --online",
        Phase::Lookup => "deploy plan",
        Phase::Order => "deploy apply",
    }
}

/// The place in the program that checks the rule, in words.
fn code(rule: &Rule) -> String {
    match (rule.decided_by, rule.undecided) {
        (Some(path), _) if rule.is_kept => {
            format!("{path}, for users of the library: what deploy makes keeps the rule")
        }
        (Some(path), _) => match path.split_once(" (as ") {
            Some((path, id)) => format!(
                "{path}; what it finds is called {}",
                id.trim_end_matches(')')
            ),
            None => path.to_owned(),
        },
        (None, Some(why)) => format!("nothing checks it yet: {why}"),
        (None, None) => "nothing checks it yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::rules;

    use super::*;

    #[test]
    fn a_rule_is_explained_whole() {
        let rule = rules::find("STS-P13").expect("is in the registry");
        assert_snapshot!(rule_text(rule, &Palette::plain()), @"
        error[STS-P13]: Every MX host matches a pattern of the policy

          why     Under enforce, senders do not deliver to a host that matches none; `*.example.com` covers
                  one label only.
          fix     add the host to `mx`, before it receives mail
          when    by looking, before a change (`deploy lint --online`); on the live domain (`deploy verify`)
          source  RFC 8461 §4.1
          code    standards::mta_sts
        ");
    }

    #[test]
    fn where_a_rule_is_checked_is_said_in_words() {
        let check = |id: &str, expect: &str| {
            let text = rule_text(
                rules::find(id).expect("is in the registry"),
                &Palette::plain(),
            );
            let row = text.lines().skip_while(|line| !line.starts_with("  code"));
            let row: Vec<&str> = row.map(str::trim).collect();
            assert_eq!(row.join(" "), format!("code    {expect}"), "{id}");
        };
        check("SPF-04", "standards::spf");
        check(
            "SES-27",
            "standards::ses, for users of the library: what deploy makes keeps the rule",
        );
        check("RCV-08", "standards::dkim; what it finds is called DKIM-07");
        let when = |id: &str, expect: &str| {
            let rule = rules::find(id).expect("is in the registry");
            let text = rule_text(rule, &Palette::plain());
            let row = text.lines().find(|line| line.starts_with("  when"));
            assert_eq!(row, Some(&*format!("  when    {expect}")), "{id}");
        };
        when("SPF-04", "from the manifest and its files (`deploy lint`)");
        when("SES-27", "from the manifest and its files");
        when(
            "SES-25",
            "by looking, before a change (`deploy lint --online`)",
        );
        when("AWS-02", "by looking, before a change (`deploy doctor`)");
        when("PLAN-02", "by looking, before a change (`deploy plan`)");
        when(
            "STS-O02",
            "in the order of changes (`deploy lint --online`)",
        );
        when("STS-O01", "in the order of changes (`deploy apply`)");
        when("LIVE-01", "on the live domain (`deploy verify`)");
        when("DANE-03", "in the order of changes");
        check(
            "DANE-03",
            "nothing checks it yet: deploy publishes no TLSA record, so there is none to roll over",
        );
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
        // One line each, for grep.
        let list = rules_text(rules::all(), &Palette::plain());
        let wide = list
            .lines()
            .find(|line| line.chars().count() > crate::WIDTH);
        assert_eq!(wide, None);
        assert_eq!(list.lines().count(), rules::all().count());
        let json = serde_json::json!(crate::rules_json(rules::all()));
        assert_eq!(
            json["rules"].as_array().map(Vec::len),
            Some(rules::all().count())
        );
    }
}
