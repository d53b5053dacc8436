//! SES: identities, DKIM, MAIL FROM and configuration sets, by v2 and v1 from one store.
//!
//! What it does not emulate is a table in the README of the crate.

mod account;
mod caller;
mod check;
mod configuration_set;
mod configuration_sets;
mod environment;
mod identities;
mod identity;
mod keys;
mod problem;
mod standing;
mod state;
mod tags;
mod v1;
mod v2;
mod verification;

use jiff::Timestamp;

pub use environment::Environment;
pub use standing::{Enforcement, Seed};
pub use state::State;

use crate::call::{Call, Reply};
use crate::denial::is_ses_v2;
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use caller::Caller;

/// The service on the wire.
pub struct Ses;

impl Service for Ses {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        if is_ses_v2(call) {
            v2::operation(call)
        } else {
            v1::operation(call)
        }
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("ses.requests")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        if is_ses_v2(call) {
            v2::error(call, error)
        } else {
            v1::error(call, error)
        }
    }
}

/// Carries a call out.
pub(crate) fn handle(world: &mut dyn Environment, call: &Call, operation: &'static str) -> Reply {
    refresh(world, call);
    if is_ses_v2(call) {
        v2::handle(world, call)
    } else {
        v1::handle(world, call, operation)
    }
}

/// Lets happen what is due by `now`.
pub(crate) fn advance(world: &mut dyn Environment, now: Timestamp) {
    verification::advance(world, now);
}

/// SES reads the DNS for the identities that a call names, or for all when it lists them.
fn refresh(world: &mut dyn Environment, call: &Call) {
    let named = if is_ses_v2(call) {
        v2::names(call)
    } else {
        Some(v1::names(call))
    };
    let Some(named) = named else {
        let all = world
            .ses()
            .here(Caller::of(call))
            .map(|here| here.identities.keys().cloned().collect::<Vec<_>>());
        let all = all.unwrap_or_default();
        return verification::refresh(
            world,
            &call.place(),
            all.iter().map(String::as_str),
            call.now,
        );
    };
    verification::refresh(
        world,
        &call.place(),
        named.iter().map(String::as_str),
        call.now,
    );
}
