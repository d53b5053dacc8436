//! Resources of Terraform's `hashicorp/dns` provider, which writes to any server that takes RFC 2136
//! updates.

use std::collections::BTreeMap;

use super::prepare::{Prepared, Set, SetType, SetValue};
use super::{comments, in_its_round};
use crate::put::{put, putln};

pub(super) fn print(prepared: &Prepared) -> String {
    let mut text = comments(prepared, "#");
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for (_, sets) in prepared.by_zone() {
        for set in sets {
            let name = identifier(set);
            let count = used.entry(name.clone()).or_default();
            *count += 1;
            let name = match count {
                1 => name,
                count => format!("{name}_{count}"),
            };
            if !text.is_empty() {
                text.push('\n');
            }
            let mut block = String::new();
            resource(&mut block, set, &name);
            text.push_str(&in_its_round(prepared, set, "#", &block));
        }
    }
    text
}

fn resource(text: &mut String, set: &Set, name: &str) {
    let kind = match set.rtype {
        SetType::A => "dns_a_record_set",
        SetType::Aaaa => "dns_aaaa_record_set",
        SetType::Cname => "dns_cname_record",
        SetType::Mx => "dns_mx_record_set",
        SetType::Txt => "dns_txt_record_set",
    };
    putln!(text, "resource \"{kind}\" \"{name}\" {{");
    putln!(text, "  zone = {}", quoted(&set.zone.with_dot()));
    if set.relative() != "@" {
        putln!(text, "  name = {}", quoted(set.relative()));
    }
    putln!(text, "  ttl  = {}", set.ttl);
    match set.rtype {
        SetType::A | SetType::Aaaa => list(text, "addresses", set),
        SetType::Txt => list(text, "txt", set),
        SetType::Cname => {
            if let Some(value) = set.values.first() {
                putln!(text, "\n  cname = {}", scalar(value));
            }
        }
        SetType::Mx => {
            for value in &set.values {
                if let SetValue::Mail(preference, _) = value {
                    putln!(
                        text,
                        "\n  mx {{\n    preference = {preference}\n    exchange   = {}\n  }}",
                        scalar(value)
                    );
                }
            }
        }
    }
    text.push_str("}\n");
}

fn list(text: &mut String, field: &str, set: &Set) {
    let values: Vec<String> = set.values.iter().map(scalar).collect();
    match values.as_slice() {
        [only] => putln!(text, "\n  {field} = [{only}]"),
        values => putln!(
            text,
            "\n  {field} = [\n    {},\n  ]",
            values.join(",\n    ")
        ),
    }
}

fn scalar(value: &SetValue) -> String {
    match value {
        SetValue::Address(text) | SetValue::Text(text) => quoted(text),
        SetValue::Host(host) | SetValue::Mail(_, host) => quoted(&host.with_dot()),
    }
}

/// A name for the resource, from the record's own.
fn identifier(set: &Set) -> String {
    let text = format!(
        "{}_{}",
        set.name.as_str(),
        set.rtype.name().to_ascii_lowercase()
    );
    let name: String = text
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '_'
            }
        })
        .collect();
    // An identifier of HCL can't begin with a digit.
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("r_{name}")
    } else {
        name
    }
}

/// A quoted template of HCL: `${` and `%{` would begin an expression.
fn quoted(text: &str) -> String {
    let mut hcl = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\\' => hcl.extend(['\\', character]),
            '$' | '%' if rest.peek() == Some(&'{') => hcl.extend([character, character]),
            ' '..='~' => hcl.push(character),
            other => {
                put!(hcl, "\\U{:08X}", u32::from(other));
            }
        }
    }
    hcl.push('"');
    hcl
}
