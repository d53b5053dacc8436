//! All distributions of an account in one listing.

use ::aws::{Page, Session};
use aws_sdk_cloudfront::types;
use model::KindError;

use crate::sdk::done;

/// Every distribution of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Distributions;

/// A distribution in a listing, which lacks the logging, the caller reference and the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(super) arn: String,
    pub(super) etag: String,
    pub(super) status: String,
    pub(super) enabled: bool,
    pub(super) comment: String,
    pub(super) aliases: Vec<String>,
    origins: Vec<Origin>,
}

/// A place that a distribution reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    host: String,
    /// The folder that is read from, with its slash; empty for all of it.
    path: String,
    access_control: Option<String>,
}

impl Origin {
    fn of(origin: &types::Origin) -> Self {
        let control = origin
            .origin_access_control_id()
            .filter(|id| !id.is_empty());
        Self {
            host: origin.domain_name().to_owned(),
            path: origin.origin_path().unwrap_or_default().to_owned(),
            access_control: control.map(str::to_owned),
        }
    }
}

impl Page for Distributions {
    type Snapshot = Vec<Listed>;
    const GLOBAL: bool = true;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let client = session.cloudfront();
        let mut distributions = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let request = client.list_distributions().set_marker(marker.take());
            let answer = done("ListDistributions", request.send().await)?;
            let Some(list) = answer.distribution_list() else {
                return Ok(distributions);
            };
            distributions.extend(list.items().iter().map(|item| {
                Listed {
                    id: item.id().to_owned(),
                    arn: item.arn().to_owned(),
                    etag: item.e_tag().unwrap_or_default().to_owned(),
                    status: item.status().to_owned(),
                    enabled: item.enabled(),
                    comment: item.comment().to_owned(),
                    origins: item
                        .origins()
                        .map(|origins| origins.items().iter().map(Origin::of).collect())
                        .unwrap_or_default(),
                    aliases: item
                        .aliases()
                        .map(|aliases| aliases.items().to_vec())
                        .unwrap_or_default(),
                }
            }));
            match list.next_marker() {
                Some(next) if list.is_truncated() && !next.is_empty() => {
                    marker = Some(next.to_owned());
                }
                _ => return Ok(distributions),
            }
        }
    }
}

impl Listed {
    /// Whether one of its origins is read through this access control.
    pub(crate) fn uses(&self, access_control: &str) -> bool {
        self.access_controls().any(|id| id == access_control)
    }

    /// The access controls through which its origins are read.
    pub(crate) fn access_controls(&self) -> impl Iterator<Item = &str> {
        let ids = self.origins.iter();
        ids.filter_map(|origin| origin.access_control.as_deref())
    }

    /// The path at which it serves an object: without the folder that it reads from.
    pub(crate) fn path_of(&self, bucket: &str, key: &str) -> String {
        let is_of_bucket = |origin: &&Origin| {
            let host = origin.host.strip_prefix(bucket);
            host.is_some_and(|rest| rest.starts_with(".s3."))
        };
        let origins = self.origins.iter().filter(is_of_bucket);
        let whole = format!("/{key}");
        let mut paths = origins.map(|origin| whole.strip_prefix(&origin.path));
        let path = paths.find_map(|path| path);
        path.unwrap_or(&whole).to_owned()
    }

    /// Whether it answers for `host`.
    pub(crate) fn serves(&self, host: &str) -> bool {
        self.aliases
            .iter()
            .any(|alias| alias.eq_ignore_ascii_case(host))
    }
}
