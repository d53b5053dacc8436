//! SNS's `Publish`: a message to a topic.

use model::KindError;

use crate::by_hand::{Operation, Protocol, encode};
use crate::session::Session;

const OPERATION: &str = "Publish";

/// Publishes a text with its subject to a topic of the session's region.
pub async fn publish(
    session: &Session,
    topic: &str,
    subject: &str,
    text: &str,
) -> Result<(), KindError> {
    let form = format!(
        "Action={OPERATION}&Version=2010-03-31&TopicArn={}&Subject={}&Message={}",
        encode(topic),
        encode(subject),
        encode(text)
    );
    let region = session.location().region.as_str();
    let suffix = crate::access::suffix(region);
    let operation = Operation {
        service: "SNS",
        signs_as: "sns",
        name: OPERATION,
        protocol: Protocol::Query,
        url: format!("https://sns.{region}.{suffix}"),
        region: region.to_owned(),
    };
    operation
        .invoke(session.config(), session.lane(), form)
        .await
        .map(drop)
}
