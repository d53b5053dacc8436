//! One run, whole: open, observe, plan, carry out, verify. Every command shares it.
//!
//! | module | its part |
//! |---|---|
//! | `load` | a manifest, read through [`manifest::Files`] and checked |
//! | `environment` | where a run takes place: at AWS and on the Internet, or in a sandbox |
//! | `open` | a [`Project`]: a manifest with its engine, its clock and its ledger |
//! | `probe` | the way of the probes of a run that only reads |
//! | `scope`, `records` | which domains a run is about, and what the ledger has of them |
//! | `ledger_place` | the folder or the bucket that keeps the ledger |
//! | `desired` | the resources that the manifest asks for |
//! | `authority` | which servers the world is led to, for hosted zones that domains have left |
//! | `leads` | which records still lead to what is about to go |
//! | `plan` | observes the world and makes a plan: [`Planned`] |
//! | `saved_plan` | a plan in a file, which applies exactly or not at all |
//! | `carry_out` | carries a plan out, then observes and plans again |
//! | `conclusion`, `existing` | how a run ended, and which resources exist after it |
//! | `expected` | what an external observer should see of each domain |
//! | `verify`, `drift`, `doctor`, `lint_online` | the runs that only read |
//! | `accept` | takes drift into the ledger as the new record |
//! | `foresight` | events with a known date, before they come |
//! | `ledger_admin` | makes, unlocks and moves the ledger itself |
//! | `rebuild` | rebuilds a ledger that was lost |
//! | `sandbox` | the embedded AWS: what a manifest presumes, and its ports |
//!
//! This crate returns values. It prints nothing, reads no arguments, and opens no file but those of
//! the ledger and of the sandbox, whose folder the caller names.

mod accept;
mod accounts;
mod authority;
mod by_hand;
mod carry_out;
mod changed_by;
mod conclusion;
mod desired;
mod doctor;
mod drift;
mod elsewhere;
mod environment;
mod error;
mod existing;
mod expected;
mod fleet;
mod foresight;
mod leads;
mod ledger_admin;
mod ledger_place;
mod lint_online;
mod load;
mod neighbours;
mod notify;
mod open;
mod plan;
mod policies;
mod probe;
mod reading;
mod rebuild;
mod records;
mod saved_plan;
mod scope;
mod shard;
mod verify;

pub mod sandbox;

pub use ::doctor::{NoWorkflows, Role, Trusted, Workflows, policy as policy_document};
pub use ::plan::{Acceptance, HowFar, Schedule};
pub use aws::{Exchange, Notice, Recorder};
pub use ledger::{Claim, Who};

pub use self::accept::record_accepted;
pub use self::by_hand::{ByHand, publish_by_hand, publishable};
pub use self::carry_out::{Settled, carry_out, grace_periods, moving, settle};
pub use self::conclusion::Conclusion;
pub use self::doctor::examine;
pub use self::drift::{Drifted, drift};
pub use self::environment::{Environment, Network, SandboxSettings, Speed, authority_first};
pub use self::error::Error;
pub use self::existing::{ExistingResource, ExistingResources, ThereBefore};
pub use self::fleet::{Fleet, fleet};
pub use self::ledger_admin::{Destination, Made, create_ledger, move_ledger, unlock_ledger};
pub use self::lint_online::{Preflight, lint_published, lint_with_accounts, preflight};
pub use self::load::{Loaded, check, load};
pub use self::notify::{Ended, News, ReadSecret, check_items, drift_items, receivers};
pub use self::open::{Hearers, Project};
pub use self::plan::{Planned, Wish};
pub use self::policies::{AccountPolicy, policies};
pub use self::probe::Probe;
pub use self::rebuild::{Rebuilding, record_rebuilt};
pub use self::saved_plan::{Moved, SavedAction, SavedPlan};
pub use self::scope::{Subset, canaries};
pub use self::shard::Shard;
pub use self::verify::{Closely, verify};
