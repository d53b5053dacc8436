//! Text from outside within HTML, and the frame and the style of a page.

use crate::escape;
use crate::put::putln;

/// The style of a page: light and dark by the reader's own setting, and plain on paper.
pub(crate) const STYLE: &str = include_str!("page.css");

/// A section of a page about one domain. `body` writes what stands below its name.
pub(crate) fn section(page: &mut String, domain: &str, body: impl FnOnce(&mut String)) {
    let name = text(domain);
    putln!(page, "<section aria-label=\"{name}\">");
    putln!(page, "<h2>{name}</h2>");
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

/// A page that loads nothing and runs nothing: values of DNS are anybody's text. `body` writes what
/// stands below the title.
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
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
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

/// A page of its own: one file, which loads and runs nothing. `body` is markup.
pub(crate) fn document(title: &str, body: &str) -> String {
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
    // Values of DNS are anybody's text. Nothing on the page may load or run anything.
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
    page.push_str(body);
    putln!(page, "</main>");
    putln!(page, "</body>");
    putln!(page, "</html>");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_ends_no_attribute() {
        assert_eq!(text("\"><a'&"), "&quot;&gt;&lt;a&#39;&amp;");
    }
}
