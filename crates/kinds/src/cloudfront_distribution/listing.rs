//! All distributions of an account in one listing.

use ::aws::{Page, Session};
use aws_sdk_cloudfront::types::{Origin, Origins};
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
    access_controls: Vec<String>,
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
                    access_controls: access_controls(item.origins()),
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

fn access_controls(origins: Option<&Origins>) -> Vec<String> {
    let origins = origins.map(Origins::items).unwrap_or_default();
    let ids = origins.iter().filter_map(Origin::origin_access_control_id);
    ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

impl Listed {
    /// Whether one of its origins is read through this access control.
    pub(crate) fn uses(&self, access_control: &str) -> bool {
        self.access_controls.iter().any(|id| id == access_control)
    }

    /// The access controls through which its origins are read.
    pub(crate) fn access_controls(&self) -> &[String] {
        &self.access_controls
    }

    /// Whether it answers for `host`.
    pub(crate) fn serves(&self, host: &str) -> bool {
        self.aliases
            .iter()
            .any(|alias| alias.eq_ignore_ascii_case(host))
    }
}
