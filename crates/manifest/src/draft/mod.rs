//! A manifest from what domains publish today: it keeps what works, says what is wrong beside the key
//! that it concerns, and starts gently what is not there yet.
//!
//! ```
//! use manifest::draft::{Wish, draft};
//! use model::Published;
//!
//! let mut seen = Published::of("example.com".parse()?);
//! seen.mx.read = Some(vec!["10 smtp.google.com".parse()?]);
//! let wish = Wish { account: None, now: "2026-11-24T09:00:00Z".parse()? };
//! let draft = draft(&[seen], &wish);
//! assert!(draft.text.contains("    mx: [10 smtp.google.com]\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod layout;
mod page;
mod policies;
mod review;
mod sending;
mod spf;
mod value;
mod web;

use jiff::Timestamp;
use model::Published;
use standards::Finding;

use layout::{Layout, Parking};
use model::AccountId;
use page::Page;
use value::Value;

/// The choices of the person who asks for a draft.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The account that everything is in, where it is known.
    pub account: Option<AccountId>,
    /// The time.
    pub now: Timestamp,
}

/// A manifest to begin with.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its text.
    pub text: String,
    /// The files that it names, by their paths from its folder.
    pub files: Vec<DraftFile>,
    /// Every finding that is in its comments.
    pub findings: Vec<Finding>,
}

/// A file that a draft names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// Its path from the manifest's folder.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Writes a manifest that keeps what these domains publish.
pub fn draft(published: &[Published], wish: &Wish) -> Draft {
    let layout = Layout::of(published);
    let mut page = Page::default();
    let mut files = Vec::new();
    head(&mut page, published, wish);
    layout.accounts(&mut page, wish.account.as_ref());
    if let Some(parking) = &layout.parking {
        defaults(&mut page, parking);
    }
    let (parked, domains): (Vec<&Published>, Vec<&Published>) =
        published.iter().partition(|seen| layout.is_parked(seen));
    if !domains.is_empty() {
        page.blank();
        page.open(0, "domains:");
    }
    for (number, seen) in domains.into_iter().enumerate() {
        page.begin_part();
        if number > 0 {
            page.blank();
        }
        page.open(1, &format!("{}:", seen.domain));
        domain(&mut page, seen, &layout, &mut files);
    }
    if !parked.is_empty() {
        park(&mut page, &parked);
    }
    page.begin_part();
    tail(&mut page);
    review::review(&mut page, &files, wish.now);
    Draft {
        text: page.text(),
        files,
        findings: page.findings(),
    }
}

/// The first lines. They are ours alone, as the last ones are: some editors obey what stands there.
fn head(page: &mut Page, published: &[Published], wish: &Wish) {
    let names: Vec<&str> = published.iter().map(|seen| seen.domain.as_str()).collect();
    let date = wish.now.strftime("%Y-%m-%d");
    page.say(
        0,
        &format!(
            "Drafted by `deploy init` on {date}, from what public DNS and HTTPS showed of {}.",
            names.join(", ")
        ),
    );
    page.say(0, "");
    page.say(
        0,
        "What is published stays as it is, unless a comment says otherwise. Nothing is changed by this file alone: `deploy plan` shows first, and `deploy apply` asks.",
    );
    page.say(
        0,
        "A comment such as `SPF-20 warn: ...` is a finding about what is published, or about this file; `deploy explain SPF-20` says more.",
    );
    page.blank();
    page.say(
        0,
        "In the names and tags of all that is made: choose it now, a change later makes everything anew.",
    );
    page.put(0, "project", &Value::text(&layout::project(published)));
}

/// Writes the values of parked domains, which stand at one place for all of them.
fn defaults(page: &mut Page, parking: &Parking) {
    page.begin_part();
    page.blank();
    page.say(0, "What the parked domains below are made with.");
    page.open(0, "defaults:");
    page.put(1, "dns", &layout::dns(parking.is_route53));
    if !parking.rua.is_empty() {
        let rua = Value::list(&parking.rua);
        page.put(1, "dmarc", &Value::Map(vec![("rua", rua)]));
    }
    page.put(1, "adopt", &Value::text(&true));
}

/// The blocks of one domain.
fn domain(page: &mut Page, seen: &Published, layout: &Layout, files: &mut Vec<DraftFile>) {
    let plan = layout::Blocks::of(seen);
    layout.say_apart(page, seen);
    layout::zone(page, seen);
    web::hosting(page, seen, &plan);
    policies::mx(page, seen);
    spf::spf(page, seen);
    policies::dmarc(page, seen, layout);
    web::mta_sts(page, seen, &plan);
    policies::tls_rpt(page, seen, &plan);
    web::bimi(page, seen, &plan, files);
    sending::keys(page, seen);
    sending::ses(page, seen);
    sending::people(page, seen);
    page.blank();
    page.say(
        2,
        "What is there already is taken over where this file says the same or something else. `deploy plan` shows both; what was there before is kept in the ledger.",
    );
    page.put(2, "adopt", &Value::text(&true));
}

/// The domains without mail.
fn park(page: &mut Page, parked: &[&Published]) {
    page.blank();
    page.begin_part();
    page.say(
        0,
        "These have a null MX and nothing that sends. Parked, each gets SPF -all, DMARC reject and a DKIM wildcard that revokes every key, so that nobody can use its name.",
    );
    page.open(0, "parked:");
    for seen in parked {
        page.begin_part();
        policies::parked(page, seen);
        page.open(1, &format!("- {}", seen.domain));
    }
}

/// The last lines, ours alone.
fn tail(page: &mut Page) {
    page.blank();
    page.say(0, "What comes next:");
    for step in [
        "  1. Put in what could not be seen from outside: the account's id, a role, your files.",
        "  2. `deploy lint FILE` and `deploy lint FILE --online` look, and change nothing.",
        "  3. `deploy plan FILE` shows each value that would change, beside what is there now.",
        "  4. `deploy apply FILE` asks before it changes anything, and verifies at its end.",
        "  5. Tighten one thing at a time: MTA-STS to `enforce`, DMARC to `quarantine`, `reject`.",
        "  6. `deploy schema > deploy.schema.json` lets an editor complete the keys of this file.",
    ] {
        page.say(0, step);
    }
}
