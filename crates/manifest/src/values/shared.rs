//! The value of `shared`.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::check;
use crate::read::{Read, Reader};
use crate::yaml::Node;

/// The words of YAML's booleans, older ones included, which are no names.
const BOOLEANS: [&str; 8] = ["true", "false", "yes", "no", "y", "n", "on", "off"];

/// The domains with which a domain shares the buckets of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// None: it has buckets of its own.
    No,
    /// All that share without a name.
    Yes,
    /// Those that share under the same name.
    Named(String),
}

impl Shared {
    /// Whether other domains may have their files there.
    pub fn is_shared(&self) -> bool {
        *self != Self::No
    }
}

impl Read for Shared {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        const WHAT: &str = "`true`, `false` or a name";
        let text = reader.scalar(node, WHAT)?;
        if BOOLEANS.contains(&text.to_ascii_lowercase().as_str()) {
            let yes = bool::read(node, reader)?;
            return Some(if yes { Self::Yes } else { Self::No });
        }
        let name = check(
            text,
            1..=20,
            "the name of shared buckets",
            "lower-case letters, digits and `-`",
            |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
        );
        match name {
            Ok(name) => Some(Self::Named(name)),
            Err(_) => reader.wrong(node, WHAT),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": "^[a-z0-9-]{1,20}$" }],
        })
    }
}
