//! The callers who moved what drifted, from AWS CloudTrail: it is asked of what drifted only, and only
//! where the role may.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::{TrailEvent, TrailEvents};
use futures::future;
use jiff::{SignedDuration, Timestamp};
use model::{Entry, ErrorClass, Ledger, Location, Trail};
use plan::{Caller, ChangedBy, Drift, Moved};

use crate::Project;

/// How much later than its intent a call of ours may have been made: as long as AWS's quotas and repeats
/// keep one waiting.
const CALLED_WITHIN: SignedDuration = SignedDuration::from_mins(20);

/// How much the clock of whoever wrote the ledger may be ahead of CloudTrail's: AWS refuses signatures
/// that are older or newer than that.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// The events of each name in one place, or why there are none.
type Answers = Result<BTreeMap<&'static str, TrailEvents>, String>;

/// A resource that moved, and the traces that the change of it left.
struct Traced<'a> {
    drift: &'a mut Drift,
    entry: &'a Arc<Entry>,
    location: &'a Location,
    trail: Trail,
}

/// Says of each resource that moved who changed it last.
pub(crate) async fn attribute(project: &Project, ledger: &Ledger, drifts: &mut [Drift]) {
    let traced = drifts.iter_mut().filter_map(|drift| trace(ledger, drift));
    let traced: Vec<Traced<'_>> = traced.collect();
    let mut questions: BTreeMap<&Location, BTreeMap<&'static str, Timestamp>> = BTreeMap::new();
    for one in &traced {
        let asked = questions.entry(one.location).or_default();
        let since = earliest(one.entry.changed);
        for name in one.trail.events {
            let other = asked.entry(name).or_insert(since);
            *other = since.min(*other);
        }
    }
    let answers = questions.into_iter().map(|(location, asked)| async move {
        (location, Box::pin(events(project, location, asked)).await)
    });
    let answers: BTreeMap<&Location, Answers> =
        future::join_all(answers).await.into_iter().collect();
    for one in traced {
        let changed_by = answers.get(one.location).map(|answers| match answers {
            Ok(answers) => who(&one.trail, one.entry.changed, answers),
            Err(why) => ChangedBy::Unasked(why.clone()),
        });
        one.drift.changed_by = changed_by;
    }
}

/// The traces of the change of a resource, if its kind leaves some.
fn trace<'a>(ledger: &'a Ledger, drift: &'a mut Drift) -> Option<Traced<'a>> {
    let is_seen = !matches!(drift.moved, Moved::Unknown(_) | Moved::Added(_));
    let entry = ledger.entry(&drift.resource).filter(|_| is_seen)?;
    let location = entry.location.as_ref()?;
    let trail = entry.spec.kind().trail(&entry.spec, entry.physical())?;
    Some(Traced {
        drift,
        entry,
        location,
        trail,
    })
}

/// The moment from which on events can be about a change after ours.
fn earliest(changed: Timestamp) -> Timestamp {
    changed - CLOCKS_DIFFER
}

/// The events of these names in one place, since a moment each. The questions are asked one after the
/// other, as AWS takes two a second there. The first that fails ends them: where CloudTrail is out of
/// reach, each would wait as long as it, and what is known in part accuses the wrong person.
async fn events(
    project: &Project,
    location: &Location,
    asked: BTreeMap<&'static str, Timestamp>,
) -> Answers {
    let session = Box::pin(project.engine.session(location)).await;
    let session = session.map_err(|error| error.to_string())?;
    let mut answers = BTreeMap::new();
    for (name, since) in asked {
        let events = aws::trail_events(&session, name, since).await;
        let events = events.map_err(|error| match error.class {
            ErrorClass::Denied => "this role may not ask it (`cloudtrail:LookupEvents`)".to_owned(),
            _ => error.to_string(),
        })?;
        answers.insert(name, events);
    }
    Ok(answers)
}

/// Whether an event is our own last change, which was intended at `changed`. The call follows its intent
/// at once, or as soon as AWS takes it; another run of this program later is somebody else's.
fn is_ours(event: &TrailEvent, changed: Timestamp) -> bool {
    let program = event.with.as_deref().unwrap_or_default();
    program.split_whitespace().any(|word| word == aws::APP)
        && event.at.duration_since(changed) < CALLED_WITHIN
}

/// The latest event that is about the resource, after our own last change of it.
fn who(
    trail: &Trail,
    changed: Timestamp,
    answers: &BTreeMap<&'static str, TrailEvents>,
) -> ChangedBy {
    let answers = trail.events.iter().filter_map(|name| answers.get(name));
    let mut latest: Option<&TrailEvent> = None;
    for events in answers {
        if !events.is_whole {
            let why = "it has too many events of this name to read them all";
            return ChangedBy::Unasked(why.to_owned());
        }
        let others = events.found.iter().filter(|event| {
            event.source == trail.source
                && event.at >= earliest(changed)
                && !is_ours(event, changed)
                && trail.leads_to(&event.parameters)
        });
        latest = others.chain(latest).max_by_key(|event| event.at);
    }
    latest.map_or(ChangedBy::NotTold, |event| {
        ChangedBy::Caller(Caller {
            who: event.who.clone(),
            from: event.from.clone(),
            with: event.with.clone(),
            event: event.name.clone(),
            at: event.at,
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CHANGED: &str = "2026-11-30T05:00:00Z";

    fn trail() -> Trail {
        let bucket = (&["bucketName"][..], "b".to_owned());
        Trail::of(
            "s3.amazonaws.com",
            &["PutBucketPolicy", "DeleteBucket"],
            [bucket],
        )
    }

    fn event(minutes: i64, with: &str) -> TrailEvent {
        let changed: Timestamp = CHANGED.parse().expect("a moment");
        TrailEvent {
            source: "s3.amazonaws.com".to_owned(),
            name: "PutBucketPolicy".to_owned(),
            at: changed + SignedDuration::from_mins(minutes),
            who: format!("{with} at {minutes}"),
            from: None,
            with: Some(with.to_owned()),
            parameters: json!({ "bucketName": "b" }),
        }
    }

    /// The caller who changed the bucket `b`, by these events of `PutBucketPolicy`.
    fn told(found: Vec<TrailEvent>) -> Option<String> {
        let events = TrailEvents {
            found,
            is_whole: true,
        };
        let answers = BTreeMap::from([("PutBucketPolicy", events)]);
        match who(&trail(), CHANGED.parse().expect("a moment"), &answers) {
            ChangedBy::Caller(caller) => Some(caller.who),
            ChangedBy::NotTold => None,
            ChangedBy::Unasked(why) => panic!("{why}"),
        }
    }

    #[test]
    fn the_latest_caller_after_our_own_change_is_told() {
        let ours = "aws-sdk-rust/1.7.0 app/deploy";
        assert_eq!(told(vec![event(1, ours)]), None);
        assert_eq!(told(vec![event(-2, ours)]), None);
        let other = "aws-cli/2.31.0 app/deployer";
        let both = vec![event(9, other), event(3, other), event(1, ours)];
        assert_eq!(told(both), Some(format!("{other} at 9")));
        // Another run of this program, from another checkout.
        assert_eq!(told(vec![event(60, ours)]), Some(format!("{ours} at 60")));
        assert_eq!(told(vec![event(-6, other)]), None);
        let elsewhere = TrailEvent {
            source: "s3-outposts.amazonaws.com".to_owned(),
            ..event(9, other)
        };
        assert_eq!(told(vec![elsewhere]), None);
    }

    #[test]
    fn what_is_known_in_part_names_nobody() {
        let cut = TrailEvents {
            found: vec![event(9, "aws-cli/2.31.0")],
            is_whole: false,
        };
        let answers = BTreeMap::from([("PutBucketPolicy", cut)]);
        let by = who(&trail(), CHANGED.parse().expect("a moment"), &answers);
        assert!(matches!(by, ChangedBy::Unasked(_)), "{by:?}");
    }
}
