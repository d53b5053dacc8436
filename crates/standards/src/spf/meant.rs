//! The term that was meant by one that receivers cannot read, where its text decides it.

use std::net::{IpAddr, Ipv4Addr};

use super::fault::Fault;
use super::macro_string::DomainSpec;
use super::network::Network;

/// `fault` of `argument`, which names no domain and stands at byte `at` after the `name` octets of
/// a mechanism's name, with what was meant: the network of an address, or the domain of a URL.
pub(super) fn domain(fault: Fault, argument: &str, at: usize, name: usize) -> Fault {
    let Some(text) = argument.strip_prefix(':') else {
        return fault;
    };
    let end = at + argument.len();
    if let Some((term, is_sure)) = address(text) {
        return fault.meant(at.saturating_sub(name)..end, &term, is_sure);
    }
    match bare_domain(text) {
        // A port or a prefix length may be meant for another mechanism.
        Some(domain) => fault.meant(at + 1..end, domain, false),
        None => fault,
    }
}

/// The term of an address that stands where a domain belongs.
fn address(text: &str) -> Option<(String, bool)> {
    let text = text.trim_matches(['[', ']']);
    let network: Network = text.parse().ok()?;
    let family = if network.address().is_ipv4() { 4 } else { 6 };
    Some((format!("ip{family}:{text}"), true))
}

/// The domain of a URL or a mail address, or the one before a port or a path.
pub(super) fn bare_domain(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let end = rest.find([':', '/', '?', ',', ';']).unwrap_or(rest.len());
    let domain = &rest[..end];
    (domain.len() < text.len() && DomainSpec::is_written(domain)).then_some(domain)
}

/// The term that was meant by `text`, which is no network of IPv4 or IPv6, and whether nothing
/// else can be meant.
pub(super) fn network(text: &str, family: u8) -> Option<(String, bool)> {
    let bare = text.trim_matches(['[', ']', '"', '\'']);
    let (address, prefix) = bare.split_once('/').unwrap_or((bare, ""));
    let named = |network: &str| -> Option<String> {
        let parsed: Network = network.parse().ok()?;
        let is_of_family = parsed.address().is_ipv4() == (family == 4);
        is_of_family.then(|| format!("ip{family}:{network}"))
    };
    if bare.len() < text.len()
        && let Some(term) = named(bare)
    {
        return Some((term, true));
    }
    if let Some(network) = range(bare) {
        return named(&network).map(|term| (term, true));
    }
    if address.parse::<IpAddr>().is_ok() {
        // Without a number behind the slash, one address is the narrowest that can be meant.
        if prefix.is_empty() {
            return named(address).map(|term| (term, false));
        }
        if let Some(bits) = netmask(prefix) {
            return named(&format!("{address}/{bits}")).map(|term| (term, true));
        }
        let digits = prefix.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        // All of the Internet is nothing to guess for anybody.
        return named(&format!("{address}/{digits}")).map(|term| (term, digits != "0"));
    }
    if let Some(network) = octets(address, prefix) {
        return named(&network).map(|term| (term, false));
    }
    let has_letter = bare.bytes().any(|octet| octet.is_ascii_alphabetic());
    (has_letter && !bare.contains(':') && DomainSpec::is_written(bare))
        .then(|| (format!("a:{bare}"), false))
}

/// The prefix length of a mask such as `255.255.255.0`.
fn netmask(text: &str) -> Option<u32> {
    let mask = u32::from(text.parse::<Ipv4Addr>().ok()?);
    let bits = mask.leading_ones();
    (mask.count_ones() == bits && bits > 0).then_some(bits)
}

/// The network of exactly the IPv4 addresses from one to another: `192.0.2.0-192.0.2.255`.
/// All of the Internet is nothing to guess for anybody.
fn range(text: &str) -> Option<String> {
    let (first, last) = text.split_once('-')?;
    let (first, last): (Ipv4Addr, Ipv4Addr) = (first.parse().ok()?, last.parse().ok()?);
    let (start, end) = (u32::from(first), u32::from(last));
    let bits = (start ^ end).leading_zeros();
    let hosts = u32::MAX.checked_shr(bits).unwrap_or(0);
    (bits > 0 && start & hosts == 0 && end & hosts == hosts).then(|| format!("{first}/{bits}"))
}

/// The network of an IPv4 address whose last octets are missing or stars, or have zeros before
/// them: `192.0.2`, `192.0.*.*`, `192.000.002.001`.
fn octets(address: &str, prefix: &str) -> Option<String> {
    let parts: Vec<&str> = address.trim_end_matches('.').split('.').collect();
    let is_open = |part: &&str| matches!(*part, "*" | "x" | "X");
    let known: Vec<&str> = parts
        .iter()
        .copied()
        .take_while(|part| !is_open(part))
        .collect();
    if parts.len() > 4 || known.len() < 2 || !parts[known.len()..].iter().all(is_open) {
        return None;
    }
    let is_digits =
        |part: &&str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
    if !known.iter().all(is_digits) {
        return None;
    }
    let numbers: Option<Vec<u8>> = known.iter().map(|part| part.parse().ok()).collect();
    let mut numbers = numbers?;
    let bits = numbers.len() * 8;
    numbers.resize(4, 0);
    let shown: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let address = shown.join(".");
    Some(match (prefix, bits) {
        ("", 32) => address,
        ("", bits) => format!("{address}/{bits}"),
        (prefix, _) => format!("{address}/{prefix}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_that_were_meant() {
        let check = |text: &str, family: u8, expect: Option<(&str, bool)>| {
            let found = network(text, family);
            let found = found
                .as_ref()
                .map(|(term, is_sure)| (term.as_str(), *is_sure));
            assert_eq!(found, expect, "{text}");
        };
        check(
            "192.0.2.0/255.255.255.0",
            4,
            Some(("ip4:192.0.2.0/24", true)),
        );
        check("192.0.2.0/255.0.255.0", 4, None);
        check("192.0.2.0/0.0.0.0", 4, None);
        check("192.0.2.0/024", 4, Some(("ip4:192.0.2.0/24", true)));
        // Never wider than what is written.
        check("192.0.2.1/", 4, Some(("ip4:192.0.2.1", false)));
        check("192.0.2.1/33", 4, None);
        check("192.0.2.1/0x18", 4, None);
        check("192.0.2", 4, Some(("ip4:192.0.2.0/24", false)));
        check("192.0.2.*", 4, Some(("ip4:192.0.2.0/24", false)));
        check("192.0.*.*", 4, Some(("ip4:192.0.0.0/16", false)));
        check("192.*.2.1", 4, None);
        check("192", 4, None);
        check("*.*.*.*", 4, None);
        check("192.000.002.001", 4, Some(("ip4:192.0.2.1", false)));
        check("192.0.2.256", 4, None);
        check("192.0.2.0-192.0.2.255", 4, Some(("ip4:192.0.2.0/24", true)));
        check("192.0.2.1-192.0.2.1", 4, Some(("ip4:192.0.2.1/32", true)));
        check("192.0.2.1-192.0.2.9", 4, None);
        check("192.0.2.255-192.0.2.0", 4, None);
        check("0.0.0.0-255.255.255.255", 4, None);
        check("[2001:db8::1]", 6, Some(("ip6:2001:db8::1", true)));
        check("\"192.0.2.1\"", 4, Some(("ip4:192.0.2.1", true)));
        check("mail.example.com", 4, Some(("a:mail.example.com", false)));
        check("2001:db8::1/129", 6, None);
    }
}
