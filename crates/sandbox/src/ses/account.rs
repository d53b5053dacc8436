//! The standing of accounts: seeds, reads and changes of it.

use serde_json::Value;

use super::caller::Caller;
use super::problem::Problem;
use super::standing::{AccountStanding, Seed};
use super::state::State;

impl State {
    /// Puts an account into SES's own sandbox in a region, as AWS puts new ones.
    pub fn seed_sandbox(&mut self, account: &str, region: &str) {
        let place = self
            .places
            .entry(crate::call::place(account, region))
            .or_default();
        place.standing.get_or_insert_default().production = false;
    }

    /// Gives an account its standing in a region.
    pub fn seed_standing(&mut self, seed: &Seed) {
        let place = crate::call::place(&seed.account, &seed.region);
        let place = self.places.entry(place).or_default();
        let standing = place.standing.get_or_insert_default();
        standing.production = seed.production;
        standing.sending = seed.sending;
        standing.enforcement = seed.enforcement;
        standing.sent = seed.sent;
        place.tenants.extend(seed.tenants.clone());
        place.unseen.clone_from(&seed.unseen);
    }

    /// The caller's standing.
    pub(crate) fn standing(&self, caller: Caller<'_>) -> AccountStanding {
        self.here(caller)
            .and_then(|place| place.standing.clone())
            .unwrap_or_default()
    }

    /// The caller's standing, to change it.
    pub(crate) fn standing_mut(&mut self, caller: Caller<'_>) -> &mut AccountStanding {
        self.here_mut(caller).standing.get_or_insert_default()
    }

    /// Takes the account's details, and its request for production access.
    pub(crate) fn put_details(
        &mut self,
        caller: Caller<'_>,
        details: Value,
        wants_production: bool,
    ) -> Result<(), Problem> {
        let standing = self.standing(caller);
        if standing.review(caller.now) == Some("PENDING") {
            return Err(Problem::Conflict(
                "There is already a pending review for this account.".to_owned(),
            ));
        }
        let standing = self.standing_mut(caller);
        standing.details = Some(details);
        if wants_production && !standing.production {
            standing.asked = Some(caller.now);
        }
        Ok(())
    }
}
