//! Publishes in the sandbox, as the operator of a manual DNS would, or takes the records out again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Action, OutputRef, Resource, ResourceId};
use report::PublishableRecord;
use sandbox::Sandbox;

use crate::{Error, Planned, Project, Wish};

/// The count of records that were published or taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The records that were set.
    pub done: usize,
    /// All records, with those whose values are not known yet.
    pub all: usize,
}

/// Publishes every record that a person has to publish, as far as it is known, or takes them out.
pub async fn publish_by_hand(project: &Project, present: bool) -> Result<ByHand, Error> {
    let sandbox = project.sandbox.as_ref().ok_or_else(|| {
        Error::Usage("records are published by the program in a sandbox only".to_owned())
    })?;
    let wish = if present { Wish::All } else { Wish::NothingNow };
    let planned = project.plan(project.ledger().await?, wish).await?;
    let records = publishable(&planned.plan.actions, &planned);
    let mut done = 0;
    for record in &records {
        let values: Option<Vec<&str>> = record.values.iter().map(Option::as_deref).collect();
        let (Some(name), Some(values)) = (&record.name, values) else {
            continue;
        };
        set(sandbox, name, &record.rtype, &values, present)?;
        done += 1;
    }
    let all = records.len();
    Ok(ByHand { done, all })
}

fn set(
    sandbox: &Sandbox,
    name: &str,
    rtype: &str,
    values: &[&str],
    present: bool,
) -> Result<(), Error> {
    let now = sandbox.clock().now();
    let mut world = sandbox.world();
    if let Some(server) = world.dns.name_server(name) {
        return Err(Error::Usage(format!(
            "{name} is on the name server {server}: publish it there"
        )));
    }
    let done = if present {
        world.dns.publish(name, rtype, values, now)
    } else {
        world.dns.unpublish(name, rtype, now)
    };
    done.map_err(|problem| Error::Usage(format!("{name}: {problem}")))
}

/// The records that a person has to publish, or to take out, for these actions of a plan, each with
/// what has to be ready first.
pub fn publishable<'a>(
    actions: impl IntoIterator<Item = &'a Action>,
    planned: &Planned,
) -> Vec<PublishableRecord> {
    let by_hand = actions
        .into_iter()
        .filter(|action| action.location.is_none());
    let mut waits = planned.waits();
    let records = by_hand.flat_map(|action| {
        let resource = [Arc::new(published(action))];
        let mut records = report::publishable(&resource, &|reference: &OutputRef| {
            planned.output(reference)
        });
        for record in &mut records {
            record.after = waits.remove(&action.id).unwrap_or_default();
        }
        records
    });
    records.collect()
}

/// The records among `resources`, as they are published, each with what has to be ready first.
pub fn publishable_of(resources: &[Arc<Resource>], planned: &Planned) -> Vec<PublishableRecord> {
    let mut waits = planned.waits();
    let actions = planned.plan.actions.iter();
    let by_hand = actions.filter(|one| one.location.is_none() && one.wanted().is_some());
    let after: BTreeMap<(&str, &str), Vec<String>> = by_hand
        .map(|action| {
            let ResourceId { domain, name, .. } = &action.resource;
            let after = waits.remove(&action.id).unwrap_or_default();
            ((domain.as_str(), name.as_str()), after)
        })
        .collect();
    let mut records = report::publishable(resources, &|reference: &OutputRef| {
        planned.output(reference)
    });
    for record in &mut records {
        if let Some(after) = after.get(&(record.zone.as_str(), record.label.as_str())) {
            record.after.clone_from(after);
        }
    }
    records
}

/// The resource of a record by hand, as far as publishing it goes.
fn published(action: &Action) -> Resource {
    let preconditions = action.desired().map(|one| one.preconditions.clone());
    Resource {
        id: action.resource.clone(),
        location: None,
        spec: action.spec().clone(),
        impact: action.impact.clone(),
        dependencies: Vec::new(),
        preconditions: preconditions.unwrap_or_default(),
        wait: false,
        adopt: false,
        holders: BTreeSet::new(),
        through: None,
        serves_policy: None,
        place: standards::Place::Whole,
    }
}
