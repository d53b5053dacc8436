//! Everything there is: the state of every service in every account, and the DNS around them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of the sandbox's world. It is saved as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct World {
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
}

impl World {
    /// Lets everything happen that is due by `now`: certificates are issued, distributions are
    /// deployed, identities are verified. Called before each call is handled, and the outcome
    /// depends only on the state and `now`, never on how often it is called.
    pub fn advance(&mut self, now: Timestamp) {
        crate::route53::advance(self, now);
        crate::acm::advance(self, now);
        crate::cloudfront::advance(self, now);
        crate::ses::advance(self, now);
    }
}
