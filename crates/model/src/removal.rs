//! A kind's judgement of a removal: whether anything speaks against it, and by which other it happens.

use standards::Finding;

use crate::id::PhysicalId;

/// Whether a resource of ours may be deleted as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Removal {
    /// Nothing speaks against it.
    Free,
    /// It takes something of others along: somebody has to accept that by the rule's id.
    Risk(Finding),
    /// It can't be deleted until a person did something about it.
    Blocked(Finding),
}

/// A resource that holds others: its deletion takes them along.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// Its kind.
    pub kind: &'static str,
    /// AWS's name for it, in the location of what it holds.
    pub physical: PhysicalId,
}
