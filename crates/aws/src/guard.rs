//! The last question before a request is sent: whether it may be sent still.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

type Answer = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The end of an attempt that its guard did not agree to: nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Withheld(String);

/// A condition that has to hold, after the wait for the quota, before a request is signed and sent.
#[derive(Clone)]
pub struct Guard(Arc<dyn Fn() -> Answer + Send + Sync>);

impl Guard {
    /// A guard that asks `agrees` before each attempt. An error says why it is not made.
    pub fn new(agrees: impl Fn() -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(agrees))
    }

    /// Returns when the attempt may be made.
    pub(crate) async fn agrees(&self) -> Result<(), Withheld> {
        (self.0)().await.map_err(Withheld)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}
