//! The rules, each as in the registry.

use model::rules::Rule;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Content, Document};

/// The rules that `deploy rules` and `deploy explain` print.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RulesDocument {
    rules: Vec<&'static Rule>,
}

impl Content for RulesDocument {
    const FORMAT: &'static str = "deploy.rules";
    const VERSION: u32 = 1;
}

/// These rules.
pub fn rules_json(rules: impl IntoIterator<Item = &'static Rule>) -> Document<RulesDocument> {
    let rules = rules.into_iter().collect();
    Document::new(RulesDocument { rules })
}
