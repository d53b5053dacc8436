//! The places of findings that only this program knows: a resource of the plan, an account.

use std::fmt;

use standards::Place;

use crate::{Location, ResourceId};

/// The place of a finding about a resource, in the account that it lives in.
pub fn of_resource(id: &ResourceId, location: Option<&Location>) -> Place {
    Place::Named {
        name: id.to_string(),
        within: location.map(|location| location.account.to_string()),
    }
}

/// The place of a finding about an account as a whole.
pub fn of_account(name: impl fmt::Display) -> Place {
    Place::Named {
        name: format!("account {name}"),
        within: None,
    }
}
