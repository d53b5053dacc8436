//! One file of anybody's, a logo also as inboxes show it.

use jiff::Timestamp;
use render::Renderer;
use standards::bimi::svg::check_drawn;
use standards::checker::{Checked, Kind, check_file_as};

/// Checks a file of this kind, a logo also as inboxes show it.
pub(super) fn check_drawn_as(
    kind: Kind,
    name: &str,
    file: &[u8],
    now: Timestamp,
) -> Option<Checked> {
    let mut checked = check_file_as(kind, name, file, now)?;
    if let Some(logo) = &checked.logo {
        checked.findings.extend(check_drawn(logo, &Renderer));
    }
    Some(checked)
}
