//! Asks what still leads to resources that are about to go, or to let a name go, whoever made it: a name
//! that leads to a distribution that does not answer for it can be taken over by whoever makes the next
//! one.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Lead, Ledger, Resource};
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
            leads.extend(self.engine.leading_to(&targets).await);
        }
        leads.into_iter().collect()
    }

    /// The CNAME of a host in public DNS, if it leads to `target`. Where nobody answers, nobody is
    /// led there either.
    async fn published_lead(&self, host: &str, target: &str) -> Option<Lead> {
        let asked = self.outside().lookup(host, RecordType::Cname);
        let values = asked.await.ok()?;
        let is_it = |value: &String| model::authority::same(value, target);
        values.iter().any(is_it).then(|| Lead {
            name: host.trim_end_matches('.').to_ascii_lowercase(),
            rtype: RecordType::Cname,
            target: target.to_owned(),
        })
    }
}
