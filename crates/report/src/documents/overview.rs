//! The state of any domain's mail.

use std::borrow::Cow;

use model::{Grade, NextStep, Overview, Standard, Subject};
use schemars::JsonSchema;
use serde::Serialize;

use super::findings::FindingObject;
use super::{Content, Document};

/// The state of the mail of domains, as anybody can see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OverviewDocument {
    /// Each domain.
    domains: Vec<DomainOverview>,
}

/// One domain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DomainOverview {
    domain: String,
    /// Whether a standard is faulty.
    faulty: bool,
    /// The domain's state in each standard.
    standards: Vec<StandardObject>,
    /// The next steps, the most urgent first.
    steps: Vec<StepObject>,
}

/// A domain's state in one standard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "StandardOverview")]
struct StandardObject {
    standard: Standard,
    grade: Grade,
    /// The state in one sentence fragment.
    summary: String,
    /// The records as they are published.
    values: Vec<String>,
    findings: Vec<FindingObject>,
}

/// Something to do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Step")]
struct StepObject {
    standard: Standard,
    action: String,
    reason: String,
    /// The id of the rule that asks for it.
    rule: Option<Cow<'static, str>>,
}

impl Content for OverviewDocument {
    const FORMAT: &'static str = "deploy.overview";
    const VERSION: u32 = 2;
}

/// Every domain, with every standard and what to do.
pub fn overview_json(overviews: &[Overview]) -> Document<OverviewDocument> {
    Document::new(OverviewDocument {
        domains: overviews.iter().map(domain).collect(),
    })
}

fn domain(overview: &Overview) -> DomainOverview {
    DomainOverview {
        domain: overview.domain.to_string(),
        faulty: overview.is_faulty(),
        standards: overview.subjects.iter().map(standard).collect(),
        steps: overview.steps.iter().map(step).collect(),
    }
}

fn standard(subject: &Subject) -> StandardObject {
    StandardObject {
        standard: subject.standard,
        grade: subject.grade,
        summary: subject.summary.clone(),
        values: subject.values.clone(),
        findings: FindingObject::all(&subject.findings),
    }
}

fn step(step: &NextStep) -> StepObject {
    StepObject {
        standard: step.standard,
        action: step.action.clone(),
        reason: step.reason.clone(),
        rule: step.rule.clone(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::overview_text::tests::overview;

    #[test]
    fn a_domain_has_its_standards_and_steps() {
        assert_snapshot!(crate::json_text(&overview_json(&[overview()])));
    }
}
