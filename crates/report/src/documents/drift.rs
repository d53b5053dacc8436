//! Drift.

use model::{Change, Foreseen, Location, MailImpact, ResourceId, Side};
use plan::{Acceptance, ChangedBy, Drift, Moved};
use schemars::JsonSchema;
use serde::Serialize;
use standards::Severity;

use super::checks::CheckObject;
use super::{Content, Document, Moment};
use crate::Drifted;

/// The comparison of the world with how we left it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriftDocument {
    /// Whether nothing moved.
    in_sync: bool,
    /// How many resources were compared.
    owned: usize,
    /// The domains of the manifest that the ledger has nothing of.
    unapplied: Vec<String>,
    /// The resources that moved.
    drift: Vec<DriftObject>,
    /// The checks of an external observer that found something, or wait for something.
    live: Vec<CheckObject>,
    /// The events with a known date that are near, the next first.
    foreseen: Vec<Event>,
    /// The reasons why something is not known that would be in `foreseen`.
    unasked: Vec<String>,
    /// When everything was last read anew, where this run left a part of it to its version. Null where
    /// this run read everything.
    last_read_anew: Option<Moment>,
    /// Why it is not on record what this run read: the next one may not see a drift that only a full
    /// reading shows. Null where it is.
    unrecorded: Option<String>,
}

/// Drift that was, or would be, taken into the ledger as the new record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AcceptDocument {
    /// Whether it was.
    pub written: bool,
    /// The drift that goes on record.
    accepted: Vec<DriftObject>,
    /// The drift that no record can say, or that was not seen.
    refused: Vec<DriftObject>,
    /// The comparison after it; null where nothing was written.
    pub drift: Option<Document<DriftDocument>>,
}

impl AcceptDocument {
    /// The document of an acceptance that is not written yet.
    pub fn of(acceptance: &Acceptance) -> Self {
        let accepted = acceptance.accepted.iter().map(|one| &one.drift);
        Self {
            written: false,
            accepted: accepted.map(one).collect(),
            refused: acceptance.refused.iter().map(one).collect(),
            drift: None,
        }
    }
}

impl Content for AcceptDocument {
    const FORMAT: &'static str = "deploy.accept";
    const VERSION: u32 = 1;
}

/// A resource that moved.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Drift")]
struct DriftObject {
    resource: ResourceId,
    /// Null for what a person publishes.
    location: Option<Location>,
    moved: MovedWord,
    severity: Severity,
    /// The mail that it reaches.
    mail: MailImpact,
    /// Why it could not be seen.
    reason: Option<String>,
    /// When an earlier run first saw that it had moved. Null where this run is the first.
    since: Option<Moment>,
    /// The caller who changed it, by CloudTrail. Null where nobody was asked: what others added may stay, what could
    /// not be seen may be as it was, and of some kinds AWS records no events.
    who: Option<WhoObject>,
    /// The fields that moved.
    changes: Vec<MovedField>,
}

/// How a resource moved.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Moved")]
#[serde(rename_all = "snake_case")]
enum MovedWord {
    /// Fields are no longer as we left them.
    Modified,
    /// Others added something beside it, which may stay. It is as we left it.
    Added,
    /// It is gone.
    Deleted,
    /// It could not be seen.
    Unknown,
}

/// The caller who changed a resource.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Who")]
struct WhoObject {
    /// The ARN of a user or of a role's session, or an AWS service. Null where CloudTrail does not tell it,
    /// or not yet.
    who: Option<String>,
    /// The address, or the service, that it came from.
    from: Option<String>,
    /// The program.
    with: Option<String>,
    /// The event: `DeleteBucketPolicy`.
    event: Option<String>,
    at: Option<Moment>,
    /// Why it is not known from CloudTrail.
    unasked: Option<String>,
}

impl WhoObject {
    fn of(who: &ChangedBy) -> Self {
        let (caller, unasked) = match who {
            ChangedBy::Caller(caller) => (Some(caller), None),
            ChangedBy::NotTold => (None, None),
            ChangedBy::Unasked(why) => (None, Some(why.clone())),
        };
        Self {
            who: caller.map(|caller| caller.who.clone()),
            from: caller.and_then(|caller| caller.from.clone()),
            with: caller.and_then(|caller| caller.with.clone()),
            event: caller.map(|caller| caller.event.clone()),
            at: caller.map(|caller| Moment(caller.at)),
            unasked,
        }
    }
}

/// A field that moved.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MovedField {
    /// The field, with dots. `values of others` is about values that somebody added to a record set
    /// of ours.
    field: String,
    /// The value as we left it.
    left: Side,
    /// The value as it is now.
    is: Side,
}

/// An event with a known date.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Event {
    /// The id of the rule that it breaks. Null where there is none.
    rule: Option<String>,
    /// The domain, or the place of several.
    subject: String,
    at: Moment,
    /// The mail that it reaches.
    mail: MailImpact,
    reason: String,
    fix: String,
    /// Whether `--fail-on` counts it.
    fails: bool,
}

impl Content for DriftDocument {
    const FORMAT: &'static str = "deploy.drift";
    const VERSION: u32 = 2;
}

/// The document of a comparison.
pub fn drift_json(drifted: &Drifted<'_>) -> Document<DriftDocument> {
    let foreseen = drifted.foreseen.iter();
    Document::new(DriftDocument {
        in_sync: drifted.is_in_sync(),
        owned: drifted.owned,
        unapplied: drifted.unapplied.iter().map(ToString::to_string).collect(),
        drift: drifted.drifts.iter().map(one).collect(),
        live: drifted.shown().iter().map(CheckObject::of).collect(),
        foreseen: foreseen.map(|one| event(one, drifted)).collect(),
        unasked: drifted.unasked.to_vec(),
        last_read_anew: drifted.last_read_anew.map(Moment),
        unrecorded: drifted.unrecorded.map(str::to_owned),
    })
}

fn event(foreseen: &Foreseen, drifted: &Drifted<'_>) -> Event {
    Event {
        rule: foreseen.rule.map(str::to_owned),
        subject: foreseen.subject.clone(),
        at: Moment(foreseen.at),
        mail: foreseen.mail,
        reason: foreseen.reason.clone(),
        fix: foreseen.fix.clone(),
        fails: drifted.fail_on.fails(foreseen, drifted.now),
    }
}

fn one(drift: &Drift) -> DriftObject {
    let (moved, reason, changes) = match &drift.moved {
        Moved::Modified(diff) => (MovedWord::Modified, None, diff.changes.as_slice()),
        Moved::Added(diff) => (MovedWord::Added, None, diff.changes.as_slice()),
        Moved::Deleted => (MovedWord::Deleted, None, [].as_slice()),
        Moved::Unknown(reason) => (MovedWord::Unknown, Some(reason), [].as_slice()),
    };
    DriftObject {
        resource: drift.resource.clone(),
        location: drift.location.clone(),
        moved,
        severity: drift.severity(),
        mail: drift.mail,
        reason: reason.cloned(),
        since: drift.since.map(Moment),
        who: drift.changed_by.as_ref().map(WhoObject::of),
        changes: changes.iter().map(field).collect(),
    }
}

fn field(change: &Change) -> MovedField {
    MovedField {
        field: change.field.clone(),
        left: change.to.clone(),
        is: change.from.clone(),
    }
}
