//! Compares the calls of a run with those of its plan: each is in an action of it, about the resource of that
//! action, and made no more often than the plan has it.

use std::collections::{BTreeMap, BTreeSet};

use model::{Action, Ledger, Plan, Trail};
use sandbox::stats::Logged;
use serde_json::{Value, json};

use crate::observer::Fault;

/// The one operation that carries out many actions at once.
const BATCH: &str = "ChangeResourceRecordSets";

/// The calls of one operation that an action has left.
struct Slot<'a> {
    account: String,
    operation: &'a str,
    left: u32,
    about: About,
}

/// How a call is known to be about the resource of an action.
enum About {
    /// By its parameters, which have all that one of these trails has.
    Trails(Vec<Trail>),
    /// By the bucket and the key in its address.
    Object(String),
    /// By nothing: AWS gives it its name only when it is made.
    Unnamed,
}

impl About {
    fn of(action: &Action, operation: &str, after: &Ledger) -> Self {
        let spec = action.spec();
        if let [part] = spec.kind().parts(spec).as_slice()
            && !part.ends_with('/')
        {
            return Self::Object(part.clone());
        }
        let ends = after.entries().chain(after.retired());
        let ends = ends
            .filter(|entry| entry.id == action.resource && entry.location == action.location)
            .map(|entry| (&entry.spec, entry.physical()));
        // What is made has its name from AWS's answer.
        let is_made = ["Create", "Request"]
            .iter()
            .any(|verb| operation.starts_with(verb));
        let trails: Vec<Trail> = ends
            .chain([(spec, action.physical())])
            .map(|(spec, physical)| (spec, physical.filter(|_| !is_made)))
            .filter_map(|(spec, physical)| spec.kind().trail(spec, physical))
            .collect();
        if trails.is_empty() {
            Self::Unnamed
        } else {
            Self::Trails(trails)
        }
    }

    fn is_of(&self, call: &Logged, parameters: &Value) -> bool {
        match self {
            Self::Trails(trails) => trails.iter().any(|trail| trail.leads_to(parameters)),
            // The invalidation of an object names a distribution.
            Self::Object(part) if call.service == "s3" => {
                let (bucket, key) = part.split_once('/').unwrap_or_default();
                parameters["bucketName"] == bucket && call.url.ends_with(&format!("/{key}"))
            }
            Self::Object(_) | Self::Unnamed => true,
        }
    }
}

/// The calls that took effect and are in no action of the plan that was shown, or once more than it has
/// them.
pub(super) fn faults(plan: &Plan, after: &Ledger, made: &[Logged]) -> Vec<Fault> {
    let changing = plan.actions.iter().filter(|action| action.changes());
    let mut slots: Vec<Slot<'_>> = changing.flat_map(|action| slots(action, after)).collect();
    // A call goes to the action that is known to be about it, before one of which that is not known.
    slots.sort_by_key(|slot| matches!(slot.about, About::Unnamed));
    let (mut lost, mut unplanned) = (BTreeSet::new(), BTreeSet::new());
    let took_effect = made
        .iter()
        .filter(|call| call.changing && call.took_effect && call.service != "sts");
    for call in took_effect {
        for Part { key, parameters } in parts(call) {
            let key = (&call.account, &call.url, key);
            // Sent again because the answer was lost, it counts once.
            if lost.contains(&key) {
                continue;
            }
            if call.result != "ok" {
                lost.insert(key);
            }
            let mut fitting = slots.iter_mut().filter(|slot| {
                slot.account == call.account
                    && slot.operation == call.operation
                    && slot.about.is_of(call, &parameters)
            });
            if let Some(slot) = fitting.find(|slot| slot.left > 0) {
                slot.left -= 1;
            } else {
                let what = format!(
                    "{} in {} is not in the plan, or once more than it: {} {parameters}",
                    call.operation, call.account, call.url
                );
                unplanned.insert(what);
            }
        }
    }
    let fault = |what| Fault {
        promise: "CallsArePlanned".to_owned(),
        what,
    };
    unplanned.into_iter().map(fault).collect()
}

fn slots<'a>(action: &'a Action, after: &Ledger) -> Vec<Slot<'a>> {
    let account = action.location.as_ref();
    let account = account
        .map(|location| location.account_id.to_string())
        .unwrap_or_default();
    let calls = action.calls.iter();
    let calls = calls.map(|calls| (calls.operation.as_str(), calls.count));
    let batch = action.batch.iter().map(|_| (BATCH, 1));
    let slot = |operation, left, about| Slot {
        account: account.clone(),
        operation,
        left,
        about,
    };
    let of_spec = calls.chain(batch);
    let of_spec =
        of_spec.map(|(operation, left)| slot(operation, left, About::of(action, operation, after)));
    // A record whose name changed, as that of a DKIM key of a new identity, leaves its former name.
    let former = action.owned().filter(|_| action.batch.is_some());
    let former = former.and_then(|former| former.kind().trail(former, action.physical()));
    let former = former.map(|trail| slot(BATCH, 1, About::Trails(vec![trail])));
    of_spec.chain(former).collect()
}

/// A part of a call that belongs to one action.
struct Part {
    /// The same for two calls that do the same at one address.
    key: String,
    parameters: Value,
}

/// The parts of a call: the record sets of a batch, and otherwise the whole. To replace a record set takes
/// two changes; one whose answer was lost is written again whole, because only a change of our own tells when
/// all name servers answer it.
fn parts(call: &Logged) -> Vec<Part> {
    let changes = call.parameters["changeBatch"]["changes"].as_array();
    let Some(changes) = changes.filter(|_| call.operation == BATCH) else {
        return vec![Part {
            key: format!("{} {}", call.operation, call.fingerprint),
            parameters: call.parameters.clone(),
        }];
    };
    let mut sets = BTreeMap::new();
    for change in changes {
        let set = &change["resourceRecordSet"];
        let key = ["name", "type", "setIdentifier"].map(|field| set[field].to_string());
        sets.entry(key.join(" ")).or_insert(change);
    }
    let part = |(key, change): (String, &Value)| Part {
        key,
        parameters: json!({
            "hostedZoneId": call.parameters["hostedZoneId"],
            "changeBatch": { "changes": [change] },
        }),
    };
    sets.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use jiff::Timestamp;
    use model::Calls;
    use reconcile::Wish;
    use sandbox::Sandbox;

    use super::*;
    use crate::kept::Kept;
    use crate::program;
    use crate::setup::{Domain, Instance, Setup, Signing};
    use crate::world::before;

    fn setup() -> Setup {
        let instance = Instance {
            account: 0,
            region: 0,
            mail_from: true,
            reject: false,
            token: false,
            signing: Signing::Easy(2048),
            set: None,
        };
        let domain = Domain {
            tls_rpt: true,
            spf: Some("fail"),
            ses: vec![instance],
            ..Domain::bare(0)
        };
        Setup {
            domains: vec![domain],
            ..Setup::default()
        }
    }

    /// A plan, with the calls that carried it out and the ledger at its end.
    async fn carried_out() -> (Plan, Ledger, Vec<Logged>) {
        let setup = setup();
        let world = before(&setup, &BTreeSet::new());
        let sandbox = Sandbox::new(world, Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0));
        let project = program::open(&setup, &sandbox, program::Goal::All).expect("a manifest");
        let journal = Kept::new(false).open(&project).await.expect("a ledger");
        let planned = project.plan(journal.ledger(), Wish::All);
        let planned = planned.await.expect("a plan");
        let before = sandbox.stats().log.len();
        let (_stopper, stop) = engine::Stop::channel();
        let terms = engine::Terms {
            options: &program::patient(),
            watch: &|_: &engine::Progress<'_>| {},
            stop: &stop,
        };
        let report = reconcile::carry_out(&project, &planned, &journal, terms).await;
        assert!(report.expect("a report").is_complete());
        let made = sandbox.stats().log.split_off(before);
        (planned.plan, journal.ledger(), made)
    }

    #[tokio::test(start_paused = true)]
    async fn each_call_is_held_against_an_action() {
        let (plan, after, made) = carried_out().await;
        assert_eq!(faults(&plan, &after, &made), []);
        let broken = |plan: &Plan, made: &[Logged]| faults(plan, &after, made).len();
        let position = |operation: &str| {
            let mut calls = made.iter();
            let found = calls.position(|call| call.operation == operation);
            found.expect("the call")
        };
        let create = position("CreateEmailIdentity");

        // Once more than the plan has it.
        let mut twice = made.clone();
        twice.push(made[create].clone());
        assert_eq!(broken(&plan, &twice), 1);
        // Where the answer was lost, it counts once.
        twice[create].result = "no answer".to_owned();
        assert_eq!(broken(&plan, &twice), 0);
        // About another resource.
        for (operation, field, other) in [
            ("CreateEmailIdentity", "emailIdentity", "example.org"),
            ("ChangeResourceRecordSets", "hostedZoneId", "ZOTHER"),
        ] {
            let mut elsewhere = made.clone();
            elsewhere[position(operation)].parameters[field] = other.into();
            assert!(broken(&plan, &elsewhere) > 0, "{operation}");
        }
        // Left out of the plan, and planned as another operation.
        for calls in [vec![], vec![Calls::new("ses", "DeleteEmailIdentity", 1)]] {
            let mut plan = plan.clone();
            for action in &mut plan.actions {
                if action
                    .calls
                    .iter()
                    .any(|one| one.operation == "CreateEmailIdentity")
                {
                    action.calls.clone_from(&calls);
                }
            }
            assert_eq!(broken(&plan, &made), 1);
        }
    }
}
