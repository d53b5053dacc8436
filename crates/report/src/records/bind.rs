//! A zone file (RFC 1035 §5) without SOA and NS, to be included into the zone.

use standards::dns::{Presentation, Txt};

use super::comments;
use super::prepare::{Prepared, SetValue};
use crate::put::put;

pub(super) fn print(prepared: &Prepared, relative: bool) -> String {
    let mut text = String::from("; Records to publish. Include this file into the zone.\n");
    text.push_str(&comments(prepared, ";"));
    let mut block = None;
    for set in &prepared.sets {
        let after = prepared.after(set);
        // A server ignores what is commented out, until a person publishes that round.
        let hidden = if after.is_some() { "; " } else { "" };
        if block != Some((set.round, &set.zone)) {
            block = Some((set.round, &set.zone));
            text.push('\n');
            if let Some(after) = &after {
                put!(text, "; after {}:\n", crate::escape(after));
            }
            let zone = set.zone.with_dot();
            if relative {
                put!(text, "{hidden}$ORIGIN {zone}\n");
            } else {
                put!(text, "; zone {zone}\n");
            }
        }
        let is_within = set.name.is_within(&set.zone);
        let name = if relative && is_within {
            set.relative().to_owned()
        } else {
            set.name.with_dot()
        };
        // A server refuses or ignores what belongs to another zone.
        let marker = if is_within { hidden } else { "; " };
        for value in &set.values {
            put!(
                text,
                "{marker}{name} {} IN {} {}\n",
                set.ttl,
                set.rtype.name(),
                written(value)
            );
        }
    }
    text
}

fn written(value: &SetValue) -> String {
    match value {
        SetValue::Address(text) => text.clone(),
        SetValue::Host(host) => host.with_dot(),
        SetValue::Mail(preference, host) => format!("{preference} {}", host.with_dot()),
        SetValue::Text(text) => Txt::from(text.as_str()).print(Presentation::ZoneFile),
    }
}
