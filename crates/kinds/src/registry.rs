//! The kinds with their eyes and hands, their types erased to JSON.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::any_kind::{ShapeError, read, write};
use model::kind::{BatchItem, Outcome, Update};
use model::{
    AnyKind, Diff, Erased, ErrorClass, Kind, KindError, KindSet, Mutate, Observation, Target,
};
use serde_json::Value;

use crate::context::Context;

/// A kind that can look and act.
#[async_trait]
pub trait Actor: Send + Sync {
    /// See [`model::Observe::observe`].
    async fn observe(&self, context: &Context, target: &Target) -> Result<Observation, KindError>;
    /// See [`Mutate::create`].
    async fn create(&self, context: &Context, target: &Target) -> Result<Outcome, KindError>;
    /// See [`Mutate::update`].
    async fn update(
        &self,
        context: &Context,
        target: &Target,
        diff: &Diff,
        owned: Option<&Value>,
    ) -> Result<Outcome, KindError>;
    /// See [`Mutate::resume`].
    async fn resume(&self, context: &Context, target: &Target) -> Result<(), KindError>;
    /// See [`Mutate::delete`].
    async fn delete(&self, context: &Context, target: &Target) -> Result<(), KindError>;
    /// See [`Mutate::change`].
    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<Value>],
    ) -> Result<Vec<Outcome>, KindError>;
}

/// The kinds that can look and act, by name.
pub type Actors = BTreeMap<&'static str, Box<dyn Actor>>;

/// Every kind with its eyes and hands.
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
    (
        Erased::<K>::default().name(),
        Box::new(Acting(K::default())),
    )
}

struct Acting<K>(K);

fn shape(error: &ShapeError) -> KindError {
    KindError::new(ErrorClass::Invalid, "read a resource", error.to_string())
}

fn spec<K: Kind>(value: &Value) -> Result<K::Spec, KindError> {
    read::<K, K::Spec>(value).map_err(|error| shape(&error))
}

fn typed<K: Kind>(target: &Target) -> Result<Target<K::Spec>, KindError> {
    Ok(target.with(spec::<K>(&target.spec)?))
}

#[async_trait]
impl<K: Mutate<Context> + Default> Actor for Acting<K> {
    async fn observe(&self, context: &Context, target: &Target) -> Result<Observation, KindError> {
        Ok(match self.0.observe(context, &typed::<K>(target)?).await? {
            Observation::Absent => Observation::Absent,
            Observation::Unknown(reason) => Observation::Unknown(reason),
            Observation::Present {
                physical,
                state,
                ownership,
            } => {
                let state = write::<K, K::State>(&state).map_err(|error| shape(&error))?;
                Observation::Present {
                    physical,
                    state,
                    ownership,
                }
            }
        })
    }

    async fn create(&self, context: &Context, target: &Target) -> Result<Outcome, KindError> {
        self.0.create(context, &typed::<K>(target)?).await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target,
        diff: &Diff,
        owned: Option<&Value>,
    ) -> Result<Outcome, KindError> {
        let owned = owned.map(spec::<K>).transpose()?;
        self.0
            .update(context, &typed::<K>(target)?, &Update { diff, owned })
            .await
    }

    async fn resume(&self, context: &Context, target: &Target) -> Result<(), KindError> {
        self.0.resume(context, &typed::<K>(target)?).await
    }

    async fn delete(&self, context: &Context, target: &Target) -> Result<(), KindError> {
        self.0.delete(context, &typed::<K>(target)?).await
    }

    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<Value>],
    ) -> Result<Vec<Outcome>, KindError> {
        let mut typed = Vec::new();
        for item in items {
            let wanted = item.target.spec.as_ref().map(spec::<K>).transpose()?;
            typed.push(BatchItem {
                target: item.target.with(wanted),
                owned: item.owned.as_ref().map(spec::<K>).transpose()?,
                before: item.before.clone(),
                adopt: item.adopt,
                open: item.open,
            });
        }
        self.0.change(context, &typed).await
    }
}
