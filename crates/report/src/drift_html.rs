//! Drift as a page of HTML: one file, without a script and without anything from elsewhere.

use standards::Severity;

use crate::drift_rows::{Row, rows};
use crate::drift_text::{Drifted, summary_line};
use crate::html::{page, section, table, text as safe};
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
        table(page, &["What", "State", "Mail impact", "Seen"], |page| {
            for Row { line, .. } in rows {
                row(page, line);
            }
        });
    });
}

fn row(page: &mut String, line: &Line) {
    let (class, word) = match line.severity {
        Severity::Error => ("bad", "error"),
        Severity::Warn => ("change", "warning"),
        Severity::Info => ("notice", "note"),
    };
    putln!(
        page,
        "<tr><th scope=\"row\">{}</th><td><span class=\"grade {class}\">{word}</span></td><td>{}</td><td>{}</td></tr>",
        safe(&line.subject),
        line.mail,
        safe(&line.text)
    );
}
