//! `deploy records`: what to publish by hand, in the form that a provider or a tool takes.

use std::collections::BTreeSet;

use model::{OutputRef, Resource, ResourceId};
use report::{RecordFormat, RecordVariants};

use crate::args::{Global, Records};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::project::{Planned, Project, Wish};

pub(crate) async fn run(
    global: &Global,
    args: &Records,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, &args.selection)?;
    let planned = project.plan(project.ledger().await?, Wish::All).await;
    let unpublished: BTreeSet<&ResourceId> = planned
        .plan
        .actions
        .iter()
        .filter(|action| !is_published(&project, &planned, action))
        .map(|action| &action.resource)
        .collect();
    let chosen: Vec<Resource> = planned
        .desired
        .iter()
        .filter(|resource| !args.missing || unpublished.contains(&resource.id))
        .cloned()
        .collect();
    let look_up = |reference: &OutputRef| planned.output(reference);
    let records = report::publishable(&chosen, &look_up);
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

/// Whether public DNS answers a record as planned. What counts is what was seen in this run: the
/// ledger knows only what there was when the record was begun with.
fn is_published(project: &Project, planned: &Planned, action: &model::Action) -> bool {
    let seen = planned.output(&OutputRef {
        resource: action.resource.clone(),
        pointer: String::new(),
    });
    let kind = project.engine.kinds().get(action.resource.kind.as_str());
    let ready = |state| kind.and_then(|kind| kind.readiness(&action.spec, &state).ok());
    !action.changes() && seen.and_then(ready) == Some(model::Readiness::Ready)
}
