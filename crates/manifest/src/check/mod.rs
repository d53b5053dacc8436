//! Cross-field validation: the conditions that no single value of a manifest shows.
//!
//! These checks are about whether the manifest can be carried out at all, so no `accept` lowers
//! them. What it does to mail is judged by `lint`.

mod accounts;
mod blocks;
mod names;
mod regions;
mod ses;

use crate::domain::Domain;
use crate::manifest::Manifest;
use crate::position::Located;
use crate::report::Report;
use standards::dns::Name;

/// The checks, each of one subject.
const CHECKS: &[fn(&Manifest, &mut Report)] = &[
    accounts::declared,
    accounts::roles,
    blocks::ledger,
    blocks::hosting,
    blocks::bimi,
    blocks::mta_sts,
    blocks::policies,
    blocks::limits,
    blocks::accept,
    names::collisions,
    names::certificate,
    regions::services,
    regions::partitions,
    ses::once,
    ses::mail_from,
    ses::dkim,
    ses::configuration_sets,
];

/// Runs every check.
pub(crate) fn check(manifest: &Manifest, report: &mut Report) {
    for check in CHECKS {
        check(manifest, report);
    }
}

/// The domains with their names.
fn domains(manifest: &Manifest) -> impl Iterator<Item = (&Name, &Located<Domain>)> {
    manifest.domains.iter()
}
