//! The state of SES: identities, configuration sets and the account's standing, by account and region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::caller::{Caller, spelled};
use super::configuration_set::ConfigurationSet;
use super::identity::Identity;
use super::keys;
use super::problem::Problem;
use super::standing::AccountStanding;

/// SES's state. One store for v1 and v2.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By account and region, as [`crate::call::place`] names them.
    pub(crate) places: BTreeMap<String, Place>,
    /// How many sets of keys were made for an identity, by place and name: an identity that is
    /// deleted and made again has other tokens.
    #[serde(rename = "~generations")]
    generations: BTreeMap<String, u64>,
}

/// SES in one account and region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) identities: BTreeMap<String, Identity>,
    pub(crate) sets: BTreeMap<String, ConfigurationSet>,
    pub(crate) standing: Option<AccountStanding>,
    /// The tenants that each identity is associated with.
    pub(crate) tenants: BTreeMap<String, Vec<String>>,
    /// The identities and MAIL FROM domains whose records SES does not find.
    pub(crate) unseen: BTreeSet<String>,
}

impl State {
    /// The state of the caller's account and region.
    pub(crate) fn here(&self, caller: Caller<'_>) -> Option<&Place> {
        self.places.get(&caller.place())
    }

    /// The state of the caller's account and region, to change it.
    pub(crate) fn here_mut(&mut self, caller: Caller<'_>) -> &mut Place {
        self.places.entry(caller.place()).or_default()
    }

    /// An identity.
    pub(crate) fn identity(&self, caller: Caller<'_>, name: &str) -> Result<&Identity, Problem> {
        let found = self
            .here(caller)
            .and_then(|place| place.identities.get(&spelled(name)));
        found.ok_or_else(|| Problem::NoIdentity(name.to_owned()))
    }

    /// An identity, to change it.
    pub(crate) fn identity_mut(
        &mut self,
        caller: Caller<'_>,
        name: &str,
    ) -> Result<&mut Identity, Problem> {
        let place = self.places.get_mut(&caller.place());
        let found = place.and_then(|place| place.identities.get_mut(&spelled(name)));
        found.ok_or_else(|| Problem::NoIdentity(name.to_owned()))
    }

    /// A configuration set.
    pub(crate) fn set(&self, caller: Caller<'_>, name: &str) -> Result<&ConfigurationSet, Problem> {
        let found = self.here(caller).and_then(|place| place.sets.get(name));
        found.ok_or_else(|| Problem::NoSet(name.to_owned()))
    }

    /// A configuration set, to change it.
    pub(crate) fn set_mut(
        &mut self,
        caller: Caller<'_>,
        name: &str,
    ) -> Result<&mut ConfigurationSet, Problem> {
        let place = self.places.get_mut(&caller.place());
        let found = place.and_then(|place| place.sets.get_mut(name));
        found.ok_or_else(|| Problem::NoSet(name.to_owned()))
    }

    /// A new set of tokens for an identity.
    pub(crate) fn new_tokens(&mut self, caller: Caller<'_>, name: &str) -> Vec<String> {
        let place = caller.place();
        let generation = self
            .generations
            .entry(format!("{place} {name}"))
            .or_default();
        *generation += 1;
        keys::easy_tokens(&place, name, *generation)
    }

    /// Every identity, as its place and its name.
    pub fn identities(&self) -> Vec<(String, String)> {
        let places = self.places.iter();
        let all = places.flat_map(|(place, held)| {
            let names = held.identities.keys();
            names.map(|name| (place.clone(), name.clone()))
        });
        all.collect()
    }

    /// Takes an identity away, as if its owner had deleted it.
    pub fn lose(&mut self, place: &str, name: &str) {
        if let Some(held) = self.places.get_mut(place) {
            held.identities.remove(name);
        }
    }

    /// Switches the signing of an identity on or off, as its owner can.
    pub fn switch_signing(&mut self, place: &str, name: &str, on: bool) {
        let held = self.places.get_mut(place);
        if let Some(identity) = held.and_then(|held| held.identities.get_mut(name)) {
            identity.dkim.enabled = on;
        }
    }

    /// The record that SES publishes at `name`: the key behind an identity's token. Nothing where there is no
    /// such name, and no value where there is none of the type.
    pub fn public_record(&self, name: &str, rtype: &str) -> Option<Vec<String>> {
        let (token, zone) = name.split_once('.')?;
        let dkims = self
            .places
            .values()
            .flat_map(|place| place.identities.values().map(|identity| &identity.dkim));
        let mut in_zone = dkims.filter(|dkim| dkim.zone == zone && dkim.is_easy());
        let (dkim, place) = in_zone
            .find_map(|dkim| Some((dkim, dkim.tokens.iter().position(|known| known == token)?)))?;
        let value = keys::easy_key(dkim.current_length, place);
        Some(if rtype == "TXT" {
            vec![value]
        } else {
            Vec::new()
        })
    }
}
