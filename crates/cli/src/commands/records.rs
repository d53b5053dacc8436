//! `deploy records`: what to publish by hand, in the form that a provider or a tool takes.

use reconcile::Wish;
use report::{RecordFormat, RecordTask, RecordVariants};

use crate::args::{Global, Records};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;
use crate::progress::while_reading;

pub(crate) async fn run(
    global: &Global,
    args: &Records,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let ledger = project.ledger().await?;
    let planned = while_reading(&project, printer, project.plan(ledger, Wish::All)).await?;
    let actions = planned.plan.actions.iter();
    let actions = actions.filter(|action| !args.missing || !project.is_published(&planned, action));
    let mut records = reconcile::publishable(&project, &planned, actions).await;
    if args.missing {
        records.retain(|record| !matches!(record.task, RecordTask::Keep(_)));
    }
    let format = if printer.json {
        RecordFormat::Json
    } else {
        args.format
    };
    let variants = RecordVariants {
        no_underscore: args.no_underscore,
        amazonses_prefix: args.amazonses_prefix,
        relative: args.relative,
        one_value: args.one_value,
    };
    printer.data(&report::records(
        &records,
        format,
        variants,
        &printer.palette(),
    ));
    Ok(Exit::Done)
}
