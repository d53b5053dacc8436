//! The vocabulary of `deploy`, and the traits of a kind. Pure: no clock, no runtime, no AWS.
//!
//! - [`Resource`] is what the manifest asks for; [`Observation`] is what AWS reported in this run;
//!   [`Ledger`] is what we did and own.
//! - A [`Kind`] compares the first two and says when a resource is ready. It is held by the
//!   planner. [`Observe`] reads and [`Mutate`] changes; they are held by the engine.
//! - A [`Plan`] is the ordered, immutable, printable, savable set of [`Action`]s.

pub mod any_kind;
pub mod authority;
pub mod calls;
pub mod check;
pub mod diff;
pub mod error;
pub mod field;
pub mod foresight;
pub mod id;
pub mod impact;
pub mod kind;
pub mod ledger;
pub mod observation;
pub mod outside;
pub mod overview;
pub mod permission;
pub mod place;
pub mod plan;
pub mod published;
pub mod reasons;
pub mod removal;
pub mod resource;
pub mod rules;
pub mod served_policy;
pub mod trail;
pub mod typed;
pub mod variants;
pub mod verb;

pub use any_kind::{AnyKind, KindSet, ShapeError};
pub use authority::{Authority, Lead, LeftZone, ZoneRef};
pub use calls::{Calls, Polls};
pub use check::{About, Check, CheckOutcome, Verdict};
pub use diff::{Change, Diff, Effect, Side};
pub use error::{ErrorClass, KindError};
pub use field::{Field, OutputRef, Outputs};
pub use foresight::{FailOn, Foreseen};
pub use id::{AccountId, AccountName, Location, NoAccountId, PhysicalId, Region, ResourceId};
pub use impact::{Impact, MailImpact};
pub use kind::{Kind, Mutate, Nothing, Observe, Own, Target, Transition};
pub use ledger::{DomainLedger, Entry, Ledger, Origin, Status};
pub use observation::{Observation, Ownership, Readiness};
pub use outside::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
pub use overview::{Grade, NextStep, Overview, Standard, Subject};
pub use permission::{Named, Only, Permission};
pub use plan::{Action, ActionId, Edge, Plan, Round, Step, Unwanted, Wanted};
pub use published::{Published, Seen, SeenFile, SeenKey, SeenMailFrom, SeenZone};
pub use removal::{Container, Removal};
pub use resource::{Dependency, Level, Precondition, PreconditionCheck, Resource, Undo};
pub use served_policy::ServedPolicy;
pub use trail::Trail;
pub use typed::{Before, Spec, State};
pub use verb::Verb;
