//! Name servers that misbehave.

use std::net::SocketAddr;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, MX, NS, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use model::{NoAnswer, Outside, Unseen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::super::{Observer, View};
use super::view;

fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).expect("a name")
}

fn txt(strings: &[&[u8]]) -> RData {
    RData::TXT(TXT::from_bytes(strings.to_vec()))
}

/// The record that a zone sends along when it has nothing.
fn soa(zone: &str) -> Record {
    let (server, person) = (name("ns1.elsewhere.example"), name("admin.example"));
    let soa = SOA::new(server, person, 1, 7200, 900, 1_209_600, 86400);
    Record::from_rdata(name(zone), 900, RData::SOA(soa))
}

/// The server's answer to `asked`; nothing is silence.
fn answer(asked: &Message, over_tcp: bool) -> Option<Message> {
    let query = asked.queries.first()?.clone();
    let host = query.name().to_ascii().to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let mut reply = asked.clone();
    reply.metadata.message_type = MessageType::Response;
    reply.additionals.clear();
    let record = |data: RData| Record::from_rdata(query.name().clone(), 300, data);
    match (host, query.query_type()) {
        ("silent.example", _) => return None,
        ("broken.example", _) => reply.metadata.response_code = ResponseCode::ServFail,
        ("split.example", RecordType::TXT) => {
            reply.add_answer(record(txt(&[b"v=spf1 ", b"-all"])));
        }
        ("control.example", RecordType::TXT) => {
            reply.add_answer(record(txt(&[b"\x1b[2J\xff\x07"])));
        }
        ("big.example", RecordType::TXT) if !over_tcp => reply.metadata.truncation = true,
        ("big.example", RecordType::TXT) => {
            for _ in 0..200 {
                reply.add_answer(record(txt(&[&[b'x'; 255]])));
            }
        }
        ("null.example", RecordType::MX) => {
            reply.add_answer(record(RData::MX(MX::new(0, Name::root()))));
        }
        ("child.example", RecordType::NS) => {
            let server = RData::NS(NS(name("NS1.Elsewhere.example")));
            reply.authorities.push(record(server));
        }
        ("held.zone.example", RecordType::TXT) => {
            reply.add_answer(record(txt(&[b"held"])));
        }
        ("delegated.zone.example", _) => {
            let server = RData::NS(NS(name("ns1.elsewhere.example")));
            reply.authorities.push(record(server));
        }
        ("absent.zone.example", _) => {
            reply.metadata.response_code = ResponseCode::NXDomain;
            reply.authorities.push(soa("zone.example"));
        }
        ("zone.example", _) => reply.authorities.push(soa("zone.example")),
        ("at-another.zone.example", _) => {
            reply.metadata.response_code = ResponseCode::NXDomain;
            reply.authorities.push(soa("hosts.example"));
        }
        (host, kind) if kind == RecordType::CNAME || host.ends_with("endless.example") => {
            let count = host
                .split('.')
                .next()
                .and_then(|first| first.parse::<u32>().ok());
            if let Some(count) = count {
                let next = name(&format!("{}.endless.example", count + 1));
                reply.add_answer(record(RData::CNAME(CNAME(next))));
            }
        }
        _ => reply.metadata.response_code = ResponseCode::NXDomain,
    }
    Some(reply)
}

/// Serves on UDP and TCP until the test ends.
async fn serve() -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = udp.local_addr().expect("an address");
    let tcp = TcpListener::bind(address).await.expect("the same port");
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            let asked = Message::from_vec(&buffer[..length]).expect("a question");
            if let Some(reply) = answer(&asked, false) {
                let reply = reply.to_vec().expect("a message");
                udp.send_to(&reply, from).await.expect("loopback works");
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.expect("a length");
            let mut buffer = vec![0; length.into()];
            stream.read_exact(&mut buffer).await.expect("a question");
            let asked = Message::from_vec(&buffer).expect("a question");
            let reply = answer(&asked, true).expect("an answer").to_vec();
            let reply = reply.expect("a message");
            let length = u16::try_from(reply.len()).expect("DNS has no longer messages");
            stream.write_u16(length).await.expect("loopback works");
            stream.write_all(&reply).await.expect("loopback works");
        }
    });
    address
}

async fn observer() -> Observer {
    let server = serve().await;
    Observer::new(View {
        resolver: Some(server),
        name_servers: Some(server),
        ..view()
    })
    .expect("an observer")
}

async fn lookup(name: &str, rtype: &str) -> Result<Vec<String>, String> {
    let answer = observer()
        .await
        .lookup(name, rtype.parse().expect("a type"))
        .await;
    answer.map_err(|NoAnswer { reason, .. }| reason)
}

#[tokio::test]
async fn strings_are_joined_and_names_have_no_final_dot() {
    let spf = lookup("split.example", "TXT").await;
    assert_eq!(spf, Ok(vec!["v=spf1 -all".to_owned()]));
    assert_eq!(
        lookup("null.example", "MX").await,
        Ok(vec!["0 .".to_owned()])
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_an_empty_answer() {
    assert_eq!(lookup("nothing.example", "TXT").await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_does_not_fit_udp_comes_over_tcp() {
    let values = lookup("big.example", "TXT").await.expect("an answer");
    assert_eq!(values.len(), 200);
}

#[tokio::test]
async fn a_server_that_fails_or_is_silent_is_no_answer() {
    let failed = lookup("broken.example", "TXT").await;
    assert_eq!(failed, Err("the server answers Server Failure".to_owned()));
    let silent = lookup("silent.example", "TXT").await;
    assert!(silent.is_err_and(|reason| reason.starts_with("no answer")));
}

#[tokio::test]
async fn endless_aliases_end() {
    let found = lookup("0.endless.example", "TXT").await;
    let reason = "its CNAME 1.endless.example leads through too many others, or in a circle";
    assert_eq!(found, Err(reason.to_owned()));
}

#[tokio::test]
async fn octets_that_are_no_text_do_no_harm() {
    let values = lookup("control.example", "TXT").await;
    assert_eq!(values, Ok(vec!["\u{1b}[2J\u{fffd}\u{7}".to_owned()]));
}

#[tokio::test]
async fn what_is_no_name_is_not_asked() {
    assert!(lookup(&"a".repeat(64), "TXT").await.is_err());
}

#[tokio::test]
async fn a_referral_names_the_servers_of_a_zone() {
    let observer = observer().await;
    let servers = observer.delegation("child.example").await;
    assert_eq!(servers, Ok(vec!["ns1.elsewhere.example".to_owned()]));
    let values = observer
        .lookup_at("any", "split.example", standards::dns::RecordType::Txt)
        .await;
    assert_eq!(values, Ok(vec!["v=spf1 -all".to_owned()]));
    let broken = observer
        .lookup_at("any", "broken.example", standards::dns::RecordType::Txt)
        .await;
    assert!(matches!(broken, Err(Unseen::NoAnswer(_))));
}

/// A referral has no SOA, and the end of an alias may be in another zone that the same server has.
#[tokio::test]
async fn only_the_zone_around_a_name_confirms_that_it_is_absent() {
    let observer = observer().await;
    for (name, confirms) in [
        ("absent.zone.example", true),
        ("zone.example", true),
        ("held.zone.example", false),
        ("delegated.zone.example", false),
        ("at-another.zone.example", false),
        ("nothing.example", false),
    ] {
        let said = observer
            .confirms_absence("any", name, standards::dns::RecordType::Txt)
            .await;
        assert_eq!(said, Ok(confirms), "{name}");
    }
    let broken = observer
        .confirms_absence("any", "broken.example", standards::dns::RecordType::Txt)
        .await;
    assert!(matches!(broken, Err(Unseen::NoAnswer(_))));
}

#[tokio::test]
async fn an_answer_says_how_long_it_is_held() {
    let held = observer()
        .await
        .held_for("split.example", standards::dns::RecordType::Txt)
        .await;
    assert_eq!(held, Some(std::time::Duration::from_mins(5)));
}
