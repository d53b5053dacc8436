//! DKIM keys of the manifest's own that have signed for a year. AWS says of no such key when it was brought;
//! the ledger says since when the record of its public half, or the identity, is as it is.

use jiff::{SignedDuration, Timestamp};
use kinds::ses_identity::Dkim;
use kinds::{PublishedRecord, Route53RecordSet, SesIdentity};
use model::{Entry, Foreseen, Kind, Ledger, MailImpact, Origin, rules};

/// For how long a key signs.
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 365);
/// The time before that from which it is told: a rotation lasts a week.
const TOLD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The keys that have signed for a year, or soon will; and those whose age nobody knows.
pub(super) fn aged(ledger: &Ledger, now: Timestamp) -> (Vec<Foreseen>, Vec<String>) {
    let (mut foreseen, mut unknown) = (Vec::new(), Vec::new());
    for entry in ledger.entries() {
        let Some(selector) = brought(entry) else {
            continue;
        };
        let domain = &entry.id.domain;
        let (since, is_since_then) = signs_since(ledger, entry, selector);
        let at = since + YEAR;
        if at.duration_since(now) <= TOLD {
            foreseen.push(told(domain, selector, at));
        } else if !is_since_then {
            unknown.push(format!(
                "how old the DKIM key {selector} of {domain} is, is not known: it was there before the ledger"
            ));
        }
    }
    // Instances of a domain can sign with one key.
    foreseen.dedup();
    unknown.dedup();
    (foreseen, unknown)
}

fn brought(entry: &Entry) -> Option<&str> {
    match &entry.spec.get::<SesIdentity>()?.dkim {
        Dkim::Byo { selector, .. } => Some(selector),
        Dkim::Easy { .. } | Dkim::Deterministic { .. } => None,
    }
}

/// The moment since when the key has been published at the latest, and whether it was not before.
fn signs_since(ledger: &Ledger, identity: &Entry, selector: &str) -> (Timestamp, bool) {
    let name = format!("dkim.{selector}");
    let records = [Route53RecordSet::NAME, PublishedRecord::NAME];
    let is_record =
        |entry: &&Entry| entry.id.name == name && records.contains(&entry.id.kind.as_str());
    let held = ledger.domains.get(&identity.id.domain);
    let entries = held.into_iter().flat_map(|held| held.entries.values());
    let record = entries.map(AsRef::as_ref).find(is_record);
    // A change of the TTL, or of the tags of the identity, counts as one of the key: it is older then.
    let changed = record.map_or(identity.changed, |record| {
        record.changed.min(identity.changed)
    });
    let is_ours = record.is_some_and(|record| record.origin == Origin::Created);
    (changed, is_ours)
}

fn told(domain: &str, selector: &str, at: Timestamp) -> Foreseen {
    Foreseen {
        rule: Some(rules::LIVE_07.id),
        subject: domain.to_owned(),
        at,
        mail: MailImpact::None,
        reason: format!("the DKIM key under the selector {selector} has signed for a year"),
        fix: format!(
            "make a key; name it in `dkim: {{ byo: … }}` under another selector, with {selector} under `beside`, and apply; take {selector} out after a week, and apply again"
        ),
    }
}
