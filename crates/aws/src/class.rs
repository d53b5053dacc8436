//! The classes of requests: those that something waits for, and polls.

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something is changed, or cannot go on without the answer.
    Plain,
    /// Asks whether something is ready yet. It lets plain requests go first, and polls together take
    /// at most half of the quota.
    Poll,
}
