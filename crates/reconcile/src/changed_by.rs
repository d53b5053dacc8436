//! The callers who moved what drifted, from AWS CloudTrail: it is asked of what drifted only, and only
//! where the role may.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::TrailEvent;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use model::{Entry, ErrorClass, Ledger, Location, Trail};
use plan::{Caller, ChangedBy, Drift, Moved};

use crate::Project;

/// How many questions are open at once; AWS takes two a second in an account and region.
const AT_ONCE: usize = 8;

/// The time within which a call that was intended was made, whatever AWS made of its first attempts.
const CALLED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The events of one name in one place.
type Asked<'a> = (&'a Location, &'static str);

/// CloudTrail's answer, or why there is none.
type Answer = Result<Vec<TrailEvent>, String>;

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
    let mut asked: BTreeMap<Asked<'_>, Timestamp> = BTreeMap::new();
    for one in &traced {
        for name in one.trail.events {
            let since = asked
                .entry((one.location, name))
                .or_insert(one.entry.changed);
            *since = one.entry.changed.min(*since);
        }
    }
    let answers = stream::iter(asked).map(|(asked, since)| async move {
        let (location, name) = asked;
        (asked, events(project, location, name, since).await)
    });
    let answers: BTreeMap<Asked<'_>, Answer> = answers.buffer_unordered(AT_ONCE).collect().await;
    for one in traced {
        one.drift.changed_by = Some(who(&one.trail, one.location, one.entry.changed, &answers));
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

async fn events(project: &Project, location: &Location, name: &str, since: Timestamp) -> Answer {
    let session = Box::pin(project.engine.session(location)).await;
    let session = session.map_err(|error| error.to_string())?;
    let events = aws::trail_events(&session, name, since).await;
    events.map_err(|error| match error.class {
        ErrorClass::Denied => "this role may not ask it (`cloudtrail:LookupEvents`)".to_owned(),
        _ => error.to_string(),
    })
}

/// Whether an event is our own last change, which was intended at `changed`. The call follows its intent
/// at once, or as soon as AWS takes it; another run of this program later is somebody else's.
fn is_ours(event: &TrailEvent, changed: Timestamp) -> bool {
    let program = event.with.as_deref().unwrap_or_default();
    program.contains(aws::APP) && event.at.duration_since(changed) < CALLED_WITHIN
}

/// The latest event that is about the resource, after our own last change of it.
fn who(
    trail: &Trail,
    location: &Location,
    changed: Timestamp,
    answers: &BTreeMap<Asked<'_>, Answer>,
) -> ChangedBy {
    let answers = trail
        .events
        .iter()
        .filter_map(|name| answers.get(&(location, *name)));
    let mut found: Option<&TrailEvent> = None;
    let mut unasked = None;
    for answer in answers {
        match answer {
            Ok(events) => {
                let others = events.iter().filter(|event| !is_ours(event, changed));
                let about = others.filter(|event| trail.leads_to(&event.parameters));
                found = about.chain(found).max_by_key(|event| event.at);
            }
            Err(why) => unasked = Some(why),
        }
    }
    match (found, unasked) {
        (Some(event), _) => ChangedBy::Caller(Caller {
            who: event.who.clone(),
            from: event.from.clone(),
            with: event.with.clone(),
            event: event.name.clone(),
            at: event.at,
        }),
        (None, Some(why)) => ChangedBy::Unasked(why.clone()),
        (None, None) => ChangedBy::NotTold,
    }
}
