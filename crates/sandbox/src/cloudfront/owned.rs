//! Addresses of what accounts have in CloudFront, which is global.

use crate::call::Call;

/// An account's distribution or origin access control.
#[derive(Clone, Copy, Debug)]
pub struct Owned<'a> {
    /// The account's number.
    pub account: &'a str,
    /// The id that CloudFront gave.
    pub id: &'a str,
}

impl<'a> Owned<'a> {
    /// The address of the caller's resource with this id.
    pub(super) fn by(call: &'a Call, id: &'a str) -> Self {
        Self {
            account: &call.account,
            id,
        }
    }
}
