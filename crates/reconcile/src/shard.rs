//! A part of a manifest's domains, by a stable hash of their names.

use std::fmt::{Display, Formatter};
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of several parts into which a manifest's domains are split: `2/4`. A domain is always in the same
/// one of so many, whatever else is in the manifest, and also after it has left the manifest: so all
/// shards together are the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    number: NonZeroU32,
    of: NonZeroU32,
}

impl Shard {
    /// Into how many parts the domains are split.
    pub fn of(self) -> NonZeroU32 {
        self.of
    }

    /// Whether a domain is in this part.
    pub(crate) fn has(self, domain: &str) -> bool {
        let digest = model::plan::sha256(domain.as_bytes());
        // Sixty of its bits are more than any number of shards makes uneven.
        let hash = digest.get(..15).unwrap_or_default();
        let hash = u64::from_str_radix(hash, 16).unwrap_or_default();
        hash % u64::from(self.of.get()) + 1 == u64::from(self.number.get())
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a shard such as 1/4: its number, and how many there are".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let part = |text: &str| text.parse::<NonZeroU32>().map_err(|_| wrong());
        let (number, of) = (part(number)?, part(of)?);
        if number > of {
            return Err(format!("there is no shard {number} of {of}"));
        }
        Ok(Self { number, of })
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(text: &str) -> Shard {
        text.parse().expect("a shard")
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "1", "0/4", "1/0", "5/4", "a/4", "-1/4", "1/4/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!(shard("2/4").to_string(), "2/4");
    }

    /// Another hash would move domains between shards that run at this moment.
    #[test]
    fn a_domain_stays_in_its_shard() {
        let of_four = |domain: &str| {
            let mut shards = (1..=4).map(|number| shard(&format!("{number}/4")));
            shards
                .find(|shard| shard.has(domain))
                .expect("a shard")
                .number
                .get()
        };
        let domains = ["example.com", "example.net", "example.org", "a.example.com"];
        assert_eq!(domains.map(of_four), [3, 4, 1, 3]);
    }

    #[test]
    fn each_domain_is_in_one_shard_and_the_shards_are_of_about_one_size() {
        for of in [1, 2, 3, 7] {
            let mut sizes = vec![0; of];
            for number in 0..1000 {
                let domain = format!("d{number:04}.example.com");
                let is_in = |index: &usize| shard(&format!("{}/{of}", index + 1)).has(&domain);
                let shards: Vec<usize> = (0..of).filter(is_in).collect();
                assert_eq!(shards.len(), 1, "{domain} of {of}");
                sizes[shards[0]] += 1;
            }
            let least = 700 / of;
            assert!(sizes.iter().all(|size| *size > least), "{of}: {sizes:?}");
        }
    }
}
