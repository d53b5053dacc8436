//! The domains: zones and delegation, who may issue certificates, whose the names are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use kinds::owned::Distribution;
use kinds::{
    AcmCertificate, CloudfrontDistribution, Route53HostedZone, Route53RecordSet,
    route53_hosted_zone,
};
use model::{
    AccountName, Kind, Ledger, Observation, Outside, Ownership, Resource, ResourceId,
    Unseen as Hidden,
};
use plan::Actual;
use standards::dns::caa::climb;
use standards::dns::{Name, RecordType};
use verify::PublicDns;

use super::account::closed;
use super::zones::{self, Zones};
use super::{Distributions, Patient};
use crate::facts::{DomainFacts, Host, Hosting, PointsTo, Seen, Unseen, Usage, ZoneFacts};

/// How many domains are observed side by side.
const AT_ONCE: usize = 16;

/// The domains, and how full the zones of each account are.
pub(super) struct Observed {
    pub(super) domains: Vec<DomainFacts>,
    pub(super) records: BTreeMap<AccountName, Vec<Usage>>,
}

/// One domain, and what the manifest asks for it.
struct Scene<'a> {
    patient: &'a Patient<'a>,
    distributions: &'a Distributions,
    actual: &'a Actual,
    dns: PublicDns<'a>,
    name: &'a Name,
    resources: Vec<&'a Arc<Resource>>,
}

pub(super) async fn observe(patient: &Patient<'_>, distributions: &Distributions) -> Observed {
    let zones = zones::list(patient, distributions).await;
    let actual = observe_resources(patient, distributions, &zones).await;
    let scenes = patient.domains.iter().map(|name| Scene {
        patient,
        distributions,
        actual: &actual,
        dns: PublicDns::new(patient.engine.outside()),
        name,
        resources: patient
            .desired
            .iter()
            .filter(|resource| resource.id.domain == name.as_str())
            .collect(),
    });
    let domains: Vec<DomainFacts> = stream::iter(scenes)
        .map(|scene| async move { scene.observe().await })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let records = zones::usage(patient, &domains, &zones);
    Observed { domains, records }
}

/// Observes the zones, the records that lead to hosts, and the distributions that have their names
/// and are not in the ledger: only their tags say whose they are.
async fn observe_resources(
    patient: &Patient<'_>,
    distributions: &Distributions,
    zones: &Zones<'_>,
) -> Actual {
    let answered = answered(patient).await;
    let is_wanted = |resource: &&Arc<Resource>| match resource.id.kind.as_str() {
        Route53HostedZone::NAME => true,
        Route53RecordSet::NAME => answered.contains(&resource.id),
        CloudfrontDistribution::NAME => {
            let holder = holder(resource, distributions);
            holder.is_some_and(|holder| !is_in_ledger(patient.ledger, &holder.id))
        }
        _ => false,
    };
    let open = |resource: &&Arc<Resource>| {
        let mut location = resource.location.iter();
        location.any(|location| distributions.contains_key(&location.account))
    };
    let wanted: Vec<Arc<Resource>> = patient
        .desired
        .iter()
        .filter(open)
        .filter(is_wanted)
        .cloned()
        .map(|resource| zones::known(resource, zones))
        .collect();
    let queries = plan::queries(&wanted, &Ledger::default());
    patient.engine.observe(&queries).await.actual
}

/// The aliases of hosts for which public DNS has an address already, or gives no answer. Route 53 lists
/// a whole zone to show a record, so that the others are not observed.
async fn answered(patient: &Patient<'_>) -> BTreeSet<ResourceId> {
    let hosts = patient.desired.iter().filter_map(|resource| {
        let record = &resource.spec.get::<Route53RecordSet>()?.record;
        let is_alias = record.alias.is_some() && record.rtype == RecordType::A;
        let name = record.name.known().filter(|_| is_alias)?;
        Some((resource.id.clone(), name.clone()))
    });
    let outside = patient.engine.outside();
    let asked = stream::iter(hosts).map(|(id, name)| async move {
        let found = outside.lookup(&name, RecordType::A).await;
        found
            .map_or(true, |values| !values.is_empty())
            .then_some(id)
    });
    asked
        .buffered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await
}

fn aliases(resource: &Resource) -> Vec<String> {
    let spec = resource.spec.get::<CloudfrontDistribution>();
    spec.map(|spec| spec.aliases.clone()).unwrap_or_default()
}

/// The account's distribution that has one of the names that `resource` asks for.
fn holder<'a>(resource: &Resource, distributions: &'a Distributions) -> Option<&'a Distribution> {
    let account = &resource.location.as_ref()?.account;
    let all = distributions.get(account)?.as_ref().ok()?;
    let names = aliases(resource);
    all.iter()
        .find(|one| one.aliases.iter().any(|alias| names.contains(alias)))
}

fn is_in_ledger(ledger: &Ledger, id: &str) -> bool {
    let mut entries = ledger.entries();
    entries.any(|entry| {
        entry.id.kind == CloudfrontDistribution::NAME
            && entry
                .physical()
                .is_some_and(|physical| physical.as_str() == id)
    })
}

impl Scene<'_> {
    async fn observe(&self) -> DomainFacts {
        let zone = self.zone().await;
        let mut hosts = Vec::new();
        for name in self.hosts() {
            hosts.push(self.host(name).await);
        }
        DomainFacts {
            name: self.name.clone(),
            zone,
            hosts,
        }
    }

    fn of_kind(&self, kind: &str) -> Option<&Resource> {
        let mut all = self.resources.iter().copied();
        all.find(|resource| resource.id.kind == kind)
            .map(AsRef::as_ref)
    }

    fn outside(&self) -> &dyn Outside {
        self.patient.engine.outside()
    }

    fn seen(&self, resource: &Resource) -> Option<&Observation> {
        self.actual.of_id(&resource.id)
    }

    async fn zone(&self) -> ZoneFacts {
        let Some(resource) = self.of_kind(Route53HostedZone::NAME) else {
            return ZoneFacts::Manual(self.name_servers().await);
        };
        let Some(location) = &resource.location else {
            return ZoneFacts::Unclear("the hosted zone has no account".to_owned());
        };
        if !self.distributions.contains_key(&location.account) {
            return ZoneFacts::Unseen(closed(&location.account));
        }
        let spec = resource.spec.get::<Route53HostedZone>();
        match self.seen(resource) {
            Some(Observation::Present { state, .. }) => match state.get::<Route53HostedZone>() {
                Some(state) => {
                    let refused =
                        spec.and_then(|spec| Route53HostedZone::blocker(spec, Some(state)));
                    match refused.filter(|_| state.others.is_empty()) {
                        Some(finding) => ZoneFacts::Refused(finding),
                        None => self.found(location.account.clone(), state).await,
                    }
                }
                None => ZoneFacts::Unclear("it is no hosted zone".to_owned()),
            },
            Some(Observation::Absent) if spec.is_some_and(|spec| spec.create) => {
                ZoneFacts::ToCreate
            }
            Some(Observation::Absent) => ZoneFacts::Missing(location.account.clone()),
            Some(Observation::Unknown(reason)) if reason.contains("not allowed") => {
                let fix = format!("see the findings of account {}", location.account);
                ZoneFacts::Unseen(Unseen::new(reason.clone(), fix))
            }
            Some(Observation::Unknown(reason)) => ZoneFacts::Unclear(reason.clone()),
            None => ZoneFacts::Unclear("nobody asked for the hosted zone".to_owned()),
        }
    }

    async fn found(&self, account: AccountName, state: &route53_hosted_zone::State) -> ZoneFacts {
        let Ok(name) = Name::parse(&state.name) else {
            return ZoneFacts::Unclear("what Route 53 says of the zone cannot be read".to_owned());
        };
        if !state.others.is_empty() {
            let ids = [std::slice::from_ref(&state.id), &state.others].concat();
            return ZoneFacts::Several(account, ids);
        }
        let delegated = match self.outside().delegation(name.as_str()).await {
            Ok(servers) => Ok(names(&servers)),
            Err(hidden) => Err(from_outside(&hidden)),
        };
        ZoneFacts::Found {
            account,
            id: state.id.clone(),
            name,
            servers: names(&state.name_servers),
            delegated,
        }
    }

    /// The name servers of the zone that a domain is in, as public DNS has them.
    async fn name_servers(&self) -> Seen<Vec<String>> {
        let mut name = self.name.clone();
        loop {
            let found = self.outside().lookup(name.as_str(), RecordType::Ns).await;
            let found = found.map_err(|error| Unseen::new(error.to_string(), "try again"))?;
            if !found.is_empty() {
                return Ok(found);
            }
            match name.parent() {
                Some(parent) if !parent.is_root() => name = parent,
                _ => {
                    let why = format!("no zone of public DNS has {}", self.name);
                    return Err(Unseen::new(why, "register the domain, and delegate it"));
                }
            }
        }
    }

    /// The hosts that get a certificate or a place at CloudFront.
    fn hosts(&self) -> BTreeSet<Name> {
        let issued = self.issued();
        let served = self.of_kind(CloudfrontDistribution::NAME).map(aliases);
        let served = served.unwrap_or_default();
        let served = served.iter().filter_map(|name| Name::parse(name).ok());
        issued.into_iter().chain(served).collect()
    }

    /// The names of the certificate that ACM is to issue.
    fn issued(&self) -> BTreeSet<Name> {
        let certificate = self.of_kind(AcmCertificate::NAME);
        let spec = certificate.and_then(|one| one.spec.get::<AcmCertificate>());
        let ours = spec.filter(|spec| spec.existing.is_none());
        ours.map(|spec| names(&spec.names)).unwrap_or_default()
    }

    async fn host(&self, name: Name) -> Host {
        let caa = if self.issued().contains(&name) {
            Some(self.caa(&name).await)
        } else {
            None
        };
        let hosting = match self.of_kind(CloudfrontDistribution::NAME) {
            Some(resource) => self.hosting(resource, &name).await,
            None => None,
        };
        Host { name, caa, hosting }
    }

    /// The CAA set that decides: the first on the way up.
    async fn caa(&self, host: &Name) -> Seen<Vec<String>> {
        for name in climb(host) {
            let found = self.dns.lookup(&name, RecordType::Caa).await;
            let values = found.map_err(|error| {
                let why = format!("{} CAA: {}", error.name, error.reason);
                Unseen::new(why, "check the zone's name servers, then try again")
            })?;
            if !values.is_empty() {
                return Ok(values);
            }
        }
        Ok(Vec::new())
    }

    async fn hosting(&self, resource: &Resource, name: &Name) -> Option<Hosting> {
        let account = resource.location.as_ref()?.account.clone();
        let Some(distributions) = self.distributions.get(&account) else {
            return Some(Hosting {
                holder: Err(closed(&account)),
                points_to: Err(closed(&account)),
                account,
            });
        };
        let has = |one: &&Distribution| one.aliases.iter().any(|alias| alias == name.as_str());
        let holder = distributions.clone().map(|all| {
            let holder = all.iter().find(has)?;
            Some((holder.id.clone(), self.is_ours(resource, &holder.id)))
        });
        let points_to = match distributions {
            Ok(own) => self.points_to(name, own).await,
            Err(unseen) => Err(unseen.clone()),
        };
        Some(Hosting {
            account,
            holder,
            points_to,
        })
    }

    /// By the ledger, or by its tags, or because the manifest takes it over.
    fn is_ours(&self, resource: &Resource, id: &str) -> bool {
        let tagged = matches!(
            self.seen(resource),
            Some(Observation::Present { physical, ownership: Ownership::Ours, .. })
                if physical.as_str() == id
        );
        tagged || resource.adopt || is_in_ledger(self.patient.ledger, id)
    }

    /// The target of DNS, by a CNAME or by an alias of our zone.
    async fn points_to(&self, name: &Name, own: &[Distribution]) -> Seen<PointsTo> {
        let found = self
            .outside()
            .lookup(name.as_str(), RecordType::Cname)
            .await;
        let mut targets = found.map_err(|error| {
            Unseen::new(
                error.to_string(),
                "check the zone's name servers, then try again",
            )
        })?;
        targets.extend(self.alias_target(name));
        let target = targets
            .iter()
            .map(|target| target.trim_end_matches('.').to_ascii_lowercase())
            .find(|target| target.ends_with(".cloudfront.net"));
        Ok(match target {
            None => PointsTo::Nowhere,
            Some(target) if own.iter().any(|one| one.domain_name == target) => {
                PointsTo::Own(target)
            }
            Some(target) => PointsTo::Foreign(target),
        })
    }

    /// The name that the alias at a host follows now.
    fn alias_target(&self, name: &Name) -> Option<String> {
        let mut records = self.resources.iter().filter(|resource| {
            let spec = resource.spec.get::<Route53RecordSet>();
            let at = spec.and_then(|spec| spec.record.name.known());
            at.is_some_and(|at| at == name.as_str())
        });
        records.find_map(|resource| {
            let state = self.seen(resource)?.state()?.get::<Route53RecordSet>()?;
            let cname = state
                .in_the_way
                .iter()
                .find(|set| set.rtype == RecordType::Cname);
            let cname = cname.and_then(|set| Some(set.values.first()?.means.clone()));
            cname.or_else(|| Some(state.set.as_ref()?.alias.as_ref()?.0.clone()))
        })
    }
}

fn names(texts: &[String]) -> BTreeSet<Name> {
    let names = texts.iter().filter_map(|text| Name::parse(text).ok());
    names.collect()
}

fn from_outside(hidden: &Hidden) -> Unseen {
    let fix = match hidden {
        Hidden::NotFromHere => "run doctor on a machine that reaches public DNS",
        _ => "check the name servers of the zone above, then try again",
    };
    Unseen::new(hidden.to_string(), fix)
}
