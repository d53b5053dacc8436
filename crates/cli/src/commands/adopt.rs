//! `deploy adopt --ledger`: rebuilds a ledger that was lost, after it showed what it would write.

use std::collections::BTreeSet;

use ledger::Journal;
use model::{MailImpact, Origin};
use reconcile::{ExistingResource, Project, Rebuilding};
use report::{AdoptDocument, AdoptedResource, Document, escape};

use crate::args::{Adopt, Global};
use crate::commands::apply::agreed;
use crate::existing::listed;
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;
use crate::turn;

pub(crate) async fn run(global: &Global, args: &Adopt, printer: &Printer) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    turn::take(&project, args.lock_timeout, printer, async |journal| {
        Box::pin(rebuild(&project, args, journal, printer)).await
    })
    .await
}

/// Shows what it would write, asks, and writes it.
async fn rebuild(
    project: &Project,
    args: &Adopt,
    journal: Journal,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let claimed: BTreeSet<String> = args.claims.iter().cloned().collect();
    let rebuilding = project.rebuild(&journal.ledger(), &claimed).await?;
    if !rebuilding.unseen.is_empty() {
        printer.note(
            "Something could not be observed, so nobody knows what stands. Nothing was written.",
        );
        let palette = printer.note_palette();
        printer.note(&report::findings_text(&rebuilding.unseen, &palette));
        return Ok(Exit::Failed);
    }
    if !printer.json {
        let text = format!("{}{}", text(&rebuilding), claims(&rebuilding));
        printer.data(&report::folded(&text, &printer.palette()));
    }
    if !rebuilding.refused.is_empty() {
        printer.note("Not put on record, because it may be somebody else's:");
        let palette = printer.note_palette();
        printer.note(&report::findings_text(&rebuilding.refused, &palette));
    }
    let count = rebuilding.count();
    let question = ("Type `yes` to write this to the ledger:", "yes");
    let agreed = match count {
        0 => Ok(false),
        _ => agreed(count, args.yes, printer, question),
    };
    let is_written = matches!(agreed, Ok(true));
    if is_written {
        reconcile::record_rebuilt(&journal, &rebuilding).await?;
        journal.close().await?;
        let on_record = match count {
            1 => "1 resource is".to_owned(),
            count => format!("{count} resources are"),
        };
        printer.note(&format!(
            "{on_record} on record again. Nothing at AWS was changed. Next: `deploy plan`"
        ));
    }
    if printer.json {
        printer.value(&document(&rebuilding, is_written));
    }
    if agreed? || count == 0 {
        Ok(Exit::Done)
    } else {
        Ok(Exit::Refused)
    }
}

/// The resources that would be written, by what becomes of them in a destroy.
fn text(rebuilding: &Rebuilding) -> String {
    if rebuilding.count() == 0 && !rebuilding.refused.is_empty() {
        return "There is nothing else to put on record.\n".to_owned();
    }
    if rebuilding.count() == 0 {
        return "The ledger lacks nothing that stands under the names that the manifest leads to.\n"
            .to_owned();
    }
    [
        (
            "Ours, by its tags, because it exists only through what carries them, or because you claim it. \
             Destroy removes it:",
            rebuilding.of(Origin::Created),
        ),
        (
            "Of others. Destroy leaves it:",
            rebuilding.of(Origin::Adopted),
        ),
        (
            "Origin unknown: nothing tells who made it. Destroy leaves it, and says so. `--claim ID`, with \
             the id in parentheses, makes it ours:",
            rebuilding.of(Origin::Unknown),
        ),
        (
            "Of the above, not as the manifest asks; the next apply changes it:",
            rebuilding.differing(),
        ),
    ]
    .iter()
    .map(|(title, list)| listed(title, list))
    .collect()
}

/// The claimed resources that mail uses, and what it loses with each.
fn claims(rebuilding: &Rebuilding) -> String {
    let claimed = rebuilding.claimed();
    let used = claimed.iter();
    let used = used.filter(|(_, impact)| impact.mail != MailImpact::None);
    let lines: Vec<String> = used
        .map(|(one, impact)| {
            let id = escape(&one.resource.to_string());
            let loss = escape(&report::impact(impact));
            format!("  {id}\n      mail impact: {loss}\n")
        })
        .collect();
    match lines.as_slice() {
        [] => String::new(),
        lines => format!(
            "Of what you claim, mail uses this. A destroy takes it away:\n{}",
            lines.concat()
        ),
    }
}

/// The same for programs.
fn document(rebuilding: &Rebuilding, is_written: bool) -> Document<AdoptDocument> {
    let list = |list: Vec<ExistingResource>| list.into_iter().map(object).collect();
    Document::new(AdoptDocument {
        written: is_written,
        ours: list(rebuilding.of(Origin::Created)),
        of_others: list(rebuilding.of(Origin::Adopted)),
        origin_unknown: list(rebuilding.of(Origin::Unknown)),
        differing: list(rebuilding.differing()),
    })
}

fn object(one: ExistingResource) -> AdoptedResource {
    AdoptedResource {
        resource: one.resource.to_string(),
        location: one.location,
        record: one.record,
    }
}
