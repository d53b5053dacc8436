//! Compares the world with the ledger: what moved without us.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use manifest::Manifest;
use model::rules;
use model::{Authority, Check, DomainLedger, Effect, Foreseen, Ledger, Outside, ResourceId, Side};
use plan::{Actual, Drift, Inputs, Moved, Query};
use standards::Finding;
use standards::dns::Name;
use verify::{Options, Verdict};

use crate::changed_by::attribute;
use crate::expected::{is_awaited, left};
use crate::foresight::{foresee, next_first, registrations};
use crate::reading::{Earlier, is_dated};
use crate::scope::is_like;
use crate::{Error, Project};

/// The world beside the ledger.
#[derive(Debug, Default)]
pub struct Drifted {
    /// The resources that moved.
    pub drifts: Vec<Drift>,
    /// The checks of an external observer.
    pub live: Vec<Check>,
    /// How many resources were compared. Without any, nothing is recorded here.
    pub owned: usize,
    /// The domains of the manifest that the ledger has nothing of: nothing of them was compared.
    pub unapplied: Vec<Name>,
    /// How many records nobody has published yet.
    pub awaited: usize,
    /// The findings about what could not be observed at all.
    pub findings: Vec<Finding>,
    /// The events with a known date that are near, the next first.
    pub foreseen: Vec<Foreseen>,
    /// Why SES could not be asked whether an account may send, ACM about a certificate, or a registry about a
    /// domain: nothing is foreseen of it.
    pub unasked: Vec<String>,
    /// When everything was last read anew, where this run left a part of it to its version.
    pub last_read_anew: Option<Timestamp>,
    /// Why it is not on record what this run read.
    pub unrecorded: Option<String>,
}

impl Drifted {
    /// Whether nothing of ours moved. What resolvers still remember did not, and neither did what
    /// others added beside ours.
    pub fn is_in_sync(&self) -> bool {
        self.drifts.iter().all(Drift::is_note) && Verdict::of(&self.live) < Verdict::Faulty
    }

    /// Whether nothing was seen to move, and something could not be seen.
    pub(crate) fn is_unseen(&self) -> bool {
        let mut findings = self.live.iter().filter(|check| check.finding().is_some());
        self.drifts.iter().all(Drift::is_note) && findings.all(is_unseen)
    }
}

/// Observes every resource of the ledger, and probes what was left of them from outside. A ledger
/// that has none of the domains is another project's or is lost: nothing is compared with it.
pub async fn drift(project: &Project, ledger: Ledger) -> Result<Drifted, Error> {
    let ledger = project.in_scope(ledger);
    let domains = project.domains();
    let unapplied = unapplied(&domains, &ledger);
    if !domains.is_empty() && unapplied.len() == domains.len() {
        return Ok(Drifted {
            unapplied,
            ..Drifted::default()
        });
    }
    let earlier = Earlier::of(project).await?;
    let Seen {
        actual,
        mut drifts,
        awaited,
        findings,
    } = observe(project, &ledger, &earlier).await?;
    Box::pin(attribute(project, &ledger, &mut drifts)).await;
    let (mut foreseen, mut unasked) = foresee(project, &ledger, &actual).await;
    // In a sandbox, time is real from here on.
    let way = project.probe().await?;
    let outside = way.outside();
    let live = probe(project, &ledger, &actual, &drifts, outside).await;
    let (ending, unknown) = registrations::ending(project, &ledger, outside).await;
    foreseen.extend(ending);
    unasked.extend(unknown);
    next_first(&mut foreseen);
    Ok(Drifted {
        last_read_anew: earlier.last_anew(&ledger),
        unrecorded: earlier.record(project, &ledger, &drifts).await.err(),
        live,
        drifts,
        owned: ledger.entries().count(),
        unapplied,
        awaited,
        findings,
        foreseen,
        unasked,
    })
}

/// The resources on record as AWS and public DNS show them.
pub(crate) struct Seen {
    pub(crate) actual: Actual,
    pub(crate) drifts: Vec<Drift>,
    awaited: usize,
    findings: Vec<Finding>,
}

/// Observes every resource of a ledger, and compares. What `earlier` runs read by itself need not be read
/// so again.
pub(crate) async fn observe(
    project: &Project,
    ledger: &Ledger,
    earlier: &Earlier,
) -> Result<Seen, Error> {
    let entries = ledger.entries();
    let queries: Vec<Query> = entries.map(|entry| earlier.query(entry)).collect();
    let observed = project.engine.observe(&queries).await;
    if !observed.closed.is_empty() {
        return Err(Error::Closed(observed.closed));
    }
    let authority = Authority::default();
    let mut drifts = plan::drift(inputs(project, ledger, &observed.actual, &authority));
    ignore(&mut drifts, &project.manifest);
    for drift in drifts.iter_mut().filter(|drift| is_dated(drift)) {
        let entry = ledger.entry(&drift.resource);
        drift.since = entry.and_then(|entry| earlier.first_seen(entry));
    }
    // What nobody has published yet did not move.
    let before = drifts.len();
    drifts.retain(|drift| {
        drift.location.is_some() || !is_awaited(ledger.entry(&drift.resource).map(AsRef::as_ref))
    });
    Ok(Seen {
        awaited: before - drifts.len(),
        actual: observed.actual,
        drifts,
        findings: observed.findings,
    })
}

/// Leaves out the values of others that the manifest names: they may stay, and nobody is told.
fn ignore(drifts: &mut Vec<Drift>, manifest: &Manifest) {
    for drift in &mut *drifts {
        let Ok(domain) = Name::parse(&drift.resource.domain) else {
            continue;
        };
        let (Moved::Added(diff) | Moved::Modified(diff)) = &mut drift.moved else {
            continue;
        };
        let declared = manifest.domains.get(&domain).map(|domain| &domain.ignore);
        let parked = manifest.parked.get(&domain).map(|parked| &parked.ignore);
        let Some(ignored) = declared.or(parked) else {
            continue;
        };
        let is_ignored = |value: &str| {
            let mut ignored = ignored.iter();
            ignored.any(|pattern| is_like(pattern.as_str(), value))
        };
        for change in diff
            .changes
            .iter_mut()
            .filter(|change| change.effect == Effect::Nothing)
        {
            let values = change.from.as_json().as_array().into_iter().flatten();
            let values = values.filter_map(|value| value.as_str());
            let left: Vec<&str> = values.filter(|value| !is_ignored(value)).collect();
            change.from = Side::of(&left);
        }
        diff.changes
            .retain(|change| change.effect != Effect::Nothing || change.from != Side::of(&[(); 0]));
    }
    let is_empty = |drift: &Drift| matches!(&drift.moved, Moved::Added(diff) if diff.is_empty());
    drifts.retain(|drift| !is_empty(drift));
}

/// The domains that the ledger has no resource of. One that was destroyed has a document still.
fn unapplied(domains: &[Name], ledger: &Ledger) -> Vec<Name> {
    let is_applied = |name: &&Name| {
        let held = ledger.domains.get(name.as_str());
        held.is_some_and(|held| !DomainLedger::is_empty(held))
    };
    let unapplied = domains.iter().filter(|name| !is_applied(name));
    unapplied.cloned().collect()
}

/// The view of an external observer of what was left. A silence may be over in a minute, and must
/// raise no alarm on a schedule: an unanswered question is asked once more.
async fn probe(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    drifts: &[Drift],
    outside: &dyn Outside,
) -> Vec<Check> {
    let moved = drifts.iter().filter(|drift| !drift.is_note());
    let moved: BTreeSet<&ResourceId> = moved.map(|drift| &drift.resource).collect();
    let mut left = left(ledger, actual, &moved);
    left.retain(|domain| !domain.records.is_empty());
    let options = Options::at(project.clock.now());
    let checks = stream::iter(&left).map(|domain| async {
        let seen = verify::drift(domain, outside, &options).await;
        if seen.iter().any(is_unseen) {
            return verify::drift(domain, outside, &options).await;
        }
        seen
    });
    let checks: Vec<Vec<Check>> = checks.buffered(options.at_once).collect().await;
    checks.concat()
}

/// LIVE-02: nobody answered.
fn is_unseen(check: &Check) -> bool {
    check
        .finding()
        .is_some_and(|finding| finding.is_of(rules::LIVE_02))
}

pub(crate) fn inputs<'a>(
    project: &'a Project,
    ledger: &'a Ledger,
    actual: &'a Actual,
    authority: &'a Authority,
) -> Inputs<'a> {
    const NONE: &BTreeSet<ResourceId> = &BTreeSet::new();
    Inputs {
        project: project.manifest.project.as_str(),
        desired: &[],
        kept: NONE,
        ledger,
        beyond: ledger,
        neighbours: &[],
        actual,
        authority,
        leads: &[],
        is_about: &|_| true,
    }
}
