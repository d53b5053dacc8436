//! The rows of a drift run, for the forms that are tables: what moved, what an observer sees, what is
//! foreseen.

use standards::dns::Name;

use crate::drift_text::Drifted;
use crate::message::{Line, check_line, drift_line, foreseen_line};

/// One row, and the domain that it is about.
pub(crate) struct Row<'a> {
    pub(crate) domain: &'a str,
    pub(crate) line: Line,
}

/// All rows, by domain.
pub(crate) fn rows<'a>(drifted: &Drifted<'a>) -> Vec<Row<'a>> {
    let moved = drifted.drifts.iter().map(|drift| Row {
        domain: &drift.resource.domain,
        line: drift_line(drift),
    });
    let live = drifted.live.iter().filter_map(|check| {
        Some(Row {
            domain: check.domain().map_or("", Name::as_str),
            line: check_line(check)?,
        })
    });
    let foreseen = drifted.foreseen.iter().map(|one| Row {
        domain: &one.subject,
        line: foreseen_line(one, drifted.fail_on.fails(one, drifted.now), drifted.now),
    });
    let mut rows: Vec<Row<'a>> = moved.chain(live).chain(foreseen).collect();
    rows.sort_by_key(|row| row.domain);
    rows
}
