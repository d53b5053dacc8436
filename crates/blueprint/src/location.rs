//! The location that an account and a region of the manifest make.

use manifest::Manifest;
use model::Location;

/// The location in an account of the manifest. Unknown names are findings of the manifest, before.
pub(crate) fn location(
    manifest: &Manifest,
    account: &manifest::AccountName,
    region: &str,
) -> Location {
    let id = manifest
        .account(account)
        .map(|account| account.id.as_str())
        .unwrap_or_default();
    Location {
        account: account.as_str().into(),
        account_id: id.into(),
        region: region.into(),
    }
}
