//! The public DNS on a port: what `dig` asks.
//!
//! One server stands for all of them. Whoever wants recursion asks a resolver: it answers from the
//! zones that are delegated to, and follows CNAMEs from one to the next; a name that nobody
//! delegated does not exist.
//!
//! Whoever wants no recursion asks a name server. About the NS records of a delegated zone that is
//! one of the zone above, which refers to the servers that registries name. About everything else
//! it is one that has the zone, whether the world is sent to it or not; without such a zone the
//! question is refused.

use std::io;
use std::time::Duration;

use hickory_proto::op::{Edns, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::{self, DNSClass, RecordType};
use hickory_proto::serialize::binary::{BinEncodable, BinEncoder};
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

use crate::Sandbox;
use crate::dns::lookup::Trace;
use crate::dns::{End, Record};
use crate::dns_text::name::DnsName;
use crate::dns_text::value;

/// How long a TCP connection may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How many bytes of answers a TCP connection may have waiting.
const TCP_BUFFER: usize = 65_535;
/// The largest UDP answer, whatever the client can take: it fits an Ethernet frame
/// (dnsflagday.net/2020).
const UDP_MAX: u16 = 1232;
/// How long referrals of registries are kept: two days.
const REFERRAL_TTL: u32 = 172_800;

impl Sandbox {
    /// Answers DNS questions on both sockets, until it is dropped.
    pub async fn serve_dns(self, udp: UdpSocket, tcp: TcpListener) -> io::Result<()> {
        let mut server = Server::new(Face { sandbox: self });
        server.register_socket(udp);
        server.register_listener(tcp, SILENCE_MAX, TCP_BUFFER);
        server.block_until_done().await.map_err(io::Error::other)
    }
}

struct Face {
    sandbox: Sandbox,
}

/// An answer, section by section.
struct Sections {
    code: ResponseCode,
    authoritative: bool,
    answers: Vec<rr::Record>,
    referral: Vec<rr::Record>,
    start_of_authority: Option<rr::Record>,
}

impl Sections {
    fn only(code: ResponseCode) -> Self {
        Self {
            code,
            authoritative: false,
            answers: Vec::new(),
            referral: Vec::new(),
            start_of_authority: None,
        }
    }
}

#[async_trait::async_trait]
impl RequestHandler for Face {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response_handle: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        // RFC 6891, section 6.1.3: only version 0 is known.
        let unknown = request.edns.as_ref().is_some_and(|edns| edns.version() > 0);
        let mut sections = if unknown {
            Sections::only(ResponseCode::BADVERS)
        } else {
            self.answer(request)
        };
        if is_too_long(request, &sections) {
            metadata.truncation = true;
            sections = Sections {
                authoritative: sections.authoritative,
                ..Sections::only(sections.code)
            };
        }
        metadata.response_code = sections.code;
        metadata.authoritative = sections.authoritative;
        metadata.recursion_available = true;
        let edns = request.edns.as_ref().map(|asked| {
            let mut edns = Edns::new();
            edns.set_max_payload(asked.max_payload().clamp(512, UDP_MAX));
            edns
        });
        let mut builder = MessageResponseBuilder::from_message_request(request);
        if let Some(edns) = &edns {
            builder.edns(edns);
        }
        let response = builder.build(
            metadata,
            &sections.answers,
            &sections.referral,
            &sections.start_of_authority,
            [],
        );
        match response_handle.send_response(response).await {
            Ok(info) => info,
            // The client is gone; there is nobody to tell.
            Err(_) => hickory_proto::op::Header {
                metadata,
                counts: hickory_proto::op::HeaderCounts::default(),
            }
            .into(),
        }
    }
}

impl Face {
    fn answer(&self, request: &Request) -> Sections {
        if request.metadata.op_code != OpCode::Query {
            return Sections::only(ResponseCode::NotImp);
        }
        let Ok(info) = request.request_info() else {
            return Sections::only(ResponseCode::FormErr);
        };
        let query = info.query.original();
        if query.query_class() != DNSClass::IN {
            return Sections::only(ResponseCode::Refused);
        }
        if matches!(
            query.query_type(),
            RecordType::ANY | RecordType::AXFR | RecordType::IXFR
        ) {
            return Sections::only(ResponseCode::NotImp);
        }
        let name = DnsName::from_labels(query.name().iter());
        if request.metadata.recursion_desired {
            let now = self.sandbox.clock().now();
            let rtype = query.query_type().to_string();
            let trace = self.sandbox.public_world().trace(&name, &rtype, now);
            return sections(trace, true);
        }
        self.at_a_server(&name, query.query_type())
    }

    /// The answer of a name server, from its own zones.
    fn at_a_server(&self, name: &DnsName, kind: RecordType) -> Sections {
        let now = self.sandbox.clock().now();
        let world = self.sandbox.public_world();
        if kind == RecordType::NS {
            let Some(servers) = world.referral(name, now) else {
                return sections(world.trace(name, "NS", now), true);
            };
            return Sections {
                referral: servers
                    .iter()
                    .filter_map(|one| to_referral(name, one))
                    .collect(),
                ..Sections::only(ResponseCode::NoError)
            };
        }
        sections(world.ask_any_server(name, &kind.to_string(), now), false)
    }
}

/// Whether an answer over UDP would not fit: the whole of it is left out then, because a resolver asks
/// again by TCP and has no use for a part (RFC 2181, section 9).
fn is_too_long(request: &Request, sections: &Sections) -> bool {
    const HEADER_AND_OPT: usize = 12 + 11;
    if request.protocol() != Protocol::Udp {
        return false;
    }
    let edns = request.edns.as_ref();
    let most = edns.map_or(512, |edns| edns.max_payload().clamp(512, UDP_MAX));
    let mut written = Vec::new();
    let mut encoder = BinEncoder::new(&mut written);
    let question = request
        .request_info()
        .map(|info| info.query.original().clone());
    let mut all = sections
        .answers
        .iter()
        .chain(&sections.referral)
        .chain(&sections.start_of_authority);
    let fits = question.is_ok_and(|question| question.emit(&mut encoder).is_ok())
        && all.all(|record| record.emit(&mut encoder).is_ok());
    !fits || HEADER_AND_OPT + written.len() > usize::from(most)
}

/// The sections of the answer on the wire. A resolver says of a name that nobody delegated that it does not
/// exist, a name server refuses to speak of it.
fn sections(trace: Trace, recursive: bool) -> Sections {
    let (code, records, start) = match trace.end {
        End::Found(records) => (ResponseCode::NoError, records, None),
        End::NoData(start) => (ResponseCode::NoError, Vec::new(), start),
        End::NxDomain(start) => (ResponseCode::NXDomain, Vec::new(), start),
        End::NotDelegated if trace.chain.is_empty() && !recursive => {
            return Sections::only(ResponseCode::Refused);
        }
        End::NotDelegated => (ResponseCode::NXDomain, Vec::new(), None),
        End::ServFail => return Sections::only(ResponseCode::ServFail),
    };
    let answers = trace.chain.iter().chain(&records).map(to_wire).collect();
    let Some(answers) = answers else {
        return Sections::only(ResponseCode::ServFail);
    };
    Sections {
        code,
        authoritative: true,
        answers,
        referral: Vec::new(),
        start_of_authority: start.as_ref().and_then(to_negative),
    }
}

/// The record by which the zone above `zone` refers to `server`.
fn to_referral(zone: &DnsName, server: &DnsName) -> Option<rr::Record> {
    let server = rr::RData::NS(rr::rdata::NS(value::to_wire_name(server)?));
    Some(rr::Record::from_rdata(
        value::to_wire_name(zone)?,
        REFERRAL_TTL,
        server,
    ))
}

fn to_wire(record: &Record) -> Option<rr::Record> {
    let name = value::to_wire_name(&DnsName::parse_plain(&record.name)?)?;
    let rtype = record.rtype.parse().ok()?;
    let rdata = value::to_rdata(rtype, &record.value)?;
    Some(rr::Record::from_rdata(name, record.ttl, rdata))
}

/// The SOA record of a negative answer: its TTL is how long the answer is kept (RFC 2308, section 3).
fn to_negative(start: &Record) -> Option<rr::Record> {
    let minimum = start.value.rsplit(' ').next()?.parse().ok()?;
    let mut record = to_wire(start)?;
    record.ttl = record.ttl.min(minimum);
    Some(record)
}
