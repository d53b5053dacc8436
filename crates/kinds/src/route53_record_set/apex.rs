//! A zone by the listing of its records, which every plan reads anyway: whether it is there, its name, and the
//! servers that it was given.

use model::KindError;
use standards::dns::RecordType;

use super::aws::read_into;
use crate::context::Context;
use crate::record::{SetKey, Sets};

/// Whether a zone is there.
pub(crate) async fn is_listed(context: &Context, zone_id: &str) -> Result<bool, KindError> {
    let zone = context.shared.zones.zone(zone_id).await;
    let mut zone = zone.lock().await;
    read_into(&mut zone, context, zone_id).await?;
    Ok(zone.sets.is_some())
}

/// The name and the servers of a public zone, as Route 53 wrote them into it. Nothing where somebody has changed
/// them since, or where there is no such zone.
pub(crate) async fn apex(
    context: &Context,
    zone_id: &str,
) -> Result<Option<(String, Vec<String>)>, KindError> {
    let zone = context.shared.zones.zone(zone_id).await;
    let mut zone = zone.lock().await;
    read_into(&mut zone, context, zone_id).await?;
    Ok(zone.sets.as_ref().and_then(given))
}

/// Route 53 writes four servers into a new zone, and names one of them in its SOA record (Developer Guide, "NS and
/// SOA records that Route 53 creates for a public hosted zone"). Whoever takes records over from another zone may
/// have written that zone's servers here; the SOA record, nobody takes over.
fn given(sets: &Sets) -> Option<(String, Vec<String>)> {
    let mut starts = sets.iter().filter(|(key, _)| key.rtype == RecordType::Soa);
    let ((key, start), None) = (starts.next()?, starts.next()) else {
        return None;
    };
    let set = sets.get(&SetKey::new(&key.name, RecordType::Ns))?;
    let servers: Vec<String> = set
        .values
        .iter()
        .map(|value| bare(&value.written))
        .collect();
    let first = start.values.first()?.written.split_whitespace().next()?;
    let is_given = servers.len() == 4
        && servers.iter().all(|server| is_of_route53(server))
        && servers.contains(&bare(first));
    is_given.then(|| (key.name.clone(), servers))
}

fn bare(server: &str) -> String {
    server.trim_end_matches('.').to_ascii_lowercase()
}

/// The servers of every private zone.
const PRIVATE: [&str; 4] = ["ns-0", "ns-512", "ns-1024", "ns-1536"];

/// Whether a name has the form of a server of public zones.
fn is_of_route53(server: &str) -> bool {
    let Some((host, zone)) = server.split_once('.') else {
        return false;
    };
    host.starts_with("ns-") && zone.starts_with("awsdns-") && !PRIVATE.contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LiveSet, LiveValue};

    fn set(name: &str, rtype: RecordType, values: &[&str]) -> (SetKey, LiveSet) {
        let values = values.iter().map(|value| LiveValue::read(rtype, value));
        let set = LiveSet {
            name: name.to_owned(),
            rtype,
            values: values.collect(),
            ttl: Some(900),
            alias: None,
            evaluates_health: false,
            routing: None,
        };
        (set.key(), set)
    }

    const SERVERS: [&str; 4] = [
        "ns-1.awsdns-01.com.",
        "ns-2.awsdns-02.net.",
        "ns-3.awsdns-03.org.",
        "ns-4.awsdns-04.co.uk.",
    ];

    #[test]
    fn only_servers_that_route_53_wrote_are_taken_from_a_listing() {
        let check = |servers: &[&str], start: &str, expect: bool| {
            let start = format!("{start} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400");
            let sets: Sets = [
                set("example.com", RecordType::Ns, servers),
                set("example.com", RecordType::Soa, &[&start]),
                set(
                    "sub.example.com",
                    RecordType::Ns,
                    &["ns.elsewhere.example."],
                ),
            ]
            .into();
            let given = given(&sets);
            assert_eq!(given.is_some(), expect, "{servers:?} {start}");
            if let Some((name, servers)) = given {
                assert_eq!(name, "example.com");
                assert_eq!(servers[3], "ns-4.awsdns-04.co.uk");
            }
        };
        check(&SERVERS, SERVERS[2], true);
        // The servers of another zone were written over those of this one.
        check(&SERVERS, "ns-9.awsdns-09.com.", false);
        // A server of somebody else beside them, and fewer than there were.
        check(
            &[SERVERS[0], SERVERS[1], SERVERS[2], "ns.example.net."],
            SERVERS[0],
            false,
        );
        check(&SERVERS[..3], SERVERS[0], false);
        // A private zone.
        let private = [
            "ns-0.awsdns-00.com.",
            "ns-512.awsdns-00.net.",
            "ns-1024.awsdns-00.org.",
            "ns-1536.awsdns-00.co.uk.",
        ];
        check(&private, private[0], false);
    }
}
