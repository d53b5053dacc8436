//! Domains in a sandbox, whose DNS an external observer asks over real sockets.

use std::net::SocketAddr;

use clock::Clock;
use jiff::Timestamp;
use sandbox::Sandbox;
use sandbox::world::World;
use standards::dns::Name;
use tokio::net::{TcpListener, UdpSocket};
use verify::{Expected, HostedZone, Observer, Record, View};

/// The records that every domain publishes, by the labels below it.
const RECORDS: &[(&str, &str, &str)] = &[
    ("", "MX", "10 inbound-smtp.us-east-1.amazonaws.com"),
    ("", "TXT", "v=spf1 include:amazonses.com ~all"),
    ("_dmarc", "TXT", "v=DMARC1; p=reject"),
    ("mail1", "MX", "10 feedback-smtp.us-east-1.amazonses.com"),
    ("mail1", "TXT", "v=spf1 include:amazonses.com ~all"),
];

fn name(domain: &str, labels: &str) -> Name {
    let full = [labels, domain].join(".");
    full.trim_start_matches('.').parse().expect("a name")
}

/// A world in which each of `domains` has a hosted zone that is delegated to, with its records.
pub(crate) fn sandbox(domains: &[String]) -> Sandbox {
    let mut world = World::default();
    for domain in domains {
        let zone = world.seed_zone("111111111111", domain, true);
        let zone = zone.expect("a zone");
        for (labels, rtype, value) in RECORDS {
            let value = match *rtype {
                "TXT" => format!("\"{value}\""),
                _ => (*value).to_owned(),
            };
            let owner = name(domain, labels).to_string();
            world
                .seed_records(&zone, &owner, (rtype, 300), &[&value])
                .expect("a record");
        }
    }
    Sandbox::new(world, Clock::starting_at(now(), 1.0))
}

pub(crate) fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().expect("a time")
}

/// Serves the sandbox's DNS, and gives an external observer who asks there.
pub(crate) async fn observer(sandbox: &Sandbox) -> Observer {
    let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = udp.local_addr().expect("an address");
    let tcp = TcpListener::bind(address).await.expect("the same port");
    tokio::spawn(sandbox.clone().serve_dns(udp, tcp));
    let view = View {
        resolver: Some(address),
        name_servers: Some(address),
        ..View::default()
    };
    Observer::new(view).expect("an observer")
}

/// The plan of `domain`, whose zone is served by `servers`.
pub(crate) fn expected(domain: &str, servers: &[String]) -> Expected {
    let mut expected = Expected::of(name(domain, ""));
    expected.zone = Some(HostedZone {
        name: name(domain, ""),
        servers: servers
            .iter()
            .map(|server| server.parse().expect("a name"))
            .collect(),
    });
    expected.records = RECORDS
        .iter()
        .map(|(labels, rtype, value)| Record {
            name: name(domain, labels),
            rtype: rtype.parse().expect("a type"),
            values: vec![(*value).to_owned()],
            ttl: 300,
            alone: *rtype == "MX",
        })
        .collect();
    expected.instances = vec![verify::Instance {
        label: "marketing in us-east-1".to_owned(),
        mail_from: Some(name(domain, "mail1")),
        ..verify::Instance::default()
    }];
    expected
}
