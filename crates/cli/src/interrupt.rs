//! Ctrl-C, SIGTERM and SIGHUP, and what Windows has in their place: one listener for the whole run.
//!
//! It has a thread of its own, so that it also hears while a person is asked something and while the
//! runtime's clock is paused. While a plan is carried out, the first signal stops new work and lets
//! what is in flight end, and the second stops at once. In every other phase nothing is being
//! changed, and the first stops at once. Neither loses anything: every step is in the ledger before
//! it is made.

use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::printer;
use crate::signals::Signals;

/// The phase of the run.
enum Phase {
    /// Nothing was changed yet.
    Before,
    /// A person is asked; how many changes the plan has.
    Asking(usize),
    /// A plan is carried out; who is told to stop.
    CarryingOut(watch::Sender<bool>),
    /// It was carried out. What follows only reads, and this is not known before its end.
    After(&'static str),
}

static PHASE: Mutex<Phase> = Mutex::new(Phase::Before);

/// A plan is carried out as long as this is held.
pub(crate) struct CarryingOut(());

/// Says that a person is asked about a plan with so many changes.
pub(crate) fn while_asking(changes: usize) {
    enter(Phase::Asking(changes));
}

/// Says that a plan is carried out from now on. `wish` is told to stop.
pub(crate) fn while_carrying_out(wish: watch::Sender<bool>) -> CarryingOut {
    enter(Phase::CarryingOut(wish));
    CarryingOut(())
}

impl Drop for CarryingOut {
    fn drop(&mut self) {
        enter(Phase::After(
            "Open: what AWS has was not observed again, and nothing was verified. The same command goes on.",
        ));
    }
}

/// Says that the run was observed again, and that the live domains are probed from now on.
pub(crate) fn while_verifying() {
    enter(Phase::After(
        "AWS has everything as the manifest asks. Open: the live domains were not all verified. Next: \
         `deploy verify`",
    ));
}

fn enter(phase: Phase) {
    *PHASE.lock().unwrap_or_else(PoisonError::into_inner) = phase;
}

/// Listens from now on until the program ends.
pub(crate) fn listen() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _entered = runtime.enter();
        Signals::listen()?
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(hear(signals)))?;
    Ok(())
}

async fn hear(mut signals: Signals) {
    loop {
        let code = signals.next().await;
        let said = match &*PHASE.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Before => "Stopped by you: nothing was changed.".to_owned(),
            Phase::Asking(changes) => {
                let changes = report::counted(*changes, "change");
                format!("\nStopped by you at the question: nothing was changed. Open: {changes}.")
            }
            Phase::CarryingOut(wish) if !*wish.borrow() => {
                printer::note(
                    "Stopping: nothing new is begun, and the calls in flight are awaited. The same \
                     again stops at once.",
                );
                // Nobody receives it when the run has just ended.
                let _ = wish.send(true);
                continue;
            }
            Phase::CarryingOut(_) => {
                "Stopped by you at once: calls in flight are open in the ledger, and the next run \
                 settles them. `deploy status` says what is done and what is open."
                    .to_owned()
            }
            Phase::After(open) => {
                format!("Stopped by you: the changes are done and in the ledger. {open}")
            }
        };
        printer::note(&said);
        std::process::exit(code);
    }
}
