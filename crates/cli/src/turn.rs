//! The turn of a run that changes something: `--lock-timeout` waits for it.

use std::time::Duration;

use jiff::Timestamp;
use ledger::{Journal, LedgerError};
use reconcile::{Claim, Project};

use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

/// Opens the ledger of a project as soon as nobody else holds what this run is about, and does `work`
/// with it. It waits for `limit` at most.
///
/// Two runs that plan at the same time find everything free, and one of them is the first to claim it.
/// The other has changed nothing, and its plan may be wrong: it does its work anew, after the first.
pub(crate) async fn take(
    project: &Project,
    limit: Duration,
    printer: &Printer,
    mut work: impl AsyncFnMut(Journal) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let until = project.clock.now() + limit;
    loop {
        let journal = journal(project, until, printer).await?;
        let ended = work(journal).await;
        if !was_late(&ended) || project.clock.now() >= until {
            return ended;
        }
        printer.note("Another run was faster: planning again.");
    }
}

/// Opens the ledger when nobody else holds what this run is about, or when the time is over.
async fn journal(
    project: &Project,
    until: Timestamp,
    printer: &Printer,
) -> Result<Journal, Failure> {
    let waits = |claim: &Claim| {
        let text = format!("waiting: {} is held by {}", claim.document, claim.holder);
        printer.note(&report::escape(&text));
    };
    let left = until.duration_since(project.clock.now());
    let left = Duration::try_from(left).unwrap_or_default();
    let opened = project.journal_when_free(open::who(), left, &waits);
    Ok(opened.await?)
}

/// Whether another run was the first to claim something.
fn was_late(ended: &Result<Exit, Failure>) -> bool {
    let Err(Failure::Outside { source, .. }) = ended else {
        return false;
    };
    matches!(
        source.downcast_ref::<LedgerError>(),
        Some(LedgerError::Held { .. } | LedgerError::Moved { .. })
    )
}
