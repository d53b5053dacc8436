//! Compares the calls of a run with its plan and with each other.

use std::collections::BTreeSet;

use model::Plan;
use sandbox::stats::Logged;

use crate::observer::Fault;

/// The operations that do twice what is asked twice, or undo what others did in between: creations, and
/// changes of what was read before (`aws::quotas::Operation::is_repeatable` has the reasons).
const ONCE: [&str; 3] = ["Create", "Update", "ChangeResourceRecordSets"];

/// The promises that the calls of a run have broken.
pub(crate) fn faults(plan: &Plan, made: &[Logged]) -> Vec<Fault> {
    let mut faults = unplanned(plan, made);
    faults.extend(sent_blindly(made));
    faults
}

/// The calls that took effect and are in no action of the plan that was shown. How often a call is
/// made is not compared: a plan counts some calls together (`PutEmailIdentity…`).
fn unplanned(plan: &Plan, made: &[Logged]) -> Vec<Fault> {
    let mut planned: BTreeSet<(String, &str)> = BTreeSet::new();
    for action in plan.actions.iter().filter(|action| action.changes()) {
        let account = action.location.as_ref();
        let account = account
            .map(|location| location.account_id.to_string())
            .unwrap_or_default();
        let operations = action.calls.iter().map(|calls| calls.operation.as_str());
        // Records that are ready together share a call.
        let batch = action.batch.iter().map(|_| "ChangeResourceRecordSets");
        planned.extend(operations.chain(batch).map(|one| (account.clone(), one)));
    }
    let is_planned = |call: &Logged| {
        let mut planned = planned.iter();
        planned.any(|(account, operation)| {
            *account == call.account
                && match operation.strip_suffix('…') {
                    Some(beginning) => call.operation.starts_with(beginning),
                    None => call.operation == *operation,
                }
        })
    };
    let changing = made
        .iter()
        .filter(|call| call.changing && call.took_effect && call.service != "sts");
    let unplanned = changing.filter(|call| !is_planned(call));
    let unplanned: BTreeSet<String> = unplanned
        .map(|call| format!("{} in {} is not in the plan", call.operation, call.account))
        .collect();
    let faults = unplanned.into_iter();
    faults
        .map(|what| Fault {
            promise: "CallsArePlanned".to_owned(),
            what,
        })
        .collect()
}

/// The calls that were sent again after they had taken effect and their answer was lost, before anything
/// was read of their service.
fn sent_blindly(made: &[Logged]) -> Vec<Fault> {
    let is_once = |call: &Logged| ONCE.iter().any(|verb| call.operation.starts_with(verb));
    let mut unknown: Vec<&Logged> = Vec::new();
    let mut faults = Vec::new();
    for call in made {
        if !call.changing {
            unknown.retain(|one| place(one) != place(call));
            continue;
        }
        if unknown.iter().any(|one| is_same(one, call)) {
            let what = format!(
                "{} in {} had taken effect, and was sent again at {} before anything was read",
                call.operation, call.account, call.at
            );
            faults.push(Fault {
                promise: "LooksFirst".to_owned(),
                what,
            });
        }
        if is_once(call) && call.took_effect && call.result != "ok" {
            unknown.push(call);
        }
    }
    faults
}

fn place(call: &Logged) -> (&str, &str, &str) {
    (&call.account, &call.region, &call.service)
}

/// Whether two calls ask for the same.
fn is_same(one: &Logged, other: &Logged) -> bool {
    place(one) == place(other)
        && one.operation == other.operation
        && one.url == other.url
        && one.fingerprint == other.fingerprint
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, changing: bool, result: &str) -> Logged {
        Logged {
            at: jiff::Timestamp::UNIX_EPOCH,
            account: "222222222222".to_owned(),
            region: "us-east-1".to_owned(),
            service: "cloudfront".to_owned(),
            operation: operation.to_owned(),
            changing,
            took_effect: true,
            result: result.to_owned(),
            fingerprint: 1,
            url: "cloudfront.amazonaws.com/".to_owned(),
        }
    }

    #[test]
    fn what_took_effect_is_read_before_it_is_sent_again() {
        let lost = call("CreateDistribution", true, "no answer");
        let again = call("CreateDistribution", true, "ok");
        let read = call("ListDistributions", false, "ok");
        let blindly = [lost.clone(), again.clone()];
        assert_eq!(sent_blindly(&blindly).len(), 1);
        assert_eq!(sent_blindly(&[lost, read, again]), []);
        let repeatable = [
            call("PutObject", true, "no answer"),
            call("PutObject", true, "ok"),
        ];
        assert_eq!(sent_blindly(&repeatable), []);
    }
}
