//! From single records to checked record sets, in the variant that a provider needs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use standards::dns::{Name, RecordType};

use super::{PublishableRecord, RecordRound, RecordTask, RecordVariants};

/// The label below which SES looks for its domain token.
const TOKEN_LABEL: &str = "_amazonses";
/// The prefix that tells a token from other values at the same name.
const TOKEN_PREFIX: &str = "amazonses:";
/// ACM validates with or without the underscore that begins such a value (ACM User Guide,
/// "Troubleshoot DNS validation problems").
const VALIDATION_SUFFIX: &str = ".acm-validations.aws";

/// The types that we publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SetType {
    A,
    Aaaa,
    Cname,
    Mx,
    Txt,
}

impl SetType {
    fn of(rtype: RecordType) -> Option<Self> {
        Some(match rtype {
            RecordType::A => Self::A,
            RecordType::Aaaa => Self::Aaaa,
            RecordType::Cname => Self::Cname,
            RecordType::Mx => Self::Mx,
            RecordType::Txt => Self::Txt,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Txt => "TXT",
        }
    }
}

/// A value that is right for its type, so that every format can write it without a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SetValue {
    /// An address.
    Address(String),
    /// A host.
    Host(Name),
    /// A mail host and its preference.
    Mail(u16, Name),
    /// A text.
    Text(String),
}

impl SetValue {
    fn parse(rtype: SetType, text: &str) -> Option<Self> {
        Some(match rtype {
            SetType::A => Self::Address(text.parse::<Ipv4Addr>().ok()?.to_string()),
            SetType::Aaaa => Self::Address(text.parse::<Ipv6Addr>().ok()?.to_string()),
            SetType::Cname => Self::Host(Name::parse(text).ok()?),
            SetType::Mx => {
                let (preference, host) = text.split_once(' ')?;
                Self::Mail(preference.parse().ok()?, Name::parse(host.trim()).ok()?)
            }
            SetType::Txt => Self::Text(text.to_owned()),
        })
    }

    /// For a form or a program: hosts without the final dot, texts without quotes.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Address(text) | Self::Text(text) => text.clone(),
            Self::Host(name) => name.as_str().to_owned(),
            Self::Mail(preference, host) if host.is_root() => format!("{preference} ."),
            Self::Mail(preference, host) => format!("{preference} {}", host.as_str()),
        }
    }
}

/// One record set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) zone: Name,
    pub(super) name: Name,
    pub(super) rtype: SetType,
    pub(super) ttl: u32,
    pub(super) values: Vec<SetValue>,
    /// Its round, as a position in [`Prepared::rounds`].
    pub(super) round: usize,
}

impl Set {
    /// The name below its zone; `@` is the zone itself.
    pub(super) fn relative(&self) -> &str {
        match self.name.relative_to(&self.zone) {
            Some("") => "@",
            Some(name) => name,
            // A name of another zone has no short form.
            None => self.name.as_str(),
        }
    }
}

/// The records that are ready to be written, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prepared {
    /// Round after round, in the order of the resources.
    pub(super) sets: Vec<Set>,
    /// The rounds in which they are published; the first is at once.
    pub(super) rounds: Vec<RecordRound>,
    /// The outputs that another resource has to return first.
    pub(super) unknown: Vec<String>,
    /// The notes for a person.
    pub(super) notes: Vec<String>,
}

impl Prepared {
    /// The conditions before a set is published; nothing where it is published at once.
    pub(super) fn after(&self, set: &Set) -> Option<String> {
        let round = &self.rounds[set.round];
        (!round.is_now()).then(|| round.after.join(", and "))
    }

    /// The sets of each zone, for formats that have a file or a block a zone. Names of other zones
    /// can't be in it.
    pub(super) fn by_zone(&self) -> Vec<(&Name, Vec<&Set>)> {
        let mut positions: BTreeMap<&Name, usize> = BTreeMap::new();
        let mut zones: Vec<(&Name, Vec<&Set>)> = Vec::new();
        for set in self.sets.iter().filter(|set| set.name.is_within(&set.zone)) {
            let at = *positions.entry(&set.zone).or_insert_with(|| {
                zones.push((&set.zone, Vec::new()));
                zones.len() - 1
            });
            zones[at].1.push(set);
        }
        zones
    }
}

pub(super) fn prepare(records: &[PublishableRecord], variants: RecordVariants) -> Prepared {
    // At once comes first, also where nothing is to be published at once.
    let rounds = records.iter().filter_map(PublishableRecord::round);
    let rounds: BTreeSet<RecordRound> = rounds.chain([RecordRound::default()]).collect();
    let mut prepared = Prepared {
        rounds: rounds.into_iter().collect(),
        ..Prepared::default()
    };
    let mut positions = BTreeMap::new();
    for record in records {
        add(&mut prepared, &mut positions, record);
    }
    prepared.sets.sort_by_key(|set| set.round);
    if variants.no_underscore {
        without_underscores(&mut prepared);
    }
    if variants.amazonses_prefix {
        let tokens = prepared.sets.iter_mut().filter(|set| is_token(set));
        tokens.for_each(prefix);
    }
    if variants.one_value {
        one_value(&mut prepared);
    }
    for set in prepared
        .sets
        .iter()
        .filter(|set| !set.name.is_within(&set.zone))
    {
        let note = format!(
            "{} is not in the zone {}: it goes into its own zone",
            set.name.as_str(),
            set.zone.as_str()
        );
        prepared.notes.push(note);
    }
    prepared
}

/// Adds the known values of a record to the set at its name and type.
fn add(
    prepared: &mut Prepared,
    positions: &mut BTreeMap<(usize, Name, SetType), usize>,
    record: &PublishableRecord,
) {
    let title = match &record.name {
        Some(name) => format!("{name} {}", record.rtype),
        None => format!("{} {}", record.label, record.rtype),
    };
    let Some(name) = &record.name else {
        prepared.unknown.push(title);
        return;
    };
    if record.values.iter().any(Option::is_none) {
        prepared.unknown.push(title.clone());
    }
    let (Ok(zone), Ok(name), Some(rtype)) = (
        Name::parse(&record.zone),
        Name::parse(name),
        SetType::of(record.rtype),
    ) else {
        prepared
            .notes
            .push(format!("{title} is not a record that can be published"));
        return;
    };
    if let RecordTask::Keep(until) = &record.task {
        let until = until.join(", and ");
        let note = format!("{title} stays as it is until {until}");
        prepared.notes.push(note);
    }
    let Some(round) = record.round() else {
        let values = record.values.iter().flatten();
        let notes = values.map(|value| format!("take out {title} {value}"));
        prepared.notes.extend(notes);
        return;
    };
    let rounds = prepared.rounds.iter();
    let before = rounds.take_while(|before| **before < round);
    let round = before.count();
    for text in record.values.iter().flatten() {
        let Some(value) = SetValue::parse(rtype, text) else {
            prepared
                .notes
                .push(format!("`{text}` can't be a value of {title}"));
            continue;
        };
        let at = *positions
            .entry((round, name.clone(), rtype))
            .or_insert_with(|| {
                prepared.sets.push(Set {
                    zone: zone.clone(),
                    name: name.clone(),
                    rtype,
                    ttl: record.ttl,
                    values: Vec::new(),
                    round,
                });
                prepared.sets.len() - 1
            });
        let values = &mut prepared.sets[at].values;
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

fn is_token(set: &Set) -> bool {
    set.rtype == SetType::Txt && set.name.labels().next() == Some(TOKEN_LABEL)
}

fn prefix(set: &mut Set) {
    for value in &mut set.values {
        if let SetValue::Text(text) = value
            && !text.starts_with(TOKEN_PREFIX)
        {
            text.insert_str(0, TOKEN_PREFIX);
        }
    }
}

/// SES finds a token at the domain's own name too, and ACM's values do without their underscore.
/// Every other underscore is part of a standard.
fn without_underscores(prepared: &mut Prepared) {
    let mut tokens = Vec::new();
    let mut kept = Vec::new();
    for mut set in std::mem::take(&mut prepared.sets) {
        if is_token(&set) {
            tokens.push(set);
            continue;
        }
        for value in &mut set.values {
            if let SetValue::Host(host) = value
                && host.as_str().ends_with(VALIDATION_SUFFIX)
                && let Some(rest) = host.as_str().strip_prefix('_')
                && let Ok(plain) = Name::parse(rest)
            {
                *host = plain;
            }
        }
        if set.name.as_str().contains('_') {
            kept.push(set.name.as_str().to_owned());
        }
        prepared.sets.push(set);
    }
    if !kept.is_empty() {
        prepared.notes.push(format!(
            "without an underscore in its name nobody finds {}: ask the provider to allow it",
            kept.join(", ")
        ));
    }
    tokens.iter_mut().for_each(prefix);
    move_up(prepared, tokens);
}

/// Puts tokens at the names above their `_amazonses`.
fn move_up(prepared: &mut Prepared, tokens: Vec<Set>) {
    let mut texts = texts(&prepared.sets);
    for token in tokens {
        let name = above(&token);
        if let Some(at) = texts.get(&(token.round, name.clone())) {
            prepared.sets[*at].values.extend(token.values);
        } else {
            texts.insert((token.round, name.clone()), prepared.sets.len());
            prepared.sets.push(Set { name, ..token });
        }
    }
}

/// The TXT sets by round and name.
fn texts(sets: &[Set]) -> BTreeMap<(usize, Name), usize> {
    let texts = sets
        .iter()
        .enumerate()
        .filter(|(_, set)| set.rtype == SetType::Txt);
    texts
        .map(|(at, set)| ((set.round, set.name.clone()), at))
        .collect()
}

/// The name that a token is for.
fn above(token: &Set) -> Name {
    token.name.parent().unwrap_or_else(|| token.zone.clone())
}

/// Two tokens fit although a name takes one value: SES reads `_amazonses` and the domain's own
/// name (AWS re:Post, "verify my domain for Amazon SES in multiple accounts or Regions").
fn one_value(prepared: &mut Prepared) {
    let texts = texts(&prepared.sets);
    let mut moved = Vec::new();
    for set in &mut prepared.sets {
        if is_token(set) && set.values.len() > 1 && !texts.contains_key(&(set.round, above(set))) {
            let mut token = Set {
                values: vec![set.values.remove(1)],
                ..set.clone()
            };
            prefix(&mut token);
            moved.push(token);
        }
    }
    move_up(prepared, moved);
    for set in &prepared.sets {
        let count = set.values.len();
        if set.rtype == SetType::Txt && count > 1 {
            prepared.notes.push(format!(
                "{} TXT needs {count} values: a provider that takes one can't hold them",
                set.name.as_str()
            ));
        }
    }
}
