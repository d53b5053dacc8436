//! Sites of domains with each grade and with hostile text.

use super::*;
use crate::overview_text::tests::overview;
use crate::site::{Ending, Event, Picture, Sender};

fn domain(name: &str) -> SiteDomain {
    let at = "2027-01-02T03:04:00Z".parse().expect("a time");
    SiteDomain {
        name: name.parse().expect("a name"),
        overview: Ok(overview()),
        checks: Vec::new(),
        senders: vec![Sender {
            identity: "<i>".to_owned(),
            place: "mail us-east-1".to_owned(),
        }],
        drifts: Vec::new(),
        endings: vec![Ending {
            at,
            what: "the mark certificate ends".to_owned(),
            fix: Some("renew it".to_owned()),
        }],
        events: vec![Event {
            at,
            what: "1 resource changed".to_owned(),
            resources: vec!["s3_bucket assets \u{1b}[31m<b>".to_owned()],
        }],
        logo: Some(Ok(vec![Picture {
            label: "round, on dark".to_owned(),
            side: 96,
            png: b"\x89PNG".to_vec(),
        }])),
    }
}

fn site(domains: Vec<SiteDomain>) -> Vec<SiteFile> {
    site_html(&Site {
        project: "a \"project\"".to_owned(),
        now: "2026-11-28T08:00:00Z".parse().expect("a time"),
        domains,
    })
}

#[test]
fn a_domain_has_a_row_in_the_index_and_a_page() {
    let files = site(vec![domain("example.org"), domain("example.com")]);
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "index.html",
            "domains/example.com.html",
            "domains/example.org.html"
        ]
    );
    for path in &paths[1..] {
        assert!(
            files[0].html.contains(&format!("href=\"{path}\"")),
            "{path}"
        );
    }
}

#[test]
fn the_index_and_a_page_read_so() {
    for file in site(vec![domain("example.com")]) {
        // The style is no text.
        let html = file.html.replace(crate::html::STYLE, "…");
        insta::assert_snapshot!(file.path.replace('/', "_"), html);
    }
}

#[test]
fn the_worst_stand_first() {
    let mut good = domain("a.example");
    good.overview
        .as_mut()
        .expect("an overview")
        .subjects
        .retain(|one| one.grade == Grade::Good);
    let files = site(vec![good, domain("b.example")]);
    assert_eq!(files[1].path, "domains/b.example.html");
}

#[test]
fn text_from_outside_is_no_markup_and_nothing_is_loaded() {
    for file in site(vec![domain("example.com")]) {
        let html = file.html;
        for markup in [
            "<script", "<b>", "<i>", "\u{1b}", "http://", "https://", "url(",
        ] {
            assert!(!html.contains(markup), "{}: {markup}", file.path);
        }
        let sources = html.split("src=\"").skip(1);
        assert!(
            sources
                .into_iter()
                .all(|one| one.starts_with("data:image/png;base64,"))
        );
    }
}

#[test]
fn a_domain_that_nobody_saw_says_why() {
    let mut unseen = domain("example.com");
    unseen.overview = Err("no name server answers".to_owned());
    let files = site(vec![unseen]);
    for file in files {
        assert!(
            file.html.contains("no name server answers"),
            "{}",
            file.path
        );
    }
}
