//! Findings as text: what, where, the line with a caret under it, and what to do.

use standards::{Finding, Place, Severity};

use crate::page::{Page, Part};
use crate::{Palette, escape, words};

/// Every finding, the worst last, and how many there are: what is nearest to the prompt is what
/// matters most. Nothing for no findings.
pub fn findings_text(findings: &[Finding], palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| finding.severity);
    for finding in &ordered {
        page.gap();
        show(&mut page, finding);
    }
    if let Some(worst) = ordered.last() {
        page.gap();
        let style = palette.severity(worst.severity);
        let hint = format!(" `deploy explain {}` says why it matters.", worst.rule);
        page.line(
            0,
            &[
                Part(style, &format!("{}.", summary(findings))),
                Part(palette.faint, &hint),
            ],
        );
    }
    page.finish()
}

/// `2 errors, 1 warning`.
pub(crate) fn summary(findings: &[Finding]) -> String {
    let names = [
        (Severity::Error, "error"),
        (Severity::Warn, "warning"),
        (Severity::Info, "note"),
    ];
    let count = |severity: Severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let parts: Vec<String> = names
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, name)| words::counted(count(severity), name))
        .collect();
    parts.join(", ")
}

/// One finding, without colours, ending with a line break.
///
/// ```text
/// error[MAN-02]: unknown key `dmrac`
///   --> deploy/example.yaml:12:5
///    |
/// 12 |     dmrac: { p: none }
///    |     ^
///    = did you mean `dmarc`?
/// ```
pub fn render(finding: &Finding) -> String {
    let palette = Palette::plain();
    let mut page = Page::new(&palette);
    show(&mut page, finding);
    page.finish()
}

fn show(page: &mut Page<'_>, finding: &Finding) {
    let palette = *page.palette;
    let style = palette.severity(finding.severity);
    let faint = palette.faint;
    let label = format!("{}[{}]: ", finding.severity, finding.rule);
    page.folded(
        0,
        &Part(style, &label),
        &Part(palette.strong, &finding.reason),
    );
    let mut margin = 0;
    if let Place::File {
        path,
        line,
        column,
        text,
    } = &finding.place
    {
        let number = line.to_string();
        margin = number.len();
        let at = format!("{path}:{line}:{column}");
        page.line(margin, &[Part(faint, "--> "), Part(faint, &at)]);
        // Beside it are the number, ` | `, and `…` at both ends.
        let room = palette.width.saturating_sub(margin + 5);
        let (shown, caret) = around(text, *column, room);
        if !shown.is_empty() {
            page.line(margin, &[Part(faint, " |")]);
            page.line(
                0,
                &[
                    Part(faint, &number),
                    Part(faint, " | "),
                    Part(palette.strong, &shown),
                ],
            );
            page.line(margin, &[Part(faint, " | "), Part(style, &caret)]);
        }
    } else if let Some(place) = place(&finding.place) {
        page.folded(1, &Part(faint, "--> "), &Part(faint, &place));
    }
    if !finding.fix.is_empty() {
        page.folded(
            margin,
            &Part(faint, " = "),
            &Part(palette.notice, &finding.fix),
        );
    }
}

/// A place in one line, when it has one.
pub(crate) fn place(place: &Place) -> Option<String> {
    match place {
        Place::Whole => None,
        Place::Span(span) => Some(format!("bytes {} to {}", span.start, span.end)),
        Place::File {
            path, line, column, ..
        } => Some(format!("{path}:{line}:{column}")),
        Place::Named { name, within: None } => Some(name.clone()),
        Place::Named {
            name,
            within: Some(within),
        } => Some(format!("{name} in {within}")),
        Place::Live(what) => Some(what.clone()),
    }
}

/// The line, or as many of its characters as there is room for around `column` (counted from 1), and a
/// line with a caret below it.
fn around(line: &str, column: usize, room: usize) -> (String, String) {
    let characters: Vec<char> = line.trim_end().chars().collect();
    let column = column.saturating_sub(1).min(characters.len());
    let is_long = characters.len() > room;
    let start = if is_long {
        column.saturating_sub(room / 2)
    } else {
        0
    };
    let end = characters.len().min(start + room);
    let mut shown = String::new();
    let mut caret_column = 0;
    if start > 0 {
        shown.push('…');
    }
    for (at, character) in characters.iter().enumerate().take(end).skip(start) {
        if at == column {
            caret_column = shown.chars().count();
        }
        match character {
            '\t' => shown.push(' '),
            character => shown.push_str(&escape(&character.to_string())),
        }
    }
    if column >= end {
        caret_column = shown.chars().count();
    }
    if end < characters.len() {
        shown.push('…');
    }
    (shown, format!("{}^", " ".repeat(caret_column)))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use model::rules;

    fn finding(place: Place) -> Finding {
        Finding::new(rules::MAN_02, "unknown key `dmrac`")
            .in_place(place)
            .fix("did you mean `dmarc`?")
    }

    #[test]
    fn a_finding_in_a_file_shows_its_line() {
        let place = Place::File {
            path: "deploy.yaml".to_owned(),
            line: 12,
            column: 5,
            text: "    dmrac: { p: none }".to_owned(),
        };
        assert_snapshot!(render(&finding(place)), @"
        error[MAN-02]: unknown key `dmrac`
          --> deploy.yaml:12:5
           |
        12 |     dmrac: { p: none }
           |     ^
           = did you mean `dmarc`?
        ");
    }

    #[test]
    fn a_long_line_is_shown_around_its_column() {
        let place = Place::File {
            path: "deploy.yaml".to_owned(),
            line: 1,
            column: 201,
            text: format!("{}dmrac{}", "a".repeat(200), "b".repeat(200)),
        };
        assert_snapshot!(render(&finding(place)), @"
        error[MAN-02]: unknown key `dmrac`
         --> deploy.yaml:1:201
          |
        1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaadmracbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                                 ^
          = did you mean `dmarc`?
        ");
    }

    #[test]
    fn what_could_move_the_cursor_is_escaped() {
        let place = Place::Live("example.com\u{1b}[2J\u{202e}".to_owned());
        assert_snapshot!(render(&finding(place)), @r"
        error[MAN-02]: unknown key `dmrac`
         --> example.com\u{1b}[2J\u{202e}
         = did you mean `dmarc`?
        ");
    }
}
