//! The macros that make blocks, words and choices: each key is stated once.

use schemars::Schema;

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
