//! `deploy records`: what to publish by hand, in the form that a provider or a tool takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{OutputRef, Resource, ResourceId};
use reconcile::Wish;
use report::{PublishableRecord, RecordFormat, RecordVariants};

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
    let look_up = |reference: &OutputRef| planned.output(reference);
    let mut records = report::publishable(&chosen, &look_up);
    let pending = planned.plan.pending();
    let by_hand = planned.plan.actions.iter();
    for action in by_hand.filter(|action| action.location.is_none() && action.wanted().is_some()) {
        let is_of = |record: &&mut PublishableRecord| {
            record.label == action.resource.name && record.zone == action.resource.domain
        };
        for record in records.iter_mut().filter(is_of) {
            record.after = reconcile::waits_for(&planned.plan, &pending, action);
        }
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
