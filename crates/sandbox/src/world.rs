//! Everything there is: the state of every service in every account, and the DNS around them.
//!
//! A service's state is plain data with string keys (JSON has no others): regional
//! services key by [`crate::call::Call::place`]. A field that is the sandbox's own memory and nothing
//! that a user owns (a counter behind the ids, a change in flight, a token seen before) has
//! a name in JSON that begins with `~` (`#[serde(rename = "~counter")]`): it is saved, and does not show
//! in [`World::dump`].

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::Faults;
use crate::quotas::Quotas;

/// The state of the sandbox's world. It is saved as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// How long things take.
    pub delays: Delays,
    /// How far AWS's clock is ahead of the clock of everybody who calls.
    pub clock_skew: SignedDuration,
    /// How many calls each service takes.
    pub quotas: Quotas,
    /// What goes wrong.
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
    /// The DNS that is not in Route 53: delegations, zones elsewhere, AWS's own names.
    pub dns: crate::dns::State,
    /// The mail hosts, as far as something is wrong with them.
    pub mail: crate::smtp::State,
}

impl World {
    /// Lets everything happen that is due by `now`: certificates are issued, distributions are
    /// deployed, identities are verified. The outcome depends only on the state and `now`, never
    /// on how often it is called.
    pub fn advance(&mut self, now: Timestamp) {
        self.advance_shared(now);
        crate::ses::advance(self, now);
    }

    /// The same, before and after each call, without what only its own service shows: SES looks
    /// at the DNS when it is asked about an identity, because looking at all of them each
    /// time would cost more than everything else.
    pub(crate) fn advance_shared(&mut self, now: Timestamp) {
        crate::route53::advance(self, now);
        crate::acm::advance(self, now);
        crate::cloudfront::advance(self, now);
    }

    /// What the users of this world own, as stable JSON: no counters, no credentials, no clock.
    /// Two dumps are equal when nothing a user could see has changed.
    pub fn dump(&self) -> Value {
        let mut dump = serde_json::json!({
            "s3": self.s3,
            "cloudfront": self.cloudfront,
            "acm": self.acm,
            "route53": self.route53,
            "ses": self.ses,
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

/// How long things take at AWS; in a world file as `40s` or `1m 30s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delays {
    /// The shortest API call.
    pub call_shortest: SignedDuration,
    /// The longest API call.
    pub call_longest: SignedDuration,
    /// How long a caller waits for an answer that does not come.
    pub time_out: SignedDuration,
    /// From `RequestCertificate` until its validation records are shown.
    pub acm_records: SignedDuration,
    /// From the moment a validation record is visible until the certificate is issued.
    pub acm_issue: SignedDuration,
    /// From a change of a distribution until it is Deployed.
    pub cloudfront_deploy: SignedDuration,
    /// Until an invalidation is Completed.
    pub cloudfront_invalidation: SignedDuration,
    /// From a Route 53 change until it is INSYNC.
    pub route53_insync: SignedDuration,
    /// From the moment that SES's records are visible until it has seen them.
    pub ses_verify: SignedDuration,
}

impl Default for Delays {
    /// As seen at AWS in 2026.
    fn default() -> Self {
        Self {
            call_shortest: SignedDuration::from_millis(60),
            call_longest: SignedDuration::from_millis(120),
            time_out: SignedDuration::from_secs(10),
            acm_records: SignedDuration::from_secs(2),
            acm_issue: SignedDuration::from_secs(40),
            cloudfront_deploy: SignedDuration::from_secs(170),
            cloudfront_invalidation: SignedDuration::from_secs(20),
            route53_insync: SignedDuration::from_secs(30),
            ses_verify: SignedDuration::from_secs(60),
        }
    }
}

impl Delays {
    /// Everything happens at once.
    pub fn none() -> Self {
        Self {
            call_shortest: SignedDuration::ZERO,
            call_longest: SignedDuration::ZERO,
            time_out: SignedDuration::ZERO,
            acm_records: SignedDuration::ZERO,
            acm_issue: SignedDuration::ZERO,
            cloudfront_deploy: SignedDuration::ZERO,
            cloudfront_invalidation: SignedDuration::ZERO,
            route53_insync: SignedDuration::ZERO,
            ses_verify: SignedDuration::ZERO,
        }
    }
}
