//! Asks what still leads to resources that are about to go, or to let a name go, whoever made it: a name
//! that leads to a distribution that does not answer for it can be taken over by whoever makes the next
//! one.

use std::collections::BTreeSet;
use std::sync::Arc;

use kinds::Route53HostedZone;
use model::{Kind, Lead, Ledger, Location, Resource, ResourceId};
use plan::Actual;
use standards::dns::RecordType;

use crate::Project;

impl Project {
    /// The records in the listed zones, and in public DNS, that lead to what may go, or let a name go.
    pub(crate) async fn leads(
        &self,
        desired: &[Arc<Resource>],
        ledger: &Ledger,
        actual: &Actual,
    ) -> Vec<Lead> {
        let mut targets = BTreeSet::new();
        let mut leads = BTreeSet::new();
        for entry in plan::left(desired, ledger) {
            let seen = actual.of(&entry.target()).and_then(|seen| seen.state());
            let Some((target, hosts)) = seen.and_then(|state| state.kind().led_to(state)) else {
                continue;
            };
            let target = target.trim_end_matches('.').to_ascii_lowercase();
            for host in hosts {
                leads.extend(self.published_lead(&host, &target).await);
            }
            targets.insert(target);
        }
        for resource in desired {
            let Some(state) = actual.of_id(&resource.id).and_then(|seen| seen.state()) else {
                continue;
            };
            let kind = resource.spec.kind();
            let hosts = kind.lets_go(&resource.spec, state);
            let Some((target, _)) = kind.led_to(state).filter(|_| !hosts.is_empty()) else {
                continue;
            };
            let target = target.trim_end_matches('.').to_ascii_lowercase();
            for host in hosts {
                leads.extend(self.published_lead(&host, &target).await);
            }
            targets.insert(target);
        }
        if !targets.is_empty() {
            self.list_unrecorded_zones(desired, ledger).await;
            leads.extend(self.engine.leading_to(&targets).await);
        }
        leads.into_iter().collect()
    }

    /// Lists the hosted zones that the manifest names and that this run would not list otherwise: a destroy asks for
    /// none, and a ledger that was rolled back knows those of before. An alias in such a zone leads to a distribution
    /// as a CNAME does, and public DNS shows nothing but addresses of it.
    async fn list_unrecorded_zones(&self, desired: &[Arc<Resource>], ledger: &Ledger) {
        let is_zone = |id: &ResourceId| id.kind == Route53HostedZone::NAME;
        let is_listed = |zone: &Resource| {
            let entry = ledger.entry(&zone.id);
            let is_here = entry.is_some_and(|entry| {
                Location::is_same(entry.location.as_ref(), zone.location.as_ref())
            });
            is_here || desired.iter().any(|one| one.id == zone.id)
        };
        let (declared, _) = self.desired(ledger).await;
        let zones = declared.iter().filter(|one| is_zone(&one.id));
        let mut asked = Vec::new();
        for zone in zones.filter(|zone| !is_listed(zone)) {
            let mut records = declared.iter();
            let is_in_it = |one: &&Arc<Resource>| {
                let references = one.spec.references();
                !references.is_empty() && references.iter().all(|one| one.resource == zone.id)
            };
            // One record is enough: its zone is listed whole.
            if let Some(record) = records.find(is_in_it) {
                asked.extend([Arc::clone(zone), Arc::clone(record)]);
            }
        }
        if !asked.is_empty() {
            let queries = plan::queries(&asked, &Ledger::default());
            self.engine.observe(&queries).await;
        }
    }

    /// The CNAME of a host in public DNS, if it leads to `target`. Where nobody answers, nobody is
    /// led there either.
    async fn published_lead(&self, host: &str, target: &str) -> Option<Lead> {
        let asked = self.outside().lookup(host, RecordType::Cname);
        let values = asked.await.ok()?;
        let is_it = |value: &String| model::authority::same(value, target);
        values.iter().any(is_it).then(|| Lead {
            zone: None,
            name: host.trim_end_matches('.').to_ascii_lowercase(),
            rtype: RecordType::Cname,
            target: target.to_owned(),
        })
    }
}
