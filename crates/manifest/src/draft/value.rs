//! Values as YAML text: in flow style where they fit a line, in block style where they do not.

/// Characters of a line, as people write manifests.
pub(super) const WIDTH: usize = 98;

/// A value of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(&'static str, Self)>),
}

impl Value {
    pub(super) fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter();
        Self::List(items.map(|item| Self::text(&item)).collect())
    }

    /// On one line.
    pub(super) fn flow(&self) -> String {
        match self {
            Self::Text(text) => scalar(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entry = |(key, value): &(&str, Self)| format!("{key}: {}", value.flow());
                let entries: Vec<String> = entries.iter().map(entry).collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }
}

/// The lines of `key: value`, each with how many levels it is further in.
pub(super) fn entry(key: &str, value: &Value, depth: usize) -> Vec<(usize, String)> {
    let line = format!("{key}: {}", value.flow());
    if 2 * depth + line.chars().count() <= WIDTH {
        return vec![(0, line)];
    }
    let mut lines = vec![(0, format!("{key}:"))];
    match value {
        Value::Text(_) => return vec![(0, line)],
        Value::List(items) => {
            lines.extend(items.iter().map(|item| (1, format!("- {}", item.flow()))));
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                let below = entry(key, value, depth + 1);
                lines.extend(below.into_iter().map(|(deeper, text)| (deeper + 1, text)));
            }
        }
    }
    lines
}

/// A text as a scalar: plain where it can be nothing else, and otherwise in double quotes, with an
/// escape for all that is not printable ASCII.
pub(super) fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " ._/-".contains(c))
        // A number and a word with a meaning of its own would be read as something else elsewhere.
        && !text.chars().all(|c| c.is_ascii_digit())
        && !["null", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            other => {
                let code = format!("\\U{:08x}", u32::from(other));
                quoted.push_str(&code);
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::position::Source;
    use crate::report::Report;
    use crate::yaml::{Content, parse};

    #[test]
    fn what_can_be_plain_is_plain() {
        let check = |text: &str, expect: &str| assert_eq!(scalar(text), expect);
        check("10 mx.example.com", "10 mx.example.com");
        check("192.0.2.0/24", "192.0.2.0/24");
        check("2001:db8::/32", r#""2001:db8::/32""#);
        check("111111111111", r#""111111111111""#);
        check("null", r#""null""#);
        check("", r#""""#);
        check("-all", r#""-all""#);
        check("a\n# b: \"c\"\0", r#""a\U0000000a# b: \"c\"\U00000000""#);
    }

    #[test]
    fn what_is_too_long_for_a_line_is_written_below_its_key() {
        let host = |number: usize| format!("10 mx{number}.{}.example.com", "long".repeat(8));
        let list = Value::list((1..=2).map(host));
        let map = Value::Map(vec![("a", list), ("b", Value::text("short"))]);
        let lines = entry("key", &map, 2);
        let text: Vec<String> = lines
            .iter()
            .map(|(depth, text)| format!("{}{text}", "  ".repeat(*depth)))
            .collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        key:
          a:
            - 10 mx1.longlonglonglonglonglonglonglong.example.com
            - 10 mx2.longlonglonglonglonglonglonglong.example.com
          b: short
        ");
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_it_was(text in any::<String>(), more in "[ -~]{0,20}") {
            for text in [text, more] {
                let yaml = format!("a: [{}, b]\n", scalar(&text));
                let mut report = Report::default();
                let tree = parse(&Arc::new(Source::new("m.yaml", yaml)), &mut report);
                let tree = tree.expect("is YAML");
                let Some(Content::List(items)) = tree.get("a").map(|node| &node.content) else {
                    panic!("a list");
                };
                let Content::Scalar(back) = &items[0].content else {
                    panic!("a text");
                };
                prop_assert_eq!(back, &text);
            }
        }
    }
}
