//! Changes that receivers do not see for a while.

use jiff::Timestamp;
use kinds::{Route53RecordSet, S3Object};
use manifest::Manifest;
use model::rules;
use model::{Action, Kind, Verb};
use standards::Finding;
use standards::dns::zone;
use standards::dns::{Name, RecordSet};

use super::{place_of, set};
use crate::Planned;

/// DNS-09 and BIMI-X11: what receivers go on using for a while after it was changed.
pub(super) fn findings(manifest: &Manifest, planned: &Planned, now: Timestamp) -> Vec<Finding> {
    let changing = planned
        .plan
        .actions
        .iter()
        .filter(|action| matches!(action.verb(), Verb::Update | Verb::Adopt | Verb::Replace));
    changing
        .filter_map(|action| {
            let finding = match action.resource.kind.as_str() {
                Route53RecordSet::NAME => long_kept(planned, action),
                S3Object::NAME => same_address(action),
                _ => None,
            }?;
            let domain = Name::parse(&action.resource.domain).ok()?;
            let finding = finding.in_place(place_of(manifest, &domain));
            Some(manifest::accept(manifest, &domain, finding, now))
        })
        .collect()
}

/// DNS-09: the window of a change is the time to live that the manifest asks for.
fn long_kept(planned: &Planned, action: &Action) -> Option<Finding> {
    let changes_values = !action.diff().is_only("ttl");
    let ttl = action.spec().get::<Route53RecordSet>()?.record.ttl;
    let state = planned.state(&action.resource)?;
    let live = state.get::<Route53RecordSet>()?.set.as_ref()?;
    let live = RecordSet {
        ttl: live.ttl?,
        ..set(&Name::parse(&live.name).ok()?, live.rtype, &[])
    };
    zone::lint_ttl(&live, ttl).filter(|_| changes_values)
}

/// BIMI-X11.
fn same_address(action: &Action) -> Option<Finding> {
    let is_shown = ["logo", "mark-certificate"].contains(&action.resource.name.as_str());
    let changes_content = action
        .diff()
        .changes
        .iter()
        .any(|change| change.field == "sha256");
    let reason = "the file changes and keeps its address, so receivers that have the old one go on showing it";
    (is_shown && changes_content).then(|| Finding::new(rules::BIMI_X11, reason))
}
