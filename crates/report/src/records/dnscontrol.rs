//! An extension of a domain of DNSControl, whose JavaScript is ES5: no comma after the last argument.
//! So each record has its comma before it, and can be commented out by itself.

use super::prepare::{Prepared, Set, SetValue};
use super::{comments, in_its_round};
use crate::put::put;

pub(super) fn print(prepared: &Prepared) -> String {
    let mut text = comments(prepared, "//");
    for (zone, sets) in prepared.by_zone() {
        put!(text, "D_EXTEND({}\n", quoted(zone.as_str()));
        for set in sets {
            let values = set.values.iter();
            let records = values.map(|value| format!("  , {}\n", record(set, value)));
            let records: String = records.collect();
            text.push_str(&in_its_round(prepared, set, "  //", &records));
        }
        text.push_str(");\n");
    }
    text
}

fn record(set: &Set, value: &SetValue) -> String {
    let value = match value {
        SetValue::Address(text) | SetValue::Text(text) => quoted(text),
        SetValue::Host(host) => quoted(&host.with_dot()),
        SetValue::Mail(preference, host) => format!("{preference}, {}", quoted(&host.with_dot())),
    };
    let name = quoted(set.relative());
    format!("{}({name}, {value}, TTL({}))", set.rtype.name(), set.ttl)
}

/// A string of JavaScript, in ASCII.
fn quoted(text: &str) -> String {
    let mut js = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => js.extend(['\\', character]),
            ' '..='~' => js.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    put!(js, "\\u{unit:04x}");
                }
            }
        }
    }
    js.push('"');
    js
}
