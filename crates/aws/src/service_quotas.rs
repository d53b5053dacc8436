//! Service Quotas' `ListServiceQuotas`: how much an account was granted of what it may hold.

use model::KindError;
use serde::Deserialize;
use serde_json::json;

use crate::by_hand::JsonOperation;
use crate::session::Session;

const LIST: JsonOperation = JsonOperation {
    service: "Service Quotas",
    host: "servicequotas",
    name: "ListServiceQuotas",
    target: "ServiceQuotasV20190624.ListServiceQuotas",
};

/// How many pages of a hundred are read: no service has a tenth of that.
const PAGES_MAX: usize = 20;

/// A quota as Service Quotas tells it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GrantedQuota {
    /// Its code: `L-24B04930`.
    pub quota_code: String,
    /// How many there may be.
    pub value: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    quotas: Vec<GrantedQuota>,
    next_token: Option<String>,
}

/// The quotas of `service`, as its code in Service Quotas has it (`cloudfront`), in the session's
/// region. Those of global services are told in us-east-1 only (Service Quotas User Guide).
pub async fn granted_quotas(
    session: &Session,
    service: &str,
) -> Result<Vec<GrantedQuota>, KindError> {
    let mut granted = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut question = json!({ "ServiceCode": service, "MaxResults": 100 });
        if let Some(token) = token.take() {
            question["NextToken"] = token.into();
        }
        let page: Page = LIST.ask(session, &question).await?;
        granted.extend(page.quotas);
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(granted)
}
