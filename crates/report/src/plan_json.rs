//! The plan as JSON, in a shape that stays: `docs/output.md` says what each field means.

use model::{Action, Impact, Location, Plan, Verb};
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
            "binds": estimate.binds.as_ref().map(|binds| json!({
                "service": binds.service,
                "region": binds.region,
                "calls": binds.calls,
                "per_second": binds.per_second,
            })),
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
        "verb": action.verb(),
        "resource": action.resource,
        "kind": action.resource.kind,
        "domain": action.resource.domain,
        "name": action.resource.name,
        "home": location(action.location.as_ref()),
        "physical": action.physical(),
        "reason": action.reason,
        "changes": action.diff(),
        "spec": crate::value::printed(action.spec()),
        "mail_impact": mail_impact(&action.impact),
        "after": action.after,
        "gates": action.preconditions(),
        "calls": action.calls,
    })
}

fn mail_impact(impact: &Impact) -> Value {
    json!({
        "level": impact.mail,
        "direction": impact.direction,
        "reason": impact.reason,
        "whom": impact.whom,
        "within_seconds": impact.within_seconds,
    })
}

/// A location, or null for what a person publishes.
pub(crate) fn location(location: Option<&Location>) -> Value {
    location.map_or(Value::Null, |location| {
        json!({"account": location.account, "account_id": location.account_id, "region": location.region})
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{estimate, example, first_plan};

    fn keys(value: &Value) -> Vec<&str> {
        let map = value.as_object().expect("an object");
        map.keys().map(String::as_str).collect()
    }

    #[test]
    fn the_shape_is_the_documented_one() {
        let plan = first_plan(&example().0);
        let json = plan_json(&plan, &estimate(&plan));
        let plan_keys = [
            "format", "version", "project", "digest", "empty", "summary", "estimate", "findings",
            "actions",
        ];
        assert_eq!(keys(&json), plan_keys);
        let verbs = [
            "create", "update", "replace", "delete", "adopt", "forget", "none",
        ];
        assert_eq!(keys(&json["summary"]), verbs);
        let action_keys = [
            "id",
            "verb",
            "resource",
            "kind",
            "domain",
            "name",
            "home",
            "physical",
            "reason",
            "changes",
            "spec",
            "mail_impact",
            "after",
            "gates",
            "calls",
        ];
        let actions = json["actions"].as_array().expect("a list");
        for action in actions {
            assert_eq!(keys(action), action_keys);
        }
        let id = "route53_record_set/example.com/mta-sts";
        let policy = actions.iter().find(|action| action["resource"] == id);
        let policy = policy.expect("the example has a policy");
        assert_eq!(policy["gates"][0]["rule"], "STS-O01");
        assert_eq!(keys(&policy["after"][0]), ["action", "level", "reason"]);
        assert_eq!(keys(&policy["home"]), ["account", "account_id", "region"]);
    }

    #[test]
    fn every_field_is_in_the_documentation() {
        let documentation = include_str!("../../../docs/output.md");
        let plan = first_plan(&example().0);
        let json = plan_json(&plan, &estimate(&plan));
        for key in keys(&json).into_iter().chain(keys(&json["actions"][0])) {
            assert!(
                documentation.contains(&format!("`{key}`")),
                "{key} is not documented"
            );
        }
    }
}
