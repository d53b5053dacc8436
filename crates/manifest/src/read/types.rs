//! How the simple types are read: texts, numbers, lists and maps.

use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::{Read, Reader, Text};
use crate::position::Located;
use crate::yaml::{Content, Node};

impl<T: Text> Read for T {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.scalar(node, T::WHAT)?;
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                let fix = match T::EXAMPLES {
                    [] => format!("write {}", T::WHAT),
                    examples => format!("write {}, such as `{}`", T::WHAT, examples[0]),
                };
                reader.report.add(T::RULE, &node.position, reason, fix);
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
