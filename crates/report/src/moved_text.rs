//! The resources that moved, as text, by domain. Domains in which the same moved stand together.

use anstyle::Style;
use model::{Change, Location, MailImpact, ResourceId};
use plan::{Drift, Moved};

use crate::action_text::{Columns, changed};
use crate::page::{Page, Part};
use crate::{Detail, alike, escape, value, words};

/// The indentation of what does not fit beside a resource.
const BELOW: usize = 6;

/// Every resource that moved: each field as we left it and as it is now. Unless the `detail` is full,
/// what moved in the same way in several domains is said once.
pub(crate) fn moved(page: &mut Page<'_>, drifts: &[Drift], detail: Detail) {
    let groups = drifts.chunk_by(|one, next| one.resource.domain == next.resource.domain);
    let keyed = groups.filter_map(|group| {
        let domain = heading(&group.first()?.resource);
        let lines = |name| {
            let lines = group.iter().map(|drift| Line::of(drift, name));
            lines.collect::<Vec<_>>()
        };
        let anywhere = lines(Some(domain));
        let key = match detail {
            Detail::Brief => format!("{anywhere:?}"),
            Detail::Full => domain.to_owned(),
        };
        Some((domain, key, (lines(None), anywhere)))
    });
    for (domains, (of_one, anywhere)) in alike::together(keyed) {
        page.gap();
        alike::heading(page, &domains, "");
        let lines = match domains.as_slice() {
            [_] => of_one,
            _ => anywhere,
        };
        let ids = lines.iter().map(|line| (&line.resource, line.location));
        let columns = Columns::of(ids);
        for line in &lines {
            line.show(page, &columns);
        }
    }
}

/// The title of the domain of a resource, or of what domains share.
fn heading(resource: &ResourceId) -> &str {
    if resource.is_shared() {
        "Shared by domains"
    } else {
        &resource.domain
    }
}

/// One resource that moved, in words.
#[derive(Debug)]
struct Line<'a> {
    resource: ResourceId,
    location: Option<&'a Location>,
    sign: &'static str,
    what: String,
    changes: Vec<Field>,
    who: Option<String>,
}

/// A field, as we left it and as it is now.
#[derive(Debug)]
struct Field {
    name: String,
    left: String,
    is: String,
}

impl<'a> Line<'a> {
    /// The line of a resource; of whichever domain, where the name of its own is given.
    fn of(drift: &'a Drift, domain: Option<&str>) -> Self {
        let general = |text: &str| match domain {
            Some(domain) => text.replace(domain, alike::ANY),
            None => text.to_owned(),
        };
        let (sign, what) = match &drift.moved {
            Moved::Modified(_) => ("~", "is not as we left it".to_owned()),
            Moved::Added(_) => (
                "i",
                "is as we left it, and others added something beside it".to_owned(),
            ),
            Moved::Deleted => ("-", "is gone".to_owned()),
            Moved::Unknown(reason) => ("?", format!("could not be seen: {}", general(reason))),
        };
        let mail = match drift.mail {
            MailImpact::None => None,
            mail => Some(format!("mail impact: {mail}")),
        };
        let asides = drift.since.map(words::first_seen).into_iter().chain(mail);
        let asides: Vec<String> = asides.collect();
        let what = match asides.as_slice() {
            [] => what,
            asides => format!("{what} ({})", asides.join("; ")),
        };
        let diff = match &drift.moved {
            Moved::Modified(diff) | Moved::Added(diff) => diff.changes.as_slice(),
            Moved::Deleted | Moved::Unknown(_) => &[],
        };
        // A diff goes from what AWS has to what is asked for; drift went the other way.
        let field = |change: &Change| Field {
            name: words::field(&change.field),
            left: general(&value::shown(&change.field, change.to.as_json())),
            is: general(&value::shown(&change.field, change.from.as_json())),
        };
        let resource = &drift.resource;
        Self {
            resource: ResourceId::new(
                &resource.kind,
                &general(&resource.domain),
                general(&resource.name),
            ),
            location: drift.location.as_ref(),
            sign,
            what,
            changes: diff.iter().map(field).collect(),
            who: drift
                .changed_by
                .as_ref()
                .map(|who| general(&words::changed_by(who))),
        }
    }

    fn show(&self, page: &mut Page<'_>, columns: &Columns) {
        let palette = *page.palette;
        let style = match self.sign {
            "~" => palette.change,
            "-" => palette.bad,
            _ => palette.notice,
        };
        title(page, self, columns, style);
        for field in &self.changes {
            changed(page, &field.name, &field.left, &field.is);
        }
        if let Some(who) = &self.who {
            let label = Part(palette.faint, "who: ");
            page.folded(BELOW, &label, &Part(palette.faint, who));
        }
    }
}

/// The line with the sign; what moved goes below where it does not fit.
fn title(page: &mut Page<'_>, line: &Line<'_>, columns: &Columns, style: Style) {
    let palette = *page.palette;
    let (label, place) = columns.cells(&line.resource, line.location);
    let width = 4 + label.chars().count() + 2 + place.chars().count() + 2;
    let fits = width + escape(&line.what).chars().count() <= palette.width;
    let place = if fits {
        format!("  {place}  ")
    } else {
        format!("  {}", place.trim_end())
    };
    page.line(
        2,
        &[
            Part(style, line.sign),
            Part(palette.strong, &format!(" {label}")),
            Part(palette.faint, &place),
            Part(style, if fits { &line.what } else { "" }),
        ],
    );
    if !fits {
        page.folded(BELOW, &Part(style, ""), &Part(style, &line.what));
    }
}
