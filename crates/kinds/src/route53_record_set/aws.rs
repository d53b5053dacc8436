//! Route 53's calls for records: one listing a zone and run, one batch a zone and wave.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use model::kind::{BatchItem, CallResult, Update};
use model::{
    ErrorClass, KindError, Mutate, Observation, Observe, Ownership, PhysicalId, ResourceId, Target,
};
use standards::Finding;
use standards::dns::{Name, RecordType};

use super::batch::{BatchPart, SetChange, batches, changes, immovable, was_deleted};
use super::sync::InSync;
use super::{Route53RecordSet, Spec, place};
use crate::context::Context;
use crate::record::{LiveSet, LiveValue, Record, SetKey, Sets, State, canonical};
use crate::sdk::{built, done, found, gone, known};
use crate::zones::KnownZone;

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.route53())
}

/// Lists the zone, unless this run has.
pub(super) async fn read_into(
    zone: &mut KnownZone,
    context: &Context,
    id: &str,
) -> Result<(), KindError> {
    if zone.sets.is_none() {
        zone.sets = list(&client(context)?, id).await?;
    }
    Ok(())
}

#[async_trait]
impl Observe<Context> for Route53RecordSet {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let record = &target.spec.record;
        let Some(zone_id) = target.spec.zone.known().filter(|_| place(record).is_some()) else {
            return Ok(Observation::Absent);
        };
        let zone = context.shared.zones.zone(zone_id).await;
        let mut zone = zone.lock().await;
        read_into(&mut zone, context, zone_id).await?;
        // Where the zone is gone, its records went with it.
        let seen = match record.name.known() {
            Some(name) => seen(&zone, zone_id, record, name),
            None => hidden(&zone, zone_id, record),
        };
        Ok(seen.unwrap_or(Observation::Absent))
    }

    /// The listing says what is in the zone, and `GetChange` whether all name servers answer it.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _seen: &State,
    ) -> Result<Observation<State>, KindError> {
        if let (Some(zone_id), Some(key)) = (target.spec.zone.known(), target.spec.record.key()) {
            let zone = context.shared.zones.zone(zone_id).await;
            let change = zone.lock().await.pending.get(&key).cloned();
            if let Some(change) = change
                && *context.read(&InSync(change.clone())).await?
            {
                let mut zone = zone.lock().await;
                zone.pending.retain(|_, other| *other != change);
                zone.settled.insert(change);
            }
        }
        self.observe(context, target).await
    }
}

/// The record as a zone has it, with our own changes; nothing where the zone is gone.
fn seen(
    zone: &KnownZone,
    zone_id: &str,
    record: &Record,
    name: &str,
) -> Option<Observation<State>> {
    let state = read(zone.sets.as_ref()?, record, name);
    let pending = zone.pending.get(&SetKey::new(name, record.rtype)).cloned();
    // A deleted record is there for the world until its deletion is in sync.
    if pending.is_none() && !record.concerns(&state) {
        return None;
    }
    Some(Observation::Present {
        physical: physical(zone_id, record),
        state: State { pending, ..state },
        ownership: Ownership::Shared,
    })
}

/// A record whose name AWS has not given yet, where it will be below a delegation.
fn hidden(zone: &KnownZone, zone_id: &str, record: &Record) -> Option<Observation<State>> {
    let place = place(record)?.to_ascii_lowercase();
    let hidden_by = delegation(zone.sets.as_ref()?, &place, record.rtype)?;
    Some(Observation::Present {
        physical: physical(zone_id, record),
        state: State {
            hidden_by: Some(hidden_by),
            ..State::default()
        },
        ownership: Ownership::Shared,
    })
}

/// The state of a record, from the listing of its name.
fn read(sets: &Sets, record: &Record, name: &str) -> State {
    let key = SetKey::new(name, record.rtype);
    let beside = sets.iter().filter(|(other, _)| key.excludes(other));
    State {
        set: sets.get(&key).cloned(),
        in_the_way: beside.map(|(_, set)| set.clone()).collect(),
        hidden_by: delegation(sets, &key.name, record.rtype),
        pending: None,
    }
}

/// The delegation that takes `name` out of the zone: NS records at it or above it, but not at the
/// zone's own name, where the SOA is (RFC 1034 section 4.2.1).
fn delegation(sets: &Sets, name: &str, rtype: RecordType) -> Option<LiveSet> {
    let mut at = name;
    loop {
        let set = |rtype| sets.get(&SetKey::new(at, rtype));
        // The records that delegate are the parent's own.
        let delegates = at != name || ![RecordType::Ns, RecordType::Ds].contains(&rtype);
        match (set(RecordType::Soa), set(RecordType::Ns)) {
            (None, Some(servers)) if delegates => return Some(servers.clone()),
            (None, _) => at = at.split_once('.')?.1,
            (Some(_), _) => return None,
        }
    }
}

fn physical(zone: &str, record: &Record) -> PhysicalId {
    let name = record.name.known().map(String::as_str).unwrap_or_default();
    format!("{zone}/{name}/{}", record.rtype).into()
}

#[async_trait]
impl Mutate<Context> for Route53RecordSet {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<CallResult<Vec<LiveSet>>, KindError> {
        alone(self, context, target, Some(target.spec.clone()), None).await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Result<CallResult<Vec<LiveSet>>, KindError> {
        alone(
            self,
            context,
            target,
            Some(target.spec.clone()),
            update.owned.clone(),
        )
        .await
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        alone(self, context, target, None, Some(target.spec.clone())).await?;
        Ok(())
    }

    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<Spec, Vec<LiveSet>>],
    ) -> Result<Vec<CallResult<Vec<LiveSet>>>, KindError> {
        let client = client(context)?;
        let spec = |item: &BatchItem<Spec, Vec<LiveSet>>| {
            item.target.spec.clone().or_else(|| item.owned.clone())
        };
        let specs: Vec<Spec> = items.iter().filter_map(spec).collect();
        let (Some(first), true) = (specs.first(), specs.len() == items.len()) else {
            return Ok(Vec::new());
        };
        let zone_id = known(OPERATION, &first.zone)?;
        if specs.iter().any(|spec| spec.zone != first.zone) {
            let message = "one batch can't change two hosted zones";
            return Err(KindError::new(ErrorClass::Invalid, OPERATION, message));
        }
        let zone = context.shared.zones.zone(zone_id).await;
        let mut zone = zone.lock().await;
        match send(&client, zone_id, &mut zone, items).await {
            // Somebody changed the zone since it was listed: list again and try once more.
            Err(error) if error.class == ErrorClass::Conflict => {
                send(&client, zone_id, &mut zone, items).await?;
            }
            other => other?,
        }
        let outcomes = items.iter().zip(&specs).map(|(item, spec)| {
            let taken = match item.target.spec {
                Some(_) => zone.taken.get(&item.target.id).cloned(),
                // It was put back.
                None => zone.taken.remove(&item.target.id).and(None),
            };
            let name = spec.record.name.known().map(String::as_str);
            let seen = seen(&zone, zone_id, &spec.record, name.unwrap_or_default());
            CallResult {
                physical: physical(zone_id, &spec.record),
                before: taken,
                is_made_again: zone.made_again.contains(&item.target.id),
                state: seen.and_then(|seen| seen.state().cloned().map(model::State::of::<Self>)),
            }
        });
        Ok(outcomes.collect())
    }
}

/// A batch of one.
async fn alone(
    kind: &Route53RecordSet,
    context: &Context,
    target: &Target<Spec>,
    wanted: Option<Spec>,
    owned: Option<Spec>,
) -> Result<CallResult<Vec<LiveSet>>, KindError> {
    let item = BatchItem {
        target: target.with(wanted),
        owned,
        before: None,
        adopt: false,
        open: false,
    };
    let outcomes = kind.change(context, &[item]).await?;
    let physical = physical("", &target.spec.record);
    Ok(outcomes
        .into_iter()
        .next()
        .unwrap_or_else(|| physical.into()))
}

fn part(item: &BatchItem<Spec, Vec<LiveSet>>, zone: &KnownZone) -> BatchPart {
    let wanted = item.target.spec.as_ref().map(|spec| spec.record.clone());
    let set = wanted.as_ref().and_then(Record::key);
    BatchPart {
        open: item.open || set.is_some_and(|set| zone.unanswered.contains(&set)),
        wanted,
        owned: item.owned.as_ref().map(|spec| spec.record.clone()),
        before: item.before.clone().unwrap_or_default(),
        adopt: item.adopt,
    }
}

const OPERATION: &str = "ChangeResourceRecordSets";

/// Brings the zone to where every item is content. After a failure the zone is listed anew.
async fn send(
    client: &Client,
    zone_id: &str,
    zone: &mut KnownZone,
    items: &[BatchItem<Spec, Vec<LiveSet>>],
) -> Result<(), KindError> {
    let mut sets = match zone.sets.take() {
        Some(sets) => sets,
        None => list(client, zone_id)
            .await?
            .ok_or_else(|| gone(OPERATION, zone_id))?,
    };
    let parts: Vec<BatchPart> = items.iter().map(|item| part(item, zone)).collect();
    if let Some(set) = parts.iter().find_map(|part| immovable(&sets, part)) {
        return Err(conflict(&set.why_fixed()));
    }
    if let Some(finding) = parts.iter().find_map(|part| moved(&sets, part)) {
        return Err(conflict(&finding.reason));
    }
    let gone = items.iter().zip(&parts);
    let gone = gone.filter(|(_, part)| was_deleted(&sets, part));
    let gone: Vec<ResourceId> = gone.map(|(item, _)| item.target.id.clone()).collect();
    let (changes, taken) = changes(&sets, &parts);
    let mut fresh = BTreeSet::new();
    for (item, taken) in items.iter().zip(taken) {
        if !taken.is_empty() && !zone.taken.contains_key(&item.target.id) {
            fresh.insert(item.target.id.clone());
            zone.taken.insert(item.target.id.clone(), taken);
        }
    }
    let mut sent = BTreeSet::new();
    for batch in batches(changes) {
        match send_batch(client, zone_id, &batch).await {
            Ok(id) => zone.accept(batch.iter().map(SetChange::key), id.as_deref()),
            Err(error) => {
                // A repeat inside the SDK conflicts with what the first try wrote.
                if [ErrorClass::Ambiguous, ErrorClass::Conflict].contains(&error.class) {
                    zone.unanswered.extend(batch.iter().map(SetChange::key));
                }
                if error.class == ErrorClass::Ambiguous {
                    // A repeated call may see what this one wrote.
                    zone.made_again.extend(gone);
                } else {
                    // What was not sent was not taken.
                    zone.taken.retain(|id, taken| {
                        !fresh.contains(id) || taken.iter().any(|set| sent.contains(&set.name))
                    });
                }
                return Err(error);
            }
        }
        sent.extend(batch.iter().map(|change| change.set().name.clone()));
        remember(&mut sets, &batch);
    }
    zone.made_again.extend(gone);
    zone.sets = Some(sets);
    Ok(())
}

async fn send_batch(
    client: &Client,
    zone_id: &str,
    changes: &[SetChange],
) -> Result<Option<String>, KindError> {
    let batch = ChangeBatch::builder()
        .set_changes(Some(to_sdk(changes)?))
        .build();
    let request = client
        .change_resource_record_sets()
        .hosted_zone_id(zone_id)
        .change_batch(built(OPERATION, batch)?);
    let answer = done(OPERATION, request.send().await)?;
    Ok(answer.change_info().map(|info| info.id().to_owned()))
}

fn conflict(message: &str) -> KindError {
    KindError::new(ErrorClass::Conflict, OPERATION, message)
}

/// A conflict that arose since the plan was made: with what is wanted, or with the removal of what is owned.
fn moved(sets: &Sets, part: &BatchPart) -> Option<Finding> {
    let state = |record: &Record| Some(read(sets, record, record.name.known()?));
    match (&part.wanted, &part.owned) {
        (Some(_), _) if part.adopt => None,
        (Some(wanted), owned) => wanted.conflict(&state(wanted)?, owned.as_ref()),
        (None, Some(owned)) => owned.removal_blocker(&state(owned)?),
        (None, None) => None,
    }
}

fn remember(sets: &mut Sets, changes: &[SetChange]) {
    for change in changes {
        match change {
            SetChange::Delete(_) => {
                sets.remove(&change.key());
            }
            SetChange::Create(set) => {
                sets.insert(change.key(), set.clone());
            }
        }
    }
}

/// Every set of a zone; nothing where the zone is gone.
async fn list(client: &Client, zone_id: &str) -> Result<Option<Sets>, KindError> {
    let mut sets = Sets::new();
    let mut start: Option<(String, RrType, Option<String>)> = None;
    loop {
        let mut request = client
            .list_resource_record_sets()
            .hosted_zone_id(zone_id)
            .max_items(300);
        if let Some((name, rtype, identifier)) = start.take() {
            request = request
                .start_record_name(name)
                .start_record_type(rtype)
                .set_start_record_identifier(identifier);
        }
        let operation = "ListResourceRecordSets";
        let Some(answer) = found(operation, request.send().await)? else {
            return Ok(None);
        };
        for set in answer.resource_record_sets() {
            // A type that came after this program is none that it writes or makes room for.
            let Some(live) = from_sdk(set) else { continue };
            match sets.entry(live.key()) {
                Entry::Vacant(entry) => {
                    entry.insert(live);
                }
                // Only sets with a routing policy share name and type.
                Entry::Occupied(mut entry) => entry.get_mut().values.extend(live.values),
            }
        }
        match (
            answer.is_truncated(),
            answer.next_record_name(),
            answer.next_record_type(),
        ) {
            (true, Some(name), Some(rtype)) => {
                let identifier = answer.next_record_identifier().map(str::to_owned);
                start = Some((name.to_owned(), rtype.clone(), identifier));
            }
            (false, ..) => return Ok(Some(sets)),
            // What the rest of the zone holds is not known, and must not count as nothing.
            (true, ..) => {
                let message = "Route 53 said that the list goes on, and not where";
                return Err(KindError::new(ErrorClass::Ambiguous, operation, message));
            }
        }
    }
}

/// A set whose type is known. Route 53 writes names with `\052` for `*`, and TXT values quoted and split.
fn from_sdk(set: &ResourceRecordSet) -> Option<LiveSet> {
    let rtype: RecordType = set.r#type().as_str().parse().ok()?;
    let name = Name::parse_route53(set.name())
        .map_or_else(|_| set.name().to_owned(), |name| name.to_string());
    let values = set
        .resource_records()
        .iter()
        .map(|record| LiveValue::read(rtype, record.value()));
    Some(LiveSet {
        name: name.trim_end_matches('.').to_ascii_lowercase(),
        values: values.collect(),
        ttl: set.ttl().and_then(|ttl| u32::try_from(ttl).ok()),
        alias: set.alias_target().map(|alias| {
            (
                canonical(RecordType::Cname, alias.dns_name()),
                alias.hosted_zone_id().to_owned(),
            )
        }),
        evaluates_health: set
            .alias_target()
            .is_some_and(AliasTarget::evaluate_target_health),
        routing: set
            .set_identifier()
            .or_else(|| set.traffic_policy_instance_id())
            .map(str::to_owned),
        rtype,
    })
}

fn to_sdk(changes: &[SetChange]) -> Result<Vec<Change>, KindError> {
    let one = |change: &SetChange| {
        let (action, set) = match change {
            SetChange::Delete(set) => (ChangeAction::Delete, set),
            SetChange::Create(set) => (ChangeAction::Create, set),
        };
        let change = Change::builder()
            .action(action)
            .resource_record_set(set_to_sdk(set)?)
            .build();
        built(OPERATION, change)
    };
    changes.iter().map(one).collect()
}

fn set_to_sdk(set: &LiveSet) -> Result<ResourceRecordSet, KindError> {
    let operation = OPERATION;
    let mut sdk = ResourceRecordSet::builder()
        .name(format!("{}.", set.name))
        .r#type(RrType::from(set.rtype.as_str()))
        .set_ttl(set.ttl.map(i64::from));
    for value in &set.values {
        let record = ResourceRecord::builder().value(&value.written).build();
        sdk = sdk.resource_records(built(operation, record)?);
    }
    if let Some((target, zone)) = &set.alias {
        let alias = AliasTarget::builder()
            .dns_name(target)
            .hosted_zone_id(zone)
            .evaluate_target_health(set.evaluates_health)
            .build();
        sdk = sdk.alias_target(built(operation, alias)?);
    }
    built(operation, sdk.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(rtype: &str) -> Option<LiveSet> {
        let set = ResourceRecordSet::builder()
            .name("\\052.example.com.")
            .r#type(RrType::from(rtype))
            .build();
        from_sdk(&set.expect("a set"))
    }

    #[test]
    fn every_type_that_aws_knows_is_read_and_one_of_the_future_is_passed_over() {
        for rtype in RrType::values() {
            let set = listed(rtype).expect("a known type");
            assert_eq!(
                (set.name.as_str(), set.rtype.as_str()),
                ("*.example.com", *rtype)
            );
        }
        assert_eq!(listed("NEXT"), None);
    }
}
