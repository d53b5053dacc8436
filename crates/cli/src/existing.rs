//! Lines for people on resources that exist in the world.

use reconcile::ExistingResource;
use report::escape;

/// A list of resources under its title; nothing where it is empty.
pub(crate) fn listed(title: &str, list: &[ExistingResource]) -> String {
    let lines = list.iter().map(|one| format!("  {}\n", line(one)));
    match list {
        [] => String::new(),
        _ => format!("{title}\n{}", lines.collect::<String>()),
    }
}

/// One resource for people: its record, or else its id, and where it is.
pub(crate) fn line(one: &ExistingResource) -> String {
    let place = one.location.as_ref();
    let place = place.map_or("by hand".to_owned(), |place| format!("in {place}"));
    let id = one.resource.to_string();
    let text = match &one.record {
        Some(record) => format!("{record} ({id}, {place})"),
        None => format!("{id}, {place}"),
    };
    escape(&text)
}
