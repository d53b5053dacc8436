//! A resource record set, valid by itself.

use serde::{Deserialize, Serialize};

use crate::dns_text::name::DnsName;

/// The key that tells a record set from the others of its zone, in the order that Route 53 lists them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SetKey {
    /// The owner name.
    pub name: DnsName,
    /// `A`, `TXT`, …
    pub rtype: String,
    /// Tells apart sets of one name and type; only with a routing policy.
    pub identifier: Option<String>,
}

impl SetKey {
    /// The first key that a name can have.
    pub(crate) fn lowest(name: &DnsName) -> Self {
        Self {
            name: name.clone(),
            rtype: String::new(),
            identifier: None,
        }
    }
}

/// A record set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSet {
    /// Name, type and identifier.
    pub key: SetKey,
    /// How Route 53 chooses among the sets of one name and type.
    pub routing: Routing,
    /// Its answer.
    pub content: Content,
}

/// The answer of a record set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Values, spelled as they came.
    Values {
        /// In seconds.
        ttl: u32,
        /// One a record.
        values: Vec<String>,
    },
    /// The answer of another name.
    Alias(Alias),
}

/// The target of an alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The zone that the target is in.
    pub zone_id: String,
    /// The target.
    pub name: DnsName,
    /// Kept, without effect: there are no health checks.
    pub evaluate_target_health: bool,
}

/// A routing policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Routing {
    /// The only set of its name and type.
    Simple,
    /// In proportion to the weights.
    Weighted(u8),
    /// By latency to a region.
    Latency(String),
    /// `PRIMARY` or `SECONDARY`.
    Failover(String),
    /// Several at once.
    MultiValue(bool),
    /// By where the question comes from.
    Geolocation {
        /// Two letters.
        continent: Option<String>,
        /// Two letters, or `*`.
        country: Option<String>,
        /// Of the country.
        subdivision: Option<String>,
    },
}

impl Routing {
    /// The word that Route 53's messages use for sets of this policy.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Weighted(_) => "weighted",
            Self::Latency(_) => "latency",
            Self::Failover(_) => "failover",
            Self::MultiValue(_) => "multivalue answer",
            Self::Geolocation { .. } => "geolocation",
        }
    }
}

impl RecordSet {
    /// A set of values without a routing policy.
    pub fn simple(name: DnsName, rtype: &str, ttl: u32, values: Vec<String>) -> Self {
        Self {
            key: SetKey {
                name,
                rtype: rtype.to_owned(),
                identifier: None,
            },
            routing: Routing::Simple,
            content: Content::Values { ttl, values },
        }
    }

    /// Its values; none for an alias.
    pub fn values(&self) -> &[String] {
        match &self.content {
            Content::Values { values, .. } => values,
            Content::Alias(_) => &[],
        }
    }

    /// Its time to live; none for an alias.
    pub fn ttl(&self) -> Option<u32> {
        match &self.content {
            Content::Values { ttl, .. } => Some(*ttl),
            Content::Alias(_) => None,
        }
    }

    /// Whether a DELETE that describes `other` means this set: the order of values does not count.
    pub fn matches(&self, other: &Self) -> bool {
        let sorted = |set: &Self| {
            let mut values = set.values().to_vec();
            values.sort();
            values
        };
        let same_alias = match (&self.content, &other.content) {
            (Content::Alias(mine), Content::Alias(theirs)) => mine == theirs,
            (Content::Values { .. }, Content::Values { .. }) => true,
            _ => false,
        };
        self.key == other.key
            && self.routing == other.routing
            && self.ttl() == other.ttl()
            && same_alias
            && sorted(self) == sorted(other)
    }
}
