//! Sessions per account and region, the quota scheduler, error classes.
//!
//! A [`Sessions`] opens a [`Session`] for each location that a plan names: credentials by role or
//! profile, the account's number compared with the declared one before anything else, and every
//! request held back until AWS's quota has room for it.

mod access;
mod attempt;
mod by_hand;
mod class;
mod clients;
pub mod codes;
mod entry;
mod error;
mod guard;
mod http;
mod iam;
mod log;
pub mod object;
mod profile;
mod publish;
pub mod quotas;
mod reader;
mod record;
mod repeat;
mod scheduler;
mod service_quotas;
mod session;
mod simulate;
mod simulator;
mod skew;
mod tagged;
mod token_bucket;
mod trail;
mod wallet;
mod whole;
mod wire;
mod words;

pub use access::{Access, Connection, partition};
pub use class::Class;
pub use codes::Meaning;
pub use entry::APP;
pub use error::{after_release, code, error, meaning};
pub use guard::Guard;
pub use iam::role_arn;
pub use publish::publish;
pub use reader::{Key, Page, Reader};
pub use record::{Exchange, Recorder};
pub use scheduler::Scheduler;
pub use service_quotas::{GrantedQuota, granted_quotas};
pub use session::{Session, SessionError, Sessions};
pub use simulate::{Decision, Question, simulate};
pub use tagged::Tagged;
pub use trail::{TrailEvent, TrailEvents, trail_events};
pub use wire::Notice;
