//! Zones on name servers that are no part of the sandbox: taken over whole, as a secondary takes
//! them from its primary (AXFR, RFC 5936). So the public DNS of the sandbox's world answers what
//! somebody else's server really has.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{self, RData, RecordType};
use jiff::Timestamp;

use crate::Sandbox;
use crate::dns::State;
use crate::dns_text::name::{DnsName, NameProblem};
use crate::dns_text::{strings, value};
use crate::route53::record_set::RecordSet;

/// How long a primary may be silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// More records than these are not a zone for a sandbox.
const RECORDS_MAX: usize = 100_000;

/// A zone could not be taken over.
#[derive(Debug, thiserror::Error)]
#[error("could not take the zone {zone} over from its name server {server} (AXFR)")]
pub struct TransferError {
    zone: String,
    server: SocketAddr,
    source: io::Error,
}

impl Sandbox {
    /// Takes over the zones that are on name servers outside, as they are now.
    pub fn transfer_zones(&self) -> Result<(), TransferError> {
        let servers = self.world().dns.name_servers.clone();
        for (zone, server) in servers {
            let records = transfer(&zone, server).map_err(|source| TransferError {
                zone: zone.plain(),
                server,
                source,
            })?;
            let mut world = self.world();
            world.dns.take_over(&zone, records, self.clock().now());
            self.save(&world);
        }
        Ok(())
    }
}

impl State {
    /// Says that the server at this address has `zone`, in place of whatever is there.
    pub fn serve_zone(&mut self, zone: &str, server: SocketAddr) -> Result<(), NameProblem> {
        self.name_servers.insert(DnsName::parse(zone)?, server);
        Ok(())
    }

    /// The server that has the zone of `name`, if it is one outside.
    pub fn name_server(&self, name: &str) -> Option<SocketAddr> {
        let name = DnsName::parse(name).ok()?;
        let mut zones = self.name_servers.iter();
        let (_, server) = zones.find(|(zone, _)| name.is_within(zone))?;
        Some(*server)
    }

    /// Makes the zone consist of these records. Those that were there before stay as old as they are.
    fn take_over(&mut self, apex: &DnsName, records: Vec<rr::Record>, now: Timestamp) {
        let mut sets: BTreeMap<(DnsName, String), (u32, Vec<String>)> = BTreeMap::new();
        for record in records {
            let name = DnsName::from_labels(record.name.iter());
            let set = sets.entry((name, record.record_type().to_string()));
            let (ttl, values) = set.or_insert((record.ttl, Vec::new()));
            *ttl = record.ttl.min(*ttl);
            values.push(spelled(&record.data));
        }
        let sets = sets.into_iter().map(|((name, rtype), (ttl, mut values))| {
            // Servers give the values of a set in any order.
            values.sort();
            RecordSet::simple(name, &rtype, ttl, values)
        });
        let sets: BTreeMap<_, _> = sets.map(|set| (set.key.clone(), set)).collect();
        let zone = self.elsewhere.entry(apex.clone()).or_default();
        let gone = zone.from(None).map(|set| set.key.clone());
        let gone: Vec<_> = gone.filter(|key| !sets.contains_key(key)).collect();
        for key in gone {
            zone.put(key, None, now, now);
        }
        for (key, set) in sets {
            zone.put(key, Some(set), now, now);
        }
    }
}

fn spelled(data: &RData) -> String {
    match data {
        RData::TXT(txt) => {
            let octets: Vec<Vec<u8>> = txt.txt_data.iter().map(|text| text.to_vec()).collect();
            strings::write(&octets)
        }
        other => other.to_string(),
    }
}

/// Every record that `server` has of `zone`.
fn transfer(zone: &DnsName, server: SocketAddr) -> io::Result<Vec<rr::Record>> {
    let name = value::to_wire_name(zone).ok_or_else(|| wrong("that is not a name of a zone"))?;
    let mut question = Message::query();
    question.add_query(Query::query(name, RecordType::AXFR));
    let octets = question.to_vec().map_err(io::Error::other)?;
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), octets.as_slice()].concat())?;
    let mut records = Vec::new();
    // The SOA record comes first, and once more at the end.
    let mut starts = 0;
    while starts < 2 {
        let answer = read(&mut stream)?;
        if answer.metadata.id != question.metadata.id {
            return Err(wrong("it answers another question"));
        }
        match answer.metadata.response_code {
            ResponseCode::NoError if answer.answers.is_empty() => {
                return Err(wrong("it answers nothing"));
            }
            ResponseCode::NoError => {}
            code => return Err(wrong(&format!("it answers {code}"))),
        }
        for record in answer.answers {
            starts += usize::from(record.record_type() == RecordType::SOA);
            if starts < 2 {
                records.push(record);
            }
        }
        if records.len() > RECORDS_MAX {
            return Err(wrong(&format!("it has more than {RECORDS_MAX} records")));
        }
    }
    Ok(records)
}

/// One message of a TCP connection: two octets of length before it (RFC 1035, section 4.2.2).
fn read(stream: &mut TcpStream) -> io::Result<Message> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut octets)?;
    Message::from_vec(&octets).map_err(io::Error::other)
}

fn wrong(reason: &str) -> io::Error {
    io::Error::other(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use clock::Clock;
    use hickory_proto::rr::Record;

    use super::*;
    use crate::dns::Lookup;
    use crate::world::World;

    /// A primary that answers each transfer with the next of `zones`, each a list of messages.
    fn primary(zones: Vec<Vec<Vec<Record>>>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            for messages in zones {
                let (mut stream, _) = listener.accept().expect("a secondary");
                let question = read(&mut stream).expect("a question");
                for answers in messages {
                    let mut answer = question.clone().into_response();
                    answer.add_answers(answers);
                    let octets = answer.to_vec().expect("a message");
                    let length = u16::try_from(octets.len()).expect("a length");
                    let sent = [&length.to_be_bytes(), octets.as_slice()].concat();
                    stream.write_all(&sent).expect("it reads");
                }
            }
        });
        address
    }

    fn record(name: &str, rtype: &str, text: &str) -> Record {
        let name = DnsName::parse(name).expect("a name");
        let rtype = rtype.parse().expect("a type");
        let data = value::to_rdata(rtype, text).expect("a value");
        Record::from_rdata(value::to_wire_name(&name).expect("a name"), 60, data)
    }

    fn start() -> Record {
        let text = "ns.example.org hostmaster.example.org 1 7200 900 1209600 300";
        record("example.org", "SOA", text)
    }

    fn sandbox(server: SocketAddr) -> Sandbox {
        let mut world = World::default();
        world.dns.serve_zone("example.org", server).expect("a name");
        Sandbox::new(world, Clock::real())
    }

    fn seen(sandbox: &Sandbox, name: &str, rtype: &str) -> Vec<String> {
        match sandbox.world().resolve(name, rtype, sandbox.clock().now()) {
            Lookup::Found { records, .. } => {
                records.into_iter().map(|record| record.value).collect()
            }
            _ => Vec::new(),
        }
    }

    #[tokio::test]
    async fn the_zone_is_what_its_server_has() {
        let txt = record("a.example.org", "TXT", r#""v=spf1 \"-all" "more""#);
        let mx = record("example.org", "MX", "10 mx.example.org");
        let server = primary(vec![
            vec![vec![start(), txt], vec![mx.clone(), start()]],
            vec![vec![start(), mx, start()]],
        ]);
        let sandbox = sandbox(server);
        sandbox.transfer_zones().expect("a zone");
        let (txt, mx) = (("a.example.org", "TXT"), ("example.org", "MX"));
        assert_eq!(seen(&sandbox, txt.0, txt.1), [r#""v=spf1 \"-all" "more""#]);
        assert_eq!(seen(&sandbox, mx.0, mx.1), ["10 mx.example.org"]);
        let found = |name| sandbox.world().dns.name_server(name);
        assert_eq!(found("a.example.org"), Some(server));
        assert_eq!(found("example.com"), None);
        sandbox.transfer_zones().expect("a zone");
        assert!(seen(&sandbox, txt.0, txt.1).is_empty(), "it is gone there");
        assert_eq!(seen(&sandbox, mx.0, mx.1), ["10 mx.example.org"]);
    }

    #[tokio::test]
    async fn a_server_that_gives_no_zone_is_named() {
        let server = primary(vec![vec![vec![]], vec![vec![start()]]]);
        let sandbox = sandbox(server);
        for _ in 0..2 {
            let error = sandbox.transfer_zones().expect_err("no zone");
            let text = error.to_string();
            assert!(text.contains("example.org"), "{text}");
            assert!(text.contains(&server.to_string()), "{text}");
        }
    }
}
