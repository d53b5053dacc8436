//! The SES instances that send for a domain, and what SES says of them.

use std::collections::BTreeMap;

use aws::Session;
use kinds::{SesConfigurationSet, SesIdentity, ses_account};
use model::{Kind, Location};
use standards::Finding;
use standards::dns::Name;
use verify::{Expected, Instance, InstancePart, Tracking};

use super::Source;
use crate::{Planned, Project};

/// Asks SES about the accounts that send, and where the links in their mail lead. What SES does not
/// tell is not checked: verify asks for no permission that the plan does not ask for.
pub(crate) async fn ask_senders(project: &Project, planned: &Planned, domains: &mut [Expected]) {
    let mut standings: BTreeMap<&Location, Option<Vec<Finding>>> = BTreeMap::new();
    for resource in &planned.desired {
        let Some(location) = &resource.location else {
            continue;
        };
        let kind = resource.id.kind.as_str();
        if ![SesIdentity::NAME, SesConfigurationSet::NAME].contains(&kind) {
            continue;
        }
        let Ok(session) = project.engine.session(location).await else {
            continue;
        };
        let mut domains = domains.iter_mut();
        let domain = domains.find(|one| one.domain.as_str() == resource.id.domain);
        let Some(instance) = domain.and_then(|domain| {
            let mut instances = domain.instances.iter_mut();
            instances.find(|one| one.label == label(Some(location)))
        }) else {
            continue;
        };
        if kind == SesConfigurationSet::NAME {
            let set = resource.spec.get::<SesConfigurationSet>();
            let name = set.map(|set| set.name.as_str()).unwrap_or_default();
            instance.tracking = tracking(&session, name, location).await;
        } else {
            if !standings.contains_key(location) {
                let standing = ses_account::standing(&session).await;
                standings.insert(location, standing.ok().map(|standing| standing.findings()));
            }
            instance.account = standings.get(location).cloned().flatten();
        }
    }
}

async fn tracking(session: &Session, set: &str, location: &Location) -> Option<Tracking> {
    let (domain, https) = ses_account::tracking(session, set).await.ok()??;
    Some(Tracking {
        domain: Name::parse(&domain).ok()?,
        region: location.region.to_string(),
        https,
    })
}

/// The name of the instance at a location, for people.
fn label(location: Option<&Location>) -> String {
    location
        .map(|location| format!("{} in {}", location.account, location.region))
        .unwrap_or_default()
}

/// The instance at a location, which is added where it is not there yet.
pub(super) fn instance<'a>(
    expected: &'a mut Expected,
    location: Option<&Location>,
) -> &'a mut Instance {
    let label = label(location);
    let known = expected.instances.iter().position(|one| one.label == label);
    let at = known.unwrap_or_else(|| {
        expected.instances.push(Instance {
            label,
            ..Instance::default()
        });
        expected.instances.len() - 1
    });
    &mut expected.instances[at]
}

/// How far SES is with a part of an instance (SES-23).
pub(super) fn part(source: &Source<'_>) -> InstancePart {
    let kind = source.spec.kind();
    InstancePart {
        what: format!("{} {}", source.id.kind, source.id.name),
        readiness: source
            .state
            .map(|state| kind.readiness(&source.spec, state)),
    }
}
