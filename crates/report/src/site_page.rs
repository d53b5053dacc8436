//! The page of one domain.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::{FailOn, Overview, Standard};
use standards::Finding;
use standards::dmarc::{Dmarc, Policy};

use crate::html::{document, text as safe};
use crate::overview_html::{steps, table};
use crate::put::putln;
use crate::site::{Picture, Site, SiteDomain};
use crate::site_html::{close_table, head, open_table};
use crate::{Drifted, Palette, drift_text, words};

/// The page of a domain, which leads back to the index.
pub(crate) fn domain_page(site: &Site, domain: &SiteDomain) -> String {
    let mut body = String::new();
    let moment = safe(&words::moment(site.now));
    putln!(
        body,
        "<p><a href=\"../index.html\">All domains of {}</a>, as they were at {moment}.</p>",
        safe(&site.project)
    );
    match &domain.overview {
        Ok(overview) => seen(&mut body, overview),
        Err(reason) => putln!(body, "<p>{}</p>", safe(reason)),
    }
    findings(&mut body, domain);
    senders(&mut body, domain);
    logo(&mut body, domain);
    endings(&mut body, domain);
    drift(&mut body, site, domain);
    events(&mut body, domain);
    document(domain.name.as_str(), &body)
}

fn section(body: &mut String, id: &str, title: &str) {
    putln!(body, "<section aria-labelledby=\"{id}\">");
    putln!(body, "<h2 id=\"{id}\">{title}</h2>");
}

fn seen(body: &mut String, overview: &Overview) {
    section(body, "published", "Published");
    table(body, &overview.subjects);
    putln!(body, "</section>");
    section(body, "steps", "Next steps, the most urgent first");
    steps(body, &overview.steps);
    dmarc_path(body, overview);
    putln!(body, "</section>");
}

/// The way of DMARC to `p=reject`, and where on it the domain is.
fn dmarc_path(body: &mut String, overview: &Overview) {
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
    putln!(body, "<h3>DMARC on its way to reject</h3>");
    let stage = |(number, name): (usize, &str)| {
        let current = if number == at {
            " aria-current=\"step\""
        } else {
            ""
        };
        format!("<li{current}>{name}</li>")
    };
    let stages: String = stages.into_iter().enumerate().map(stage).collect();
    putln!(body, "<ol class=\"path\">{stages}</ol>");
}

/// Each finding with its fix, once: by the observer, and by the checks of the manifest.
fn findings(body: &mut String, domain: &SiteDomain) {
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
    section(body, "findings", "Findings");
    if all.is_empty() {
        putln!(body, "<p>No rule is broken.</p>");
    } else {
        open_table(body, "Findings", "");
        head(body, &["Rule", "Severity", "Finding", "Fix"]);
        for finding in all {
            let cells = [&*finding.rule, &finding.reason, &finding.fix].map(safe);
            let [rule, reason, fix] = cells;
            let severity = finding.severity;
            putln!(
                body,
                "<tr><th scope=\"row\">{rule}</th><td>{severity}</td><td>{reason}</td><td>{fix}</td></tr>"
            );
        }
        close_table(body);
    }
    putln!(body, "</section>");
}

fn senders(body: &mut String, domain: &SiteDomain) {
    section(body, "ses", "SES instances");
    if domain.senders.is_empty() {
        putln!(body, "<p>None is recorded.</p>");
    } else {
        open_table(body, "SES instances", "");
        head(body, &["Identity", "Account and region"]);
        for sender in &domain.senders {
            let (identity, place) = (safe(&sender.identity), safe(&sender.place));
            putln!(
                body,
                "<tr><th scope=\"row\">{identity}</th><td>{place}</td></tr>"
            );
        }
        close_table(body);
    }
    putln!(body, "</section>");
}

fn logo(body: &mut String, domain: &SiteDomain) {
    let Some(logo) = &domain.logo else { return };
    section(body, "logo", "The logo as inboxes show it");
    match logo {
        Ok(pictures) => {
            let pictures: String = pictures.iter().map(picture).collect();
            putln!(body, "<ul class=\"logos\">{pictures}</ul>");
        }
        Err(reason) => putln!(body, "<p>{}</p>", safe(reason)),
    }
    putln!(body, "</section>");
}

fn picture(picture: &Picture) -> String {
    let (label, side) = (safe(&picture.label), picture.side);
    let data = BASE64_STANDARD.encode(&picture.png);
    format!(
        "<li><figure><img alt=\"\" width=\"{side}\" height=\"{side}\" src=\"data:image/png;base64,{data}\"><figcaption>{label}</figcaption></figure></li>"
    )
}

fn endings(body: &mut String, domain: &SiteDomain) {
    section(body, "ends", "What ends when");
    if domain.endings.is_empty() {
        putln!(body, "<p>Nothing with a known date.</p>");
    } else {
        putln!(body, "<ul>");
        for ending in &domain.endings {
            let fix = ending
                .fix
                .as_ref()
                .map(|fix| format!("<br><small>{}</small>", safe(fix)));
            putln!(
                body,
                "<li>{}: {}{}</li>",
                words::moment(ending.at),
                safe(&ending.what),
                fix.unwrap_or_default()
            );
        }
        putln!(body, "</ul>");
    }
    putln!(body, "</section>");
}

/// The same text that `deploy drift` prints.
fn drift(body: &mut String, site: &Site, domain: &SiteDomain) {
    section(body, "drift", "Drift");
    if domain.drifts.is_empty() {
        putln!(body, "<p>Nothing moved without us.</p>");
    } else {
        let drifted = Drifted {
            drifts: &domain.drifts,
            live: &[],
            owned: domain.drifts.len(),
            foreseen: &[],
            fail_on: FailOn::default(),
            now: site.now,
        };
        let text = drift_text(&drifted, &Palette::plain());
        // It is escaped already, but for the line breaks that are ours.
        let lines: Vec<String> = text.lines().map(safe).collect();
        putln!(body, "<pre>{}</pre>", lines.join("\n"));
    }
    putln!(body, "</section>");
}

fn events(body: &mut String, domain: &SiteDomain) {
    section(body, "timeline", "Timeline");
    if domain.events.is_empty() {
        putln!(body, "<p>The ledger records nothing.</p>");
    } else {
        putln!(body, "<ol>");
        for event in &domain.events {
            putln!(
                body,
                "<li>{}: {}</li>",
                words::moment(event.at),
                safe(&event.what)
            );
        }
        putln!(body, "</ol>");
    }
    putln!(body, "</section>");
}
