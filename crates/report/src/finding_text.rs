//! Findings as text: what, where, the line with a caret under it, and what to do.

use standards::{Finding, Place};

/// A longer line is shown in part.
const LINE_CHARACTERS_MAX: usize = 100;

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
    let mut margin = String::new();
    let mut lines = vec![format!(
        "{}[{}]: {}",
        finding.severity,
        finding.rule,
        escape(&finding.reason)
    )];
    match &finding.place {
        Place::Whole => {}
        Place::Span(span) => lines.push(format!(" --> bytes {} to {}", span.start, span.end)),
        Place::File {
            path,
            line,
            column,
            text,
        } => {
            margin = " ".repeat(line.to_string().len());
            lines.push(format!("{margin}--> {}:{line}:{column}", escape(path)));
            let (shown, caret) = around(text, *column);
            if !shown.is_empty() {
                lines.push(format!("{margin} |"));
                lines.push(format!("{line} | {shown}"));
                lines.push(format!("{margin} | {caret}"));
            }
        }
        Place::Resource { id, account: None } => lines.push(format!(" --> {}", escape(id))),
        Place::Resource {
            id,
            account: Some(account),
        } => {
            lines.push(format!(" --> {} in {}", escape(id), escape(account)));
        }
        Place::Live(what) => lines.push(format!(" --> {}", escape(what))),
    }
    lines.push(format!("{margin} = {}", escape(&finding.mend)));
    lines.push(String::new());
    lines.join("\n")
}

/// The line, cut to what fits around `column` (counted from 1), and a line with a caret below it.
fn around(line: &str, column: usize) -> (String, String) {
    let characters: Vec<char> = line.trim_end().chars().collect();
    let column = column.saturating_sub(1).min(characters.len());
    let is_long = characters.len() > LINE_CHARACTERS_MAX;
    let start = if is_long {
        column.saturating_sub(LINE_CHARACTERS_MAX / 2)
    } else {
        0
    };
    let end = characters.len().min(start + LINE_CHARACTERS_MAX);
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

/// The same text, with everything visible that could move a cursor, colour a terminal or turn text around.
pub fn escape(text: &str) -> String {
    let is_hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|character| {
            if is_hidden(character) {
                character.escape_default().to_string()
            } else {
                character.to_string()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn finding(place: Place) -> Finding {
        Finding::new("MAN-02", "unknown key `dmrac`")
            .in_place(place)
            .mend("did you mean `dmarc`?")
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
        1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaadmracbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                                    ^
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
