//! The DNS port, asked on loopback as `dig` asks.

mod common;

use std::net::SocketAddr;
use std::process::Command;

use aws_sdk_cloudfront::types::{
    DefaultCacheBehavior, DistributionConfig, Origin, Origins, S3OriginConfig, ViewerProtocolPolicy,
};
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecordSet, RrType,
};
use common::{ONE, config, sandbox};
use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType};
use jiff::SignedDuration;
use sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// A sandbox whose DNS is served, with a delegated zone of some records.
struct Served {
    sandbox: Sandbox,
    zone: String,
    address: SocketAddr,
}

/// A UDP and a TCP socket on one port, as resolvers expect them.
async fn one_port() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let address = udp.local_addr().expect("an address");
        if let Ok(tcp) = TcpListener::bind(address).await {
            return (udp, tcp);
        }
    }
    panic!("a port that is free for UDP and TCP");
}

async fn serve(records: &[(&str, &str, &[&str])]) -> Served {
    let sandbox = sandbox();
    let zone = {
        let mut world = sandbox.world();
        let zone = world.seed_zone(ONE, "example.com", true).expect("a name");
        for (name, rtype, values) in records {
            world
                .seed_records(&zone, name, (rtype, 300), values)
                .expect("a name");
        }
        zone
    };
    let (udp, tcp) = one_port().await;
    let served = Served {
        zone,
        address: udp.local_addr().expect("an address"),
        sandbox: sandbox.clone(),
    };
    tokio::spawn(sandbox.serve_dns(udp, tcp));
    served
}

fn question(name: &str, rtype: RecordType) -> Message {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).expect("a name"), rtype));
    message
}

impl Served {
    async fn send(&self, question: &Message) -> Message {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let bytes = question.to_vec().expect("a message");
        socket.send_to(&bytes, self.address).await.expect("sent");
        let mut buffer = vec![0; 65_535];
        let length = socket.recv(&mut buffer).await.expect("an answer");
        Message::from_vec(&buffer[..length]).expect("a message")
    }

    async fn ask(&self, name: &str, rtype: RecordType) -> Message {
        self.send(&question(name, rtype)).await
    }

    async fn ask_tcp(&self, name: &str, rtype: RecordType) -> Message {
        let mut stream = TcpStream::connect(self.address)
            .await
            .expect("a connection");
        let bytes = question(name, rtype).to_vec().expect("a message");
        let length = u16::try_from(bytes.len()).expect("a short message");
        stream.write_all(&length.to_be_bytes()).await.expect("sent");
        stream.write_all(&bytes).await.expect("sent");
        let length = stream.read_u16().await.expect("a length");
        let mut buffer = vec![0; length.into()];
        stream.read_exact(&mut buffer).await.expect("an answer");
        Message::from_vec(&buffer).expect("a message")
    }
}

fn answers(message: &Message) -> Vec<String> {
    let answers = message.answers.iter();
    answers
        .map(|record| format!("{} {} {}", record.name, record.record_type(), record.data))
        .collect()
}

#[tokio::test]
async fn a_delegated_zone_answers_with_authority() {
    let served = serve(&[
        ("a.example.com", "A", &["192.0.2.1", "192.0.2.2"]),
        ("example.com", "MX", &["10 mx.example.net"]),
        ("example.com", "CAA", &["0 issue \"amazon.com\""]),
        ("x.example.com", "SRV", &["1 2 443 a.example.com."]),
    ])
    .await;
    let answer = served.ask("A.example.com.", RecordType::A).await;
    assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
    assert!(answer.metadata.authoritative);
    assert!(!answer.metadata.truncation);
    assert_eq!(answer.metadata.id, 4711);
    assert_eq!(
        answers(&answer),
        ["a.example.com. A 192.0.2.1", "a.example.com. A 192.0.2.2"]
    );
    assert_eq!(answer.answers[0].ttl, 300);
    for (name, rtype, expected) in [
        (
            "example.com.",
            RecordType::MX,
            "example.com. MX 10 mx.example.net.",
        ),
        (
            "example.com.",
            RecordType::CAA,
            "example.com. CAA 0 issue \"amazon.com\"",
        ),
        (
            "x.example.com.",
            RecordType::SRV,
            "x.example.com. SRV 1 2 443 a.example.com.",
        ),
    ] {
        assert_eq!(answers(&served.ask(name, rtype).await), [expected]);
    }
    assert_eq!(
        served
            .ask("example.com.", RecordType::NS)
            .await
            .answers
            .len(),
        4
    );
    assert_eq!(
        served
            .ask("example.com.", RecordType::SOA)
            .await
            .answers
            .len(),
        1
    );
}

#[tokio::test]
async fn what_does_not_exist_is_nxdomain_or_nodata_with_the_soa() {
    let served = serve(&[("a.b.example.com", "A", &["192.0.2.1"])]).await;
    for (name, zone, ttl, code) in [
        (
            "c.example.com.",
            "example.com.",
            900,
            ResponseCode::NXDomain,
        ),
        (
            "a.b.example.com.",
            "example.com.",
            900,
            ResponseCode::NoError,
        ),
        ("b.example.com.", "example.com.", 900, ResponseCode::NoError),
        (
            "d000.cloudfront.net.",
            "cloudfront.net.",
            60,
            ResponseCode::NXDomain,
        ),
        (
            "inbound-smtp.us-east-1.amazonaws.com.",
            "amazonaws.com.",
            60,
            ResponseCode::NoError,
        ),
        (
            "ns-1.awsdns-00.co.uk.",
            "awsdns-00.co.uk.",
            60,
            ResponseCode::NoError,
        ),
    ] {
        let answer = served.ask(name, RecordType::TXT).await;
        assert_eq!(answer.metadata.response_code, code, "{name}");
        assert!(answer.answers.is_empty());
        let [start] = answer.authorities.as_slice() else {
            panic!("a SOA record for {name}");
        };
        assert_eq!(start.record_type(), RecordType::SOA);
        assert_eq!(start.name, Name::from_ascii(zone).expect("a name"));
        assert_eq!(start.ttl, ttl);
    }
}

#[tokio::test]
async fn what_nobody_delegated_is_not_there_and_lame_delegations_fail() {
    let served = serve(&[]).await;
    {
        let mut world = served.sandbox.world();
        let now = served.sandbox.clock().now();
        world
            .seed_zone(ONE, "hidden.example", false)
            .expect("a name");
        let servers = ["ns1.elsewhere.example".to_owned()];
        world
            .dns
            .delegate("lame.example", &servers, now)
            .expect("names");
    }
    for (name, code) in [
        ("hidden.example.", ResponseCode::NXDomain),
        ("_dmarc.org.", ResponseCode::NXDomain),
        ("lame.example.", ResponseCode::ServFail),
    ] {
        let answer = served.ask(name, RecordType::SOA).await;
        assert_eq!(answer.metadata.response_code, code, "{name}");
    }
    // A name server, asked for what it does not have.
    let mut direct = question("_dmarc.org.", RecordType::SOA);
    direct.metadata.recursion_desired = false;
    let answer = served.send(&direct).await;
    assert_eq!(answer.metadata.response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn cname_chains_are_followed() {
    let served = serve(&[
        ("www.example.com", "CNAME", &["web.example.com"]),
        ("web.example.com", "CNAME", &["edge.example.net"]),
    ])
    .await;
    let now = served.sandbox.clock().now();
    served
        .sandbox
        .world()
        .dns
        .publish("edge.example.net", "AAAA", &["2001:db8::1"], now)
        .expect("a name");
    assert_eq!(
        answers(&served.ask("www.example.com.", RecordType::AAAA).await),
        [
            "www.example.com. CNAME web.example.com.",
            "web.example.com. CNAME edge.example.net.",
            "edge.example.net. AAAA 2001:db8::1"
        ]
    );
    let none = served.ask("www.example.com.", RecordType::A).await;
    assert_eq!(none.metadata.response_code, ResponseCode::NoError);
    assert_eq!(none.answers.len(), 2);
}

/// Puts an alias into the zone; it is in sync at once.
async fn put_alias(served: &Served, name: &str, rtype: RrType, (zone, target): (&str, &str)) {
    served.sandbox.world().delays.route53_insync = SignedDuration::ZERO;
    let client = aws_sdk_route53::Client::new(&config(&served.sandbox, ONE, "us-east-1"));
    let alias = AliasTarget::builder()
        .hosted_zone_id(zone)
        .dns_name(target)
        .evaluate_target_health(false)
        .build()
        .expect("a target");
    let set = ResourceRecordSet::builder()
        .name(name)
        .r#type(rtype)
        .alias_target(alias)
        .build()
        .expect("a record set");
    let change = Change::builder()
        .action(ChangeAction::Create)
        .resource_record_set(set)
        .build()
        .expect("a change");
    let batch = ChangeBatch::builder().changes(change).build();
    client
        .change_resource_record_sets()
        .hosted_zone_id(&served.zone)
        .change_batch(batch.expect("a batch"))
        .send()
        .await
        .expect("a change");
}

#[tokio::test]
async fn aliases_are_flattened() {
    let served = serve(&[("web.example.com", "A", &["192.0.2.1"])]).await;
    let target = (served.zone.as_str(), "web.example.com");
    put_alias(&served, "example.com", RrType::A, target).await;
    let answer = served.ask("example.com.", RecordType::A).await;
    assert_eq!(answers(&answer), ["example.com. A 192.0.2.1"]);
    let none = served.ask("example.com.", RecordType::AAAA).await;
    assert!(none.answers.is_empty());
}

/// Makes a distribution; its domain name.
async fn make_distribution(sandbox: &Sandbox) -> String {
    let origin = Origin::builder()
        .id("assets")
        .domain_name("assets.s3.us-east-1.amazonaws.com")
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build()
        .expect("an origin");
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id("assets")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6")
        .build()
        .expect("a behavior");
    let origins = Origins::builder().quantity(1).items(origin).build();
    let config_of_it = DistributionConfig::builder()
        .caller_reference("one")
        .comment("")
        .enabled(true)
        .is_ipv6_enabled(true)
        .origins(origins.expect("origins"))
        .default_cache_behavior(behavior)
        .build()
        .expect("a configuration");
    let made = aws_sdk_cloudfront::Client::new(&config(sandbox, ONE, "us-east-1"))
        .create_distribution()
        .distribution_config(config_of_it)
        .send()
        .await
        .expect("a distribution");
    made.distribution.expect("a distribution").domain_name
}

#[tokio::test]
async fn an_alias_to_a_distribution_has_its_addresses() {
    let served = serve(&[]).await;
    let domain = make_distribution(&served.sandbox).await;
    let target = ("Z2FDTNDATAQYW2", domain.as_str());
    put_alias(&served, "mta-sts.example.com", RrType::A, target).await;
    put_alias(&served, "mta-sts.example.com", RrType::Aaaa, target).await;
    let nowhere = ("Z2FDTNDATAQYW2", "d000.cloudfront.net");
    put_alias(&served, "gone.example.com", RrType::A, nowhere).await;
    for (name, rtype, expected) in [
        (
            "mta-sts.example.com.",
            RecordType::A,
            vec!["mta-sts.example.com. A 127.0.0.1"],
        ),
        (
            "mta-sts.example.com.",
            RecordType::AAAA,
            vec!["mta-sts.example.com. AAAA ::1"],
        ),
        // The name has an alias, so that it exists; the target has nothing.
        ("gone.example.com.", RecordType::A, vec![]),
    ] {
        let answer = served.ask(name, rtype).await;
        assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
        assert_eq!(answers(&answer), expected);
    }
}

#[tokio::test]
async fn large_answers_are_cut_on_udp_and_whole_on_tcp() {
    let texts: Vec<String> = (0..20)
        .map(|n| format!("\"{}{n}\"", "a".repeat(200)))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let served = serve(&[
        ("big.example.com", "TXT", &texts),
        ("mid.example.com", "TXT", &texts[..4]),
    ])
    .await;
    let cut = served.ask("big.example.com.", RecordType::TXT).await;
    assert!(cut.metadata.truncation);
    assert!(cut.answers.len() < 20);
    let whole = served.ask_tcp("big.example.com.", RecordType::TXT).await;
    assert!(!whole.metadata.truncation);
    assert_eq!(whole.answers.len(), 20);
    // 512 bytes without EDNS, up to 1,232 with it.
    assert!(
        served
            .ask("mid.example.com.", RecordType::TXT)
            .await
            .metadata
            .truncation
    );
    let mut with_edns = question("mid.example.com.", RecordType::TXT);
    let mut edns = Edns::new();
    edns.set_max_payload(4096);
    with_edns.set_edns(edns);
    let answer = served.send(&with_edns).await;
    assert!(!answer.metadata.truncation);
    assert_eq!(answer.max_payload(), 1232);
}

#[tokio::test]
async fn strings_and_escapes_arrive_octet_by_octet() {
    let served = serve(&[
        ("t.example.com", "TXT", &[r#""a\100b;\"" "\303\274""#]),
        ("*.example.com", "TXT", &["\"any\""]),
    ])
    .await;
    let answer = served.ask("t.example.com.", RecordType::TXT).await;
    let RData::TXT(text) = &answer.answers[0].data else {
        panic!("a TXT record");
    };
    assert_eq!(&*text.txt_data[0], b"a@b;\"");
    assert_eq!(&*text.txt_data[1], "ü".as_bytes());
    let wild = served.ask("_x.y.example.com.", RecordType::TXT).await;
    assert_eq!(answers(&wild), ["_x.y.example.com. TXT any"]);
}

#[tokio::test]
async fn every_type_of_route53_but_spf_can_be_said() {
    let types: [(&str, RecordType, &str); 8] = [
        ("PTR", RecordType::PTR, "a.example.net."),
        (
            "DS",
            RecordType::DS,
            "123 8 2 1234567890abcdef1234567890abcdef",
        ),
        (
            "TLSA",
            RecordType::TLSA,
            "3 1 1 8BD1DA95272F7FA4FFB24137FC0ED03AAE67E5C4D8B3C50734E1050A7920B922",
        ),
        (
            "SSHFP",
            RecordType::SSHFP,
            "1 1 09F6A01D2175742B257C6B98B7C72C44C4040683",
        ),
        (
            "NAPTR",
            RecordType::NAPTR,
            "100 50 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example.com!\" .",
        ),
        ("HTTPS", RecordType::HTTPS, "1 . alpn=h2,h3"),
        ("SVCB", RecordType::SVCB, "16 foo.example.com. port=53"),
        ("CNAME", RecordType::CNAME, "a.example.net"),
    ];
    let names: Vec<String> = (0..8)
        .map(|number| format!("n{number}.example.com"))
        .collect();
    let values: Vec<[&str; 1]> = types.iter().map(|(_, _, value)| [*value]).collect();
    let records: Vec<(&str, &str, &[&str])> = (0..8)
        .map(|n| (names[n].as_str(), types[n].0, values[n].as_slice()))
        .collect();
    let served = serve(&records).await;
    for (name, (_, rtype, value)) in names.iter().zip(types) {
        let answer = served.ask(&format!("{name}."), rtype).await;
        assert_eq!(
            answer.metadata.response_code,
            ResponseCode::NoError,
            "{rtype} {value}"
        );
        assert_eq!(answer.answers.len(), 1, "{rtype} {value}");
        assert_eq!(answer.answers[0].record_type(), rtype);
    }
}

#[tokio::test]
async fn other_kinds_of_questions_are_not_answered() {
    let served = serve(&[]).await;
    let any = served.ask("example.com.", RecordType::ANY).await;
    assert_eq!(any.metadata.response_code, ResponseCode::NotImp);
    let transfer = served.ask_tcp("example.com.", RecordType::AXFR).await;
    assert_eq!(transfer.metadata.response_code, ResponseCode::NotImp);
    let mut chaos = question("example.com.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    let answer = served.send(&chaos).await;
    assert_eq!(answer.metadata.response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn row_22_answers_are_whole_or_none_and_names_above_others_exist() {
    let texts: Vec<String> = (0..20)
        .map(|n| format!("\"{}{n}\"", "a".repeat(200)))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let served = serve(&[("big.example.com", "TXT", &texts)]).await;
    let cut = served.ask("big.example.com.", RecordType::TXT).await;
    assert!(cut.metadata.truncation);
    assert!(cut.answers.is_empty(), "a part of the set");
    let mut of_version_1 = question("example.com.", RecordType::SOA);
    let mut edns = Edns::new();
    edns.set_version(1);
    of_version_1.set_edns(edns);
    let answer = served.send(&of_version_1).await;
    // The upper bits of the code are in the answer's own EDNS (RFC 6891, section 6.1.3). BADSIG has the same
    // number.
    let code = u16::from(answer.metadata.response_code);
    assert_eq!(code, u16::from(ResponseCode::BADVERS));
    assert!(answer.edns.is_some());
    // RFC 8020: a name exists where names below it do.
    let above = served.ask("com.", RecordType::NS).await;
    assert_eq!(above.metadata.response_code, ResponseCode::NoError);
    assert!(above.answers.is_empty());
}

impl Served {
    /// The output of `dig`.
    fn dig(&self, question: &[&str]) -> String {
        let output = Command::new("dig")
            .arg(format!("@{}", self.address.ip()))
            .args(["-p", &self.address.port().to_string()])
            .args(question)
            .output()
            .expect("this test needs dig: apt-get install bind9-dnsutils");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[track_caller]
    fn check(&self, question: &[&str], expect: &[&str]) {
        let said = self.dig(question);
        for text in expect {
            assert!(said.contains(text), "no {text:?} in\n{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dig_asks_delegated_zones_and_no_others() {
    let served = serve(&[("a.b.example.com", "A", &["192.0.2.1"])]).await;
    served
        .sandbox
        .world()
        .seed_zone(ONE, "hidden.example", false)
        .expect("a name");
    served.check(
        &["a.b.example.com", "A"],
        &["status: NOERROR", "flags: qr aa", "192.0.2.1"],
    );
    let start = "example.com.\t\t900\tIN\tSOA\tns-";
    served.check(
        &["nothing.example.com", "A"],
        &["status: NXDOMAIN", "ANSWER: 0, AUTHORITY: 1", start],
    );
    served.check(
        &["a.b.example.com", "TXT"],
        &["status: NOERROR", "ANSWER: 0, AUTHORITY: 1", start],
    );
    for name in ["hidden.example", "www.example.org"] {
        served.check(&[name, "SOA"], &["status: NXDOMAIN", "ANSWER: 0"]);
    }
    // Name servers speak of the zones they have, whoever is sent to them, and of no others.
    let direct = |name, status| served.check(&[name, "SOA", "+norecurse"], &[status]);
    direct("hidden.example", "status: NOERROR");
    direct("www.example.org", "status: REFUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn dig_follows_chains_and_sees_no_aliases() {
    let served = serve(&[
        ("www.example.com", "CNAME", &["web.example.com"]),
        ("web.example.com", "CNAME", &["example.com"]),
    ])
    .await;
    let domain = make_distribution(&served.sandbox).await;
    let target = ("Z2FDTNDATAQYW2", domain.as_str());
    put_alias(&served, "example.com", RrType::A, target).await;
    let short = |question: &[&str]| served.dig(&[question, &["+short"]].concat());
    assert_eq!(short(&["example.com", "A"]), "127.0.0.1\n");
    assert_eq!(
        short(&["www.example.com", "A"]),
        "web.example.com.\nexample.com.\n127.0.0.1\n"
    );
    assert_eq!(short(&["example.com", "CNAME"]), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn dig_asks_again_by_tcp_for_a_large_answer() {
    let texts: Vec<String> = (0..20)
        .map(|number| format!("\"{}{number}\"", "a".repeat(200)))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let served = serve(&[("big.example.com", "TXT", &texts)]).await;
    served.check(
        &["big.example.com", "TXT"],
        &["Truncated, retrying in TCP mode", "ANSWER: 20"],
    );
    served.check(&["big.example.com", "TXT", "+ignore"], &["flags: qr aa tc"]);
}
