//! `deploy records`: what to publish by hand, in the form that a provider or a tool takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Resource, ResourceId};
use reconcile::Wish;
use report::{RecordFormat, RecordVariants};

use crate::args::{Global, Records};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(
    global: &Global,
    args: &Records,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let planned = project.plan(project.ledger().await?, Wish::All).await?;
    let unpublished: BTreeSet<&ResourceId> = planned
        .plan
        .actions
        .iter()
        .filter(|action| !project.is_published(&planned, action))
        .map(|action| &action.resource)
        .collect();
    let chosen: Vec<Arc<Resource>> = planned
        .desired
        .iter()
        .filter(|resource| !args.missing || unpublished.contains(&resource.id))
        .cloned()
        .collect();
    let records = reconcile::publishable_of(&chosen, &planned);
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
