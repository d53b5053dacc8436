//! The transition suite: every kind against the in-process sandbox, through the registry and the
//! SDK, under virtual time. For each kind: create, create again, no change, each field changed,
//! replace, drift, adopt, delete, delete what is gone.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on says so by panicking"
)]
#![expect(
    clippy::similar_names,
    reason = "a stage is where it plays, a state is what is seen"
)]

mod suite;
