//! The state of any domain's mail as a page of HTML: one file, without a script and without anything
//! from elsewhere, in light and dark, on paper and for a screen reader.

use jiff::Timestamp;
use model::{Grade, NextStep, Overview, Subject};

use crate::html::{page, section, table, text as safe};
use crate::put::putln;
use crate::words;

/// A page with a part for each domain. `now` is the moment at which all was seen.
pub fn overview_html(overviews: &[Overview], now: Timestamp) -> String {
    let title = match overviews {
        [one] => format!("Mail security of {}", one.domain),
        many => format!("Mail security of {}", words::counted(many.len(), "domain")),
    };
    page(&title, |page| {
        putln!(
            page,
            "<p>As an observer without credentials saw it at {}.</p>",
            safe(&words::moment(now))
        );
        for overview in overviews {
            domain(page, overview);
        }
    })
}

fn domain(page: &mut String, overview: &Overview) {
    section(page, overview.domain.as_str(), |page| {
        standards(page, &overview.subjects);
        putln!(page, "<h3>To do, the most urgent first</h3>");
        steps(page, &overview.steps);
    });
}

/// The state of each standard, with the values as they are published.
pub(crate) fn standards(page: &mut String, subjects: &[Subject]) {
    table(page, &["Standard", "State", "Published"], |page| {
        for subject in subjects {
            row(page, subject);
        }
    });
}

fn row(page: &mut String, subject: &Subject) {
    let (class, word) = grade(subject.grade);
    putln!(
        page,
        "<tr><th scope=\"row\">{}</th><td><span class=\"grade {class}\">{word}</span></td><td>{}",
        subject.standard,
        safe(&subject.summary)
    );
    if !subject.values.is_empty() {
        putln!(
            page,
            "<details><summary>Values of {}</summary><ul>",
            subject.standard
        );
        for value in &subject.values {
            putln!(page, "<li><code>{}</code></li>", safe(value));
        }
        putln!(page, "</ul></details>");
    }
    putln!(page, "</td></tr>");
}

/// The next steps in their order.
pub(crate) fn steps(page: &mut String, steps: &[NextStep]) {
    if steps.is_empty() {
        putln!(page, "<p>Nothing is to be done.</p>");
        return;
    }
    putln!(page, "<ol>");
    for step in steps {
        let rule = step.rule.as_ref().map(|rule| format!(" ({})", safe(rule)));
        putln!(
            page,
            "<li><strong>{}</strong>: {}{}<br><small>{}</small></li>",
            step.standard,
            safe(&step.action),
            rule.unwrap_or_default(),
            safe(&step.reason)
        );
    }
    putln!(page, "</ol>");
}

/// The class of a grade, and the word that says the same without colours.
pub(crate) fn grade(grade: Grade) -> (&'static str, &'static str) {
    match grade {
        Grade::Good => ("good", "good"),
        Grade::Begun => ("change", "begun"),
        Grade::Absent => ("change", "absent"),
        Grade::Faulty => ("bad", "faulty"),
        Grade::Unseen => ("notice", "not seen"),
        Grade::Unused => ("faint", "not used"),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::html::STYLE;
    use crate::overview_text::tests::overview;

    fn shown() -> String {
        let now = "2026-11-28T08:00:00Z".parse().expect("a time");
        overview_html(&[overview()], now)
    }

    #[test]
    fn a_domain_has_a_table_and_a_list() {
        // The style is no text.
        assert_snapshot!(shown().replace(STYLE, "…"));
    }

    #[test]
    fn text_from_outside_is_no_markup() {
        let page = shown();
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
        assert!(!page.contains('\u{1b}'), "{page}");
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = shown();
        for loads in ["src=", "href=", "url(", "@import", "http://", "https://"] {
            assert!(!page.contains(loads), "{loads}");
        }
    }
}
