//! Plans, findings, drift, status and records as text, JSON, Markdown, SARIF, JUnit and more.
//!
//! Everything here is pure: a function takes what it shows and gives back a string, or a document for programs (`documents`).
//! Text is laid out for a terminal of [`WIDTH`] columns and coloured by a [`Palette`], which may be
//! plain. What came from DNS, from AWS or from a file goes through [`escape`] before it is shown, so
//! that nothing from outside can move a cursor or colour a terminal. JSON goes to a terminal through
//! [`json_text`].

mod acceptance_text;
mod action_text;
mod alike;
mod brief;
mod checks_html;
mod checks_junit;
mod checks_markdown;
mod checks_text;
mod difference;
mod doctor_text;
mod documents;
mod drift_html;
mod drift_junit;
mod drift_markdown;
mod drift_rows;
mod drift_text;
mod escape;
mod failure_text;
mod fields;
pub mod finding_text;
mod fold;
mod github;
mod graph;
mod grouping;
mod html;
mod iam;
mod junit;
mod markdown;
mod message;
mod moved_text;
mod overview_html;
mod overview_markdown;
mod overview_text;
mod page;
mod palette;
mod plan_markdown;
mod plan_text;
mod progress_text;
mod put;
mod records;
mod rule_text;
mod sarif;
mod site;
mod site_html;
mod site_page;
mod status_text;
mod topic;
mod unfinished_text;
mod value;
mod words;

#[cfg(test)]
mod test_support;

pub use acceptance_text::acceptance_text;
pub use checks_html::checks_html;
pub use checks_junit::checks_junit;
pub use checks_markdown::checks_markdown;
pub use checks_text::checks_text;
pub use doctor_text::doctor_text;
pub use documents::{
    AcceptDocument, AccountPolicy, AdoptDocument, AdoptedResource, ApplyDocument, CallsMade,
    ChecksDocument, Content, DestroyDocument, DoctorDocument, Document, DraftDocument,
    DriftDocument, FindingsDocument, GraphDocument, IamDocument, Left, Outcome, OutcomeDetail,
    OutcomeWord, OverviewDocument, PlanDocument, RecordsDocument, RepairDocument, RulesDocument,
    Run, StatsDocument, StatusDocument, checks_json, doctor_json, draft_json, drift_json,
    findings_json, graph_json, iam_json, overview_json, plan_json, rules_json, schemas, stats_json,
    status_json,
};
pub use drift_html::drift_html;
pub use drift_junit::drift_junit;
pub use drift_markdown::drift_markdown;
pub use drift_text::{Drifted, drift_text};
pub use escape::{escape, json_text};
pub use failure_text::failure_text;
pub use finding_text::findings_text;
pub use fold::folded;
pub use github::findings_github;
pub use graph::{graph_dot, graph_mermaid, graph_too_large};
pub use iam::{iam_cloudformation, iam_terraform};
pub use junit::findings_junit;
pub use message::{
    Line, Message, check_line, cloudevents, dedup_key, discord, drift_line, finding_line,
    foreseen_line, google_chat, pagerduty_resolve, pagerduty_trigger, slack, sns, teams,
};
pub use overview_html::overview_html;
pub use overview_markdown::overview_markdown;
pub use overview_text::overview_text;
pub use palette::Palette;
pub use plan_markdown::plan_markdown;
pub use plan_text::{Detail, plan_text};
pub use progress_text::{
    Carrying, Running, Wait, carrying_text, probing_text, reading_text, service,
};
pub use records::{
    PublishableRecord, RecordFormat, RecordRound, RecordTask, RecordVariants, records,
};
pub use rule_text::{rule_text, rules_text};
pub use sarif::findings_sarif;
pub use site::{Ending, Event, Picture, Sender, Site, SiteDomain, SiteFile};
pub use site_html::site_html;
pub use status_text::status_text;
pub use unfinished_text::{Unfinished, unfinished_text};
pub use words::{causes, counted, impact, moment, precondition, verb};

/// The columns that text is laid out for, on a terminal that has them.
pub const WIDTH: usize = 100;
