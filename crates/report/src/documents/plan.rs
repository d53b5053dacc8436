//! The plan, in a shape that stays: unlike the saved form (`deploy plan -o`), it is made to be read by
//! other programs, and is not taken back by `apply`.

use std::collections::BTreeMap;

use model::{
    Action, ActionId, Calls, Change, Edge, Impact, Location, MailImpact, PhysicalId, Plan,
    Precondition, ResourceId, Verb,
};
use plan::{Binding, Estimate};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use standards::Strictness;

use super::findings::FindingObject;
use super::{Content, Document};

/// A plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanDocument {
    /// The project of the manifest.
    project: String,
    /// A hash over all that the plan says, as 64 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    digest: String,
    /// Whether nothing is to be done.
    empty: bool,
    summary: PlanSummary,
    estimate: EstimateObject,
    /// The findings that stand in its way or are worth knowing.
    findings: Vec<FindingObject>,
    /// In an order that respects every `after`.
    actions: Vec<ActionObject>,
}

/// The number of actions by verb.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlanSummary {
    create: usize,
    update: usize,
    replace: usize,
    delete: usize,
    adopt: usize,
    forget: usize,
    none: usize,
}

/// The API calls that apply makes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Estimate")]
struct EstimateObject {
    /// Calls by service.
    calls: BTreeMap<String, u32>,
    /// Calls of all services.
    total: u32,
    /// About how many more ask whether what was changed is ready.
    polls: u32,
    /// How long the quotas of AWS make them last.
    seconds: f64,
    /// The slowest quota, where it makes anybody wait.
    binds: Option<BindingObject>,
}

/// The quota that makes a plan last the longest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Binding")]
struct BindingObject {
    service: String,
    region: Option<String>,
    /// How many calls, with the polls that each of them needs.
    calls: u32,
    /// How many of them AWS takes in a second.
    per_second: f64,
}

/// One action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Action")]
struct ActionObject {
    /// Its position, by which `after` names it.
    id: ActionId,
    verb: Verb,
    resource: ResourceId,
    /// The first part of `resource`.
    kind: String,
    /// The second part of `resource`.
    domain: String,
    /// The third part of `resource`.
    name: String,
    /// Null for what a person publishes.
    location: Option<Location>,
    /// AWS's name for it, when it exists.
    physical: Option<PhysicalId>,
    reason: String,
    /// The fields that differ.
    changes: Vec<Change>,
    /// All that is asked for; `{"$output": "kind/domain/name#/pointer"}` is known after apply.
    spec: Value,
    mail_impact: ImpactObject,
    /// The actions that must come first.
    after: Vec<Edge>,
    /// The external checks that must pass immediately before the call.
    preconditions: Vec<Precondition>,
    /// The API calls that it makes.
    calls: Vec<Calls>,
}

/// The effect of an action on mail.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Impact")]
struct ImpactObject {
    level: MailImpact,
    direction: Strictness,
    reason: String,
    /// Whom it reaches.
    whom: String,
    /// How long caches may answer what was there before.
    within_seconds: u32,
}

impl Content for PlanDocument {
    const FORMAT: &'static str = "deploy.plan";
    const VERSION: u32 = 2;
}

/// The whole plan.
pub fn plan_json(plan: &Plan, estimate: &Estimate) -> Document<PlanDocument> {
    Document::new(PlanDocument {
        project: plan.project.clone(),
        digest: plan.digest(),
        empty: plan.is_empty(),
        summary: summary(plan),
        estimate: EstimateObject {
            calls: estimate.calls.clone(),
            total: estimate.total(),
            polls: estimate.total_polls(),
            seconds: estimate.seconds,
            binds: estimate.binds.clone().map(binding),
        },
        findings: FindingObject::all(&plan.findings),
        actions: plan.actions.iter().map(action).collect(),
    })
}

fn summary(plan: &Plan) -> PlanSummary {
    PlanSummary {
        create: plan.count(Verb::Create),
        update: plan.count(Verb::Update),
        replace: plan.count(Verb::Replace),
        delete: plan.count(Verb::Delete),
        adopt: plan.count(Verb::Adopt),
        forget: plan.count(Verb::Forget),
        none: plan.count(Verb::None),
    }
}

fn binding(binds: Binding) -> BindingObject {
    BindingObject {
        service: binds.service,
        region: binds.region,
        calls: binds.calls,
        per_second: binds.per_second,
    }
}

fn action(action: &Action) -> ActionObject {
    ActionObject {
        id: action.id,
        verb: action.verb(),
        resource: action.resource.clone(),
        kind: action.resource.kind.clone(),
        domain: action.resource.domain.clone(),
        name: action.resource.name.clone(),
        location: action.location.clone(),
        physical: action.physical().cloned(),
        reason: action.reason.to_string(),
        changes: action.diff().changes.clone(),
        spec: crate::value::printed(action.spec()),
        mail_impact: mail_impact(&action.impact),
        after: action.after.clone(),
        preconditions: action.preconditions().to_vec(),
        calls: action.calls.clone(),
    }
}

fn mail_impact(impact: &Impact) -> ImpactObject {
    ImpactObject {
        level: impact.mail,
        direction: impact.direction,
        reason: impact.reason.clone(),
        whom: impact.whom.clone(),
        within_seconds: impact.within_seconds,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::{estimate, example, first_plan};

    #[test]
    fn a_precondition_and_a_location_are_objects() {
        let plan = first_plan(&example().0);
        let json = json!(plan_json(&plan, &estimate(&plan)));
        let actions = json["actions"].as_array().expect("a list");
        let id = "route53_record_set/example.com/mta-sts";
        let policy = actions.iter().find(|action| action["resource"] == id);
        let policy = policy.expect("the example has a policy");
        assert_eq!(policy["preconditions"][0]["rule"], "STS-O01");
        assert_eq!(policy["after"][0]["level"], "ready");
        assert_eq!(policy["location"]["account_id"], "111111111111");
        assert_eq!(json["summary"]["delete"], 0);
    }
}
