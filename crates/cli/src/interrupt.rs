//! Ctrl-C: the first stops new work and lets what is in flight end; the second stops at once.
//! Neither loses anything: every step is on record before it is made.

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Listens until it is aborted.
pub(crate) fn listen(wish: watch::Sender<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        // Nobody receives it when the run has just ended.
        let _ = wish.send(true);
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    })
}
