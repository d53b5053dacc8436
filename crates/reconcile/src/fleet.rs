//! A project as its pages show it: what observers see, what moved, what ends, and what was done.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use kinds::{AcmCertificate, SesIdentity};
use manifest::Accepted;
use model::{Check, CheckOutcome, DomainLedger, Entry, Grade, Ledger, Overview, Standard, rules};
use report::{Ending, Event};
use standards::bimi::MarkCertificate;
use standards::dns::Name;
use standards::{Finding, Severity};
use verify::{NothingPublished, Options, overview};

use crate::verify::lower;
use crate::{Closely, Drifted, Error, Planned, Project, Wish, drift};

/// All that is known of every domain of a project.
pub struct Fleet {
    /// The domains, in the manifest's order, as an observer sees them who knows the keys of the
    /// manifest and what it accepts.
    pub overviews: Vec<(Name, Result<Overview, NothingPublished>)>,
    /// The checks of what the manifest asks for.
    pub checks: Vec<Check>,
    /// The drift, and the events that are foreseen.
    pub drifted: Drifted,
    /// The record.
    ledger: Ledger,
    /// The plan that was made now, with the states that were observed.
    planned: Planned,
}

/// Reads all of it. It changes nothing.
pub async fn fleet(project: &Project, ledger: Ledger) -> Result<Fleet, Error> {
    // Planning comes first: from the first probe on, time in a sandbox is real.
    let planned = project.plan(ledger.clone(), Wish::All).await?;
    let drifted = drift(project, ledger.clone()).await?;
    let probe = project.probe().await?;
    let (outside, closely) = (probe.outside(), Closely::default());
    let checks = crate::verify(project, &planned, outside, closely, &|_, _| ()).await;
    let options = Options::at(project.clock.now());
    let domains = project.domains();
    let overviews = stream::iter(&domains)
        .map(async |domain: &Name| {
            let seen = overview(domain, probe.outside(), &options).await;
            (domain.clone(), seen)
        })
        .buffered(options.at_once);
    let mut overviews: Vec<_> = overviews.collect().await;
    for (name, overview) in &mut overviews {
        let Ok(overview) = overview else { continue };
        know_keys(
            overview,
            checks.iter().filter(|check| check.domain() == Some(name)),
        );
        if let Some(domain) = project.manifest.domains.get(name) {
            accept(overview, &domain.accept, options.now);
        }
    }
    Ok(Fleet {
        overviews,
        checks,
        drifted,
        ledger: project.in_scope(ledger),
        planned,
    })
}

/// Nobody outside can guess the selectors of SES; the checks have them from the manifest.
fn know_keys<'a>(overview: &mut Overview, checks: impl Iterator<Item = &'a Check>) {
    let mut subjects = overview.subjects.iter_mut();
    let keys = subjects.find(|one| one.standard == Standard::Dkim && one.grade == Grade::Unseen);
    let checks: Vec<&Check> = checks.filter(|one| one.rule == rules::DKIM_04.id).collect();
    let Some(subject) = keys.filter(|_| !checks.is_empty()) else {
        return;
    };
    let good = checks
        .iter()
        .filter(|check| check.outcome == CheckOutcome::Good);
    let good = good.count();
    subject.summary = format!("{good} of the {} keys of SES are good", checks.len());
    let mut findings = checks.iter().filter_map(|check| check.finding());
    if findings.any(is_error) {
        subject.grade = Grade::Faulty;
    } else if good == checks.len() {
        subject.grade = Grade::Good;
    }
}

/// Findings that the manifest accepts weigh nothing, as in `verify`, and are no step to take.
fn accept(overview: &mut Overview, accepted: &Accepted, now: Timestamp) {
    for subject in &mut overview.subjects {
        let was_faulty = subject.findings.iter().any(is_error);
        for finding in &mut subject.findings {
            if lower(finding, accepted, now) {
                let is_of = |rule: &str| rule == finding.rule;
                overview
                    .steps
                    .retain(|step| !step.rule.as_deref().is_some_and(is_of));
            }
        }
        let is_faulty = subject.findings.iter().any(is_error);
        if subject.grade == Grade::Faulty && was_faulty && !is_faulty {
            subject.grade = Grade::Good;
        }
    }
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

impl Fleet {
    /// All of a domain that ends at a known time, the next first: certificates, acceptances, and what
    /// senders hold. What is foreseen has its fix, and is not told twice.
    pub fn endings(&self, project: &Project, domain: &Name) -> Vec<Ending> {
        let foreseen = self.drifted.foreseen.iter();
        let foreseen = foreseen.filter(|one| one.subject == domain.as_str());
        let mut endings: Vec<Ending> = foreseen.map(Ending::from).collect();
        for (at, named, what) in self.dated(project, domain) {
            let is_it =
                |one: &Ending| one.fix.is_some() && one.at == at && one.what.contains(&named);
            if !endings.iter().any(is_it) {
                let fix = None;
                endings.push(Ending { at, what, fix });
            }
        }
        endings.sort_by_key(|ending| ending.at);
        endings
    }

    /// The same, but for what is foreseen: the time, what a text of foresight about it names, and our
    /// own words.
    fn dated(&self, project: &Project, domain: &Name) -> Vec<(Timestamp, String, String)> {
        let mut dated = Vec::new();
        if let Some(block) = project.manifest.domains.get(domain) {
            let mark = block.bimi.iter().find_map(|bimi| bimi.certificate.as_ref());
            let read = mark.and_then(|file| Some((file, MarkCertificate::parse(&file.bytes).0?)));
            if let Some((file, certificate)) = read {
                let path = file.path.clone();
                let what = format!("the mark certificate {path}");
                dated.push((certificate.not_after(), path, what));
            }
            for (rule, acceptance) in &block.accept {
                if let Some(end) = acceptance.end() {
                    let rule = rule.to_string();
                    let what = format!("the acceptance of {rule}");
                    dated.push((end, rule, what));
                }
            }
        }
        let held = self.ledger.domains.get(domain.as_str());
        for entry in held.iter().flat_map(|held| held.entries.values()) {
            let state = self.planned.state(&entry.id);
            let state = state.and_then(|state| state.get::<AcmCertificate>());
            let end = state.and_then(|state| Timestamp::from_second(state.not_after?).ok());
            if let Some(end) = end {
                let name = &entry.id.name;
                let what = format!("the certificate {name} of ACM, which renews it");
                dated.push((end, String::new(), what));
            }
        }
        if let Some(until) = held.and_then(|held| held.cached_until) {
            let what = "what senders hold of an earlier MTA-STS policy".to_owned();
            dated.push((until, String::new(), what));
        }
        dated
    }

    /// The identities of SES that the ledger has for a domain, with their account and region.
    pub fn senders(&self, domain: &Name) -> Vec<(String, String)> {
        let held = self.ledger.domains.get(domain.as_str());
        let entries = held.into_iter().flat_map(|held| held.entries.values());
        entries
            .filter_map(|entry| {
                let identity = &entry.spec.get::<SesIdentity>()?.domain;
                let location = entry.location.as_ref()?;
                let place = format!("{} {}", location.account, location.region);
                Some((identity.clone(), place))
            })
            .collect()
    }

    /// The events that the ledger records of a domain, the latest first: the last change of each resource, the
    /// policy that is served, and the risks that were accepted.
    pub fn events(&self, domain: &Name) -> Vec<Event> {
        let Some(held) = self.ledger.domains.get(domain.as_str()) else {
            return Vec::new();
        };
        let event = |at, what| Event {
            at,
            what,
            resources: Vec::new(),
        };
        let mut events = changes(held);
        events.extend(held.serving.map(|(policy, since)| {
            let mode = match (policy.active, policy.enforce) {
                (_, true) => "enforce",
                (true, false) => "testing",
                (false, false) => "none",
            };
            event(since, format!("an MTA-STS policy of mode {mode} served"))
        }));
        let accepted = held.accepted.iter();
        events.extend(accepted.map(|(rule, at)| event(*at, format!("the risk {rule} accepted"))));
        events.sort_by(|one, other| (other.at, &other.what).cmp(&(one.at, &one.what)));
        events
    }
}

/// The last change of each resource; what changed in one minute is one event.
fn changes(held: &DomainLedger) -> Vec<Event> {
    let mut by_minute: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
    for entry in held.entries.values() {
        let minute = entry.changed.as_second() / 60;
        by_minute.entry(minute).or_default().push(entry);
    }
    let event = |entries: Vec<&Entry>| Event {
        at: entries[0].changed,
        what: match entries.len() {
            1 => "1 resource changed".to_owned(),
            count => format!("{count} resources changed"),
        },
        resources: entries
            .iter()
            .map(|entry| format!("{} {}", entry.id.kind, entry.id.name))
            .collect(),
    };
    by_minute.into_values().map(event).collect()
}
