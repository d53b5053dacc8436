//! The program's registry of rules: the standards' rules, and its own about manifests, plans, AWS
//! accounts and the live domain.
//!
//! ```
//! use model::rules;
//!
//! assert_eq!(rules::find("PLAN-01"), Some(rules::PLAN_01));
//! assert_eq!(rules::find("SPF-09"), Some(rules::SPF_09));
//! assert!(rules::all().count() > standards::rules::all().count());
//! ```

mod aws;
mod live;
mod manifest;
mod plan;

pub use standards::rules::*;

pub use aws::*;
pub use live::*;
pub use manifest::*;
pub use plan::*;

/// The rules of plans that an operator may go against by `--accept-risk`: they weigh what is lost, and
/// nothing of them is impossible.
pub const RISKS: &[&Rule] = &[PLAN_20, PLAN_22, PLAN_25, PLAN_26];

const SECTIONS: &[&[&Rule]] = &[manifest::RULES, plan::RULES, aws::RULES, live::RULES];

/// Every rule: those of the standards in the order of the catalogue, then those of this program.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    standards::rules::all().chain(SECTIONS.iter().copied().flatten().copied())
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
