//! The resources that the manifest asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use blueprint::Facts;
use manifest::{Domain, Manifest};
use model::{Ledger, Outside, Resource};
use standards::Finding;
use standards::dns::{Name, RecordType};

use crate::Project;

impl Project {
    /// The resources that the manifest asks for, of the domains that the run is about, and the
    /// findings that forbid some of them. `ledger` is that of these domains.
    pub async fn desired(&self, ledger: &Ledger) -> (Vec<Arc<Resource>>, Vec<Finding>) {
        let (mut desired, findings) = self.desired_of_all(ledger).await;
        self.scope.retain(&mut desired);
        (desired, findings)
    }

    /// The domains of the manifest that the run is not about, and of which something is not in the
    /// ledger yet. `beyond` is the ledger of those domains.
    pub(crate) async fn pending(&self, beyond: &Ledger) -> BTreeSet<String> {
        if self.scope.is_all() {
            return BTreeSet::new();
        }
        let (desired, _) = self.desired_of_all(beyond).await;
        let open = desired.into_iter().filter(|resource| {
            !resource.id.is_shared()
                && !self.scope.has(&resource.id.domain)
                && beyond.entry(&resource.id).is_none()
        });
        open.map(|resource| resource.id.domain.clone()).collect()
    }

    /// The documents of the ledger that have what the manifest asks for of the domains that the run is
    /// about. `ledger` is that of these domains. Nobody is asked anything.
    pub(crate) fn documents(&self, ledger: &Ledger) -> BTreeSet<String> {
        let facts = Facts {
            winding_down: blueprint::winding_down(ledger, self.clock.now()),
            moving: blueprint::moving(&self.manifest, ledger),
            ..presumed(&self.manifest)
        };
        let (mut desired, _) = blueprint::desired(&self.manifest, &facts);
        self.scope.retain(&mut desired);
        let documents = desired.iter().map(|one| one.id.document().into_owned());
        documents.collect()
    }

    async fn desired_of_all(&self, ledger: &Ledger) -> (Vec<Arc<Resource>>, Vec<Finding>) {
        let mut facts = facts(&self.manifest, self.engine.outside()).await;
        facts.winding_down = blueprint::winding_down(ledger, self.clock.now());
        facts.moving = blueprint::moving(&self.manifest, ledger);
        blueprint::desired(&self.manifest, &facts)
    }
}

/// Facts for those who ask which resources there are, and not what is in them: where mail goes changes
/// the content of a policy, and without any host there would be no policy.
pub(crate) fn presumed(manifest: &Manifest) -> Facts {
    let domains = manifest.domains.iter();
    let unknown = domains.filter(|(_, domain)| takes_published_mx(domain));
    let mx = unknown.map(|(name, _)| (name.to_string(), vec![name.clone()]));
    Facts {
        mx: mx.collect(),
        ..Facts::default()
    }
}

/// The MX hosts of the domains whose MTA-STS policy is made from the published ones.
async fn facts(manifest: &Manifest, outside: &dyn Outside) -> Facts {
    let mut facts = Facts::default();
    for (name, domain) in &manifest.domains {
        if takes_published_mx(domain)
            && let Ok(values) = outside.lookup(name.as_str(), RecordType::Mx).await
        {
            let mut values: Vec<(u16, Name)> =
                values.iter().filter_map(|value| mx(value)).collect();
            values.sort();
            let hosts = values.into_iter().map(|(_, host)| host).collect();
            facts.mx.insert(name.to_string(), hosts);
        }
    }
    facts
}

fn takes_published_mx(domain: &Domain) -> bool {
    let policy = domain.mta_sts.as_ref();
    domain.mx.is_empty() && policy.is_some_and(|block| block.mx.is_empty())
}

fn mx(value: &str) -> Option<(u16, Name)> {
    let (preference, host) = value.split_once(' ')?;
    Some((preference.parse().ok()?, Name::parse(host).ok()?))
}
