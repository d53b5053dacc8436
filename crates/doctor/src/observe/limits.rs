//! How much an account was granted of what it may hold.

use aws::Session;
use kinds::owned;
use model::KindError;

use super::Account;
use crate::quotas::{Quota, Told};

/// How many there may be in the session's account and region: what the manifest says, or else AWS.
/// Nothing where only AWS's default is known.
pub(crate) async fn granted(
    session: &Session,
    account: &Account,
    quota: &Quota,
) -> Result<Option<usize>, KindError> {
    let stated = quota
        .of_account
        .and_then(|limit| account.limits.get(&limit));
    if let Some(stated) = stated {
        return Ok(Some(*stated));
    }
    match quota.told {
        Told::Nowhere => Ok(None),
        Told::ByRoute53 => owned::zone_limit(session).await.map(Some),
        Told::ByServiceQuotas { service, code } => {
            let granted = aws::granted_quotas(session, service).await?;
            // What was never raised is not always listed (Service Quotas API reference,
            // `ListServiceQuotas`).
            let granted = granted.iter().find(|one| one.quota_code == code);
            Ok(granted.map(|one| whole(one.value)))
        }
    }
}

/// A figure of Service Quotas, which tells all of them as fractions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of resources; whatever is below none or beyond all is the nearest"
)]
fn whole(value: f64) -> usize {
    value as usize
}
