//! Text from outside within HTML, and the frame and the style of a page.

use standards::Severity;

use crate::escape;
use crate::put::putln;

/// The style of a page: light and dark by the reader's own setting, and plain on paper.
pub(crate) const STYLE: &str = include_str!("page.css");

/// A section of a page, with its title as the anchor that links lead to. `body` writes what stands
/// below the title.
pub(crate) fn section(page: &mut String, title: &str, body: impl FnOnce(&mut String)) {
    let title = text(title);
    // An id holds no space: https://html.spec.whatwg.org/#the-id-attribute
    let id = title.to_lowercase().replace(' ', "-");
    putln!(page, "<section id=\"{id}\" aria-label=\"{title}\">");
    putln!(page, "<h2>{title}</h2>");
    body(page);
    putln!(page, "</section>");
}

/// A table with its headings. `body` writes the rows.
pub(crate) fn table(page: &mut String, headings: &[&str], body: impl FnOnce(&mut String)) {
    let cells = headings
        .iter()
        .map(|heading| format!("<th scope=\"col\">{heading}</th>"));
    putln!(page, "<table>");
    putln!(
        page,
        "<thead><tr>{}</tr></thead>",
        cells.collect::<String>()
    );
    putln!(page, "<tbody>");
    body(page);
    putln!(page, "</tbody>");
    putln!(page, "</table>");
}

/// A table that scrolls by itself where the page is narrow, by the keyboard too. Its name tells it
/// from the section that it stands in.
pub(crate) fn wide_table(
    page: &mut String,
    name: &str,
    headings: &[&str],
    body: impl FnOnce(&mut String),
) {
    putln!(
        page,
        "<div class=\"wide\" role=\"region\" aria-label=\"Table of {name}\" tabindex=\"0\">"
    );
    table(page, headings, body);
    putln!(page, "</div>");
}

/// A page that loads nothing and runs nothing: values of DNS are anybody's text. Its pictures stand in
/// it. `body` writes what stands below the title.
pub(crate) fn page(title: &str, body: impl FnOnce(&mut String)) -> String {
    let title = text(title);
    let mut page = String::new();
    putln!(page, "<!doctype html>");
    putln!(page, "<html lang=\"en\">");
    putln!(page, "<head>");
    putln!(page, "<meta charset=\"utf-8\">");
    putln!(
        page,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    );
    putln!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
    );
    putln!(page, "<title>{title}</title>");
    putln!(page, "<style>{STYLE}</style>");
    putln!(page, "</head>");
    putln!(page, "<body>");
    putln!(page, "<main>");
    putln!(page, "<h1>{title}</h1>");
    body(&mut page);
    putln!(page, "</main>");
    putln!(page, "</body>");
    putln!(page, "</html>");
    page
}

/// The name of a domain, which breaks behind its dots.
pub(crate) fn name(name: &str) -> String {
    text(name).replace('.', ".<wbr>")
}

/// A severity, by its colour and by its word.
pub(crate) fn severity(severity: Severity) -> String {
    let (class, word) = match severity {
        Severity::Error => ("bad", "error"),
        Severity::Warn => ("change", "warning"),
        Severity::Info => ("notice", "note"),
    };
    format!("<span class=\"grade {class}\">{word}</span>")
}

/// Text that is no markup, in content and in quoted attributes.
pub(crate) fn text(text: &str) -> String {
    let mut safe = String::new();
    for character in escape(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_ends_no_attribute() {
        assert_eq!(text("\"><a'&"), "&quot;&gt;&lt;a&#39;&amp;");
    }
}
