//! One event: who changed what, and when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::parameters;
use crate::call::Call;

/// The services whose events are in us-east-1, wherever they were called from (CloudTrail User Guide,
/// "CloudTrail concepts", global service events).
const GLOBAL: [&str; 2] = ["route53", "cloudfront"];

/// The services of whose changes events tell. Publishing to a topic is a data event, which the history
/// does not have.
const TOLD: [&str; 5] = ["route53", "cloudfront", "acm", "ses", "s3"];

/// The address that calls of the sandbox come from: one of RFC 5737's for documents.
const ADDRESS: &str = "198.51.100.1";

/// A management event that writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) at: Timestamp,
    service: String,
    region: String,
    pub(super) name: String,
    account: String,
    principal: String,
    agent: String,
    parameters: Value,
}

impl Event {
    /// The event of a call that changed something; nothing of those that the history does not have.
    pub(super) fn of(call: &Call, operation: &str) -> Option<Self> {
        if !TOLD.contains(&call.service.as_str()) || is_data_event(call, operation) {
            return None;
        }
        let agent = call.request.headers.get(http::header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        let is_global = GLOBAL.contains(&call.service.as_str());
        let region = if is_global { "us-east-1" } else { &call.region };
        Some(Self {
            id: call.request_id.clone(),
            at: call.now,
            service: call.service.clone(),
            region: region.to_owned(),
            name: name(operation).to_owned(),
            account: call.account.clone(),
            principal: call.principal.clone(),
            agent: agent.unwrap_or_default().to_owned(),
            parameters: parameters::of(call),
        })
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    pub(super) fn source(&self) -> String {
        format!("{}.amazonaws.com", self.service)
    }

    /// The name of the user, or of the role's session.
    pub(super) fn user(&self) -> &str {
        let (_, user) = self.principal.rsplit_once('/').unwrap_or_default();
        user
    }

    /// The event as `LookupEvents` prints it.
    pub(super) fn print(&self) -> Value {
        let kind = if self.principal.contains(":assumed-role/") {
            "AssumedRole"
        } else {
            "IAMUser"
        };
        let record = json!({
            "eventVersion": "1.11",
            "userIdentity": { "type": kind, "arn": self.principal, "accountId": self.account },
            "eventTime": self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": self.source(),
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": ADDRESS,
            "userAgent": self.agent,
            "requestParameters": self.parameters,
            "eventID": self.id,
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        });
        json!({
            "EventId": self.id,
            "EventName": self.name,
            "ReadOnly": "false",
            "EventTime": self.at.as_second(),
            "EventSource": self.source(),
            "Username": self.user(),
            "Resources": [],
            "CloudTrailEvent": record.to_string(),
        })
    }
}

/// Whether a call is about an object of S3, or sends mail.
fn is_data_event(call: &Call, operation: &str) -> bool {
    match call.service.as_str() {
        "s3" => ["Object", "Multipart", "UploadPart"]
            .iter()
            .any(|word| operation.contains(word)),
        // `UpdateConfigurationSetSendingEnabled` sends nothing.
        "ses" => operation.starts_with("Send"),
        _ => false,
    }
}

/// The name of an operation's event. S3's have kept older names (CloudTrail User Guide of S3, "Amazon S3
/// CloudTrail events").
fn name(operation: &str) -> &str {
    match operation {
        "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeletePublicAccessBlock" => "DeleteBucketPublicAccessBlock",
        "PutBucketLifecycleConfiguration" => "PutBucketLifecycle",
        other => other,
    }
}
