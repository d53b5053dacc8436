//! Registration data (RDAP): IANA's list of the servers (RFC 9224), and one server that stands for those of
//! all registries (RFC 9083).

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cloudfront::edge::Answer;
use crate::dns_text::name::DnsName;
use crate::world::World;

/// The host that has the list.
const LIST: &str = "data.iana.org";
/// The path of the list of names.
const LIST_PATH: &str = "/rdap/dns.json";
/// The host of the server.
const SERVER: &str = "rdap.registries.example";
/// The path below which it answers.
const BASE: &str = "/rdap/";

/// Whether a host is one of these.
pub(crate) fn is_one(host: &str) -> bool {
    [LIST, SERVER].contains(&host)
}

/// The answer to a GET; nothing from every other host.
pub(crate) fn answer(world: &World, host: &str, target: &str, now: Timestamp) -> Option<Answer> {
    match host {
        LIST => Some(list(world, target, now)),
        SERVER => Some(registry(world, target, now)),
        _ => None,
    }
}

fn list(world: &World, target: &str, now: Timestamp) -> Answer {
    if target != LIST_PATH {
        return missing();
    }
    let domains: Vec<String> = world.dns.top_level_domains().into_iter().collect();
    let servers = [format!("https://{SERVER}{BASE}")];
    found(
        "application/json",
        &json!({
            "version": "1.0",
            "publication": now.to_string(),
            "description": "RDAP bootstrap file of a sandbox",
            "services": [[domains, servers]],
        }),
    )
}

fn registry(world: &World, target: &str, now: Timestamp) -> Answer {
    let name = target.strip_prefix(BASE);
    let name = name.and_then(|path| path.strip_prefix("domain/"));
    let name = name.and_then(|name| DnsName::parse(name).ok());
    let expires = name.as_ref().and_then(|name| world.dns.expires(name, now));
    let (Some(name), Some(expires)) = (name, expires) else {
        return missing();
    };
    let event = |action: &str, at: Timestamp| json!({ "eventAction": action, "eventDate": at });
    found(
        "application/rdap+json",
        &json!({
            "objectClassName": "domain",
            "rdapConformance": ["rdap_level_0"],
            "ldhName": name.plain(),
            "status": ["active"],
            "events": [
                event("registration", Timestamp::UNIX_EPOCH),
                event("expiration", expires),
                event("last update of RDAP database", now),
            ],
        }),
    )
}

fn found(media_type: &str, body: &Value) -> Answer {
    Answer {
        status: 200,
        headers: BTreeMap::from([("content-type".to_owned(), media_type.to_owned())]),
        body: Bytes::from(body.to_string()),
    }
}

fn missing() -> Answer {
    Answer {
        status: 404,
        headers: BTreeMap::new(),
        body: Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r"
registrations:
  example.com: { expires: 2027-03-01T00:00:00Z }
  example.net: {}
  example.io: { rdap: false }
";

    fn get(host: &str, target: &str) -> Option<Value> {
        let world = World::from_yaml(FILE).expect("a world");
        let now = "2026-11-30T00:00:00Z".parse().expect("a time");
        let answer = answer(&world, host, target, now).expect("one of them");
        (answer.status == 200).then(|| serde_json::from_slice(&answer.body).expect("JSON"))
    }

    #[test]
    fn a_registry_tells_until_when() {
        let expires = |name: &str| {
            let domain = get(SERVER, &format!("{BASE}domain/{name}"))?;
            let mut events = domain["events"].as_array().expect("a list").iter();
            let event = events.find(|event| event["eventAction"] == "expiration");
            Some(event.expect("an event")["eventDate"].clone())
        };
        assert_eq!(expires("example.com"), Some(json!("2027-03-01T00:00:00Z")));
        // What nobody said anything of is renewed in time.
        assert_eq!(expires("example.net"), Some(json!("2028-01-01T00:00:00Z")));
        assert_eq!(expires("example.org"), None);
    }

    #[test]
    fn the_list_has_the_domains_whose_registries_answer() {
        let list = get(LIST, LIST_PATH).expect("a list");
        assert_eq!(list["services"][0][0], json!(["com", "net"]));
        assert_eq!(get(LIST, "/"), None);
    }
}
