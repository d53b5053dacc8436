//! The pages of a fleet as HTML: an index of one file that loads nothing, and a page for each domain.

use model::{Grade, NextStep};

use crate::html::{document, text as safe};
use crate::overview_html::grade;
use crate::put::putln;
use crate::site::{SHOWN, Site, SiteDomain, SiteFile, file_name};
use crate::site_page::domain_page;
use crate::words;

/// The latest events that the index has; a domain's page has all of its own.
const EVENTS: usize = 50;

/// A domain and the name of its page.
type Named<'a> = (&'a SiteDomain, String);

/// The files of a site, the index first.
pub fn site_html(site: &Site) -> Vec<SiteFile> {
    let mut domains: Vec<Named<'_>> = site
        .domains
        .iter()
        .enumerate()
        .map(|(at, domain)| (domain, file_name(&domain.name, at)))
        .collect();
    domains.sort_by(|(one, _), (other, _)| {
        (one.rank(), one.name.as_str()).cmp(&(other.rank(), other.name.as_str()))
    });
    let index = SiteFile {
        path: "index.html".to_owned(),
        html: index(site, &domains),
    };
    let pages = domains.iter().map(|(domain, file)| SiteFile {
        path: format!("domains/{file}"),
        html: domain_page(site, domain),
    });
    std::iter::once(index).chain(pages).collect()
}

fn index(site: &Site, domains: &[Named<'_>]) -> String {
    let mut body = String::new();
    let counted = words::counted(domains.len(), "domain");
    let moment = safe(&words::moment(site.now));
    putln!(body, "<p>{counted}, as they were at {moment}.</p>");
    sums(&mut body, domains);
    fleet(&mut body, domains);
    endings(&mut body, domains);
    drift(&mut body, domains);
    events(&mut body, domains);
    document(&format!("Mail security of {}", site.project), &body)
}

/// How many domains have each grade, by standard.
fn sums(body: &mut String, domains: &[Named<'_>]) {
    const GRADES: [Grade; 6] = [
        Grade::Good,
        Grade::Begun,
        Grade::Absent,
        Grade::Faulty,
        Grade::Unseen,
        Grade::Unused,
    ];
    putln!(body, "<section aria-labelledby=\"sums\">");
    putln!(body, "<h2 id=\"sums\">By standard</h2>");
    open_table(body, "Domains by standard and state", "");
    let mut heads = vec!["Standard"];
    heads.extend(GRADES.map(|one| grade(one).1));
    head(body, &heads);
    for (at, standard) in columns().into_iter().enumerate() {
        let of = |wanted: Grade| {
            let grades = domains.iter().map(|(domain, _)| grades(domain)[at]);
            grades.filter(|grade| *grade == wanted).count()
        };
        let cells = GRADES.map(|grade| format!("<td>{}</td>", words::grouped(of(grade))));
        putln!(
            body,
            "<tr><th scope=\"row\">{standard}</th>{}</tr>",
            cells.concat()
        );
    }
    close_table(body);
    putln!(body, "</section>");
}

fn fleet(body: &mut String, domains: &[Named<'_>]) {
    putln!(body, "<section aria-labelledby=\"fleet\">");
    putln!(body, "<h2 id=\"fleet\">Domains, the worst first</h2>");
    open_table(body, "Domains", " class=\"fleet\"");
    let columns = columns();
    let mut heads = vec!["Domain"];
    heads.extend(columns.iter().map(String::as_str));
    heads.extend(["Drift", "Next step"]);
    head(body, &heads);
    for (domain, file) in domains {
        let name = safe(domain.name.as_str());
        let cells = grades(domain).into_iter().map(|one| {
            let (class, word) = grade(one);
            format!("<td><span class=\"grade {class}\">{word}</span></td>")
        });
        let moved = match domain.moved() {
            0 => "none".to_owned(),
            moved => words::counted(moved, "resource"),
        };
        putln!(
            body,
            "<tr><th scope=\"row\"><a href=\"domains/{file}\">{name}</a></th>{}<td>{moved}</td><td>{}</td></tr>",
            cells.collect::<String>(),
            next_step(domain)
        );
    }
    close_table(body);
    putln!(body, "</section>");
}

fn columns() -> Vec<String> {
    let seen = SHOWN.iter().map(ToString::to_string);
    seen.chain(["SES".to_owned()]).collect()
}

fn grades(domain: &SiteDomain) -> Vec<Grade> {
    let seen = SHOWN.iter().map(|&one| domain.grade(one));
    seen.chain([domain.ses()]).collect()
}

fn next_step(domain: &SiteDomain) -> String {
    let step: Option<&NextStep> = domain.overview.iter().flat_map(|one| &one.steps).next();
    match (step, &domain.overview) {
        (Some(step), _) => format!("{}: {}", step.standard, safe(&step.action)),
        (None, Ok(_)) => "nothing".to_owned(),
        (None, Err(reason)) => safe(reason),
    }
}

/// What ends, over all domains, the next first.
fn endings(body: &mut String, domains: &[Named<'_>]) {
    putln!(body, "<section aria-labelledby=\"ends\">");
    putln!(body, "<h2 id=\"ends\">What ends when</h2>");
    let mut all: Vec<_> = domains
        .iter()
        .flat_map(|(domain, _)| domain.endings.iter().map(move |one| (one.at, domain, one)))
        .collect();
    all.sort_by_key(|(at, domain, _)| (*at, domain.name.as_str().to_owned()));
    if all.is_empty() {
        putln!(body, "<p>Nothing with a known date.</p>");
    } else {
        open_table(body, "What ends when", "");
        head(body, &["When", "Domain", "End", "Fix"]);
        for (at, domain, ending) in all {
            let cells = [
                words::moment(at),
                ending.what.clone(),
                ending.fix.clone().unwrap_or_default(),
            ];
            let [at, what, fix] = cells.map(|text| safe(&text));
            let name = safe(domain.name.as_str());
            putln!(
                body,
                "<tr><td>{at}</td><th scope=\"row\">{name}</th><td>{what}</td><td>{fix}</td></tr>"
            );
        }
        close_table(body);
    }
    putln!(body, "</section>");
}

fn drift(body: &mut String, domains: &[Named<'_>]) {
    putln!(body, "<section aria-labelledby=\"drift\">");
    putln!(body, "<h2 id=\"drift\">Drift</h2>");
    let moved = domains.iter().filter(|(domain, _)| domain.moved() > 0);
    let items: Vec<String> = moved
        .map(|(domain, file)| {
            let name = safe(domain.name.as_str());
            let counted = words::counted(domain.moved(), "resource");
            format!("<li><a href=\"domains/{file}#drift\">{name}</a>: {counted}</li>")
        })
        .collect();
    if items.is_empty() {
        putln!(body, "<p>Nothing moved without us.</p>");
    } else {
        putln!(body, "<ul>{}</ul>", items.concat());
    }
    putln!(body, "</section>");
}

fn events(body: &mut String, domains: &[Named<'_>]) {
    putln!(body, "<section aria-labelledby=\"timeline\">");
    putln!(body, "<h2 id=\"timeline\">Timeline</h2>");
    let mut all: Vec<_> = domains
        .iter()
        .flat_map(|(domain, _)| domain.events.iter().map(move |one| (one.at, domain, one)))
        .collect();
    all.sort_by(|(one, ..), (other, ..)| other.cmp(one));
    if all.is_empty() {
        putln!(body, "<p>The ledger records nothing.</p>");
    } else {
        putln!(body, "<ol>");
        for (at, domain, event) in all.iter().take(EVENTS) {
            let (at, name) = (words::moment(*at), safe(domain.name.as_str()));
            let what = safe(&event.what);
            putln!(body, "<li>{at}: <strong>{name}</strong>: {what}</li>");
        }
        putln!(body, "</ol>");
    }
    if let Some(more @ 1..) = all.len().checked_sub(EVENTS) {
        let more = words::grouped(more);
        putln!(
            body,
            "<p>{more} earlier ones stand on the pages of the domains.</p>"
        );
    }
    putln!(body, "</section>");
}

/// A table that scrolls by itself where the page is narrow, by the keyboard too.
pub(crate) fn open_table(body: &mut String, label: &str, attributes: &str) {
    putln!(
        body,
        "<div class=\"wide\" role=\"region\" aria-label=\"Table: {label}\" tabindex=\"0\"><table{attributes}>"
    );
}

pub(crate) fn head(body: &mut String, heads: &[&str]) {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{head}</th>"))
        .collect();
    putln!(body, "<thead><tr>{heads}</tr></thead>");
    putln!(body, "<tbody>");
}

pub(crate) fn close_table(body: &mut String) {
    putln!(body, "</tbody>");
    putln!(body, "</table></div>");
}

#[cfg(test)]
mod tests;
