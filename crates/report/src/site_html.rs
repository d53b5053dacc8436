//! The pages of a fleet as HTML: an index of one file that loads nothing, and a page for each domain.

use jiff::Timestamp;
use model::{Grade, NextStep};

use crate::html::{name, page, section, text as safe, wide_table};
use crate::overview_html::grade;
use crate::put::putln;
use crate::site::{SHOWN, Site, SiteDomain, SiteFile, file_name};
use crate::site_page::{domain_page, fix};
use crate::words;

/// The latest events that the index has; a domain's page has all of its own.
const EVENTS: usize = 50;

/// The grades, as the index counts them.
const GRADES: [Grade; 6] = [
    Grade::Good,
    Grade::Begun,
    Grade::Absent,
    Grade::Faulty,
    Grade::Unseen,
    Grade::Unused,
];

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
    page(&format!("Mail security of {}", site.project), |page| {
        let counted = words::counted(domains.len(), "domain");
        let faulty = domains.iter().filter(|(domain, _)| domain.is_faulty());
        let faulty = match faulty.count() {
            0 => "none is faulty".to_owned(),
            count => format!("{} faulty", words::grouped(count)),
        };
        let moment = safe(&words::moment(site.now));
        putln!(page, "<p>{counted}, {faulty}, as seen at {moment}.</p>");
        section(page, "By standard", |page| sums(page, domains));
        section(page, "Domains", |page| fleet(page, domains));
        section(page, "What ends when", |page| endings(page, domains));
        section(page, "Drift", |page| drift(page, domains));
        section(page, "Timeline", |page| events(page, domains));
    })
}

/// How many domains have each grade, by standard.
fn sums(page: &mut String, domains: &[Named<'_>]) {
    let headings: Vec<&str> = std::iter::once("Standard")
        .chain(GRADES.map(|one| grade(one).1))
        .collect();
    wide_table(page, "standards by state", &headings, |page| {
        for (at, standard) in columns().iter().enumerate() {
            let of = |wanted: Grade| {
                let grades = domains.iter().map(|(domain, _)| grades(domain)[at]);
                grades.filter(|grade| *grade == wanted).count()
            };
            let cells = GRADES.map(|one| match of(one) {
                0 => "<td class=\"faint\">0</td>".to_owned(),
                count => format!(
                    "<td class=\"{}\">{}</td>",
                    grade(one).0,
                    words::grouped(count)
                ),
            });
            putln!(
                page,
                "<tr><th scope=\"row\">{standard}</th>{}</tr>",
                cells.concat()
            );
        }
    });
}

/// A row for each domain, the worst first.
fn fleet(page: &mut String, domains: &[Named<'_>]) {
    let columns = columns();
    let mut headings = vec!["Domain"];
    headings.extend(columns.iter().map(String::as_str));
    headings.extend(["Drift", "Next step"]);
    wide_table(page, "domains", &headings, |page| {
        for (domain, file) in domains {
            let name = name(domain.name.as_str());
            let cells = grades(domain).into_iter().map(|one| {
                let (class, word) = grade(one);
                format!("<td><span class=\"grade {class}\">{word}</span></td>")
            });
            let moved = match domain.moved() {
                0 => "none".to_owned(),
                moved => words::counted(moved, "resource"),
            };
            putln!(
                page,
                "<tr><th scope=\"row\"><a href=\"domains/{file}\">{name}</a></th>{}<td>{moved}</td><td class=\"text\">{}</td></tr>",
                cells.collect::<String>(),
                next_step(domain)
            );
        }
    });
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

/// The endings of all domains, the next first.
fn endings(page: &mut String, domains: &[Named<'_>]) {
    let all = by_time(domains, |domain| {
        domain.endings.iter().map(|one| (one.at, one)).collect()
    });
    if all.is_empty() {
        putln!(page, "<p>Nothing with a known date.</p>");
        return;
    }
    let headings = ["When", "Domain", "What"];
    wide_table(page, "what ends when", &headings, |page| {
        for (at, (domain, file), ending) in all {
            let (at, name) = (words::moment(at), name(domain.name.as_str()));
            let (what, fix) = (safe(&ending.what), fix(ending));
            putln!(
                page,
                "<tr><th scope=\"row\">{at}</th><td><a href=\"domains/{file}#what-ends-when\">{name}</a></td><td class=\"text\">{what}{fix}</td></tr>"
            );
        }
    });
}

fn drift(page: &mut String, domains: &[Named<'_>]) {
    let moved = domains.iter().filter(|(domain, _)| domain.moved() > 0);
    let items: Vec<String> = moved
        .map(|(domain, file)| {
            let name = name(domain.name.as_str());
            let counted = words::counted(domain.moved(), "resource");
            format!("<li><a href=\"domains/{file}#drift\">{name}</a>: {counted}</li>")
        })
        .collect();
    if items.is_empty() {
        putln!(page, "<p>Nothing moved without us.</p>");
    } else {
        putln!(page, "<ul>{}</ul>", items.concat());
    }
}

/// The latest events over all domains, the latest first.
fn events(page: &mut String, domains: &[Named<'_>]) {
    let all = by_time(domains, |domain| {
        domain.events.iter().map(|one| (one.at, one)).collect()
    });
    if all.is_empty() {
        putln!(page, "<p>The ledger records nothing.</p>");
        return;
    }
    putln!(page, "<ul class=\"timeline\">");
    for (at, (domain, file), event) in all.iter().rev().take(EVENTS) {
        let (at, name) = (words::moment(*at), name(domain.name.as_str()));
        let what = safe(&event.what);
        putln!(
            page,
            "<li>{at} <a href=\"domains/{file}#timeline\">{name}</a>: {what}</li>"
        );
    }
    putln!(page, "</ul>");
    if let Some(more @ 1..) = all.len().checked_sub(EVENTS) {
        let more = words::grouped(more);
        putln!(
            page,
            "<p>{more} earlier ones stand on the pages of the domains.</p>"
        );
    }
}

/// All that the domains have of something with a time, the earliest first.
fn by_time<'a, T>(
    domains: &'a [Named<'a>],
    of: impl Fn(&'a SiteDomain) -> Vec<(Timestamp, &'a T)>,
) -> Vec<(Timestamp, &'a Named<'a>, &'a T)> {
    let mut all: Vec<_> = domains
        .iter()
        .flat_map(|named| {
            let dated = of(named.0).into_iter();
            dated.map(move |(at, one)| (at, named, one))
        })
        .collect();
    all.sort_by(|(one_at, (one, _), _), (other_at, (other, _), _)| {
        (one_at, one.name.as_str()).cmp(&(other_at, other.name.as_str()))
    });
    all
}

#[cfg(test)]
mod tests;
