//! Plans, findings, drift, status and records as text, JSON, Markdown, SARIF, JUnit and more.
//!
//! Everything here is pure: a function takes what it shows and gives back a string or a JSON value.
//! Text is laid out for a terminal of [`WIDTH`] columns and coloured by a [`Palette`], which may be
//! plain. What came from DNS, from AWS or from a file goes through [`escape`] before it is shown, so
//! that nothing from outside can move a cursor or colour a terminal. JSON goes to a terminal through
//! [`json_text`].

mod action_text;
mod brief;
mod checks_html;
mod checks_json;
mod checks_junit;
mod checks_markdown;
mod checks_text;
mod difference;
mod doctor_json;
mod doctor_text;
mod draft_json;
mod drift_html;
mod drift_junit;
mod drift_markdown;
mod drift_rows;
mod drift_text;
mod escape;
mod failure_text;
mod fields;
mod finding_json;
pub mod finding_text;
mod fold;
mod github;
mod graph;
mod grouping;
mod html;
mod junit;
mod markdown;
mod message;
mod overview_html;
mod overview_json;
mod overview_markdown;
mod overview_text;
mod page;
mod palette;
mod plan_json;
mod plan_markdown;
mod plan_text;
mod put;
mod records;
mod rule_text;
mod sarif;
mod site;
mod site_html;
mod site_page;
mod status_text;
mod topic;
mod value;
mod words;

#[cfg(test)]
mod test_support;

pub use checks_html::checks_html;
pub use checks_json::checks_json;
pub use checks_junit::checks_junit;
pub use checks_markdown::checks_markdown;
pub use checks_text::checks_text;
pub use doctor_json::doctor_json;
pub use doctor_text::doctor_text;
pub use draft_json::draft_json;
pub use drift_html::drift_html;
pub use drift_junit::drift_junit;
pub use drift_markdown::drift_markdown;
pub use drift_text::{Drifted, drift_json, drift_text};
pub use escape::{escape, json_text};
pub use failure_text::failure_text;
pub use finding_json::findings_json;
pub use finding_text::findings_text;
pub use github::findings_github;
pub use graph::{graph_dot, graph_json, graph_mermaid};
pub use junit::findings_junit;
pub use message::{
    Line, Message, check_line, cloudevents, dedup_key, discord, drift_line, finding_line,
    foreseen_line, google_chat, pagerduty_resolve, pagerduty_trigger, slack, sns, teams,
};
pub use overview_html::overview_html;
pub use overview_json::overview_json;
pub use overview_markdown::overview_markdown;
pub use overview_text::overview_text;
pub use palette::Palette;
pub use plan_json::plan_json;
pub use plan_markdown::plan_markdown;
pub use plan_text::{Detail, plan_text};
pub use records::{
    PublishableRecord, RecordFormat, RecordRound, RecordTask, RecordVariants, records,
};
pub use rule_text::{rule_text, rules_json, rules_text};
pub use sarif::findings_sarif;
pub use site::{Ending, Event, Picture, Sender, Site, SiteDomain, SiteFile};
pub use site_html::site_html;
pub use status_text::{status_json, status_text};
pub use words::{causes, counted, moment, precondition, verb};

/// The columns that text is laid out for, on a terminal that has them.
pub const WIDTH: usize = 100;
