//! IAM: where it is, and how it names a role.

use model::{ErrorClass, KindError};
use serde::Deserialize;

use crate::by_hand::{Operation, Protocol, encode};
use crate::session::Session;

/// IAM is in one place for each partition, and its signatures are of that place's region.
pub(crate) fn operation(session: &Session, name: &'static str) -> Operation {
    let (url, region) = match crate::access::partition(session.location().region.as_str()) {
        "aws-cn" => ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        "aws-us-gov" => ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-eusc" => ("https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        _ => ("https://iam.amazonaws.com", "us-east-1"),
    };
    Operation {
        service: "IAM",
        signs_as: "iam",
        name,
        protocol: Protocol::Query,
        url: url.to_owned(),
        region: region.to_owned(),
    }
}

/// The ARN of a role of the session's account, with its path: those of IAM Identity Center are below
/// `/aws-reserved/sso.amazonaws.com/`, which the ARN of a session does not show (R-22; IAM user guide,
/// "IAM identifiers").
pub async fn role_arn(session: &Session, role: &str) -> Result<String, KindError> {
    const OPERATION: &str = "GetRole";
    #[derive(Deserialize)]
    struct Response {
        #[serde(rename = "GetRoleResult")]
        result: Found,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Found {
        role: Role,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Role {
        arn: String,
    }
    let form = format!(
        "Action={OPERATION}&Version=2010-05-08&RoleName={}",
        encode(role)
    );
    let answer = operation(session, OPERATION)
        .invoke(session.config(), session.lane(), form)
        .await?;
    let response: Response = quick_xml::de::from_str(&answer).map_err(|error| {
        let message = format!("IAM's answer cannot be read: {error}");
        KindError::new(ErrorClass::Invalid, OPERATION, message)
    })?;
    Ok(response.result.role.arn)
}
