//! CloudTrail's `LookupEvents`: who changed something in the last ninety days. Without any set-up it has
//! every management event of an account and region.

use jiff::Timestamp;
use model::KindError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::by_hand::JsonOperation;
use crate::session::Session;

const LOOKUP: JsonOperation = JsonOperation {
    service: "CloudTrail",
    host: "cloudtrail",
    name: "LookupEvents",
    target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
};

/// The most pages of fifty events that are read: ten seconds at the two requests a second that AWS allows.
const PAGES_MAX: usize = 20;

/// The events of one name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrailEvents {
    /// Those that were read, the latest first.
    pub found: Vec<TrailEvent>,
    /// Whether these are all: in an account that changes something thousands of times a day, the reading
    /// is cut off.
    pub is_whole: bool,
}

/// An event: somebody's call that changed something.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailEvent {
    /// The service that was called: `cloudfront.amazonaws.com`.
    pub source: String,
    /// Its name: `UpdateDistribution`.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// The ARN of the caller, or the service that called.
    pub who: String,
    /// The address, or the service, that the call came from.
    pub from: Option<String>,
    /// The caller's program: `aws-cli/2.31.0 …`.
    pub with: Option<String>,
    /// The parameters of the call.
    pub parameters: Value,
}

/// An event as `LookupEvents` has it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    cloud_trail_event: String,
}

/// The record of an event (CloudTrail User Guide, "CloudTrail record contents").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_source: String,
    event_name: String,
    event_time: Timestamp,
    #[serde(default)]
    user_identity: Identity,
    #[serde(default, rename = "sourceIPAddress")]
    source: Option<String>,
    #[serde(default)]
    user_agent: Option<String>,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    request_parameters: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(default)]
    arn: Option<String>,
    #[serde(default)]
    invoked_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    events: Vec<Listed>,
    next_token: Option<String>,
}

/// The events of one name that changed something in the session's account and region since a moment, the
/// latest first. Calls that AWS refused changed nothing and are left out. Events of Route 53 and CloudFront
/// are in us-east-1 (CloudTrail User Guide, "Global service events").
pub async fn trail_events(
    session: &Session,
    name: &str,
    since: Timestamp,
) -> Result<TrailEvents, KindError> {
    let mut events = TrailEvents::default();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut question = json!({
            "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": name }],
            "StartTime": since.as_second(),
            "MaxResults": 50,
        });
        if let Some(token) = token.take() {
            question["NextToken"] = token.into();
        }
        let page: Page = LOOKUP.ask(session, &question).await?;
        events
            .found
            .extend(page.events.into_iter().filter_map(read));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            events.is_whole = true;
            break;
        }
    }
    Ok(events)
}

/// An event that changed something. One whose record cannot be read tells nothing.
fn read(listed: Listed) -> Option<TrailEvent> {
    let record: Record = serde_json::from_str(&listed.cloud_trail_event).ok()?;
    if record.error_code.is_some() {
        return None;
    }
    let identity = record.user_identity;
    let who = identity.arn.or(identity.invoked_by).or(listed.username);
    Some(TrailEvent {
        source: record.event_source,
        name: record.event_name,
        at: record.event_time,
        who: who.unwrap_or_else(|| "an AWS service".to_owned()),
        from: record.source,
        with: record.user_agent,
        parameters: record.request_parameters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The members of a record as the CloudTrail User Guide has them.
    #[test]
    fn a_record_is_read_and_a_refused_call_is_none() {
        let listed = |record: &Value| Listed {
            username: Some("alice".to_owned()),
            cloud_trail_event: record.to_string(),
        };
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::111111111111:user/alice" },
            "eventTime": "2026-11-30T05:00:00Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": "DeleteBucketPolicy",
            "sourceIPAddress": "192.0.2.7",
            "userAgent": "aws-cli/2.31.0",
            "requestParameters": { "bucketName": "b" },
        });
        let event = read(listed(&record)).expect("an event");
        assert_eq!(event.who, "arn:aws:iam::111111111111:user/alice");
        assert_eq!(event.source, "s3.amazonaws.com");
        assert_eq!(event.at.to_string(), "2026-11-30T05:00:00Z");
        assert_eq!(event.parameters["bucketName"], "b");
        record["userIdentity"] = json!({ "type": "AWSService", "invokedBy": "acm.amazonaws.com" });
        assert_eq!(
            read(listed(&record)).expect("an event").who,
            "acm.amazonaws.com"
        );
        record["errorCode"] = "AccessDenied".into();
        assert_eq!(read(listed(&record)), None);
    }
}
