//! Record values: from Route 53's spelling to the one of zone files, and from there to the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hickory_proto::rr::rdata::{CAA, NULL, TXT};
use hickory_proto::rr::{Name, RData, RecordType};

use crate::dns_text::name::DnsName;
use crate::dns_text::strings::{self, Escapes};

/// Route 53's spelling of a value in zone-file presentation: host names in lower case without the
/// dot at the end, strings quoted, octets escaped in decimal.
pub(crate) fn to_presentation(rtype: &str, value: &str) -> String {
    let fields: Vec<&str> = value.split_whitespace().collect();
    match (rtype, fields.as_slice()) {
        ("TXT" | "SPF", _) => strings::read(value, Escapes::Octal)
            .map_or_else(|_| value.to_owned(), |strings| strings::write(&strings)),
        ("CAA", [flags, tag, ..]) => {
            let text = after_fields(value, 2);
            let text = strings::read(text, Escapes::Octal)
                .map_or_else(|_| text.to_owned(), |strings| strings::write(&strings));
            format!("{flags} {} {text}", tag.to_ascii_lowercase())
        }
        ("CNAME" | "NS" | "PTR", [host]) => host_name(host),
        ("MX", [preference, host]) => format!("{preference} {}", host_name(host)),
        ("SRV", [priority, weight, port, host]) => {
            format!("{priority} {weight} {port} {}", host_name(host))
        }
        ("SOA", [master, mailbox, numbers @ ..]) => {
            format!(
                "{} {} {}",
                host_name(master),
                host_name(mailbox),
                numbers.join(" ")
            )
        }
        ("AAAA", [address]) => address
            .parse::<std::net::Ipv6Addr>()
            .map_or_else(|_| value.to_owned(), |address| address.to_string()),
        _ => fields.join(" "),
    }
}

fn host_name(text: &str) -> String {
    DnsName::parse(text).map_or_else(|_| text.to_owned(), |name| name.plain())
}

/// The rest of a value after its first `count` fields.
pub(crate) fn after_fields(value: &str, count: usize) -> &str {
    (0..count).fold(value.trim(), |rest, _| {
        rest.split_once(char::is_whitespace)
            .map_or("", |(_, rest)| rest.trim_start())
    })
}

/// A value in zone-file presentation as hickory's type; nothing if it cannot be said on the wire.
pub(crate) fn to_rdata(rtype: RecordType, value: &str) -> Option<RData> {
    match rtype {
        // hickory reads no escapes inside strings, so the strings are read here.
        RecordType::TXT => {
            let strings = strings::read(value, Escapes::Decimal).ok()?;
            let octets = strings.iter().map(Vec::as_slice).collect();
            Some(RData::TXT(TXT::from_bytes(octets)))
        }
        RecordType::CAA => {
            let mut fields = value.split_whitespace();
            let flags: u8 = fields.next()?.parse().ok()?;
            let tag = fields.next()?.to_owned();
            let text = strings::read(after_fields(value, 2), Escapes::Decimal).ok()?;
            let mut caa = CAA::new_issue(flags & 0x80 != 0, None, Vec::new());
            caa.reserved_flags = flags & 0x7f;
            caa.tag = tag;
            caa.value = text.into_iter().next()?;
            Some(RData::CAA(caa))
        }
        // hickory has neither without its DNSSEC feature.
        RecordType::DS => to_ds(value),
        RecordType::DNSKEY => to_dnskey(value),
        _ => RData::try_from_str(rtype, &absolute(rtype, value)).ok(),
    }
}

/// Key tag, algorithm, digest type and digest (RFC 4034, section 5.1).
fn to_ds(value: &str) -> Option<RData> {
    let mut fields = value.split_whitespace();
    let key_tag: u16 = fields.next()?.parse().ok()?;
    let mut octets = key_tag.to_be_bytes().to_vec();
    octets.push(fields.next()?.parse().ok()?);
    octets.push(fields.next()?.parse().ok()?);
    let digest: String = fields.collect();
    for start in (0..digest.len()).step_by(2) {
        octets.push(u8::from_str_radix(digest.get(start..start + 2)?, 16).ok()?);
    }
    Some(RData::Unknown {
        code: RecordType::DS,
        rdata: NULL::with(octets),
    })
}

/// Flags, protocol, algorithm and key (RFC 4034, section 2.1).
fn to_dnskey(value: &str) -> Option<RData> {
    let mut fields = value.split_whitespace();
    let flags: u16 = fields.next()?.parse().ok()?;
    let mut octets = flags.to_be_bytes().to_vec();
    octets.push(fields.next()?.parse().ok()?);
    octets.push(fields.next()?.parse().ok()?);
    let key: String = fields.collect();
    octets.extend(STANDARD.decode(key).ok()?);
    Some(RData::Unknown {
        code: RecordType::DNSKEY,
        rdata: NULL::with(octets),
    })
}

/// hickory takes names without a dot at the end as relative to an origin.
fn absolute(rtype: RecordType, value: &str) -> String {
    let with_dot = |host: &str| match host {
        "." => ".".to_owned(),
        host => format!("{host}."),
    };
    let fields: Vec<&str> = value.split_whitespace().collect();
    match (rtype, fields.as_slice()) {
        (RecordType::SOA, [master, mailbox, numbers @ ..]) => {
            format!(
                "{} {} {}",
                with_dot(master),
                with_dot(mailbox),
                numbers.join(" ")
            )
        }
        (
            RecordType::CNAME | RecordType::NS | RecordType::PTR | RecordType::MX | RecordType::SRV,
            [before @ .., host],
        ) => {
            let mut text = before.join(" ");
            text.push(' ');
            text.push_str(&with_dot(host));
            text.trim_start().to_owned()
        }
        _ => value.to_owned(),
    }
}

/// A name in zone-file presentation as hickory's type.
pub(crate) fn to_wire_name(name: &DnsName) -> Option<Name> {
    let mut wire = Name::from_labels(name.labels()).ok()?;
    wire.set_fqdn(true);
    Some(wire)
}
