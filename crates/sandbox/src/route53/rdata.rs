//! Which values a record of each type may have.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::dns_text::name::DnsName;
use crate::dns_text::strings::{self, Escapes, StringProblem};
use crate::dns_text::value::after_fields;

/// How many characters the value of a record may have.
const CHARS_MAX: usize = 4000;

/// Checks one value; the error is Route 53's whole message.
pub(crate) fn check(rtype: &str, value: &str) -> Result<(), String> {
    problem(rtype, value).map_err(|problem| {
        format!("Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''")
    })
}

fn problem(rtype: &str, value: &str) -> Result<(), String> {
    if value.chars().count() > CHARS_MAX {
        return Err(StringProblem::TooLong.to_string());
    }
    let fields: Vec<&str> = value.split_whitespace().collect();
    match rtype {
        "A" => {
            let address = single(rtype, &fields)?;
            let valid = address.parse::<Ipv4Addr>().is_ok();
            ensure(
                valid,
                "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
            )
        }
        "AAAA" => {
            let address = single(rtype, &fields)?;
            let valid = address.parse::<Ipv6Addr>().is_ok();
            ensure(
                valid,
                "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
            )
        }
        "CNAME" | "NS" | "PTR" => host(single(rtype, &fields)?),
        "MX" => {
            count(rtype, &fields, 2, "Two")?;
            number(
                fields[0],
                u16::MAX.into(),
                "MXRRDATAIllegalPriority (MX priority is not valid)",
            )?;
            host(fields[1])
        }
        "TXT" | "SPF" => strings::read(value, Escapes::Octal)
            .map(|_| ())
            .map_err(|problem| problem.to_string()),
        "CAA" => caa(value, &fields),
        "SRV" => {
            count(rtype, &fields, 4, "Four")?;
            for field in &fields[..3] {
                number(
                    field,
                    u16::MAX.into(),
                    "SRVRRDATAIllegalNumber (SRV number is not valid)",
                )?;
            }
            host(fields[3])
        }
        "SOA" => {
            count(rtype, &fields, 7, "Seven")?;
            host(fields[0])?;
            host(fields[1])?;
            fields[2..].iter().try_for_each(|field| {
                number(
                    field,
                    u32::MAX.into(),
                    "SOARRDATAIllegalNumber (SOA number is not valid)",
                )
            })
        }
        "NAPTR" => at_least(rtype, &fields, 6, "Six"),
        "DS" | "TLSA" => at_least(rtype, &fields, 4, "Four"),
        "SSHFP" => count(rtype, &fields, 3, "Three"),
        _ => at_least(rtype, &fields, 2, "Two"),
    }
}

/// `flags tag "value"` (RFC 8659, section 4.1).
fn caa(value: &str, fields: &[&str]) -> Result<(), String> {
    at_least("CAA", fields, 3, "Three")?;
    number(
        fields[0],
        u8::MAX.into(),
        "CAARRDATAIllegalFlags (CAA flags are not valid)",
    )?;
    let tag = fields[1];
    ensure(
        tag.len() <= 15 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "CAARRDATAIllegalTag (CAA tag is not valid)",
    )?;
    let strings = strings::read(after_fields(value, 2), Escapes::Octal)
        .map_err(|problem| problem.to_string())?;
    ensure(
        strings.len() == 1,
        "CAARRDATANotThreeFields (CAA record doesn't have 3 fields)",
    )
}

fn single<'a>(rtype: &str, fields: &[&'a str]) -> Result<&'a str, String> {
    match fields {
        [field] => Ok(field),
        [] => Err("DomainNameEmpty (Domain name is empty)".to_owned()),
        _ => Err(format!(
            "{rtype}RRDATANotSingleField (Value contains spaces)"
        )),
    }
}

fn count(rtype: &str, fields: &[&str], wanted: usize, word: &str) -> Result<(), String> {
    if fields.len() == wanted {
        return Ok(());
    }
    Err(wrong_count(rtype, wanted, word))
}

fn at_least(rtype: &str, fields: &[&str], wanted: usize, word: &str) -> Result<(), String> {
    if fields.len() >= wanted {
        return Ok(());
    }
    Err(wrong_count(rtype, wanted, word))
}

fn wrong_count(rtype: &str, wanted: usize, word: &str) -> String {
    format!("{rtype}RRDATANot{word}Fields ({rtype} record doesn't have {wanted} fields)")
}

fn number(field: &str, max: u64, problem: &str) -> Result<(), String> {
    let valid = field.bytes().all(|byte| byte.is_ascii_digit())
        && field.parse::<u64>().is_ok_and(|number| number <= max);
    ensure(valid, problem)
}

fn host(field: &str) -> Result<(), String> {
    DnsName::parse(field)
        .map(|_| ())
        .map_err(|problem| problem.to_string())
}

fn ensure(valid: bool, problem: &str) -> Result<(), String> {
    if valid {
        Ok(())
    } else {
        Err(problem.to_owned())
    }
}
