//! A record that we want in DNS, owned per value: what Route 53 record sets and records published by
//! hand have in common.
//!
//! Values are kept as what they mean: TXT without quotes and splitting, host names in lower case
//! without the final dot. So comparison is on meaning, not on spelling.

mod accepted;
mod live;

use model::rules;
use model::{Change, Diff, Effect, Field, OutputRef, Side};
use serde::{Deserialize, Serialize};
use standards::dns::RecordType;
use standards::{Finding, Protocol};

pub use live::{LiveSet, LiveValue, SetKey, Sets};

/// The others that may have values in the same record set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Nobody: the set is ours alone (CNAME, A, AAAA, MX).
    Whole,
    /// Anybody, but only one value may be a record of this protocol: receivers treat two as none
    /// (DNS-07).
    OneOf {
        /// The protocol; stored as the version that its records begin with.
        #[serde(rename = "prefix")]
        protocol: Protocol,
    },
    /// Anybody, with any number of values: `_amazonses`. What is not known to be ours alone is
    /// treated so.
    #[default]
    Many,
}

/// An alias of Route 53: an A or AAAA record that follows an AWS name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name that it follows, without the final dot.
    pub target: Field<String>,
    /// The hosted zone of that name, a constant of the service.
    pub zone: String,
}

/// A record that we want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its name, without the final dot.
    pub name: Field<String>,
    /// Its type.
    pub rtype: RecordType,
    /// Seconds, for a set that we create.
    pub ttl: u32,
    /// Our values; none for an alias.
    pub values: Vec<Field<String>>,
    /// The alias, for an alias.
    pub alias: Option<Alias>,
    /// The others that may have values in the set.
    pub sharing: Sharing,
}

/// The observed properties of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The set at its name and type.
    pub set: Option<LiveSet>,
    /// Sets of the same name that can't stand beside it: a CNAME, or anything beside our CNAME.
    pub in_the_way: Vec<LiveSet>,
    /// A delegation at the record's name or above it: external observers never see what this zone has
    /// there.
    pub hidden_by: Option<LiveSet>,
    /// Our last change of the set, as long as not all name servers answer it.
    pub pending: Option<String>,
}

/// One spelling for values that mean the same.
pub fn canonical(rtype: RecordType, value: &str) -> String {
    match rtype {
        RecordType::Cname | RecordType::Ns => value.trim_end_matches('.').to_ascii_lowercase(),
        RecordType::Mx => canonical_mx(value),
        RecordType::A | RecordType::Aaaa => value
            .parse::<std::net::IpAddr>()
            .map_or_else(|_| value.to_owned(), |address| address.to_string()),
        _ => value.to_owned(),
    }
}

fn canonical_mx(value: &str) -> String {
    let mut words = value.split_whitespace();
    let preference = words.next().unwrap_or_default();
    let host = words.next().unwrap_or_default().trim_end_matches('.');
    // The null MX (RFC 7505) names the root, which is nothing but its dot.
    let host = if host.is_empty() { "." } else { host };
    format!("{preference} {}", host.to_ascii_lowercase())
}

/// Names compare without case and final dot.
pub fn same_name(a: &str, b: &str) -> bool {
    a.trim_end_matches('.')
        .eq_ignore_ascii_case(b.trim_end_matches('.'))
}

impl Record {
    /// The key of its set among those of its zone, once its name is known.
    pub fn key(&self) -> Option<SetKey> {
        Some(SetKey::new(self.name.known()?, self.rtype))
    }

    /// Our known values, each in its one spelling.
    pub fn known_values(&self) -> Vec<String> {
        self.values
            .iter()
            .filter_map(|value| Some(canonical(self.rtype, value.known()?)))
            .collect()
    }

    /// Whether every field is known.
    pub fn is_known(&self) -> bool {
        self.name.known().is_some()
            && self.values.iter().all(|value| value.known().is_some())
            && self
                .alias
                .as_ref()
                .is_none_or(|alias| alias.target.known().is_some())
    }

    /// Whether `value` can't stand beside ours.
    pub fn excludes(&self, value: &str) -> bool {
        match &self.sharing {
            Sharing::Whole => true,
            Sharing::OneOf { protocol } => protocol.recognises(value),
            Sharing::Many => false,
        }
    }

    /// The values of `set` that are neither ours now nor were ours (`owned`).
    pub fn foreign<'a>(&self, set: &'a LiveSet, owned: Option<&Self>) -> Vec<&'a str> {
        let ours = self.known_values();
        let were = owned.map(Self::known_values).unwrap_or_default();
        let values = set.values.iter().map(|value| value.means.as_str());
        values
            .filter(|value| !ours.iter().chain(&were).any(|own| own == value))
            .collect()
    }

    /// Whether something that we wrote into `set` is no longer there: then what stands in its place
    /// was changed without us, and is not a value of somebody else's beside ours.
    pub fn was_changed(&self, set: &LiveSet, owned: Option<&Self>) -> bool {
        let same_set = |owned: &&Self| match (owned.name.known(), self.name.known()) {
            (Some(old), Some(new)) => owned.rtype == self.rtype && same_name(old, new),
            _ => false,
        };
        owned.filter(same_set).is_some_and(|owned| {
            let is_there = |value: &String| set.values.iter().any(|live| live.means == *value);
            !owned.known_values().iter().all(is_there)
                || (owned.alias.is_some() && !owned.follows(set))
        })
    }

    /// Whether the alias of `set` is the one that is asked for.
    pub fn follows(&self, set: &LiveSet) -> bool {
        let target = self.alias.as_ref().and_then(|alias| alias.target.known());
        let live = set.alias.as_ref().map(|(target, _)| target);
        target
            .zip(live)
            .is_some_and(|(ours, live)| same_name(ours, live))
    }

    /// The foreign values that can't stand beside ours.
    pub fn conflicting<'a>(&self, set: &'a LiveSet, owned: Option<&Self>) -> Vec<&'a str> {
        if self.was_changed(set, owned) {
            return Vec::new();
        }
        self.foreign(set, owned)
            .into_iter()
            .filter(|value| self.excludes(value))
            .collect()
    }

    /// Whether the set has anything to do with us: one of our values, or one in our way.
    pub fn concerns(&self, state: &State) -> bool {
        let ours = self.known_values();
        !state.in_the_way.is_empty()
            || state.hidden_by.is_some()
            || state.set.as_ref().is_some_and(|set| {
                set.alias.is_some()
                    || set.routing.is_some()
                    || set
                        .values
                        .iter()
                        .any(|value| ours.contains(&value.means) || self.excludes(&value.means))
            })
    }

    /// Why it is another record than `owned`, if it is: one at another name. Then the old one goes by
    /// itself.
    pub fn why_other(&self, owned: &Self) -> Option<&'static str> {
        let (old, new) = owned.name.known().zip(self.name.known())?;
        let is_renamed = !same_name(old, new);
        is_renamed.then_some("renamed: the old name goes by an action of its own")
    }

    /// The output that is its name, while that has no value.
    pub fn named_by(&self) -> Option<&OutputRef> {
        match &self.name {
            Field::Known(_) => None,
            Field::Output(output) => Some(output),
        }
    }

    /// The fields that may refer to outputs of other resources.
    pub fn fields(&mut self) -> Vec<&mut Field<String>> {
        let target = self.alias.as_mut().map(|alias| &mut alias.target);
        let own = [&mut self.name].into_iter().chain(&mut self.values);
        own.chain(target).collect()
    }

    /// The fields in which `actual` is not as asked for.
    pub fn diff(&self, actual: &State, owned: Option<&Self>) -> Diff {
        let mut changes = Vec::new();
        if let Some(owned) = owned
            && let (Some(old), Some(new)) = (owned.name.known(), self.name.known())
            && !same_name(old, new)
        {
            changes.push(change("name", Side::of(&old), Side::of(&new)));
        }
        let empty = LiveSet::empty(self);
        let set = actual.set.as_ref().unwrap_or(&empty);
        if let Some(change) = self.values_change(set, owned) {
            changes.push(change);
        }
        if let Some(change) = self.alias_change(set) {
            changes.push(change);
        }
        // The TTL belongs to the whole set: while others have values in it, it stays as it is.
        let alone = self.foreign(set, owned).is_empty();
        if self.alias.is_none() && alone && set.ttl.is_some_and(|ttl| ttl != self.ttl) {
            changes.push(change("ttl", Side::of(&set.ttl), Side::of(&self.ttl)));
        }
        // Somebody made one of several of it: what we own is answered to some and not to others, and
        // no change of ours matches it any more (Route 53 API reference, `SetIdentifier`).
        if let Some(identifier) = &set.routing {
            changes.push(change(
                "routing policy",
                Side::of(identifier),
                Side::default(),
            ));
        }
        Diff { changes }
    }

    /// The drift: our own values that changed, and values that others added to the set.
    /// `ours` tells the claims of our other resources.
    pub fn drift(
        &self,
        recorded: Option<&State>,
        actual: &State,
        ours: &dyn Fn(&str) -> bool,
    ) -> Diff {
        let mut found = self.diff(actual, Some(self));
        // Values that were there before us keep the time to live that others give them.
        let was_left = |state: &State| self.diff(state, Some(self)).touches("ttl");
        if recorded.is_some_and(was_left) {
            found.changes.retain(|change| change.field != "ttl");
        }
        let others = |state: &State| -> Vec<String> {
            let set = state.set.as_ref();
            set.map(|set| {
                self.foreign(set, None)
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default()
        };
        let before = recorded.map(others).unwrap_or_default();
        let claimed = |value: &String| {
            let alone = Self {
                values: vec![Field::Known(value.clone())],
                alias: None,
                ..self.clone()
            };
            alone.claims().iter().any(|claim| ours(claim))
        };
        // Those that stand in the place of ours are shown beside ours already.
        let added: Vec<String> = others(actual)
            .into_iter()
            .filter(|value| !before.contains(value) && !claimed(value) && !self.excludes(value))
            .collect();
        if !added.is_empty() {
            // A value that breaks a rule beside ours is excluded by it, and shown beside ours.
            found.changes.push(Change {
                effect: Effect::Nothing,
                ..change("values of others", Side::of(&added), Side::of(&[(); 0]))
            });
        }
        found
    }

    /// The values of `set` that are ours, were ours (`owned`), or stand where only ours can.
    pub fn standing<'a>(&self, set: &'a LiveSet, owned: Option<&Self>) -> Vec<&'a str> {
        let wanted = self.known_values();
        let were = owned.map(Self::known_values).unwrap_or_default();
        let is_ours = |value: &String| wanted.contains(value) || were.contains(value);
        let values = set.values.iter().map(|value| &value.means);
        values
            .filter(|value| is_ours(value) || self.excludes(value))
            .map(String::as_str)
            .collect()
    }

    fn values_change(&self, set: &LiveSet, owned: Option<&Self>) -> Option<Change> {
        let wanted = self.known_values();
        let mine = self.standing(set, owned);
        let mut seen: Vec<String> = mine.iter().map(|value| (*value).to_owned()).collect();
        let mut asked = wanted.clone();
        seen.sort();
        asked.sort();
        let known = wanted.len() == self.values.len();
        (seen != asked || !known).then(|| {
            // Both sides in one spelling: what stays must not look as if it changed.
            let spelled = self.values.iter().map(|value| self.spelled(value));
            let asked: Vec<_> = spelled.collect();
            change("values", Side::of(&mine), Side::of(&asked))
        })
    }

    fn spelled(&self, value: &Field<String>) -> Field<String> {
        match value.known() {
            Some(known) => Field::Known(canonical(self.rtype, known)),
            None => value.clone(),
        }
    }

    fn alias_change(&self, set: &LiveSet) -> Option<Change> {
        let wanted = self.alias.as_ref().map(|alias| match alias.target.known() {
            Some(target) => Side::of(&target.trim_end_matches('.').to_ascii_lowercase()),
            None => Side::of(&alias.target),
        });
        let seen = set.alias.as_ref().map(|(target, _)| Side::of(&target));
        (wanted != seen).then(|| {
            change(
                "alias",
                seen.unwrap_or_default(),
                wanted.unwrap_or_default(),
            )
        })
    }

    /// The values of others that exclude ours, with both sides shown.
    pub fn conflict(&self, actual: &State, owned: Option<&Self>) -> Option<Finding> {
        let name = self.name.known()?;
        let mut there: Vec<String> = actual
            .in_the_way
            .iter()
            .flat_map(LiveSet::describe)
            .collect();
        if let Some(set) = &actual.set {
            let values = self.conflicting(set, owned).into_iter();
            there.extend(values.map(|value| format!("{} {value}", self.rtype)));
            there.extend(self.foreign_alias(set, owned));
        }
        (!there.is_empty()).then(|| {
            let wanted = self.describe_values().join(", ");
            Finding::new(
                rules::PLAN_01,
                format!(
                    "`{name}` has {}, and the manifest asks for {} {wanted}",
                    there.join(", "),
                    self.rtype
                ),
            )
        })
    }

    fn foreign_alias(&self, set: &LiveSet, owned: Option<&Self>) -> Option<String> {
        let (target, _) = set.alias.as_ref()?;
        let ours = self.follows(set)
            || owned.is_some_and(|owned| owned.follows(set))
            || self.was_changed(set, owned);
        (!ours).then(|| format!("{} alias to {target}", self.rtype))
    }

    /// The reason why the record would not be seen, or cannot be written at all.
    pub fn blocker(&self, actual: &State) -> Option<Finding> {
        self.blocker_at(self.name.known()?, actual)
    }

    /// The same for a record that is at `name`, or will be below it.
    pub fn blocker_at(&self, name: &str, actual: &State) -> Option<Finding> {
        if let Some(delegation) = &actual.hidden_by {
            let servers: Vec<&str> = delegation
                .values
                .iter()
                .map(|value| value.means.as_str())
                .collect();
            let text = format!(
                "`{}` is delegated to {}, so nobody sees {} {}{name} in this hosted zone",
                delegation.name,
                servers.join(", "),
                self.rtype,
                if self.name.known().is_some() {
                    ""
                } else {
                    "records below "
                },
            );
            return Some(Finding::new(rules::PLAN_10, text));
        }
        let routed = actual.set.iter().chain(&actual.in_the_way);
        let fixed = routed.into_iter().find(|set| set.is_fixed())?;
        Some(Finding::new(rules::PLAN_10, fixed.why_fixed()))
    }

    /// The reason why our values cannot be taken out: a set with a routing policy is never changed
    /// here, and forgetting it would leave our values to whoever asks.
    pub fn removal_blocker(&self, actual: &State) -> Option<Finding> {
        let ours = self.known_values();
        let set = actual.set.as_ref().filter(|set| set.routing.is_some())?;
        let holds_ours = set.values.iter().any(|value| ours.contains(&value.means));
        (holds_ours || self.follows(set)).then(|| Finding::new(rules::PLAN_10, set.why_fixed()))
    }

    /// Our values for people.
    pub fn describe_values(&self) -> Vec<String> {
        match &self.alias {
            Some(alias) => vec![format!("alias to {}", alias.target)],
            None => self.values.iter().map(ToString::to_string).collect(),
        }
    }

    /// The identity of each of our values, so that several resources can hold one together.
    pub fn claims(&self) -> Vec<String> {
        let Some(name) = self.name.known() else {
            return Vec::new();
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut claims: Vec<String> = self
            .known_values()
            .iter()
            .map(|value| format!("{name} {} {value}", self.rtype))
            .collect();
        if self.alias.is_some() {
            claims.push(format!("{name} {} alias", self.rtype));
        }
        claims
    }

    /// The record without the values that others still claim; nothing when none is left.
    pub fn without(&self, claimed: &dyn Fn(&str) -> bool) -> Option<Self> {
        let mut rest = self.clone();
        let only = |value: &Field<String>| Self {
            values: vec![value.clone()],
            alias: None,
            ..self.clone()
        };
        rest.values
            .retain(|value| !only(value).claims().iter().any(|claim| claimed(claim)));
        let alias = Self {
            values: Vec::new(),
            ..self.clone()
        };
        if alias.claims().iter().any(|claim| claimed(claim)) {
            rest.alias = None;
        }
        (!rest.values.is_empty() || rest.alias.is_some()).then_some(rest)
    }
}

fn change(field: &str, from: Side, to: Side) -> Change {
    Change {
        field: field.to_owned(),
        from,
        to,
        effect: Effect::InPlace,
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
