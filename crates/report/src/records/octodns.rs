//! Zones of octoDNS: one YAML document a zone, keys in the natural order that its loader demands.

use super::prepare::{Prepared, Set, SetValue};
use super::{comments, in_its_round};
use crate::put::{put, putln};

pub(super) fn print(prepared: &Prepared) -> String {
    let mut text = comments(prepared, "#");
    for (zone, sets) in prepared.by_zone() {
        let mut names: Vec<&str> = sets.iter().map(|set| set.relative()).collect();
        names.sort_by_key(|name| natural(key(name)));
        names.dedup();
        putln!(text, "---\n# {}.yaml", zone.as_str());
        for name in names {
            let here: Vec<&&Set> = sets.iter().filter(|set| set.relative() == name).collect();
            // A name of which nothing is published yet has no key either: octoDNS refuses an empty one.
            let waits = here.iter().all(|set| prepared.after(set).is_some());
            let marker = if waits { "# " } else { "" };
            putln!(text, "{marker}{}:", quoted(key(name)));
            let is_list = here.len() > 1;
            for set in here {
                let mut lines = String::new();
                record(&mut lines, set, is_list);
                text.push_str(&in_its_round(prepared, set, "#", &lines));
            }
        }
    }
    text
}

/// octoDNS calls the zone itself by the empty name.
fn key(relative: &str) -> &str {
    if relative == "@" { "" } else { relative }
}

fn record(text: &mut String, set: &Set, is_list: bool) {
    let (first, rest) = if is_list { ("- ", "  ") } else { ("  ", "  ") };
    putln!(text, "{first}ttl: {}", set.ttl);
    putln!(text, "{rest}type: {}", set.rtype.name());
    match set.values.as_slice() {
        [only @ (SetValue::Address(_) | SetValue::Host(_) | SetValue::Text(_))] => {
            putln!(text, "{rest}value: {}", scalar(only));
        }
        values => {
            putln!(text, "{rest}values:");
            for value in values {
                putln!(text, "{rest}- {}", item(value, rest));
            }
        }
    }
}

fn item(value: &SetValue, indent: &str) -> String {
    match value {
        SetValue::Mail(preference, host) => format!(
            "exchange: {}\n{indent}  preference: {preference}",
            quoted(&host.with_dot())
        ),
        other => scalar(other),
    }
}

fn scalar(value: &SetValue) -> String {
    match value {
        SetValue::Address(text) => quoted(text),
        SetValue::Host(host) | SetValue::Mail(_, host) => quoted(&host.with_dot()),
        // Its own escape, on top of YAML's: a bare `;` is refused.
        SetValue::Text(text) => quoted(&text.replace(';', "\\;")),
    }
}

/// A double-quoted scalar of YAML (§7.3.1): the only style that can hold every character.
fn quoted(text: &str) -> String {
    let mut yaml = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => yaml.extend(['\\', character]),
            ' '..='~' => yaml.push(character),
            other => {
                put!(yaml, "\\U{:08x}", u32::from(other));
            }
        }
    }
    yaml.push('"');
    yaml
}

/// The key of octoDNS's order: text and numbers by turns, numbers by their size.
fn natural(name: &str) -> Vec<(String, u128)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (text, after) = split(rest, |character| !character.is_ascii_digit());
        let (digits, after) = split(after, |character| character.is_ascii_digit());
        // A label has at most 63 characters, so that a number may be too large: it sorts last.
        let number = if digits.is_empty() {
            0
        } else {
            digits.parse().unwrap_or(u128::MAX)
        };
        parts.push((text.to_owned(), number));
        rest = after;
    }
    parts
}

fn split(text: &str, is_in: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text
        .find(|character| !is_in(character))
        .unwrap_or(text.len());
    text.split_at(end)
}
