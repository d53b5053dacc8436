//! Observes accounts and domains before anything is done, and judges them.
//!
//! [`observe`] gathers [`Facts`]: it only reads, and where it could not it keeps the reason. [`judge`]
//! is pure: facts in, [`Check`]s out. What was not seen is never called good.

mod facts;
mod grants;
mod judge;
mod nearly_full;
mod observe;
mod policy;
mod quotas;
mod room;
mod trust;

pub use facts::{
    AccountFacts, DomainFacts, Entry, Facts, Host, Hosting, Permissions, PointsTo, Seen, Simulated,
    Unseen, Usage, ZoneFacts,
};
pub use grants::{Grant, READS, Role, grants, grants_on};
pub use judge::judge;
pub use model::check::{About, Check, CheckOutcome};
pub use nearly_full::{NearlyFull, nearly_full};
pub use observe::{Account, Patient, observe};
pub use policy::policy;
pub use quotas::{AccountLimit, Quota, Told};
pub use room::{Making, room};
pub use trust::{NoWorkflows, Trusted, Workflows};
