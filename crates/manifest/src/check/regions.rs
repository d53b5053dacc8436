//! Regions: each has the service that is wanted there, and an account stays in its partition.

use std::collections::BTreeMap;

use super::domains;
use crate::manifest::Manifest;
use crate::position::Located;
use crate::regions;
use crate::report::Report;
use crate::values::Region;
use model::{AccountName, rules};

/// MAN-10: SES is in the region of each instance, and CloudFront can be in front of each bucket.
pub(super) fn services(manifest: &Manifest, report: &mut Report) {
    for (_, domain) in domains(manifest) {
        for instance in &domain.ses {
            if !regions::has_ses(instance.region.as_str()) {
                let reason = format!("Amazon SES is not in {}", instance.region);
                report.add(
                    rules::MAN_10,
                    &instance.region.position,
                    reason,
                    "choose a region that has SES",
                );
            }
        }
        let Some(hosting) = &domain.hosting else {
            continue;
        };
        // The certificate of a distribution is always in us-east-1, which only this partition has.
        if regions::partition(hosting.region.as_str()) != Some("aws") {
            let reason = format!(
                "what is hosted in {} can't be behind CloudFront",
                hosting.region
            );
            report.add(
                rules::MAN_10,
                &hosting.region.position,
                reason,
                "host it in a commercial region, such as `us-east-1`",
            );
        }
    }
}

/// MAN-10: an account is in one partition only.
pub(super) fn partitions(manifest: &Manifest, report: &mut Report) {
    let mut first: BTreeMap<&AccountName, &Located<Region>> = BTreeMap::new();
    for (_, domain) in domains(manifest) {
        let hosting = domain
            .hosting
            .iter()
            .map(|hosting| (&hosting.account, &hosting.region));
        let instances = domain
            .ses
            .iter()
            .map(|instance| (&instance.account, &instance.region));
        for (account, region) in hosting.chain(instances) {
            let known = *first.entry(&account.value).or_insert(region);
            if regions::partition(known.as_str()) != regions::partition(region.as_str()) {
                let reason = format!(
                    "`{account}` is used in {known} too, and no account is in two partitions of AWS"
                );
                report.add(
                    rules::MAN_10,
                    &region.position,
                    reason,
                    "declare an account for each partition",
                );
            }
        }
    }
}
