//! The price of buckets that domains share.

use model::rules;
use standards::Finding;

use super::Subject;
use crate::places;

impl Subject<'_> {
    /// MAN-21, where the domain has its files beside those of others.
    pub(super) fn hosting(&self) -> Vec<Finding> {
        let hosting = self.domain.hosting.as_ref();
        let shared = hosting.map(|hosting| &hosting.shared);
        let Some(shared) = shared.filter(|shared| shared.is_shared()) else {
            return Vec::new();
        };
        let reason = "the files of domains are in one bucket, whose policy lets every distribution of the \
                      account read all of them";
        places::at(&shared.position, [Finding::new(rules::MAN_21, reason)])
    }
}
