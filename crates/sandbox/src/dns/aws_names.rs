//! The names that AWS itself answers for.

use jiff::Timestamp;

use crate::dns::answer::Answer;
use crate::dns::answers::{AwsNames, Record};
use crate::dns_text::name::DnsName;

/// The time to live of AWS's own records.
const TTL: u32 = 60;

/// Whether a name is one that AWS answers for here.
pub(crate) fn is_one(name: &DnsName) -> bool {
    let name = name.plain();
    ["cloudfront.net", "amazonses.com", "amazonaws.com"]
        .iter()
        .any(|zone| name == *zone || name.ends_with(&format!(".{zone}")))
        || is_name_server(&name)
}

/// AWS's answer for one of its names.
pub(crate) fn answer(aws: &dyn AwsNames, name: &DnsName, rtype: &str) -> Answer {
    let plain = name.plain();
    let values = if plain.ends_with(".cloudfront.net") {
        distribution(aws, &plain, rtype)
    } else {
        own(&plain, rtype).or_else(|| aws.dkim_key(&plain, rtype))
    };
    match values {
        None => Answer::NxDomain,
        Some(values) if values.is_empty() => Answer::NoData,
        Some(values) => {
            let records = values.into_iter().map(|value| Record {
                name: plain.clone(),
                rtype: rtype.to_owned(),
                ttl: TTL,
                value,
            });
            Answer::Records(records.collect(), Timestamp::MIN)
        }
    }
}

/// The SOA record of AWS's zone around a name: without it an empty answer could as well be the end of
/// a chain that somebody gave up to follow (RFC 2308, section 2).
pub(crate) fn start_of_authority(name: &DnsName) -> Record {
    let zone = if is_name_server(&name.plain()) {
        name.ancestor(name.depth().saturating_sub(1))
    } else {
        name.ancestor(2)
    };
    Record {
        name: zone.plain(),
        rtype: "SOA".to_owned(),
        ttl: TTL,
        value: format!("ns-1.awsdns-00.com awsdns-hostmaster.amazon.com 1 7200 900 1209600 {TTL}"),
    }
}

/// Values of a type; empty if the name exists without the type, nothing if it does not exist.
type Values = Option<Vec<String>>;

/// Names that are always there: mail servers by region, buckets, and the SPF record of SES.
fn own(name: &str, rtype: &str) -> Values {
    let labels: Vec<&str> = name.split('.').collect();
    let (of_type, value) = match labels.as_slice() {
        ["inbound-smtp", _, "amazonaws", "com"]
        | ["feedback-smtp", _, "amazonses", "com"]
        | [_, .., "s3", _, "amazonaws", "com"]
        | [_, .., "s3", "amazonaws", "com"] => ("A", "127.0.0.1"),
        ["amazonses", "com"] => (
            "TXT",
            "\"v=spf1 ip4:199.255.192.0/22 ip4:199.127.232.0/22 ip4:54.240.0.0/18 \
             ip4:69.169.224.0/20 ip4:23.249.208.0/20 ip4:23.251.224.0/19 ip4:76.223.176.0/20 \
             ip4:54.240.64.0/18 ip4:76.223.128.0/19 ip4:216.221.160.0/19 ip4:206.55.144.0/20 -all\"",
        ),
        ["amazonaws" | "cloudfront", _] | ["dkim", "amazonses", "com"] => ("", ""),
        _ if is_name_server(name) => ("A", "127.0.0.1"),
        _ => return None,
    };
    Some(if of_type == rtype {
        vec![value.to_owned()]
    } else {
        Vec::new()
    })
}

/// Route 53's name servers: `ns-1234.awsdns-56.co.uk`.
fn is_name_server(name: &str) -> bool {
    let mut labels = name.split('.');
    labels.next().is_some_and(|label| label.starts_with("ns-"))
        && labels
            .next()
            .is_some_and(|label| label.starts_with("awsdns-"))
}

/// The addresses of a distribution.
fn distribution(aws: &dyn AwsNames, name: &str, rtype: &str) -> Values {
    let addresses = aws.distribution(name)?;
    let of_type = addresses.iter().filter(|address| {
        (rtype == "A" && address.is_ipv4()) || (rtype == "AAAA" && address.is_ipv6())
    });
    Some(of_type.map(ToString::to_string).collect())
}
