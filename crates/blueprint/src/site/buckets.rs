//! The buckets of the hosted files: a domain's own pair, or one that domains of an account and region share.
//!
//! In a shared bucket each domain has a folder of its name, from which its distribution reads. What several
//! domains hold is one resource with all of them as its holders, and goes with the last one.

use base64::Engine as _;
use kinds::s3_bucket_policy::Grant;
use kinds::tags::Tags;
use kinds::{
    S3Bucket, S3BucketPolicy, S3Object, cloudfront_distribution, s3_bucket, s3_bucket_policy,
    s3_object,
};
use manifest::{Hosting, Shared};
use model::id::SHARED;
use model::{Dependency, Field, Impact, Kind, Location, ResourceId};

use super::{Served, Site};
use crate::scope::{Draft, shared_id};
use crate::{Facts, PolicyPlace, names};

/// The owner of a pair of buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The domain alone.
    Domain,
    /// The domains that say so, with the name that they say.
    All(Option<String>),
}

impl Owner {
    pub(super) fn of(hosting: &Hosting) -> Self {
        match &hosting.shared.value {
            Shared::No => Self::Domain,
            Shared::Yes => Self::All(None),
            Shared::Named(name) => Self::All(Some(name.clone())),
        }
    }
}

impl Site<'_, '_> {
    /// Keeps the files of a domain beside a policy that senders have still to forget: its distribution reads
    /// from one place.
    pub(super) fn stay_while_winding_down(&mut self, facts: &Facts) {
        if self.scope.domain.mta_sts.is_some() {
            return;
        }
        let Some(place) = facts.winding_down.get(self.scope.name) else {
            return;
        };
        let has = |owner: &Owner| self.bucket_name_of(owner, "assets") == place.bucket;
        let mut owners = [Owner::Domain, Owner::All(None)].into_iter();
        if let Some(owner) = owners.find(has) {
            self.owner = owner;
        }
    }

    /// The place of the policy's file.
    pub(super) fn place(&self) -> PolicyPlace {
        PolicyPlace {
            location: self.location.clone(),
            bucket: self.bucket_name("assets"),
        }
    }

    pub(super) fn bucket_name(&self, purpose: &str) -> String {
        self.bucket_name_of(&self.owner, purpose)
    }

    fn bucket_name_of(&self, owner: &Owner, purpose: &str) -> String {
        let Location {
            account_id, region, ..
        } = &self.location;
        let whose = match owner {
            Owner::Domain => self.scope.name.to_owned(),
            // No domain has a slash in its name, or the name `shared`.
            Owner::All(Some(name)) => format!("{SHARED}/{name}"),
            Owner::All(None) => SHARED.to_owned(),
        };
        let (account, region) = (account_id.as_str(), region.as_str());
        names::bucket(self.scope.project(), account, region, &whose, purpose)
    }

    /// Our name for what is for `purpose` in the pair of buckets.
    fn bucket_id_name(&self, purpose: &str) -> String {
        let Location {
            account, region, ..
        } = &self.location;
        match &self.owner {
            Owner::Domain => purpose.to_owned(),
            Owner::All(Some(name)) => format!("{account}.{region}.{name}.{purpose}"),
            Owner::All(None) => format!("{account}.{region}.{purpose}"),
        }
    }

    fn bucket_id<K: Kind>(&self, purpose: &str) -> ResourceId {
        let name = self.bucket_id_name(purpose);
        match self.owner {
            Owner::Domain => self.scope.id::<K>(&name),
            Owner::All(_) => shared_id::<K>(&name),
        }
    }

    fn add<K: Kind>(&mut self, draft: Draft, spec: K::Spec) -> ResourceId {
        match self.owner {
            Owner::Domain => self.scope.add::<K>(draft, spec),
            Owner::All(_) => self.scope.add_shared::<K>(draft, spec),
        }
    }

    /// The draft of what is for `purpose` in the pair of buckets.
    fn bucket_draft(&self, purpose: &str, dependencies: Vec<Dependency>) -> Draft {
        self.draft(&self.bucket_id_name(purpose), &self.location, dependencies)
    }

    /// The log bucket, and leave for S3 and CloudFront to write to it.
    pub(super) fn logs(&mut self) -> ResourceId {
        let name = self.bucket_name("logs");
        let id = self.bucket_id::<S3Bucket>("logs");
        let days = u32::try_from(self.hosting.log_retention.days()).unwrap_or(u32::MAX);
        let spec = s3_bucket::Spec {
            name: name.clone(),
            accepts_log_delivery: true,
            access_log: None,
            expire_days: Some(days),
            tags: self.scope.tags(&id, &Tags::new()),
        };
        let draft = Draft {
            impact: Impact::none(),
            ..self.bucket_draft("logs", Vec::new())
        };
        let logs = self.add::<S3Bucket>(draft, spec);
        let policy = s3_bucket_policy::Spec {
            bucket: name,
            grant: Grant::AccessLogs(self.location.account_id.as_str().to_owned()),
        };
        let dependencies = vec![Dependency::done(&logs, "a policy belongs to its bucket")];
        let draft = Draft {
            impact: Impact::none(),
            ..self.bucket_draft("logs", dependencies)
        };
        self.add::<S3BucketPolicy>(draft, policy)
    }

    pub(super) fn assets(&mut self, logs: &ResourceId) -> ResourceId {
        let id = self.bucket_id::<S3Bucket>("assets");
        let spec = s3_bucket::Spec {
            name: self.bucket_name("assets"),
            accepts_log_delivery: false,
            access_log: Some(s3_bucket::AccessLog {
                bucket: self.bucket_name("logs"),
                prefix: "s3/".to_owned(),
            }),
            expire_days: None,
            tags: self.scope.tags(&id, &Tags::new()),
        };
        let dependencies = vec![Dependency::done(
            logs,
            "the bucket writes its access log there",
        )];
        let draft = self.bucket_draft("assets", dependencies);
        self.add::<S3Bucket>(draft, spec)
    }

    /// The distribution of the assets, and the policy that lets it read them. That of a shared bucket names no
    /// distribution, so it is there before.
    pub(super) fn serving(
        &mut self,
        names: &[String],
        assets: &ResourceId,
        mut dependencies: Vec<Dependency>,
    ) -> (ResourceId, ResourceId) {
        let belongs = Dependency::done(assets, "a policy belongs to its bucket");
        if self.owner == Owner::Domain {
            let distribution = self.distribution(names, dependencies);
            let arn = Field::output(&distribution, cloudfront_distribution::ARN);
            // The distribution reads to its end; a policy that names one that is gone lets nobody in.
            let reads = Dependency::done(&distribution, "the policy names the distribution")
                .undone_in_same_order();
            let policy = self.assets_policy(Grant::Reading(arn), vec![belongs, reads]);
            return (distribution, policy);
        }
        let account = self.edge.account_id.as_str().to_owned();
        let policy = self.assets_policy(Grant::ReadingByAccount(account), vec![belongs]);
        let reads = Dependency::done(&policy, "the distribution may read what it answers with");
        dependencies.push(reads);
        (self.distribution(names, dependencies), policy)
    }

    /// Lets those of the grant, and nobody else, read the assets.
    fn assets_policy(&mut self, grant: Grant, dependencies: Vec<Dependency>) -> ResourceId {
        let policy = s3_bucket_policy::Spec {
            bucket: self.bucket_name("assets"),
            grant,
        };
        let draft = self.bucket_draft("assets", dependencies);
        self.add::<S3BucketPolicy>(draft, policy)
    }

    /// The origin of the distribution: the bucket, or the domain's folder there.
    pub(super) fn origin(&self) -> String {
        let (bucket, region) = (self.bucket_name("assets"), &self.location.region);
        let folder = self.folder().map(|folder| format!("/{folder}"));
        format!(
            "{bucket}.s3.{region}.amazonaws.com{}",
            folder.unwrap_or_default()
        )
    }

    fn folder(&self) -> Option<&str> {
        (self.owner != Owner::Domain).then_some(self.scope.name)
    }

    pub(super) fn object(&mut self, served: &Served<'_>) -> ResourceId {
        let assets = self.bucket_id::<S3Bucket>("assets");
        let folder = self.folder().map(|folder| format!("{folder}/"));
        let spec = s3_object::Spec {
            bucket: self.bucket_name("assets"),
            key: format!("{}{}", folder.unwrap_or_default(), served.key),
            content: base64::engine::general_purpose::STANDARD.encode(served.bytes),
            media_type: served.media_type.to_owned(),
            cache_control: served.cache_control.to_owned(),
            host: served.host.to_owned(),
        };
        let dependencies = vec![Dependency::done(&assets, "an object is in a bucket")];
        let draft = Draft {
            impact: served.impact.clone(),
            ..self.draft(served.name, &self.location, dependencies)
        };
        self.scope.add::<S3Object>(draft, spec)
    }
}
