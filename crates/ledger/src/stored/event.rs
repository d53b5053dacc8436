//! The written form of an event.

use std::convert::Infallible;

use model::KindSet;

use super::entry::Entry;

/// An event as it is stored.
pub(super) type Event = crate::Event<Box<Entry>>;

/// The event as it is stored.
pub(super) fn written(event: &crate::Event) -> Event {
    let Ok(event) = event
        .clone()
        .try_map(|entry| Ok::<_, Infallible>(Box::new(Entry::of(&entry))));
    event
}

/// The event that was stored.
pub(super) fn read(event: Event, kinds: &KindSet) -> Result<crate::Event, String> {
    event.try_map(|entry| entry.read(kinds))
}
