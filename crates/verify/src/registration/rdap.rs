//! The documents of RDAP: the list of its servers (RFC 9224), and a domain (RFC 9083).

use jiff::Timestamp;
use serde::Deserialize;
use standards::dns::Name;

/// The servers of the registries.
#[derive(Debug, Deserialize)]
pub(super) struct Servers {
    /// Names, and the servers that know what is below them.
    services: Vec<(Vec<String>, Vec<String>)>,
}

impl Servers {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The URL below which the server for `domain` answers: that of the longest name around it. One without
    /// TLS is not asked.
    pub(super) fn server_of(&self, domain: &Name) -> Option<&str> {
        let around = |name: &&String| {
            let name = name.to_ascii_lowercase();
            let rest = domain.as_str().strip_suffix(&name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let served = self.services.iter().flat_map(|(names, servers)| {
            let names = names.iter().filter(around);
            names.map(move |name| (name.split('.').count(), servers))
        });
        let (_, servers) = served.max_by_key(|(labels, _)| *labels)?;
        let mut servers = servers.iter().map(String::as_str);
        servers.find(|server| is_https(server))
    }
}

/// Whether a URL is one of HTTPS.
pub(super) fn is_https(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

#[derive(Debug, Deserialize)]
struct Domain {
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_action: String,
    event_date: Option<String>,
}

/// The end of a registration, as a domain's object tells it.
pub(super) fn expiration(bytes: &[u8]) -> Result<Timestamp, String> {
    let domain: Domain = serde_json::from_slice(bytes)
        .map_err(|error| format!("what the registry answers is no domain: {error}"))?;
    let mut events = domain.events.into_iter();
    let event = events.find(|event| event.event_action == "expiration");
    let date = event.and_then(|event| event.event_date);
    let date = date.ok_or("the registry does not tell until when")?;
    date.parse()
        .map_err(|error| format!("the date of the registry is none: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{
        "version": "1.0",
        "publication": "2026-06-26T18:00:02Z",
        "description": "RDAP bootstrap file for Domain Name System registrations",
        "services": [
            [["kg"], ["http://rdap.cctld.kg/"]],
            [["Com"], ["http://rdap.example/com/", "HTTPS://rdap.example/com/"]],
            [["uk"], ["https://rdap.example/uk/"]],
            [["co.uk", "net"], ["https://rdap.example/co/"]]
        ]
    }"#;

    #[test]
    fn a_server_is_that_of_the_longest_name_and_speaks_https() {
        let servers = Servers::parse(LIST.as_bytes()).expect("a list");
        let check = |domain: &str, expect: Option<&str>| {
            let domain = Name::parse(domain).expect("a name");
            assert_eq!(servers.server_of(&domain), expect, "{domain}");
        };
        check("example.com", Some("HTTPS://rdap.example/com/"));
        check("example.co.uk", Some("https://rdap.example/co/"));
        check("example.org.uk", Some("https://rdap.example/uk/"));
        check("example.kg", None);
        check("example.org", None);
        check("example.telecom", None);
        assert!(Servers::parse(b"<html>").is_err());
    }

    #[test]
    fn the_end_is_the_event_called_expiration() {
        let check = |events: &str, expect: Result<&str, &str>| {
            let text = format!(r#"{{ "objectClassName": "domain", "events": {events} }}"#);
            match (expiration(text.as_bytes()), expect) {
                (Ok(end), Ok(expect)) => assert_eq!(end.to_string(), expect),
                (Err(error), Err(expect)) => assert!(error.contains(expect), "{error}"),
                (found, _) => panic!("{events}: {found:?}"),
            }
        };
        check(
            r#"[{ "eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z" },
                { "eventAction": "expiration", "eventDate": "2027-08-13T06:00:00+02:00" },
                { "eventAction": "registrar expiration", "eventDate": "2027-01-01T00:00:00Z" }]"#,
            Ok("2027-08-13T04:00:00Z"),
        );
        check("[]", Err("does not tell until when"));
        check(r#"[{ "eventAction": "expiration" }]"#, Err("until when"));
        check(
            r#"[{ "eventAction": "expiration", "eventDate": "soon" }]"#,
            Err("is none"),
        );
        assert!(expiration(b"").is_err());
        assert!(expiration(b"{}").is_err());
    }
}
