//! Compares the calls of a run with its plan and with each other.

mod planned;

use model::{Ledger, Plan};
use sandbox::stats::Logged;

use crate::observer::Fault;

/// The operations that do twice what is asked twice, or undo what others did in between: creations, and
/// changes of what was read before (`aws::quotas::Operation::is_repeatable` has the reasons).
const ONCE: [&str; 3] = ["Create", "Update", "ChangeResourceRecordSets"];

/// The promises that the calls of a run have broken. `after` is the ledger at its end, which has AWS's names
/// of what it made, as far as it was read.
pub(crate) fn faults(plan: &Plan, after: &Ledger, made: &[Logged]) -> Vec<Fault> {
    let mut faults = planned::faults(plan, after, made);
    faults.extend(sent_blindly(made));
    faults
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
            parameters: serde_json::Value::Null,
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
