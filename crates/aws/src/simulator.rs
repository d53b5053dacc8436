//! Whether IAM's simulator answers in an account: each session remembers it.

use std::sync::Arc;

use model::KindError;
use tokio::sync::Mutex;

/// The knowledge about IAM's simulator in one account. Whether it answers at all is the same for every
/// question; so the first is asked alone, and where it is refused, the others get its answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Simulator(pub(crate) Arc<Mutex<Known>>);

/// Whether the simulator answers.
#[derive(Debug, Default)]
pub(crate) enum Known {
    #[default]
    Nothing,
    Answers,
    Refuses(KindError),
}
