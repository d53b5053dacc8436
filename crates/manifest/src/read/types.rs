//! How the simple types are read: texts, numbers, lists and maps.

use indexmap::IndexMap;
use model::rules;
use schemars::{Schema, SchemaGenerator, json_schema};
use standards::Finding;

use super::{Meant, Read, Reader, Text};
use crate::position::{Located, Position};
use crate::report::Report;
use crate::yaml::{Content, Node};

/// Reads `text`, which stands at `position` beside the keys in `taken`.
fn read_text<T: Text>(
    text: &str,
    position: &Position,
    taken: &[&str],
    report: &mut Report,
) -> Option<T> {
    let reason = match T::parse(text) {
        Ok(value) => return Some(value),
        Err(reason) => reason,
    };
    let meant = T::meant(text).filter(|meant| T::parse(&meant.text).is_ok());
    let finding = Finding::new(T::RULE, reason).in_place(position.place());
    report.push(match (meant, T::EXAMPLES) {
        (Some(meant), _) => {
            let fix = if meant.is_sure {
                format!("write `{}`", meant.text)
            } else {
                format!("did you mean `{}`?", meant.text)
            };
            meant.beside(taken).fix(finding.fix(fix), text, position)
        }
        (None, []) => finding.fix(format!("write {}", T::WHAT)),
        (None, [example, ..]) => finding.fix(format!("write {}, such as `{example}`", T::WHAT)),
    });
    None
}

impl<T: Text> Read for T {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.scalar(node, T::WHAT)?;
        read_text(text, &node.position, &[], &mut reader.report)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "string" });
        if let Some(pattern) = T::PATTERN {
            schema.insert("pattern".to_owned(), pattern.into());
        }
        if !T::EXAMPLES.is_empty() {
            schema.insert("examples".to_owned(), T::EXAMPLES.into());
        }
        let all = T::all();
        if !all.is_empty() {
            schema.insert("enum".to_owned(), all.into());
        }
        schema
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.scalar(node, "`true` or `false`")?;
        match text {
            "true" => return Some(true),
            "false" => return Some(false),
            _ => {}
        }
        // What YAML 1.1 had for these, which other programs still read.
        let meant = match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "on" => "true",
            "false" | "no" | "n" | "off" => "false",
            _ => return reader.wrong(node, "`true` or `false`"),
        };
        let reason = format!("`{text}` is a text, and not `true` or `false`");
        let finding = Finding::new(rules::MAN_04, reason)
            .in_place(node.position.place())
            .fix(format!("write `{meant}`"));
        reader
            .report
            .push(Meant::surely(meant).fix(finding, text, &node.position));
        None
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
        let entries = reader.entries(node)?;
        let taken: Vec<&str> = entries.iter().map(|(key, _)| &*key.text).collect();
        for (key, value) in entries {
            let name = read_text::<K>(&key.text, &key.position, &taken, &mut reader.report);
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
