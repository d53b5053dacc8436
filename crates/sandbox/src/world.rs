//! Everything there is: the state of every service in every account, and the DNS around them.
//!
//! A service's state is plain data with string keys (JSON has no others): regional
//! services key by [`crate::call::Call::place`]. A field that is the sandbox's own memory and nothing
//! that a user owns (a counter behind the ids, a change in flight, a token seen before) has
//! a name in JSON that begins with `~` (`#[serde(rename = "~counter")]`): it is saved, and does not show
//! in [`World::dump`].

mod environment;
mod public;
mod seeds;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::delays::Delays;
use crate::faults::Faults;
use crate::notes::Notes;
use crate::quotas::Quotas;
use crate::weather::{Kind, Weather};

/// The state of the sandbox's world. It is saved as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// How long things take.
    pub delays: Delays,
    /// How far AWS's clock is ahead of the clock of everybody who calls.
    pub clock_skew: SignedDuration,
    /// How far AWS is from its documentation.
    pub weather: Weather,
    /// The parts of manifests for which something was presumed already: what somebody has taken away since
    /// stays away.
    pub presumed: BTreeSet<String>,
    /// Moments of the past that later calls depend on.
    #[serde(rename = "~notes")]
    pub notes: Notes,
    /// The changes of the past that AWS tells of.
    #[serde(rename = "~cloudtrail")]
    pub cloudtrail: crate::cloudtrail::State,
    /// How many calls each service takes.
    pub quotas: Quotas,
    /// The faults.
    pub faults: Faults,
    /// Accounts, roles and the credentials that were given out.
    pub sts: crate::sts::State,
    /// Buckets and objects of every account.
    pub s3: crate::s3::State,
    /// Distributions and origin access controls of every account.
    pub cloudfront: crate::cloudfront::State,
    /// Certificates by account and region.
    pub acm: crate::acm::State,
    /// Hosted zones and their records.
    pub route53: crate::route53::State,
    /// SES identities and configuration sets by account and region.
    pub ses: crate::ses::State,
    /// Topics of SNS.
    pub sns: crate::sns::State,
    /// The DNS that is not in Route 53: delegations, zones elsewhere, AWS's own names.
    pub dns: crate::dns::State,
    /// The mail hosts, as far as something is wrong with them.
    pub mail: crate::mail::State,
}

impl World {
    /// An empty world in calm weather, where AWS is as its documentation has it.
    pub fn calm() -> Self {
        Self {
            weather: Weather::of(Kind::Calm),
            ..Self::default()
        }
    }

    /// Lets everything happen that is due by `now`: certificates are issued, distributions are
    /// deployed, identities are verified. The outcome depends only on the state and `now`, never
    /// on how often it is called.
    pub fn advance(&mut self, now: Timestamp) {
        self.advance_shared(now);
        crate::ses::advance(self, now);
    }

    /// The same, before and after each call, without what only its own service shows: SES reads the
    /// DNS when it is asked about an identity, because reading it for all of them each
    /// time would cost more than everything else.
    pub(crate) fn advance_shared(&mut self, now: Timestamp) {
        crate::acm::advance(self, now);
        crate::cloudfront::advance(&mut self.cloudfront, now);
    }

    /// The possessions of the users of this world, as stable JSON: no counters, no credentials, no clock.
    /// Two dumps are equal when nothing a user could see has changed.
    pub fn dump(&self) -> Value {
        let mut dump = serde_json::json!({
            "s3": self.s3,
            "cloudfront": self.cloudfront,
            "acm": self.acm,
            "route53": self.route53,
            "ses": self.ses,
            "sns": self.sns,
        });
        forget_memory(&mut dump);
        dump
    }
}

/// Removes what is the sandbox's own memory, and what is left empty by it: an account that once
/// had a resource looks like one that never had.
fn forget_memory(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.starts_with('~'));
            for field in fields.values_mut() {
                forget_memory(field);
            }
            fields.retain(|_, field| !is_empty(field));
        }
        Value::Array(items) => items.iter_mut().for_each(forget_memory),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null => true,
        _ => false,
    }
}
