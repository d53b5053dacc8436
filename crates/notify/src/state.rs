//! The memory of what each receiver was told, and the news for it. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use report::Line;
use serde::{Deserialize, Serialize};
use standards::Severity;

use crate::run::{Item, Run};

/// The time after which a lasting fault is told again: a day, less what the start of a daily schedule wobbles.
const AGAIN: SignedDuration = SignedDuration::from_hours(23);

/// One item that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// The hash of what it was.
    pub(crate) fingerprint: String,
    /// When it was told last.
    pub(crate) told: Timestamp,
    /// When the run began that told it: an older run knows less of it.
    pub(crate) seen: Timestamp,
    /// How bad it is. A note is told once, and is never over.
    pub(crate) severity: Severity,
    /// The domain that it is about.
    pub(crate) domain: Option<String>,
    /// Its subject, to say that it is over.
    pub(crate) subject: String,
}

/// The items that one receiver was told of one command, by the key of each item.
pub(crate) type Memory = BTreeMap<String, Known>;

/// The items that all receivers were told, by their names and by command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct State(BTreeMap<String, BTreeMap<String, Memory>>);

/// The news for one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct News {
    /// All that is wrong, and the notes that are new; the worst first.
    pub(crate) lines: Vec<Line>,
    /// The subjects of what is over.
    pub(crate) over: Vec<String>,
    /// Whether a message is sent at all.
    pub(crate) speaks: bool,
    /// Whether a note is gone, which nobody is told.
    pub(crate) forgets: bool,
}

impl State {
    pub(crate) fn memory(&self, receiver: &str, command: &str) -> Memory {
        let of_receiver = self.0.get(receiver);
        let memory = of_receiver.and_then(|commands| commands.get(command));
        memory.cloned().unwrap_or_default()
    }

    /// Records that `receiver` was told of `run`.
    pub(crate) fn record(&mut self, receiver: &str, run: &Run, now: Timestamp) {
        let commands = self.0.entry(receiver.to_owned()).or_default();
        let memory = commands.entry(run.command.to_owned()).or_default();
        record(memory, run, now);
    }
}

/// Whether the run says of something known that it is over. What a later run told is not for it to
/// judge.
fn is_over(run: &Run, key: &str, known: &Known) -> bool {
    known.seen <= run.begun
        && run.about.covers(key, known.domain.as_deref())
        && !run.items.iter().any(|item| item.key == key)
}

pub(crate) fn news(memory: &Memory, run: &Run, now: Timestamp) -> News {
    let is_new = |item: &&Item| {
        let known = memory.get(&item.key);
        known.is_none_or(|known| known.fingerprint != item.fingerprint)
    };
    let is_due = |item: &&Item| {
        let known = memory.get(&item.key);
        !item.is_note() && known.is_some_and(|known| now.duration_since(known.told) >= AGAIN)
    };
    let gone = memory
        .iter()
        .filter(|(key, known)| is_over(run, key, known));
    let (notes, over): (Vec<_>, Vec<_>) =
        gone.partition(|(_, known)| known.severity == Severity::Info);
    let mut told: Vec<&Item> = run
        .items
        .iter()
        .filter(|item| !item.is_note() || is_new(item))
        .collect();
    told.sort_by_key(|item| {
        let Line {
            severity,
            mail,
            subject,
            ..
        } = &item.line;
        (std::cmp::Reverse((*severity, *mail)), subject)
    });
    let speaks = run.items.iter().any(|item| is_new(&item) || is_due(&item))
        || !over.is_empty()
        || run.done.is_some();
    News {
        lines: told.into_iter().map(|item| item.line.clone()).collect(),
        over: over
            .into_iter()
            .map(|(_, known)| known.subject.clone())
            .collect(),
        speaks,
        forgets: !notes.is_empty(),
    }
}

/// Adds what is known after `run` was told. Whatever a later run told stays as it is.
pub(crate) fn record(memory: &mut Memory, run: &Run, now: Timestamp) {
    memory.retain(|key, known| !is_over(run, key, known));
    for item in &run.items {
        let later = memory.get(&item.key).filter(|known| known.seen > run.begun);
        if later.is_some() {
            continue;
        }
        let known = Known {
            fingerprint: item.fingerprint.clone(),
            told: now,
            seen: run.begun,
            severity: item.line.severity,
            domain: item.domain.clone(),
            subject: item.line.subject.clone(),
        };
        memory.insert(item.key.clone(), known);
    }
}
