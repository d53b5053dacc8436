//! The kinds with the calls that observe and change, behind one trait.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::kind::{BatchItem, CallResult, Update};
use model::{Before, Diff, KindError, KindSet, Mutate, Observation, Spec, State, Target};

use crate::context::Context;

/// The result of a change of any kind.
pub type Changed = CallResult<Before>;

/// A kind that observes and changes. What it is given is of its own kind: the actions of a plan and
/// the entries of a ledger are made so.
#[async_trait]
pub trait Actor: Send + Sync {
    /// See [`model::Observe::observe`].
    async fn observe(&self, context: &Context, target: &Target) -> Result<Observation, KindError>;
    /// See [`model::Observe::confirm`].
    async fn confirm(
        &self,
        context: &Context,
        target: &Target,
        recorded: &State,
    ) -> Result<Observation, KindError>;
    /// See [`model::Observe::status`].
    async fn status(
        &self,
        context: &Context,
        target: &Target,
        seen: &State,
    ) -> Result<Observation, KindError>;
    /// See [`model::Observe::observe_leaving`].
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target,
        recorded: Option<&State>,
    ) -> Result<Observation, KindError>;
    /// See [`Mutate::create`].
    async fn create(&self, context: &Context, target: &Target) -> Result<Changed, KindError>;
    /// See [`Mutate::update`].
    async fn update(
        &self,
        context: &Context,
        target: &Target,
        diff: &Diff,
        owned: Option<&Spec>,
    ) -> Result<Changed, KindError>;
    /// See [`Mutate::resume`].
    async fn resume(&self, context: &Context, target: &Target) -> Result<(), KindError>;
    /// See [`Mutate::delete`].
    async fn delete(&self, context: &Context, target: &Target) -> Result<(), KindError>;
    /// See [`Mutate::change`].
    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<Spec, Before>],
    ) -> Result<Vec<Changed>, KindError>;
}

/// The kinds that observe and change, by name.
pub type Actors = BTreeMap<&'static str, Box<dyn Actor>>;

/// The acting half of every kind.
pub fn actors() -> Actors {
    Actors::from([
        actor::<crate::AcmCertificate>(),
        actor::<crate::CloudfrontDistribution>(),
        actor::<crate::CloudfrontOriginAccessControl>(),
        actor::<crate::PublishedRecord>(),
        actor::<crate::Route53HostedZone>(),
        actor::<crate::Route53RecordSet>(),
        actor::<crate::S3Bucket>(),
        actor::<crate::S3BucketPolicy>(),
        actor::<crate::S3Object>(),
        actor::<crate::SesConfigurationSet>(),
        actor::<crate::SesDomainToken>(),
        actor::<crate::SesIdentity>(),
        actor::<crate::SesMailFrom>(),
    ])
}

/// The pure half and the acting half of every kind.
pub fn registry() -> (KindSet, Actors) {
    (crate::pure(), actors())
}

fn actor<K: Mutate<Context> + Default>() -> (&'static str, Box<dyn Actor>) {
    (K::NAME, Box::new(Acting(K::default())))
}

struct Acting<K>(K);

/// The spec in its own type.
fn own<K: Mutate<Context>>(spec: &Spec) -> Result<K::Spec, KindError> {
    spec.get::<K>().cloned().ok_or_else(|| {
        let message = format!("a {} is not a {}", spec.kind().name(), K::NAME);
        KindError::new(model::ErrorClass::Invalid, "read a resource", message)
    })
}

fn target<K: Mutate<Context>>(target: &Target) -> Result<Target<K::Spec>, KindError> {
    Ok(target.with(own::<K>(&target.spec)?))
}

fn changed<K: Mutate<Context>>(outcome: CallResult<K::Before>) -> Changed {
    CallResult {
        physical: outcome.physical,
        before: outcome.before.map(Before::of::<K>),
        is_made_again: outcome.is_made_again,
        state: outcome.state,
    }
}

#[async_trait]
impl<K: Mutate<Context> + Default> Actor for Acting<K> {
    async fn observe(&self, context: &Context, seen: &Target) -> Result<Observation, KindError> {
        let observation = self.0.observe(context, &target::<K>(seen)?).await?;
        Ok(observation.map(State::of::<K>))
    }

    async fn confirm(
        &self,
        context: &Context,
        asked: &Target,
        recorded: &State,
    ) -> Result<Observation, KindError> {
        let target = target::<K>(asked)?;
        let observation = match recorded.get::<K>() {
            Some(recorded) => self.0.confirm(context, &target, recorded).await?,
            None => self.0.observe(context, &target).await?,
        };
        Ok(observation.map(State::of::<K>))
    }

    async fn status(
        &self,
        context: &Context,
        asked: &Target,
        seen: &State,
    ) -> Result<Observation, KindError> {
        let target = target::<K>(asked)?;
        let observation = match seen.get::<K>() {
            Some(seen) => self.0.status(context, &target, seen).await?,
            None => self.0.observe(context, &target).await?,
        };
        Ok(observation.map(State::of::<K>))
    }

    async fn observe_leaving(
        &self,
        context: &Context,
        asked: &Target,
        recorded: Option<&State>,
    ) -> Result<Observation, KindError> {
        let target = target::<K>(asked)?;
        let recorded = recorded.and_then(|state| state.get::<K>());
        let observation = self.0.observe_leaving(context, &target, recorded).await?;
        Ok(observation.map(State::of::<K>))
    }

    async fn create(&self, context: &Context, made: &Target) -> Result<Changed, KindError> {
        let outcome = self.0.create(context, &target::<K>(made)?).await?;
        Ok(changed::<K>(outcome))
    }

    async fn update(
        &self,
        context: &Context,
        updated: &Target,
        diff: &Diff,
        owned: Option<&Spec>,
    ) -> Result<Changed, KindError> {
        let owned = owned.map(own::<K>).transpose()?;
        let update = Update { diff, owned };
        let target = target::<K>(updated)?;
        let outcome = self.0.update(context, &target, &update).await?;
        Ok(changed::<K>(outcome))
    }

    async fn resume(&self, context: &Context, resumed: &Target) -> Result<(), KindError> {
        self.0.resume(context, &target::<K>(resumed)?).await
    }

    async fn delete(&self, context: &Context, deleted: &Target) -> Result<(), KindError> {
        self.0.delete(context, &target::<K>(deleted)?).await
    }

    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<Spec, Before>],
    ) -> Result<Vec<Changed>, KindError> {
        let mut typed = Vec::new();
        for item in items {
            let wanted = item.target.spec.as_ref().map(own::<K>).transpose()?;
            typed.push(BatchItem {
                target: item.target.with(wanted),
                owned: item.owned.as_ref().map(own::<K>).transpose()?,
                before: item.before.as_ref().and_then(|one| one.get::<K>().cloned()),
                adopt: item.adopt,
                open: item.open,
            });
        }
        let outcomes = self.0.change(context, &typed).await?;
        Ok(outcomes.into_iter().map(changed::<K>).collect())
    }
}
