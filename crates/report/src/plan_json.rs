//! The plan as JSON, in a shape that stays: `docs/output.md` says what each field means.

use model::{Action, Home, Plan, Verb};
use plan::Estimate;
use serde_json::{Map, Value, json};

use crate::finding_json::finding_json;

/// The whole plan. Unlike the saved form (`deploy plan -o`), it is made to be read by other
/// programs, and is not taken back by `apply`.
pub fn plan_json(plan: &Plan, estimate: &Estimate) -> Value {
    json!({
        "format": "deploy.plan",
        "version": 1,
        "project": plan.project,
        "digest": plan.digest(),
        "empty": plan.is_empty(),
        "summary": summary(plan),
        "estimate": {
            "calls": estimate.calls,
            "total": estimate.total(),
            "seconds": estimate.seconds,
        },
        "findings": plan.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "actions": plan.actions.iter().map(action).collect::<Vec<_>>(),
    })
}

fn summary(plan: &Plan) -> Value {
    let verbs = [
        Verb::Create,
        Verb::Update,
        Verb::Replace,
        Verb::Delete,
        Verb::Adopt,
        Verb::Forget,
        Verb::None,
    ];
    let counts = verbs.map(|verb| (verb.to_string(), json!(plan.count(verb))));
    Value::Object(Map::from_iter(counts))
}

fn action(action: &Action) -> Value {
    json!({
        "id": action.id,
        "verb": action.verb,
        "resource": action.resource,
        "kind": action.resource.kind,
        "domain": action.resource.domain,
        "name": action.resource.name,
        "home": home(action.home.as_ref()),
        "physical": action.physical,
        "reason": action.reason,
        "changes": action.diff,
        "spec": action.spec,
        "mail_impact": {"level": action.impact.mail, "reason": action.impact.reason},
        "after": action.after,
        "gates": action.gates,
        "calls": action.calls,
    })
}

/// A home, or null for what a person publishes.
pub(crate) fn home(home: Option<&Home>) -> Value {
    home.map_or(Value::Null, |home| {
        json!({"account": home.account, "account_id": home.account_id, "region": home.region})
    })
}
