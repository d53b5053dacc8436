//! `deploy ledger`: makes the bucket of a ledger, unlocks a document, moves the ledger.

use std::path::Path;

use reconcile::{Destination, Made, Project};
use report::escape;

use crate::args::{self, LedgerOf, Selection};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(command: args::Ledger, printer: &Printer) -> Result<Exit, Failure> {
    match command {
        args::Ledger::Create(of) => create(&of, printer).await,
        args::Ledger::Unlock(unlock) => self::unlock(&unlock, printer).await,
        args::Ledger::Move(moved) => move_to(&moved, printer).await,
    }
}

fn project(of: &LedgerOf, printer: &Printer) -> Result<Project, Failure> {
    let selection = Selection::all(of.manifest.clone());
    open::project(&of.global, &selection, printer)
}

async fn create(of: &LedgerOf, printer: &Printer) -> Result<Exit, Failure> {
    printer
        .progress("Making the bucket. S3 can take up to 15 minutes until a new one takes writes.");
    let made = reconcile::create_ledger(&project(of, printer)?).await?;
    printer.note(match made {
        Made::New => "The bucket was made. The ledger is empty.",
        Made::Again => "The bucket was there, and its settings are as they should be.",
    });
    Ok(Exit::Done)
}

async fn unlock(args: &args::Unlock, printer: &Printer) -> Result<Exit, Failure> {
    let project = project(&args.of, printer)?;
    let who = open::who();
    if !reconcile::unlock_ledger(&project, &args.document, &args.run, who).await? {
        return Err(Failure::Usage(format!(
            "{} is not held by the run {}: nothing was changed",
            escape(&args.document),
            escape(&args.run)
        )));
    }
    printer.note(&format!(
        "{} is free. If that run is alive after all, it stops before its next change there.",
        escape(&args.document)
    ));
    Ok(Exit::Done)
}

async fn move_to(args: &args::Move, printer: &Printer) -> Result<Exit, Failure> {
    let destination = match args.to {
        args::Destination::S3 => Destination::S3,
        args::Destination::Folder => Destination::Folder,
    };
    let project = project(&args.of, printer)?;
    let beside = project.file.parent().unwrap_or(Path::new(""));
    let moved = reconcile::move_ledger(&project, beside, destination, open::who()).await?;
    let (documents, place) = moved;
    printer.note(&format!(
        "{documents} documents are at {} now, and the old place refuses to be used.",
        escape(&place)
    ));
    Ok(Exit::Done)
}
