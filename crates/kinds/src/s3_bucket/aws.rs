//! S3's calls for a bucket. Each names the account that we expect to own it.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, ObjectOwnership, Tag,
};
use model::kind::{CallResult, Called, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, PhysicalId, Target};

use super::listing::{Contents, Listing};
use super::names::{Versioning, versioned};
use super::{S3Bucket, Spec, State};
use crate::context::Context;
use crate::sdk::{built, finish, found, made};
use crate::tags::{self, Tags};

/// A bucket's calls: the client, its name, and its expected owner.
pub(super) struct Bucket<'a> {
    pub(super) client: Client,
    pub(super) name: &'a str,
    pub(super) owner: String,
    region: String,
}

impl<'a> Bucket<'a> {
    fn new(context: &Context, name: &'a str) -> Result<Self, KindError> {
        let session = context.session()?;
        Ok(Self {
            client: session.s3(),
            name,
            owner: session.account_id().to_string(),
            region: session.location().region.to_string(),
        })
    }
}

#[async_trait]
impl Observe<Context> for S3Bucket {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        let is_on_record = target.physical.is_some();
        let Some(versioned) = versioned(context, bucket.name, is_on_record).await? else {
            return Ok(Observation::Absent);
        };
        let tags = bucket.tags().await?;
        let asked = Asked {
            access_log: true,
            expire_days: true,
        };
        bucket.observed(versioned, tags, asked, &target.spec).await
    }

    /// A setting that neither the spec nor the record has is left out: each setting costs a request, and most
    /// buckets have one of the two. A full read asks for both.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        let partition = ::aws::partition(&bucket.region);
        let arn = format!("arn:{partition}:s3:::{}", bucket.name);
        let versioning = Versioning::of(bucket.name);
        // Side by side, so that the tags of all that is observed go out in one question.
        let (versioned, has_its_tags) = tokio::join!(
            context.read(&versioning),
            context.carries(&arn, &recorded.tags)
        );
        let Some(versioned) = *versioned? else {
            return Ok(Observation::Absent);
        };
        let tags = if has_its_tags {
            recorded.tags.clone()
        } else {
            bucket.tags().await?
        };
        let asked = Asked {
            access_log: target.spec.access_log.is_some() || recorded.access_log.is_some(),
            expire_days: target.spec.expire_days.is_some() || recorded.expire_days.is_some(),
        };
        bucket.observed(versioned, tags, asked, &target.spec).await
    }

    /// One listing says whether it is there, and what would be lost with it.
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: Option<&State>,
    ) -> Result<Observation<State>, KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        let contents = if target.spec.accepts_log_delivery {
            Contents::of_logs(bucket.name)
        } else {
            Contents::of(bucket.name)
        };
        let listing = context.read(&contents).await?;
        let Some(listing) = listing.as_ref() else {
            return Ok(Observation::Absent);
        };
        let observation = match recorded {
            Some(recorded) => Observation::Present {
                physical: bucket.name.into(),
                state: recorded.clone(),
                ownership: tags::ownership(&target.spec.tags, &recorded.tags),
            },
            None => self.observe(context, target).await?,
        };
        let contents = bucket.lost(listing).await?;
        Ok(observation.map(|state| State { contents, ..state }))
    }
}

/// The settings that are asked for, of those that a bucket need not have.
#[derive(Clone, Copy, Debug)]
struct Asked {
    access_log: bool,
    expire_days: bool,
}

impl Bucket<'_> {
    /// The settings for which S3 has no wider read than one each.
    async fn observed(
        &self,
        versioned: bool,
        tags: Tags,
        asked: Asked,
        spec: &Spec,
    ) -> Result<Observation<State>, KindError> {
        let ownership = tags::ownership(&spec.tags, &tags);
        let state = State {
            name: self.name.to_owned(),
            public_access_blocked: self.is_blocked().await?,
            encrypted: self.is_encrypted().await?,
            versioned,
            accepts_log_delivery: self.accepts_acls().await?,
            access_log: if asked.access_log {
                self.access_log().await?
            } else {
                None
            },
            expire_days: if asked.expire_days {
                self.expire_days().await?
            } else {
                None
            },
            tags,
            contents: Vec::new(),
        };
        Ok(Observation::Present {
            physical: self.name.into(),
            state,
            ownership,
        })
    }

    /// Makes it, with its tags, so that it is known as ours from its first moment. False where this
    /// account has it already.
    async fn make(&self, spec: &Spec) -> Result<bool, KindError> {
        // us-east-1 is the one region that must not be named.
        let place = (self.region != "us-east-1")
            .then(|| BucketLocationConstraint::from(self.region.as_str()));
        let configuration = CreateBucketConfiguration::builder()
            .set_location_constraint(place)
            .set_tags(Some(sdk_tags("CreateBucket", &spec.tags)?))
            .build();
        let request = self
            .client
            .create_bucket()
            .bucket(self.name)
            .object_ownership(ownership(spec.accepts_log_delivery))
            .create_bucket_configuration(configuration);
        Ok(made("CreateBucket", request.send().await)?.is_some())
    }
}

impl Bucket<'_> {
    /// The settings of a new bucket that are not S3's defaults. Since January 2023 a bucket is encrypted
    /// with keys of S3, and since April 2023 all its public access is blocked (S3 User Guide, "Setting
    /// default server-side encryption behavior", and "Default settings for new S3 buckets FAQ"). Where that
    /// is not so, the next observation shows it, and an update sets it.
    async fn set_up(&self, spec: &Spec) -> Result<(), KindError> {
        self.version().await?;
        if spec.access_log.is_some() {
            self.log(spec.access_log.as_ref()).await?;
        }
        if spec.expire_days.is_some() {
            self.expire(spec.expire_days).await?;
        }
        Ok(())
    }
}

pub(super) fn ownership(accepts_acls: bool) -> ObjectOwnership {
    if accepts_acls {
        ObjectOwnership::BucketOwnerPreferred
    } else {
        ObjectOwnership::BucketOwnerEnforced
    }
}

pub(super) fn sdk_tags(operation: &str, tags: &Tags) -> Result<Vec<Tag>, KindError> {
    let one = |(key, value)| built(operation, Tag::builder().key(key).value(value).build());
    tags.iter().map(one).collect()
}

#[async_trait]
impl Mutate<Context> for S3Bucket {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let spec = &target.spec;
        let bucket = Bucket::new(context, &spec.name)?;
        if !bucket.make(spec).await? {
            return finish(self, context, target, "CreateBucket").await;
        }
        context.shared.just_made(bucket.name, context.clock.now());
        bucket.set_up(spec).await.map_err(KindError::begun)?;
        let outcome = CallResult::from(PhysicalId::from(spec.name.as_str()));
        Ok(outcome.in_state::<Self>(spec.wanted()))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let spec = &target.spec;
        let bucket = Bucket::new(context, &spec.name)?;
        let touches = |field: &str| update.diff.touches(field);
        if touches("tags") {
            let given = update.owned.as_ref().map(|owned| &owned.tags);
            bucket.tag(&spec.tags, given).await?;
        }
        if touches("public_access_blocked") {
            bucket.block().await?;
        }
        if touches("accepts_log_delivery") {
            bucket.own(spec.accepts_log_delivery).await?;
        }
        if touches("encrypted") {
            bucket.encrypt().await?;
        }
        if touches("versioned") {
            bucket.version().await?;
        }
        if touches("access_log") {
            bucket.log(spec.access_log.as_ref()).await?;
        }
        if touches("expire_days") {
            bucket.expire(spec.expire_days).await?;
        }
        Ok(PhysicalId::from(spec.name.as_str()).into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let spec = &target.spec;
        let bucket = Bucket::new(context, &spec.name)?;
        // Of a log bucket, the plan lists the first level only.
        if spec.accepts_log_delivery {
            return bucket.delete_with_contents(None).await;
        }
        let contents = Contents::of(&spec.name);
        let planned = context.at_any_time().read(&contents).await?;
        // A bucket that the plan did not see can be there by now.
        let nothing = Listing::empty();
        let planned = planned.as_ref().as_ref().unwrap_or(&nothing);
        if planned.is_lasting() {
            bucket.delete_versions(&planned.versions).await?;
            match bucket.delete_empty().await {
                Err(error) if error.code.as_deref() == Some("BucketNotEmpty") => {}
                ended => return ended,
            }
        }
        bucket.delete_with_contents(Some(planned)).await
    }
}

impl Bucket<'_> {
    /// Deletes the bucket with all that is in it. What came after the plan listed it keeps it.
    async fn delete_with_contents(&self, planned: Option<&Listing>) -> Result<(), KindError> {
        if self.empty(planned).await? {
            self.delete_empty().await?;
        }
        Ok(())
    }

    /// Deletes the bucket, which S3 does only if nothing is left in it.
    async fn delete_empty(&self) -> Result<(), KindError> {
        let request = self
            .client
            .delete_bucket()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        found("DeleteBucket", request.send().await)?;
        Ok(())
    }
}
