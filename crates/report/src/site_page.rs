//! The page of one domain.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::{Overview, Standard};
use standards::Finding;
use standards::dmarc::{Dmarc, Policy};

use crate::drift_html::moved;
use crate::html::{page, section, severity, table, text as safe, wide_table};
use crate::message::{Line, drift_line};
use crate::overview_html::{standards, steps};
use crate::put::putln;
use crate::site::{Ending, Picture, Site, SiteDomain};
use crate::words;

/// The page of a domain, which leads back to the index.
pub(crate) fn domain_page(site: &Site, domain: &SiteDomain) -> String {
    page(domain.name.as_str(), |page| {
        let moment = safe(&words::moment(site.now));
        putln!(
            page,
            "<p><a href=\"../index.html\">All domains of {}</a>. As seen at {moment}.</p>",
            safe(&site.project)
        );
        match &domain.overview {
            Ok(overview) => seen(page, overview),
            Err(reason) => putln!(page, "<p>{}</p>", safe(reason)),
        }
        section(page, "Findings", |page| findings(page, domain));
        section(page, "SES instances", |page| senders(page, domain));
        if let Some(logo) = &domain.logo {
            section(page, "The logo as inboxes show it", |page| {
                pictures(page, logo);
            });
        }
        section(page, "What ends when", |page| endings(page, domain));
        section(page, "Drift", |page| drift(page, domain));
        section(page, "Timeline", |page| events(page, domain));
    })
}

fn seen(page: &mut String, overview: &Overview) {
    section(page, "Published", |page| {
        standards(page, &overview.subjects);
    });
    section(page, "Next steps, the most urgent first", |page| {
        steps(page, &overview.steps);
        dmarc_path(page, overview);
    });
}

/// The way of DMARC to `p=reject`, and where on it the domain is.
fn dmarc_path(page: &mut String, overview: &Overview) {
    let mut subjects = overview.subjects.iter();
    let values = subjects.find(|one| one.standard == Standard::Dmarc);
    let values = values.map(|one| one.values.as_slice()).unwrap_or_default();
    let policy = values.iter().find_map(|value| Dmarc::parse(value).0);
    let at = policy.map_or(0, |record| match record.policy {
        Policy::None => 1,
        Policy::Quarantine => 2,
        Policy::Reject => 3,
    });
    let stages = ["no record", "p=none", "p=quarantine", "p=reject"];
    putln!(page, "<h3>DMARC on its way to reject</h3>");
    let stage = |(number, name): (usize, &str)| {
        let current = if number == at {
            " aria-current=\"step\""
        } else {
            ""
        };
        format!("<li{current}>{name}</li>")
    };
    let stages: String = stages.into_iter().enumerate().map(stage).collect();
    putln!(page, "<ol class=\"path\">{stages}</ol>");
}

/// Each finding with its fix, once: by the observer, and by the checks of the manifest.
fn findings(page: &mut String, domain: &SiteDomain) {
    let subjects = domain.overview.iter().flat_map(|one| &one.subjects);
    let seen = subjects.flat_map(|one| &one.findings);
    let checked = domain.checks.iter().filter_map(|check| check.finding());
    let mut all: Vec<&Finding> = Vec::new();
    for finding in seen.chain(checked) {
        let is_known = |one: &&Finding| one.rule == finding.rule && one.reason == finding.reason;
        if !all.iter().any(is_known) {
            all.push(finding);
        }
    }
    all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if all.is_empty() {
        putln!(page, "<p>No rule is broken.</p>");
        return;
    }
    let headings = ["Rule", "Severity", "Finding", "Fix"];
    wide_table(page, "findings", &headings, |page| {
        for finding in all {
            let cells = [&*finding.rule, &finding.reason, &finding.fix].map(safe);
            let [rule, reason, fix] = cells;
            putln!(
                page,
                "<tr><th scope=\"row\">{rule}</th><td>{}</td><td class=\"text\">{reason}</td><td class=\"text\">{fix}</td></tr>",
                severity(finding.severity)
            );
        }
    });
}

fn senders(page: &mut String, domain: &SiteDomain) {
    if domain.senders.is_empty() {
        putln!(page, "<p>None is recorded.</p>");
        return;
    }
    table(page, &["Identity", "Account and region"], |page| {
        for sender in &domain.senders {
            let (identity, place) = (safe(&sender.identity), safe(&sender.place));
            putln!(
                page,
                "<tr><th scope=\"row\">{identity}</th><td>{place}</td></tr>"
            );
        }
    });
}

fn pictures(page: &mut String, logo: &Result<Vec<Picture>, String>) {
    match logo {
        Ok(pictures) => {
            let pictures: String = pictures.iter().map(picture).collect();
            putln!(page, "<ul class=\"logos\">{pictures}</ul>");
        }
        Err(reason) => putln!(page, "<p>{}</p>", safe(reason)),
    }
}

fn picture(picture: &Picture) -> String {
    let (label, side) = (safe(&picture.label), picture.side);
    let data = BASE64_STANDARD.encode(&picture.png);
    format!(
        "<li><figure><img alt=\"\" width=\"{side}\" height=\"{side}\" src=\"data:image/png;base64,{data}\"><figcaption>{label}</figcaption></figure></li>"
    )
}

fn endings(page: &mut String, domain: &SiteDomain) {
    if domain.endings.is_empty() {
        putln!(page, "<p>Nothing with a known date.</p>");
        return;
    }
    putln!(page, "<ul class=\"timeline\">");
    for ending in &domain.endings {
        let (at, what) = (words::moment(ending.at), safe(&ending.what));
        putln!(page, "<li>{at}: {what}{}</li>", fix(ending));
    }
    putln!(page, "</ul>");
}

/// The fix of an ending, below it.
pub(crate) fn fix(ending: &Ending) -> String {
    let fix = ending.fix.as_ref();
    fix.map_or_else(String::new, |fix| {
        format!("<br><small>{}</small>", safe(fix))
    })
}

fn drift(page: &mut String, domain: &SiteDomain) {
    if domain.drifts.is_empty() {
        putln!(page, "<p>Nothing moved without us.</p>");
        return;
    }
    let lines: Vec<Line> = domain.drifts.iter().map(drift_line).collect();
    moved(page, lines.iter());
}

fn events(page: &mut String, domain: &SiteDomain) {
    if domain.events.is_empty() {
        putln!(page, "<p>The ledger records nothing.</p>");
        return;
    }
    putln!(page, "<ul class=\"timeline\">");
    for event in &domain.events {
        let (at, what) = (words::moment(event.at), safe(&event.what));
        let resources = event.resources.iter().map(|one| safe(one));
        let resources: Vec<String> = resources.collect();
        if resources.is_empty() {
            putln!(page, "<li>{at}: {what}</li>");
        } else {
            let resources = resources.join("<br>");
            putln!(
                page,
                "<li><details><summary>{at}: {what}</summary>{resources}</details></li>"
            );
        }
    }
    putln!(page, "</ul>");
}
