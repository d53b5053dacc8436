//! Which domains of the manifest a run is about.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use manifest::Manifest;
use model::{DomainLedger, Ledger, Resource};
use standards::dns::Name;
use standards::typo::nearest;

use crate::{Error, Shard};

/// Which domains of the manifest a run is to be about, as the operator says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Subset {
    /// All of them, and those that have left the manifest.
    #[default]
    All,
    /// Those of these names, in which `*` stands for any characters.
    Targets(Vec<String>),
    /// Those of one shard.
    Shard {
        /// The shard.
        shard: Shard,
        /// How many shards run at once and share AWS's quotas; all of them where it is not said.
        at_once: Option<NonZeroU32>,
    },
}

impl Subset {
    /// The domains that are named; all of them if none is.
    pub fn targets(targets: Vec<String>) -> Self {
        if targets.is_empty() {
            Self::All
        } else {
            Self::Targets(targets)
        }
    }

    /// How many runs share AWS's quotas with this one, itself included.
    pub(crate) fn sharers(&self) -> NonZeroU32 {
        match self {
            Self::All | Self::Targets(_) => NonZeroU32::MIN,
            Self::Shard { shard, at_once } => at_once.unwrap_or(shard.of()),
        }
    }
}

/// Which domains of the manifest a run is about.
#[derive(Clone, Debug, Default)]
pub(crate) enum Scope {
    /// All of them, and those that have left the manifest.
    #[default]
    All,
    Named(BTreeSet<String>),
    Shard(Shard),
}

impl Scope {
    pub(crate) fn of(manifest: &Manifest, subset: &Subset) -> Result<Self, Error> {
        match subset {
            Subset::All => Ok(Self::All),
            Subset::Targets(targets) => named(manifest, targets).map(Self::Named),
            Subset::Shard { shard, .. } => Ok(Self::Shard(*shard)),
        }
    }

    /// Whether the run is about all domains.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether the run is about this domain.
    pub(crate) fn has(&self, domain: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(domain),
            Self::Shard(shard) => shard.has(domain),
        }
    }

    /// The domains of the manifest that the run is about.
    pub(crate) fn domains(&self, manifest: &Manifest) -> Vec<Name> {
        let names = names(manifest).filter(|name| self.has(name.as_str()));
        names.cloned().collect()
    }

    /// The part of a ledger that the run is about.
    pub(crate) fn within(&self, mut ledger: Ledger) -> Ledger {
        ledger
            .domains
            .retain(|document, held| self.is_about(document, held));
        ledger
    }

    /// The part of a ledger that the run is not about.
    pub(crate) fn beyond(&self, mut ledger: Ledger) -> Ledger {
        ledger
            .domains
            .retain(|document, held| !self.is_about(document, held));
        ledger
    }

    /// Whether the run is about a document of the ledger: one of its domains, or what one of them
    /// shares with others. What is shared is also one shard's where nobody holds it any more.
    fn is_about(&self, document: &str, held: &DomainLedger) -> bool {
        let entries = held.entries.values().chain(&held.retired);
        let mut holders = entries.flat_map(|entry| &entry.holders).peekable();
        let is_free = holders.peek().is_none();
        is_free && self.has(document) || holders.any(|domain| self.has(domain))
    }

    /// Keeps the resources that the run is about, and of what domains share, the holders that it is
    /// about.
    pub(crate) fn retain(&self, resources: &mut Vec<Arc<Resource>>) {
        if self.is_all() {
            return;
        }
        for shared in resources.iter_mut().filter(|one| one.id.is_shared()) {
            let holders = &mut Arc::make_mut(shared).holders;
            holders.retain(|domain| self.has(domain));
        }
        resources.retain(|resource| self.has(&resource.id.domain) || !resource.holders.is_empty());
    }
}

/// The domains of these targets, in which `*` stands for any characters.
fn named(manifest: &Manifest, targets: &[String]) -> Result<BTreeSet<String>, Error> {
    let mut named = BTreeSet::new();
    for target in targets {
        let pattern = target.to_ascii_lowercase();
        let of_pattern = names(manifest).filter(|name| is_like(&pattern, name.as_str()));
        let before = named.len();
        named.extend(of_pattern.map(|name| name.as_str().to_owned()));
        // A domain that left the manifest can still be in the ledger; it is planned without
        // `--target`.
        if named.len() == before && !named.contains(&pattern) {
            let known = names(manifest).map(Name::as_str);
            let near = nearest(&pattern, known);
            let meant = near.map(|near| format!("; did you mean `{}`?", near.word));
            return Err(Error::Usage(format!(
                "--target {pattern}: the manifest has no such domain{}",
                meant.unwrap_or_default()
            )));
        }
    }
    Ok(named)
}

/// Whether `name` is like `pattern`, in which `*` stands for any characters, dots too.
pub(crate) fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| is_like(after, &rest[at..]))
        }),
    }
}

/// The domains that try a change first: always the same `count` of one manifest, and no neighbours in
/// it, because the order is that of their names' hashes.
pub fn canaries(manifest: &Manifest, count: usize) -> Vec<String> {
    let mut names: Vec<String> = names(manifest).map(ToString::to_string).collect();
    names.sort_by_cached_key(|name| model::plan::sha256(name.as_bytes()));
    names.truncate(count);
    names
}

fn names(manifest: &Manifest) -> impl Iterator<Item = &Name> {
    manifest.domains.keys().chain(manifest.parked.keys())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, like) in [
            ("example.com", "example.com", true),
            ("example.com", "a.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("brand-*.example", "brand-one.example", true),
            ("brand-*.example", "brand-one.example.net", false),
            ("*one*", "brand-one.example", true),
            ("*", "example.com", true),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
        ] {
            assert_eq!(is_like(pattern, name), like, "{pattern} and {name}");
        }
    }
}
