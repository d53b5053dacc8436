//! `deploy destroy`: winds down and removes everything of ours, then looks and says what is left.

use model::rules;
use model::{Ledger, ResourceId, Verb};
use reconcile::{Planned, Wish};
use report::escape;

use crate::args::{self, Global};
use crate::commands::apply::{agreed, carry_out};
use crate::commands::plan::show;
use crate::exit::{Exit, Failure};
use crate::open;
use crate::outcome::grace_period;
use crate::printer::Printer;

/// The rule of winding down.
const WIND_DOWN: &str = rules::STS_O04.id;

pub(crate) async fn run(
    global: &Global,
    args: &args::Destroy,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection)?;
    let journal = open::journal(&project).await?;
    let mut changing = args.changing.clone();
    let accepted = changing.accept_risk.iter().any(|rule| rule == WIND_DOWN);
    let wish = if args.now || accepted {
        Wish::NothingNow
    } else {
        Wish::Nothing
    };
    if args.now && !accepted {
        changing.accept_risk.push(WIND_DOWN.to_owned());
    }
    let planned = project.plan(journal.ledger().await, wish).await;
    show(&planned, &project, printer);
    if planned.is_refused() {
        return Ok(Exit::Refused);
    }
    let name = project.manifest.project.as_str();
    let question = format!("Type the project's name, `{name}`, to destroy this:");
    if !planned.plan.is_empty() && !agreed(&changing, printer, &question, name)? {
        return Ok(Exit::Refused);
    }
    let exit = carry_out(&project, &planned, &journal, &changing, printer).await?;
    let ledger = project.in_scope(journal.ledger().await);
    let again = project.plan(ledger.clone(), wish).await;
    journal.close().await?;
    Ok(tell(exit, &ledger, &again, printer))
}

/// What is left, and why.
fn tell(exit: Exit, ledger: &Ledger, again: &Planned, printer: &Printer) -> Exit {
    for one in &again.grace_periods {
        printer.note(&grace_period(one));
    }
    let stays: Vec<&ResourceId> = again
        .plan
        .actions
        .iter()
        .filter(|action| action.verb() == Verb::Delete)
        .map(|action| &action.resource)
        .collect();
    for id in &stays {
        printer.note(&format!(
            "left: {}; run destroy again",
            escape(&id.to_string())
        ));
    }
    let left = ledger.entries().count() + ledger.retired().count();
    if left == 0 {
        printer.note("Looked again: nothing of ours is left.");
        return exit;
    }
    if again.grace_periods.is_empty() {
        printer.note(&format!("{left} resources are still in the ledger."));
    }
    if exit == Exit::Done {
        Exit::Incomplete
    } else {
        exit
    }
}
