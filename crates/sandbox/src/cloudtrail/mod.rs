//! CloudTrail, as far as its event history tells who changed something: the management events that
//! write, and `LookupEvents`.
//!
//! What it does not emulate is a table in the README of the crate.

mod event;
pub(crate) mod parameters;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::delays::Delays;
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use event::Event;

/// How many events of an account and region are kept; AWS keeps those of ninety days.
const KEPT: usize = 500;
/// How long AWS keeps them (CloudTrail User Guide, "Working with CloudTrail event history").
const HISTORY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most events of an answer (CloudTrail API reference, `LookupEvents`).
const PAGE: u64 = 50;

/// The events of every account and region, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct State(BTreeMap<String, Vec<Event>>);

impl State {
    /// Records a change that took effect, if it is a management event.
    pub(crate) fn record(&mut self, call: &Call, operation: &str) {
        let Some(event) = Event::of(call, operation) else {
            return;
        };
        let place = crate::call::place(&call.account, event.region());
        let events = self.0.entry(place).or_default();
        if events.len() >= KEPT {
            events.remove(0);
        }
        events.push(event);
    }
}

/// The service on the wire.
pub struct CloudTrail;

impl Service for CloudTrail {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        const VERSION: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";
        match crate::json::operation(call, VERSION) {
            Some("LookupEvents") => Ok("LookupEvents"),
            _ => Err(self.error(
                call,
                &ServiceError::new(400, "UnknownOperationException", ""),
            )),
        }
    }

    fn is_read(&self, _operation: &'static str) -> bool {
        true
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("cloudtrail.lookups")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        crate::json::error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(state: &State, delays: &Delays, call: &Call) -> Reply {
    match lookup(state, delays, call) {
        Ok(document) => crate::json::reply(call, 200, &document),
        Err(error) => CloudTrail.error(call, &error),
    }
}

fn lookup(state: &State, delays: &Delays, call: &Call) -> Result<Value, ServiceError> {
    let document = crate::json::document(call)?;
    let invalid = |code: &str, message: &str| ServiceError::new(400, code, message);
    let size = document["MaxResults"].as_u64().unwrap_or(PAGE);
    if !(1..=PAGE).contains(&size) {
        let message = "A max results value between 1 and 50 is required.";
        return Err(invalid("InvalidMaxResultsException", message));
    }
    let wanted = Wanted::of(&document)?;
    let known_until = call.now - delays.cloudtrail_delivery;
    let since = wanted
        .since
        .unwrap_or(Timestamp::MIN)
        .max(call.now - HISTORY);
    let until = wanted.until.unwrap_or(Timestamp::MAX).min(known_until);
    let events = state.0.get(&call.place()).map_or(&[][..], Vec::as_slice);
    let found = events
        .iter()
        .rev()
        .filter(|event| (since..=until).contains(&event.at) && wanted.takes(event));
    let skipped = match document["NextToken"].as_str() {
        None | Some("") => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| invalid("InvalidNextTokenException", "Invalid token."))?,
    };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let mut rest = found.skip(skipped);
    let page: Vec<Value> = rest.by_ref().take(size).map(Event::print).collect();
    let mut answer = json!({ "Events": page });
    if rest.next().is_some() {
        answer["NextToken"] = (skipped + size).to_string().into();
    }
    Ok(answer)
}

/// The events that a call asks for.
struct Wanted<'a> {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    attribute: Option<(&'a str, &'a str)>,
}

impl<'a> Wanted<'a> {
    fn of(document: &'a Value) -> Result<Self, ServiceError> {
        let invalid = |code: &str, message: &str| ServiceError::new(400, code, message);
        let time = |field: &str| {
            let seconds = document[field].as_f64();
            seconds.and_then(|seconds| {
                let since = SignedDuration::try_from_secs_f64(seconds).ok()?;
                Timestamp::UNIX_EPOCH.checked_add(since).ok()
            })
        };
        let (since, until) = (time("StartTime"), time("EndTime"));
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            let message = "Start time must be before end time.";
            return Err(invalid("InvalidTimeRangeException", message));
        }
        let attributes = document["LookupAttributes"].as_array();
        let attribute = match attributes.map_or(&[][..], Vec::as_slice) {
            [] => None,
            [one] => {
                let text = |field: &str| one[field].as_str();
                text("AttributeKey").zip(text("AttributeValue"))
            }
            _ => {
                let message = "You can only provide one lookup attribute.";
                return Err(invalid("InvalidLookupAttributesException", message));
            }
        };
        Ok(Self {
            since,
            until,
            attribute,
        })
    }

    fn takes(&self, event: &Event) -> bool {
        match self.attribute {
            None => true,
            Some(("EventName", name)) => event.name == name,
            Some(("EventSource", source)) => event.source() == source,
            Some(("EventId", id)) => event.id == id,
            Some(("Username", user)) => event.user() == user,
            // Every event here writes.
            Some(("ReadOnly", text)) => text == "false",
            // Which resources an event names, each service decides for itself.
            Some(_) => false,
        }
    }
}
