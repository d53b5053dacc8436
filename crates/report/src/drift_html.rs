//! Drift as a page of HTML: one file, without a script and without anything from elsewhere.

use crate::drift_rows::{Row, rows};
use crate::drift_text::{Drifted, reading_line, summary_line};
use crate::html::{page, section, severity, table, text as safe};
use crate::message::Line;
use crate::put::putln;
use crate::words;

/// A page with a table for each domain.
pub fn drift_html(drifted: &Drifted<'_>) -> String {
    page("Drift", |page| {
        putln!(
            page,
            "<p><strong>{}</strong> Compared at {}.</p>",
            safe(&summary_line(drifted)),
            safe(&words::moment(drifted.now))
        );
        if let Some(text) = reading_line(drifted) {
            putln!(page, "<p>{}</p>", safe(&text));
        }
        let rows = rows(drifted);
        for group in rows.chunk_by(|one, next| one.domain == next.domain) {
            domain(page, group);
        }
        if !drifted.unapplied.is_empty() {
            putln!(page, "<h2>Not applied yet</h2>");
            putln!(page, "<ul>");
            for name in drifted.unapplied {
                putln!(page, "<li>{}</li>", safe(name.as_str()));
            }
            putln!(page, "</ul>");
        }
    })
}

fn domain(page: &mut String, rows: &[Row<'_>]) {
    section(page, rows[0].domain, |page| {
        moved(page, rows.iter().map(|row| &row.line));
    });
}

/// A table of what moved.
pub(crate) fn moved<'a>(page: &mut String, lines: impl Iterator<Item = &'a Line>) {
    table(page, &["What", "State", "Mail impact", "Seen"], |page| {
        for line in lines {
            row(page, line);
        }
    });
}

fn row(page: &mut String, line: &Line) {
    putln!(
        page,
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
        safe(&line.subject),
        severity(line.severity),
        line.mail,
        safe(&line.text)
    );
}
