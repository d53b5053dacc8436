//! The progress of a plan that is carried out, as a person is shown it, and the way to stop it.

use model::ActionId;
use tokio::sync::watch;

use crate::outcome::ActionOutcome;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Progress<'a> {
    /// An action's call is about to be made.
    Started(ActionId),
    /// An action waits for AWS, or for a person who publishes a record, and this is what for.
    Waiting(ActionId, &'a str),
    /// An action waits until a probe from outside sees what has to be there before its call.
    Probing(ActionId, &'a str),
    /// An action's call has returned; it may still have to become ready.
    Applied(ActionId),
    /// An action is over.
    Finished(ActionId, &'a ActionOutcome),
}

/// A receiver of progress.
pub trait Watch: Sync {
    /// Is told.
    fn see(&self, progress: &Progress<'_>);
}

impl<F: Fn(&Progress<'_>) + Sync> Watch for F {
    fn see(&self, progress: &Progress<'_>) {
        self(progress);
    }
}

/// A wish to stop: nothing new begins, what is in flight ends.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A sender of the wish, and its receiver.
    pub fn channel() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether it was wished.
    pub fn is_wished(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is wished.
    pub(crate) async fn wished(&self) {
        let mut receiver = self.0.clone();
        // Without a sender nobody can wish it any more.
        if receiver.wait_for(|wished| *wished).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
