//! The number of an account's resources, by the listings of a run.

use std::collections::BTreeMap;

use aws::Session;
use jiff::Timestamp;
use model::KindError;

use crate::acm_certificate::Certificates;
use crate::cloudfront_distribution::listing::{Distributions, Listed};
use crate::context::Shared;
use crate::s3_bucket::names::Buckets;

/// The number of an account's distributions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distributed {
    /// All of them.
    pub count: usize,
    /// Those that use each access control, by its id.
    pub by_access_control: BTreeMap<String, usize>,
}

/// Counts an account's distributions. A listing of this run serves.
pub async fn distributions(shared: &Shared, session: &Session) -> Result<Distributed, KindError> {
    let reader = &shared.reader;
    let all = reader.read(session, &Distributions, Timestamp::MIN).await?;
    let mut distributed = Distributed {
        count: all.len(),
        by_access_control: BTreeMap::new(),
    };
    for id in all.iter().flat_map(Listed::access_controls) {
        let used = distributed.by_access_control.entry(id.to_owned());
        *used.or_default() += 1;
    }
    Ok(distributed)
}

/// Counts an account's certificates in the session's region. A listing of this run serves.
pub async fn certificates(shared: &Shared, session: &Session) -> Result<usize, KindError> {
    let reader = &shared.reader;
    let all = reader.read(session, &Certificates, Timestamp::MIN).await?;
    Ok(all.len())
}

/// Counts an account's buckets, of all regions. A listing of this run serves.
pub async fn buckets(shared: &Shared, session: &Session) -> Result<usize, KindError> {
    let reader = &shared.reader;
    let all = reader.read(session, &Buckets, Timestamp::MIN).await?;
    Ok(all.len())
}
