//! A public hosted zone: found by its name or id, or created when asked.
//!
//! ```yaml
//! dns: { route53: { account: dns, create: true } }
//! ```
//!
//! A zone that was found is never ours to change or delete. It may be the zone of a parent name.
//!
//! Quirks of Route 53:
//!
//! - Any number of zones can have one name, public and private. Where several public ones do, the
//!   manifest has to say which (`zone: Z…`): records in the wrong one are seen by nobody.
//! - A zone can be deleted only when nothing but its SOA and its own NS records are left.
//! - A new zone answers only after the parent delegates to its four name servers, which is done by
//!   whoever runs the parent.

#[cfg(feature = "aws")]
mod aws;

use model::rules;
use model::{
    Calls, Diff, Impact, Kind, MailImpact, Nothing, Permission, PhysicalId, Readiness, Trail,
    Transition, Verb, ZoneRef, diff,
};
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::record::same_name;
use crate::tags::{self, Tags};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Route53HostedZone;

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The zone's name, without the final dot.
    pub name: String,
    /// Its id, where several zones have the name.
    pub id: Option<String>,
    /// Whether to create it when it is not there.
    pub create: bool,
    /// The caller reference: a repeated creation finds the first.
    pub caller_reference: String,
    /// Tags of a zone that we create.
    pub tags: Tags,
}

impl Spec {
    /// Whether it names another zone than the one with this id.
    pub fn names_other(&self, zone: &PhysicalId) -> bool {
        let named = self.id.as_deref();
        named.is_some_and(|id| bare(id) != zone.as_str())
    }
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Route 53's id, without `/hostedzone/`.
    pub id: String,
    /// The zone's name, without the final dot.
    pub name: String,
    /// The four servers that a parent has to delegate to.
    pub name_servers: Vec<String>,
    /// Tags, where we created it.
    pub tags: Tags,
    /// Other public zones of the name, where nothing says which one is meant.
    pub others: Vec<String>,
    /// Whether only its VPCs ask it. Such a zone is refused, so that no ledger ever holds it.
    #[serde(skip)]
    pub is_private: bool,
}

/// An id without the path that Route 53 returns it with.
fn bare(id: &str) -> &str {
    id.trim_start_matches("/hostedzone/")
}

/// The output that is Route 53's id for the zone.
pub const ID: &str = "id";

/// The compared properties of a zone that we create.
#[derive(Serialize)]
struct Compared<'a> {
    name: &'a str,
    tags: &'a Tags,
}

const ZONE: &str = "arn:{partition}:route53:::hostedzone/{name}";

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteHostedZone",
    "UpdateHostedZoneComment",
    "ChangeTagsForResource",
];

impl Kind for Route53HostedZone {
    const NAME: &'static str = "route53_hosted_zone";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn output(state: &State, name: &str) -> Option<String> {
        (name == ID).then(|| state.id.clone())
    }

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        if desired.create {
            let (name, tags) = (&desired.name, &desired.tags);
            let wanted = Compared { name, tags };
            let given = owned.map(|owned| &owned.tags);
            let tags = &tags::ours(&desired.tags, &actual.tags, given);
            let name = &actual.name;
            diff::compare(&wanted, &Compared { name, tags }, &["name"])
        } else {
            Diff::default()
        }
    }

    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            tags: tags::ours(&recorded.tags, &actual.tags, None),
            ..recorded.clone()
        })
    }

    fn zone(spec: &Spec, physical: Option<&PhysicalId>) -> Option<ZoneRef> {
        let id = physical.map_or(spec.name.as_str(), PhysicalId::as_str);
        Some(ZoneRef::Hosted(id.to_owned()))
    }

    fn why_other(
        desired: &Spec,
        _owned: &Spec,
        physical: Option<&PhysicalId>,
    ) -> Option<&'static str> {
        let is_other = physical.is_some_and(|physical| desired.names_other(physical));
        is_other.then_some("moves to another hosted zone")
    }

    fn project(state: &State) -> Option<&str> {
        tags::project(&state.tags)
    }

    fn stack(state: &State) -> Option<&str> {
        tags::stack(&state.tags)
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        match (change.seen, change.becomes) {
            (Some(_), None) => {
                let reason = "every record of the zone goes with it";
                let impact = Impact::new(MailImpact::Receiving, reason);
                impact.weaker().about(&change.id.domain)
            }
            _ => Impact::none(),
        }
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, desired: &Spec, _seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => vec![
                Calls::new("route53", "CreateHostedZone", 1),
                Calls::new("route53", "ChangeTagsForResource", 1),
            ],
            Verb::Update | Verb::Adopt if desired.create && diff.touches("tags") => {
                vec![Calls::new("route53", "ChangeTagsForResource", 1)]
            }
            Verb::Delete => vec![Calls::new("route53", "DeleteHostedZone", 1)],
            Verb::Update | Verb::Adopt | Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(_spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail> {
        let id = bare(physical?.as_str()).to_owned();
        let zone = (&["id", "resourceId"][..], id);
        Some(Trail::of("route53.amazonaws.com", EVENTS, [zone]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        let on_zone = |actions| match &desired.id {
            Some(id) => Permission::named(actions, ZONE, bare(id)),
            None => Permission::on(actions, ZONE),
        };
        let mut permissions = vec![
            Permission::anywhere(&["route53:ListHostedZones", "route53:ListHostedZonesByName"]),
            on_zone(&["route53:GetHostedZone", "route53:ListTagsForResource"]),
        ];
        if desired.create {
            permissions.extend([
                Permission::anywhere(&["route53:CreateHostedZone"]),
                on_zone(&["route53:ChangeTagsForResource", "route53:DeleteHostedZone"]),
            ]);
        }
        permissions
    }

    fn blocker(desired: &Spec, actual: Option<&State>) -> Option<Finding> {
        match actual {
            None if !desired.create => Some(Finding::new(
                rules::PLAN_07,
                format!(
                    "there is no public hosted zone `{}` in this account",
                    desired.name
                ),
            )),
            Some(actual) if !actual.others.is_empty() => Some(Finding::new(
                rules::PLAN_11,
                format!(
                    "this account has {} public hosted zones `{}`: {}, {}",
                    actual.others.len() + 1,
                    actual.name,
                    actual.id,
                    actual.others.join(", ")
                ),
            )),
            Some(actual) if actual.is_private => Some(Finding::new(
                rules::PLAN_07,
                format!(
                    "the hosted zone `{}` ({}) is private: only its VPCs see what is written there",
                    actual.id, actual.name
                ),
            )),
            Some(actual) if !holds(&actual.name, &desired.name) => Some(Finding::new(
                rules::PLAN_07,
                format!(
                    "the hosted zone `{}` is of {}, in which there is no {}",
                    actual.id, actual.name, desired.name
                ),
            )),
            _ => None,
        }
    }
}

/// Whether a zone holds the records of `name`: it is of that name, or of one above it.
pub fn holds(zone: &str, name: &str) -> bool {
    same_name(zone, name)
        || name
            .split_once('.')
            .is_some_and(|(_, parent)| holds(zone, parent))
}
