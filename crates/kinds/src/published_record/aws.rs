//! Looks in public DNS. Nothing is ever written: to make, change or remove such a record is a
//! person's work, which the plan shows and apply waits for.

use async_trait::async_trait;
use model::kind::{Called, Update};
use model::{
    ErrorClass, KindError, Mutate, NoAnswer, Nothing, Observation, Observe, Ownership, PhysicalId,
    Target, variants,
};

use standards::dns::RecordType;

use super::{PublishedRecord, Spec};
use crate::context::Context;
use crate::record::{LiveSet, LiveValue, Record, State};

fn physical(record: &Record) -> PhysicalId {
    let name = record.name.known().map(String::as_str).unwrap_or_default();
    format!("{name}/{}", record.rtype).into()
}

/// The published values, in whichever of the spellings that Amazon takes.
async fn published(
    context: &Context,
    name: &str,
    rtype: RecordType,
) -> Result<Vec<String>, NoAnswer> {
    let here = context.outside.lookup(name, rtype).await?;
    let there = match variants::elsewhere(name, rtype) {
        Some(other) => context.outside.lookup(other, rtype).await?,
        None => Vec::new(),
    };
    Ok(variants::as_given(name, rtype, here, &there))
}

#[async_trait]
impl Observe<Context> for PublishedRecord {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let record = &target.spec.record;
        let Some(name) = record.name.known() else {
            return Ok(Observation::Absent);
        };
        let values = match published(context, name, record.rtype).await {
            Ok(values) => values,
            Err(error) => return Ok(Observation::Unknown(error.to_string())),
        };
        let set = LiveSet {
            name: name.clone(),
            rtype: record.rtype,
            ttl: None,
            values: values
                .iter()
                .map(|value| LiveValue::ours(record.rtype, value))
                .collect(),
            alias: None,
            evaluates_health: false,
            routing: None,
        };
        let state = State {
            set: Some(set),
            in_the_way: Vec::new(),
            hidden_by: None,
            pending: None,
        };
        // Whatever is there, it is for a person to change: there is always something to look at.
        Ok(Observation::Present {
            physical: physical(record),
            state,
            ownership: Ownership::Shared,
        })
    }
}

#[async_trait]
impl Mutate<Context> for PublishedRecord {
    async fn create(&self, _context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        Ok(physical(&target.spec.record).into())
    }

    async fn update(
        &self,
        _context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        Ok(physical(&target.spec.record).into())
    }

    /// A person takes it out. Until then it counts: a name must not point at what is gone.
    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let Observation::Present { state, .. } = self.observe(context, target).await? else {
            return Ok(());
        };
        let record = &target.spec.record;
        let ours = record.known_values();
        let is_there = state
            .set
            .is_some_and(|set| set.values.iter().any(|value| ours.contains(&value.means)));
        if !is_there {
            return Ok(());
        }
        let message = format!(
            "somebody to take {} {} out of the DNS",
            record.rtype, record.name
        );
        Err(KindError::new(
            ErrorClass::NotYet,
            "delete a record",
            message,
        ))
    }
}
