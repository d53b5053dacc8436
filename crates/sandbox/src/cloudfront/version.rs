//! The versions of what CloudFront keeps, by which a request says what it changes.

use super::{error, ids};
use crate::service::ServiceError;

/// Compares the `If-Match` of a request with a version.
pub(super) fn check_version(etag: &str, if_match: Option<&str>) -> Result<(), ServiceError> {
    let Some(sent) = if_match.map(|sent| sent.trim_matches('"')) else {
        return Err(error::no_version());
    };
    if !ids::is_etag(sent) {
        return Err(error::no_version());
    }
    if sent == etag {
        Ok(())
    } else {
        Err(error::other_version())
    }
}
