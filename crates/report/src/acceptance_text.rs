//! Drift that an operator is asked to accept, as text.

use plan::{Acceptance, Drift};

use crate::moved_text::moved;
use crate::page::{Page, Part};
use crate::{Detail, Palette};

/// The drift that would go on record, and the drift that stays: each field as we left it and as it is now.
pub fn acceptance_text(acceptance: &Acceptance, detail: Detail, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let accepted = acceptance.accepted.iter().map(|one| one.drift.clone());
    let accepted: Vec<Drift> = accepted.collect();
    part(&mut page, &accepted, detail, GOES_ON_RECORD);
    part(&mut page, &acceptance.refused, detail, STAYS);
    page.finish()
}

const GOES_ON_RECORD: &str = "Goes on record as it is now:";
const STAYS: &str = "Stays drift, because it was not seen or because no record can say it. `deploy drift --repair` puts it back:";

fn part(page: &mut Page<'_>, drifts: &[Drift], detail: Detail, title: &str) {
    if drifts.is_empty() {
        return;
    }
    page.gap();
    let strong = page.palette.strong;
    page.folded(0, &Part(strong, ""), &Part(strong, title));
    moved(page, drifts, detail);
}
