//! The part of the world that the service works on and depends on.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use crate::delays::Delays;
use crate::dns::Dns;
use crate::weather::Weather;

/// The part of the world that ACM works on and depends on.
pub trait Environment: Dns {
    /// ACM's own state.
    fn acm(&self) -> &State;
    /// ACM's own state, to change it.
    fn acm_mut(&mut self) -> &mut State;
    /// The ARNs of the resources that show a certificate or are about to.
    fn users_of_certificate(&self, arn: &str) -> Vec<String>;
    /// The same for all certificates, by their ARNs.
    fn users_of_certificates(&self) -> BTreeMap<&str, BTreeSet<String>>;
    /// How long things take.
    fn delays(&self) -> &Delays;
    /// How far AWS is from its documentation.
    fn weather(&self) -> Weather;
}
