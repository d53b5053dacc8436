//! The owned resources, their locations and what is pending, as text.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{DomainLedger, Entry, Ledger, Origin, PhysicalId, ServedPolicy};

use crate::action_text::Columns;
use crate::page::{Page, Part};
use crate::{Detail, Palette, alike, words};

/// Every resource in the ledger by domain, and what an apply or time still has to finish. Domains that
/// own the same and have nothing to finish stand together, unless the `detail` is full.
pub fn status_text(
    ledger: &Ledger,
    to_do: &plan::Pending,
    now: Timestamp,
    detail: Detail,
    palette: &Palette,
) -> String {
    let mut page = Page::new(palette);
    let (shared, of_domains): (Vec<_>, Vec<_>) = ledger
        .domains
        .iter()
        .filter(|(_, domain)| matters(domain, now))
        .partition(|(name, _)| is_of_shared(name));
    let domains = || of_domains.iter().copied();
    let keyed = domains().map(|(name, domain)| {
        let key = match detail {
            Detail::Brief => owned_alike(name, domain, to_do),
            Detail::Full => None,
        };
        (name.as_str(), key.unwrap_or_else(|| name.clone()), domain)
    });
    for (names, domain) in alike::together(keyed) {
        page.gap();
        let count = words::counted(domain.entries.len(), "resource");
        alike::heading(&mut page, &names, &count);
        match names.as_slice() {
            [_] => domain_text(&mut page, domain, to_do, now),
            names => in_common(&mut page, names, domain),
        }
    }
    shared_text(&mut page, &shared, to_do, detail);
    page.gap();
    let owned = format!(
        "Owned: {} in {}.",
        words::counted(ledger.entries().count(), "resource"),
        words::counted(of_domains.len(), "domain")
    );
    page.line(0, &[Part(palette.strong, &owned)]);
    summary(&mut page, &Unfinished::of(ledger, now), to_do);
    page.finish()
}

/// Whether a part of the ledger is that of one resource which domains share, and no domain's.
pub(crate) fn is_of_shared(name: &str) -> bool {
    name.contains('/')
}

/// The resources that domains share, which are of none of them.
fn shared_text(
    page: &mut Page<'_>,
    parts: &[(&String, &DomainLedger)],
    to_do: &plan::Pending,
    detail: Detail,
) {
    let mut parts: Vec<&DomainLedger> = parts.iter().map(|(_, part)| *part).collect();
    let count = parts.iter().map(|part| part.entries.len()).sum();
    if parts.is_empty() {
        return;
    }
    page.gap();
    let count = format!("  {}", words::counted(count, "resource"));
    let palette = *page.palette;
    page.line(
        0,
        &[
            Part(palette.strong, "Shared by domains"),
            Part(palette.faint, &count),
        ],
    );
    if detail == Detail::Brief {
        many(page, &mut parts, to_do);
    }
    entries(page, &parts, to_do);
}

/// So many resources of one kind in one location are listed one by one.
const LISTED_MAX: usize = 3;

/// Says once how many of a kind there are where they are many, and takes them out of the `parts`.
fn many(page: &mut Page<'_>, parts: &mut Vec<&DomainLedger>, to_do: &plan::Pending) {
    let key = |part: &DomainLedger| {
        let entry = part.entries.values().next()?;
        let is_plain = part.retired.is_empty() && pending(entry, to_do).is_none();
        is_plain.then(|| (entry.id.kind.clone(), words::place(entry.location.as_ref())))
    };
    let mut counts = BTreeMap::new();
    for key in parts.iter().filter_map(|part| key(part)) {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts.retain(|_, count| *count > LISTED_MAX);
    parts.retain(|part| key(part).is_none_or(|key| !counts.contains_key(&key)));
    let palette = *page.palette;
    for ((kind, place), count) in counts {
        page.line(
            4,
            &[
                Part(palette.strong, &format!("{count} {kind}  ")),
                Part(palette.faint, &format!("{place}  ")),
                Part(palette.faint, alike::UNFOLD),
            ],
        );
    }
}

/// All of one domain.
fn domain_text(page: &mut Page<'_>, domain: &DomainLedger, to_do: &plan::Pending, now: Timestamp) {
    let palette = *page.palette;
    entries(page, &[domain], to_do);
    policy(page, domain, now);
    for (rule, when) in &domain.accepted {
        let text = format!("{rule}, accepted {} ago", since(*when, now));
        page.line(
            2,
            &[Part(palette.change, "risk: "), Part(palette.change, &text)],
        );
    }
}

/// The resources in these parts of the ledger, those last that were replaced.
fn entries(page: &mut Page<'_>, parts: &[&DomainLedger], to_do: &plan::Pending) {
    let kept = || parts.iter().flat_map(|part| part.entries.values());
    let retired = || parts.iter().flat_map(|part| &part.retired);
    let all = kept().chain(retired());
    let columns = Columns::of(all.map(|entry| (&entry.id, entry.location.as_ref())));
    for entry in kept() {
        show(page, entry, &columns, pending(entry, to_do));
    }
    for entry in retired() {
        let retired = "was replaced; the next apply removes it";
        show(page, entry, &columns, Some(retired));
    }
}

/// A key of the resources that a domain owns, where others may own the same: nothing of it is to be
/// finished.
fn owned_alike(name: &str, domain: &DomainLedger, to_do: &plan::Pending) -> Option<String> {
    let is_plain = domain.retired.is_empty()
        && domain.accepted.is_empty()
        && domain.cached_until.is_none()
        && domain
            .entries
            .values()
            .all(|entry| pending(entry, to_do).is_none());
    let entries = domain.entries.values().map(|entry| {
        let label = words::within_domain(&entry.id).replace(name, alike::ANY);
        (label, words::place(entry.location.as_ref()), entry.origin)
    });
    let policy = domain.serving.map(|(policy, _)| policy);
    is_plain.then(|| format!("{:?} {policy:?}", entries.collect::<Vec<_>>()))
}

/// The resources that several domains own, without the names that AWS has for them.
fn in_common(page: &mut Page<'_>, names: &[&str], domain: &DomainLedger) {
    let palette = *page.palette;
    let name = names.first().copied().unwrap_or_default();
    let label = |entry: &Entry| words::within_domain(&entry.id).replace(name, alike::ANY);
    let entries = || domain.entries.values();
    let widths = entries().map(|entry| label(entry).chars().count());
    let width = widths.max().unwrap_or_default();
    for entry in entries() {
        page.line(
            4,
            &[
                Part(palette.strong, &format!("{:<width$}  ", label(entry))),
                Part(palette.faint, &words::place(entry.location.as_ref())),
                Part(palette.notice, origin(entry)),
            ],
        );
    }
    if let Some((policy, _)) = domain.serving {
        serving(page, &format!("serves {}", served(policy)), policy);
    }
}

fn origin(entry: &Entry) -> &'static str {
    match entry.origin {
        Origin::Created => "",
        Origin::Adopted => "  adopted",
        Origin::Unknown => "  origin unknown",
    }
}

/// Whether there is something of ours left, or something that senders may remember.
fn matters(domain: &DomainLedger, now: Timestamp) -> bool {
    !domain.is_empty() || domain.cached_until.is_some_and(|until| until > now)
}

fn pending(entry: &Entry, to_do: &plan::Pending) -> Option<&'static str> {
    match entry.location {
        None => to_do
            .by_hand
            .contains(&entry.id)
            .then_some("awaited by hand: `deploy records` shows it"),
        Some(_) => entry.is_open().then_some(
            "an earlier run stopped while it changed this; the next run observes it first",
        ),
    }
}

fn show(page: &mut Page<'_>, entry: &Entry, columns: &Columns, pending: Option<&str>) {
    let palette = *page.palette;
    let (sign, style) = match pending {
        Some(_) => ("!", palette.change),
        None => (" ", palette.good),
    };
    let (label, place) = columns.cells(&entry.id, entry.location.as_ref());
    let physical = entry.physical().map_or("", PhysicalId::as_str);
    let origin = origin(entry);
    let row = 2 + 2 + label.len() + 2 + place.trim_end().len() + origin.len();
    // On a narrow terminal the columns don't line up.
    let label = if row > palette.width {
        label.trim_end()
    } else {
        &label
    };
    let width = 2 + 2 + label.len() + 2 + place.len() + 2 + physical.chars().count() + origin.len();
    let beside = if width <= palette.width { physical } else { "" };
    let place = if beside.is_empty() {
        place.trim_end().to_owned()
    } else {
        format!("{place}  ")
    };
    page.line(
        2,
        &[
            Part(style, sign),
            Part(palette.strong, &format!(" {label}  ")),
            Part(palette.faint, &place),
            Part(palette.faint, beside),
            Part(palette.notice, origin),
        ],
    );
    if beside.is_empty() && !physical.is_empty() {
        page.folded(6, &Part(palette.faint, ""), &Part(palette.faint, physical));
    }
    if !entry.holders.is_empty() {
        let holders: Vec<&str> = entry.holders.iter().map(String::as_str).collect();
        let holders = holders.join(", ");
        page.folded(
            6,
            &Part(palette.faint, "held by "),
            &Part(palette.faint, &holders),
        );
    }
    if let Some(pending) = pending {
        page.folded(6, &Part(style, ""), &Part(style, pending));
    }
}

fn served(policy: ServedPolicy) -> &'static str {
    match (policy.active, policy.enforce) {
        (_, true) => "an enforced policy",
        (true, false) => "a testing policy",
        (false, false) => "a policy of mode none",
    }
}

fn serving(page: &mut Page<'_>, serves: &str, policy: ServedPolicy) {
    let kept = words::lasting(u64::from(policy.max_age));
    let text = format!("{serves}; senders keep it for {kept}");
    page.line(
        2,
        &[
            Part(page.palette.faint, "MTA-STS: "),
            Part(anstyle::Style::new(), &text),
        ],
    );
}

/// The MTA-STS policy: what is served, and what senders may still remember (STS-O04).
fn policy(page: &mut Page<'_>, domain: &DomainLedger, now: Timestamp) {
    let palette = *page.palette;
    if let Some((policy, start)) = domain.serving {
        let since = format!("serves {} for {}", served(policy), since(start, now));
        serving(page, &since, policy);
    }
    if let Some(until) = domain.cached_until.filter(|until| *until > now) {
        let left = words::lasting(seconds(now, until));
        let text = format!(
            "senders may hold an older enforced policy until {} ({left})",
            words::moment(until)
        );
        page.line(
            2,
            &[
                Part(palette.change, "MTA-STS: "),
                Part(palette.change, &text),
            ],
        );
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}

fn since(start: Timestamp, now: Timestamp) -> String {
    words::lasting(seconds(start, now))
}

/// The unfinished resources of all domains.
pub(crate) struct Unfinished {
    pub(crate) open: usize,
    pub(crate) retired: usize,
    pub(crate) grace_periods: usize,
}

impl Unfinished {
    pub(crate) fn of(ledger: &Ledger, now: Timestamp) -> Self {
        let grace_period =
            |domain: &&DomainLedger| domain.cached_until.is_some_and(|until| until > now);
        Self {
            open: ledger
                .entries()
                .filter(|entry| entry.is_open() && entry.location.is_some())
                .count(),
            retired: ledger.retired().count(),
            grace_periods: ledger.domains.values().filter(grace_period).count(),
        }
    }
}

/// The work that is left: for a person, for the next apply, for time.
fn summary(page: &mut Page<'_>, unfinished: &Unfinished, to_do: &plan::Pending) {
    let palette = *page.palette;
    let changes = to_do.create.len() + to_do.update.len() + to_do.delete.len();
    let by_verb = [
        (to_do.create.len(), "to create"),
        (to_do.update.len(), "to update"),
        (to_do.delete.len(), "to delete"),
    ];
    let changes = match changes {
        0 => String::new(),
        _ => format!(
            "{} of the manifest ({})",
            words::counted(changes, "change"),
            several(&by_verb)
        ),
    };
    let by_hand = match to_do.by_hand.len() {
        0 => String::new(),
        count => format!("{} awaited by hand", words::counted(count, "record")),
    };
    let others = several(&[
        (unfinished.open, "that a run began, to observe first"),
        (unfinished.retired, "replaced and still to go"),
        (
            unfinished.grace_periods,
            "with a policy that senders may hold",
        ),
    ]);
    let parts: Vec<&str> = [&*changes, &*by_hand, &*others]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return page.line(0, &[Part(palette.good, "Pending: nothing.")]);
    }
    let text = format!("{}.", parts.join(", "));
    page.folded(
        0,
        &Part(palette.change, "Pending: "),
        &Part(palette.change, &text),
    );
    let next = match (changes.is_empty() && others.is_empty(), by_hand.is_empty()) {
        (_, true) => "`deploy plan` asks AWS, and shows them.",
        (true, false) => "`deploy records --missing` lists what public DNS lacks.",
        (false, false) => {
            "`deploy plan` asks AWS, and shows them; `deploy records --missing` lists what public DNS \
             lacks."
        }
    };
    page.folded(0, &Part(palette.faint, ""), &Part(palette.faint, next));
}

/// The counts that are not zero: `2 to create, 1 to delete`.
fn several(parts: &[(usize, &str)]) -> String {
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", words::grouped(*count)));
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
