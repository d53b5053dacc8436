//! SNS's `Publish`: a message to a topic.

use model::KindError;

use crate::by_hand::{Operation, encode};
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
    let suffix = match crate::access::partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    let operation = Operation {
        service: "SNS",
        signs_as: "sns",
        name: OPERATION,
        url: format!("https://sns.{region}.{suffix}"),
        region: region.to_owned(),
    };
    operation
        .invoke(session.config(), session.lane(), form)
        .await
        .map(drop)
}
