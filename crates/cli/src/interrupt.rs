//! Ctrl-C, SIGTERM and SIGHUP: one listener for the whole run.
//!
//! It has a thread of its own, so that it also hears while a person is asked something and while the
//! runtime's clock is paused. While a plan is carried out, the first signal stops new work and lets
//! what is in flight end, and the second stops at once. In every other phase nothing is being
//! changed, and the first stops at once. Neither loses anything: every step is in the ledger before
//! it is made.

use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::printer;

/// The phase of the run.
enum Phase {
    /// Nothing was changed yet.
    Before,
    /// A plan is carried out; who is told to stop.
    CarryingOut(watch::Sender<bool>),
    /// It was carried out. What follows only reads.
    After,
}

static PHASE: Mutex<Phase> = Mutex::new(Phase::Before);

/// A plan is carried out as long as this is held.
pub(crate) struct CarryingOut(());

/// Says that a plan is carried out from now on. `wish` is told to stop.
pub(crate) fn while_carrying_out(wish: watch::Sender<bool>) -> CarryingOut {
    enter(Phase::CarryingOut(wish));
    CarryingOut(())
}

impl Drop for CarryingOut {
    fn drop(&mut self) {
        enter(Phase::After);
    }
}

fn enter(phase: Phase) {
    *PHASE.lock().unwrap_or_else(PoisonError::into_inner) = phase;
}

/// Listens from now on until the program ends.
pub(crate) fn listen() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _entered = runtime.enter();
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let [interrupt, terminate, hangup] = kinds.map(signal);
        [interrupt?, terminate?, hangup?]
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(hear(signals)))?;
    Ok(())
}

async fn hear([mut interrupt, mut terminate, mut hangup]: [Signal; 3]) {
    loop {
        // Shells show a program that a signal ended as 128 and the number of the signal.
        let code = tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
            _ = hangup.recv() => 129,
        };
        let said = match &*PHASE.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Before => "Stopped by you: nothing was changed.",
            Phase::CarryingOut(wish) if !*wish.borrow() => {
                // Nobody receives it when the run has just ended.
                let _ = wish.send(true);
                continue;
            }
            Phase::CarryingOut(_) => {
                "Stopped by you at once: calls in flight are open in the ledger, and the next run settles them."
            }
            Phase::After => {
                "Stopped by you: the changes are done and in the ledger, and were not all checked."
            }
        };
        printer::note(said);
        std::process::exit(code);
    }
}
