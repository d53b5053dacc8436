//! The reader: from the tree of YAML nodes to types, collecting every fault on the way.
//!
//! A block of the manifest is a struct made by [`block!`], which states each key once: as the
//! name of a field. The struct, its reader, its list of keys and its JSON Schema all come from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator, json_schema};

use crate::files::Files;
use crate::position::{Located, Position};
use crate::report::{Report, nearest, shorten};
use crate::yaml::{Content, Key, Node};

/// What reading needs beside the node: where files come from, and where findings go.
pub(crate) struct Reader<'a> {
    pub(crate) files: &'a dyn Files,
    /// What was read already: a thousand domains may show one logo.
    pub(crate) read: BTreeMap<String, Arc<[u8]>>,
    pub(crate) report: Report,
    /// `defaults` are one part of a block: there, a missing key is no fault.
    pub(crate) partial: bool,
}

/// A type that the manifest can say.
pub(crate) trait Read: Sized {
    /// Reads it from `node`; when it can't, it has reported why.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// What editors are told of it.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// What it is when nobody says it. Without such a value, its key must be there.
    fn absent() -> Option<Self> {
        None
    }
}

/// A type that is written as one piece of text.
pub(crate) trait Text: Sized {
    /// What to call it: "expected {WHAT}".
    const WHAT: &'static str;
    /// A regular expression for editors; the parser decides.
    const PATTERN: Option<&'static str> = None;
    /// The rule that a text which is not one breaks.
    const RULE: &'static str = "MAN-04";
    /// For editors, and for the mend.
    const EXAMPLES: &'static [&'static str];

    /// Parses it, or says in one sentence what is wrong.
    fn parse(text: &str) -> Result<Self, String>;
}

impl<T: Text> Read for T {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.scalar(node, T::WHAT)?;
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                let mend = match T::EXAMPLES {
                    [] => format!("write {}", T::WHAT),
                    examples => format!("write {}, such as `{}`", T::WHAT, examples[0]),
                };
                reader.report.add(T::RULE, &node.position, reason, mend);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "string" });
        if let Some(pattern) = T::PATTERN {
            schema.insert("pattern".to_owned(), pattern.into());
        }
        if !T::EXAMPLES.is_empty() {
            schema.insert("examples".to_owned(), T::EXAMPLES.into());
        }
        schema
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match reader.scalar(node, "`true` or `false`")? {
            "true" => Some(true),
            "false" => Some(false),
            _ => reader.wrong(node, "`true` or `false`"),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl Read for u32 {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match reader.scalar(node, "a whole number")?.parse() {
            Ok(number) => Some(number),
            Err(_) => reader.wrong(node, "a whole number"),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

impl Read for f64 {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match reader.scalar(node, "a number above 0")?.parse() {
            Ok(number) if number > 0.0 && f64::is_finite(number) => Some(number),
            _ => reader.wrong(node, "a number above 0"),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "exclusiveMinimum": 0 })
    }
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Content::List(items) = &node.content else {
            return reader.wrong(node, "a list");
        };
        // A list in `defaults` is not merged with another, so its blocks must be whole.
        let partial = std::mem::replace(&mut reader.partial, false);
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, reader)).collect();
        reader.partial = partial;
        read.into_iter().collect()
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": T::schema(generator) })
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<K: Text + std::hash::Hash + Eq, V: Read> Read for IndexMap<K, Located<V>> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut read = Self::new();
        for (key, value) in reader.entries(node)? {
            let name = K::read(&key.as_node(), reader);
            let value = V::read(value, reader);
            let (Some(name), Some(value)) = (name, value) else {
                // The others are kept, so that the checks can go on with them.
                reader.report.unreadable.insert(key.text.clone());
                continue;
            };
            let position = key.position.clone();
            if read.insert(name, Located { value, position }).is_some() {
                // Two spellings of one name, such as `Example.com` and `example.com`.
                reader.twice(key);
            }
        }
        Some(read)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": K::schema(generator),
            "additionalProperties": V::schema(generator),
        })
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Read> Read for Located<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(node, reader).map(|value| Self {
            value,
            position: node.position.clone(),
        })
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }
}

impl Key {
    /// The key as a node, so that what reads a value can read it.
    pub(crate) fn as_node(&self) -> Node {
        Node {
            position: self.position.clone(),
            content: Content::Scalar(self.text.clone()),
        }
    }
}

impl Reader<'_> {
    /// The text of `node`, or a finding that `what` was expected.
    pub(crate) fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.content {
            Content::Scalar(text) => Some(text),
            _ => self.wrong(node, what),
        }
    }

    /// Reports that `node` is not `what`.
    pub(crate) fn wrong<T>(&mut self, node: &Node, what: &str) -> Option<T> {
        let reason = format!("expected {what}, found {}", node.describe());
        let mend = match node.content {
            Content::Nothing => format!("write {what} here, or take the key out"),
            _ => format!("write {what} here"),
        };
        self.report.add("MAN-04", &node.position, reason, mend);
        None
    }

    /// The entries of a map, each key once; a repeated key is reported and its first value stands.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node) -> Option<Vec<&'n (Key, Node)>> {
        let Content::Map(entries) = &node.content else {
            return self.wrong(node, "a map");
        };
        let mut seen = BTreeSet::new();
        let mut unique = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = &entry.0;
            if seen.insert(key.text.as_str()) {
                unique.push(entry);
            } else {
                self.twice(key);
            }
        }
        Some(unique)
    }

    /// Reports a key that its map has already.
    fn twice(&mut self, key: &Key) {
        let reason = format!("the key `{}` is here twice", shorten(&key.text));
        self.report
            .add("MAN-03", &key.position, reason, "keep one of them");
    }

    /// The fields of a block: a map that has only the keys in `known`.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        known: &[&'static str],
    ) -> Option<Fields<'n>> {
        let entries = self.entries(node)?;
        for (key, _) in &entries {
            if !known.contains(&key.text.as_str()) {
                self.unknown("key", &key.text, &key.position, known);
            }
        }
        Some(Fields {
            position: node.position.clone(),
            entries,
        })
    }

    /// The one of `known` that is chosen here, and what it holds: an empty map, if only its key is written.
    pub(crate) fn choice(
        &mut self,
        node: &Node,
        known: &[&'static str],
    ) -> Option<(&'static str, Node)> {
        let (text, position, value) = match &node.content {
            Content::Scalar(text) => {
                let empty = Node {
                    position: node.position.clone(),
                    content: Content::Map(Vec::new()),
                };
                (text, &node.position, empty)
            }
            Content::Map(entries) if entries.len() == 1 => {
                let (key, value) = &entries[0];
                (&key.text, &key.position, value.clone())
            }
            _ => return self.wrong(node, &format!("exactly one of {}", known.join(", "))),
        };
        let Some(key) = known.iter().find(|key| **key == text) else {
            self.unknown("key", text, position, known);
            return None;
        };
        Some((key, value))
    }

    /// Accepts only a node with nothing in it.
    pub(crate) fn nothing(&mut self, node: &Node) -> Option<()> {
        match &node.content {
            Content::Nothing => Some(()),
            Content::Map(entries) if entries.is_empty() => Some(()),
            _ => self.wrong(node, "nothing"),
        }
    }

    /// Reports a word that is not one of `known`.
    pub(crate) fn unknown(&mut self, what: &str, text: &str, position: &Position, known: &[&str]) {
        let reason = format!("unknown {what} `{}`", shorten(text));
        let mend = match nearest(text, known.iter().copied()) {
            _ if text == "<<" => "YAML 1.2 has no merge keys; use `defaults`".to_owned(),
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        let rule = if what == "key" { "MAN-02" } else { "MAN-04" };
        self.report.add(rule, position, reason, mend);
    }
}

/// The entries of one block, while its fields are read.
pub(crate) struct Fields<'n> {
    position: Position,
    entries: Vec<&'n (Key, Node)>,
}

impl Fields<'_> {
    /// Reads the field `key`, or says that it is missing.
    pub(crate) fn take<T: Read>(&self, key: &str, reader: &mut Reader<'_>) -> Option<T> {
        if let Some((_, node)) = self.find(key) {
            return T::read(node, reader);
        }
        let absent = T::absent();
        if absent.is_none() && !reader.partial {
            reader.report.add(
                "MAN-13",
                &self.position,
                format!("the key `{key}` is missing"),
                format!("add `{key}:` to this block"),
            );
        }
        absent
    }

    /// Reads the field `key`, or what it is by default, written as in a manifest.
    pub(crate) fn take_or<T: Read>(
        &self,
        key: &str,
        default: &str,
        reader: &mut Reader<'_>,
    ) -> Option<T> {
        match self.find(key) {
            Some((_, node)) => T::read(node, reader),
            None => T::read(&default_node(&self.position, default), reader),
        }
    }

    fn find(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries
            .iter()
            .copied()
            .find(|(known, _)| known.text == key)
    }
}

/// What nobody wrote, as if it stood at `position`.
pub(crate) fn default_node(position: &Position, text: &str) -> Node {
    Node {
        position: position.clone(),
        content: Content::Scalar(text.to_owned()),
    }
}

/// A default, written as in a manifest, as JSON.
pub(crate) fn default_as_json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// The schema of one field, with its documentation and its default.
pub(crate) fn field_schema(
    mut schema: Schema,
    documentation: &str,
    default: Option<&str>,
) -> Schema {
    schema.insert("description".to_owned(), documentation.trim().into());
    if let Some(default) = default {
        schema.insert("default".to_owned(), default_as_json(default));
    }
    schema
}

/// The schema of one word. YAML takes `2048` for a number, so an editor must take both.
pub(crate) fn word_schema(word: &str, documentation: &str) -> serde_json::Value {
    let description = documentation.trim();
    match word.parse::<u32>() {
        Ok(number) => serde_json::json!({ "enum": [word, number], "description": description }),
        Err(_) => serde_json::json!({ "const": word, "description": description }),
    }
}

/// Makes a block of the manifest: a struct, its keys, its reader and its schema.
///
/// `pub ttl: Period = "1h"` gives a default, written as a person would.
macro_rules! block {
    (
        $(#[doc = $documentation:literal])*
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $field_documentation:literal])*
                pub $field:ident: $type:ty $(= $default:literal)?,
            )*
        }
    ) => {
        $(#[doc = $documentation])*
        #[derive(Clone, Debug, PartialEq)]
        $visibility struct $name {
            $( $(#[doc = $field_documentation])* pub $field: $type, )*
        }

        impl $name {
            /// The keys of this block.
            pub(crate) const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::yaml::Node, reader: &mut $crate::read::Reader<'_>) -> Option<Self> {
                let fields = reader.fields(node, Self::KEYS)?;
                // Every field is read before the first that failed ends the block: all findings at once.
                $( let $field = $crate::read::block!(@take fields, reader, $field $(, $default)?); )*
                Some(Self { $( $field: $field?, )* })
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut properties = serde_json::Map::new();
                let mut required: Vec<&str> = Vec::new();
                $(
                    let default: Option<&str> = [$($default)?].first().copied();
                    let optional = default.is_some() || <$type as $crate::read::Read>::absent().is_some();
                    if !optional {
                        required.push(stringify!($field));
                    }
                    let schema = <$type as $crate::read::Read>::schema(generator);
                    let documentation = concat!($($field_documentation, "\n"),*);
                    properties.insert(
                        stringify!($field).to_owned(),
                        $crate::read::field_schema(schema, documentation, default).into(),
                    );
                )*
                let mut schema = schemars::json_schema!({
                    "type": "object",
                    "description": concat!($($documentation, "\n"),*).trim(),
                    "properties": properties,
                    "additionalProperties": false,
                });
                if !required.is_empty() {
                    schema.insert("required".to_owned(), required.into());
                }
                schema
            }
        }
    };
    (@take $fields:ident, $reader:ident, $field:ident) => {
        $fields.take(stringify!($field), $reader)
    };
    (@take $fields:ident, $reader:ident, $field:ident, $default:literal) => {
        $fields.take_or(stringify!($field), $default, $reader)
    };
}
pub(crate) use block;

/// Makes a choice between words: an enum, its reader and its schema.
macro_rules! words {
    (
        $(#[doc = $documentation:literal])*
        pub enum $name:ident {
            $( $(#[doc = $variant_documentation:literal])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[doc = $documentation])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[doc = $variant_documentation])* $variant, )*
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of the manifest.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::yaml::Node, reader: &mut $crate::read::Reader<'_>) -> Option<Self> {
                match reader.scalar(node, &format!("one of {}", Self::WORDS.join(", ")))? {
                    $( $word => Some(Self::$variant), )*
                    other => {
                        reader.unknown("value", other, &node.position, Self::WORDS);
                        None
                    }
                }
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "oneOf": [
                        $(
                            $crate::read::word_schema($word, concat!($($variant_documentation, "\n"),*)),
                        )*
                    ],
                })
            }
        }
    };
}
pub(crate) use words;

/// Makes a choice between blocks, each under its own key, as in `dns: { route53: { … } }`.
///
/// The key alone, as in `dns: manual` or `dkim: easy`, stands for the block with nothing in it.
macro_rules! choice {
    (
        $(#[doc = $documentation:literal])*
        pub enum $name:ident {
            $( $(#[doc = $variant_documentation:literal])* $variant:ident $(($type:ty))? = $key:literal, )*
        }
    ) => {
        $(#[doc = $documentation])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $( $(#[doc = $variant_documentation])* $variant $(($type))?, )*
        }

        impl $name {
            const KEYS: &'static [&'static str] = &[$($key),*];
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::yaml::Node, reader: &mut $crate::read::Reader<'_>) -> Option<Self> {
                let (key, value) = reader.choice(node, Self::KEYS)?;
                $(
                    if key == $key {
                        return $crate::read::choice!(@read value, reader, $variant $(, $type)?);
                    }
                )*
                None
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut options: Vec<serde_json::Value> = Vec::new();
                $(
                    let documentation = concat!($($variant_documentation, "\n"),*).trim();
                    $crate::read::choice!(@schema options, generator, $key, documentation $(, $type)?);
                )*
                schemars::json_schema!({
                    "description": concat!($($documentation, "\n"),*).trim(),
                    "oneOf": options,
                })
            }
        }
    };
    (@read $value:ident, $reader:ident, $variant:ident) => {
        $reader.nothing(&$value).map(|()| Self::$variant)
    };
    (@read $value:ident, $reader:ident, $variant:ident, $type:ty) => {
        <$type as $crate::read::Read>::read(&$value, $reader).map(Self::$variant)
    };
    (@schema $options:ident, $generator:ident, $key:literal, $documentation:ident) => {
        $options.push(serde_json::json!({ "const": $key, "description": $documentation }));
    };
    (@schema $options:ident, $generator:ident, $key:literal, $documentation:ident, $type:ty) => {
        $options.push(serde_json::json!({
            "type": "object",
            "description": $documentation,
            "properties": { $key: <$type as $crate::read::Read>::schema($generator) },
            "required": [$key],
            "additionalProperties": false,
        }));
    };
}
pub(crate) use choice;
