//! The registry of the program: each id once, and the form of the texts.

use std::collections::BTreeSet;

use model::rules::{all, find};

#[test]
fn every_id_is_there_once_and_found() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        assert_eq!(find(rule.id).map(|found| found.title), Some(rule.title));
    }
    assert!(find("SPF-00").is_none());
}

#[test]
fn texts_have_the_form_that_reports_rely_on() {
    for rule in all() {
        let id = rule.id;
        assert!(rule.title.len() <= 110, "{id}: a title is one line");
        assert!(
            !rule.title.ends_with('.'),
            "{id}: a title has no final stop"
        );
        assert!(rule.why.ends_with('.'), "{id}: why is whole sentences");
        assert!(!rule.fix.ends_with('.'), "{id}: a fix has no final stop");
        assert!(
            !rule.fix.starts_with(|first: char| first.is_uppercase()),
            "{id}: a fix starts in lower case"
        );
        assert!(!rule.source.is_empty(), "{id}: a source is named");
    }
}
