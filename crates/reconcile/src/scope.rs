//! Which domains of the manifest a run is about.

use std::collections::BTreeSet;
use std::sync::Arc;

use manifest::Manifest;
use model::{Ledger, Resource};
use standards::dns::Name;

use crate::Error;

/// Which domains of the manifest a run is about: all, or those of `--target`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    targets: BTreeSet<String>,
}

impl Scope {
    /// The scope of these targets; of all domains if there are none.
    pub(crate) fn of(manifest: &Manifest, targets: &[String]) -> Result<Self, Error> {
        let targets: BTreeSet<String> = targets
            .iter()
            .map(|target| target.to_ascii_lowercase())
            .collect();
        let is_known = |target: &str| names(manifest).any(|name| name.as_str() == target);
        match targets.iter().find(|target| !is_known(target)) {
            // A domain that left the manifest can still be in the ledger; it is planned without
            // `--target`.
            Some(target) => Err(Error::Usage(format!(
                "--target {target}: the manifest has no such domain"
            ))),
            None => Ok(Self { targets }),
        }
    }

    /// Whether the run is about all domains.
    pub(crate) fn is_all(&self) -> bool {
        self.targets.is_empty()
    }

    /// Whether the run is about this domain.
    pub(crate) fn has(&self, domain: &str) -> bool {
        self.is_all() || self.targets.contains(domain)
    }

    /// The domains of the manifest that the run is about.
    pub(crate) fn domains(&self, manifest: &Manifest) -> Vec<Name> {
        let names = names(manifest).filter(|name| self.has(name.as_str()));
        names.cloned().collect()
    }

    /// The part of a ledger that the run is about.
    pub(crate) fn within(&self, mut ledger: Ledger) -> Ledger {
        ledger.domains.retain(|domain, _| self.has(domain));
        ledger
    }

    /// The part of a ledger that the run is not about.
    pub(crate) fn beyond(&self, mut ledger: Ledger) -> Ledger {
        ledger.domains.retain(|domain, _| !self.has(domain));
        ledger
    }

    /// Keeps the resources that the run is about.
    pub(crate) fn retain(&self, resources: &mut Vec<Arc<Resource>>) {
        resources.retain(|resource| self.has(&resource.id.domain));
    }
}

fn names(manifest: &Manifest) -> impl Iterator<Item = &Name> {
    manifest.domains.keys().chain(manifest.parked.keys())
}
