//! Rebuilds a ledger that was lost, from tags, listings and live values. Nothing changes but the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger::{Event, Journal};
use model::{Entry, Impact, Ledger, Origin, ResourceId, ServedPolicy, Transition};
use plan::Rebuilt;
use standards::mta_sts::MtaStsPolicy;
use standards::{Finding, Severity};

use crate::existing::is_unseen;
use crate::{Error, ExistingResource, Planned, Project, Wish};

/// The entries that a ledger lacks, ready to be written.
#[derive(Debug, Default)]
pub struct Rebuilding {
    rebuilt: Vec<Rebuilt>,
    /// The policies that are served, by document.
    served: BTreeMap<String, ServedPolicy>,
    /// The ids that an operator says are ours.
    claimed: BTreeSet<String>,
    /// The findings that keep something from being put on record: it may be somebody else's.
    pub refused: Vec<Finding>,
    /// The failures to observe. With any of them nothing may be written: what was not seen may be
    /// there.
    pub unseen: Vec<Finding>,
}

impl Rebuilding {
    /// How many resources there are to write.
    pub fn count(&self) -> usize {
        self.rebuilt.len()
    }

    /// The resources of one origin.
    pub fn of(&self, origin: Origin) -> Vec<ExistingResource> {
        let entries = self.rebuilt.iter().map(|one| &one.entry);
        let of_origin = entries.filter(|entry| entry.origin == origin);
        of_origin
            .map(|entry| ExistingResource::of_entry(entry))
            .collect()
    }

    /// The resources that are claimed, each with what mail loses when a destroy removes it.
    pub fn claimed(&self) -> Vec<(ExistingResource, Impact)> {
        let entries = self.rebuilt.iter().map(|one| &one.entry);
        let claimed = entries.filter(|entry| self.claimed.contains(&entry.id.to_string()));
        claimed
            .map(|entry| (ExistingResource::of_entry(entry), loss(entry)))
            .collect()
    }

    /// The resources that are not as the manifest asks: an earlier manifest asked for them.
    pub fn differing(&self) -> Vec<ExistingResource> {
        let differing = self.rebuilt.iter().filter(|one| !one.is_as_asked);
        differing
            .map(|one| ExistingResource::of_entry(&one.entry))
            .collect()
    }
}

impl Project {
    /// Everything that stands and that the ledger lacks, by observing each resource that the manifest
    /// leads to. Of what is `claimed`, by id, the origin is unknown, and an operator says that it is
    /// ours.
    pub async fn rebuild(
        &self,
        ledger: &Ledger,
        claimed: &BTreeSet<String>,
    ) -> Result<Rebuilding, Error> {
        let planned = self.plan(ledger.clone(), Wish::All).await?;
        let unseen = planned.plan.findings.iter().filter(|one| is_unseen(one));
        let unseen: Vec<Finding> = unseen.cloned().collect();
        // What could not be observed may be what is claimed.
        if !unseen.is_empty() {
            return Ok(Rebuilding {
                unseen,
                ..Rebuilding::default()
            });
        }
        let mut rebuilt = plan::rebuild(&planned.plan, ledger, &planned.actual, self.clock.now());
        let on_record = on_record(&planned, claimed, &rebuilt);
        rebuilt.extend(on_record);
        claim(&mut rebuilt, claimed)?;
        let errors = planned.plan.findings.iter();
        let errors = errors.filter(|one| one.severity == Severity::Error);
        Ok(Rebuilding {
            served: self.served(&rebuilt).await,
            claimed: claimed.clone(),
            refused: errors.cloned().collect(),
            unseen,
            rebuilt,
        })
    }

    /// The policies that are served now. An earlier manifest may have asked for them, and senders hold
    /// what they were shown. One that can't be read counts as enforced: to wind down a policy that nobody
    /// enforces costs time, and to forget one that senders enforce costs mail.
    async fn served(&self, rebuilt: &[Rebuilt]) -> BTreeMap<String, ServedPolicy> {
        let mut served = BTreeMap::new();
        for entry in rebuilt.iter().map(|one| &one.entry) {
            let Some(asked) = entry.serves_policy else {
                continue;
            };
            let url = format!(
                "https://mta-sts.{}/.well-known/mta-sts.txt",
                entry.id.domain
            );
            let live = self.outside().fetch(&url).await.ok();
            let live = live.filter(|fetched| fetched.status == 200);
            let live = live.and_then(|fetched| MtaStsPolicy::parse(&fetched.body).0);
            let unread = ServedPolicy {
                enforce: true,
                ..asked
            };
            let policy = live.as_ref().map_or(unread, ServedPolicy::from);
            served.insert(entry.id.document().into_owned(), policy);
        }
        served
    }
}

/// The loss to mail by the removal of a resource.
fn loss(entry: &Entry) -> Impact {
    entry.spec.kind().mail_impact(&Transition {
        id: &entry.id,
        seen: entry.state.as_ref(),
        was: Some(&entry.spec),
        becomes: None,
        restores: entry.before.as_ref(),
    })
}

/// The claimed resources that the ledger has already, with an unknown origin.
fn on_record(planned: &Planned, claimed: &BTreeSet<String>, new: &[Rebuilt]) -> Vec<Rebuilt> {
    let actions = planned.plan.actions.iter();
    let wanted = actions.filter_map(|action| action.wanted()?.entry.as_ref());
    let is_claimed = |entry: &&Arc<Entry>| {
        entry.origin == Origin::Unknown
            && claimed.contains(&entry.id.to_string())
            && !new.iter().any(|one| one.entry.id == entry.id)
    };
    // A resource that is brought about in stages has several actions.
    let entries: BTreeMap<&ResourceId, &Arc<Entry>> = wanted
        .filter(is_claimed)
        .map(|entry| (&entry.id, entry))
        .collect();
    let entries = entries.into_values().map(|entry| Rebuilt {
        entry: Arc::clone(entry),
        retires: false,
        is_as_asked: true,
    });
    entries.collect()
}

/// Makes ours what is claimed.
fn claim(rebuilt: &mut [Rebuilt], claimed: &BTreeSet<String>) -> Result<(), Error> {
    for id in claimed {
        let mut unknown = rebuilt.iter_mut();
        let is_it = |one: &&mut Rebuilt| {
            one.entry.origin == Origin::Unknown && one.entry.id.to_string() == *id
        };
        let Some(found) = unknown.find(is_it) else {
            return Err(Error::Usage(format!(
                "--claim {id}: nothing of unknown origin has this id; without --claim the command lists \
                 what has"
            )));
        };
        let entry = Arc::make_mut(&mut found.entry);
        entry.origin = Origin::Created;
        // What it was before us is nothing, then.
        entry.before = None;
    }
    Ok(())
}

/// Writes what a ledger lacks.
pub async fn record_rebuilt(journal: &Journal, rebuilding: &Rebuilding) -> Result<(), Error> {
    let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for one in &rebuilding.rebuilt {
        let of_document = events.entry(one.entry.id.document().into_owned());
        let of_document = of_document.or_default();
        if one.retires {
            let id = one.entry.id.clone();
            of_document.push(Event::Retired { id });
        }
        let entry = Arc::clone(&one.entry);
        of_document.push(Event::Applied { entry });
    }
    for (document, policy) in &rebuilding.served {
        let served = Event::Served {
            policy: Some(*policy),
        };
        events.entry(document.clone()).or_default().push(served);
    }
    Ok(journal.record(events).await?)
}
