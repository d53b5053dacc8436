//! The answers of SES about the accounts that send.

use std::collections::BTreeMap;

use kinds::{SesIdentity, ses_account};
use model::rules;
use model::{Kind, Location, Resource};
use standards::Finding;
use standards::dns::Name;

use crate::{Planned, Project};

/// SES-25, SES-26 and SES-40: what the accounts say that send.
pub(super) async fn findings(project: &Project, planned: &Planned) -> Vec<Finding> {
    let mut locations: BTreeMap<&Location, Vec<&Resource>> = BTreeMap::new();
    for resource in &planned.desired {
        if let (SesIdentity::NAME, Some(location)) = (resource.id.kind.as_str(), &resource.location)
        {
            locations.entry(location).or_default().push(resource);
        }
    }
    let mut findings = Vec::new();
    for (location, instances) in locations {
        // An account that can't be entered is in the plan's findings already.
        let Ok(session) = project.engine.session(location).await else {
            continue;
        };
        let standing = match ses_account::standing(&session).await {
            Ok(standing) => standing.findings(),
            Err(error) => vec![unseen(location, &error.to_string())],
        };
        let identities = match ses_account::identities(&session).await {
            Ok(identities) => identities,
            Err(error) => {
                findings.push(unseen(location, &error.to_string()));
                Vec::new()
            }
        };
        let domains = identities.iter().filter(|identity| identity.is_domain);
        let domains: Vec<Name> = domains
            .filter_map(|identity| Name::parse(&identity.name).ok())
            .collect();
        for instance in instances {
            let Ok(domain) = Name::parse(&instance.id.domain) else {
                continue;
            };
            let above = standards::ses::check_parents(&domain, &domains);
            findings.extend(standing.iter().cloned().chain(above).map(|finding| {
                let finding = finding.in_place(instance.place.clone());
                manifest::accept(&project.manifest, &domain, finding, project.clock.now())
            }));
        }
    }
    findings
}

/// PLAN-04: what could not be asked was not checked.
fn unseen(location: &Location, error: &str) -> Finding {
    Finding::new(
        rules::PLAN_04,
        format!("SES in {location} could not be asked: {error}"),
    )
}
