//! The location that an account and a region of the manifest make.

use manifest::Manifest;
use model::{AccountName, Location};

/// The location in an account of the manifest. An account that is not declared is a finding of the
/// manifest, with which nothing is planned.
pub(crate) fn location(manifest: &Manifest, account: &AccountName, region: &str) -> Location {
    let declared = manifest
        .account(account)
        .expect("loading has checked that the account is declared");
    Location {
        account: account.clone(),
        account_id: declared.id.value.clone(),
        region: region.into(),
    }
}
