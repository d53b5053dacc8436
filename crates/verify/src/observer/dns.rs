//! DNS: through a resolver, and from single name servers.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType as WireType};
use model::Unseen;
use standards::dns::RecordType;
use tokio::sync::Semaphore;

use super::View;

/// The port of DNS.
const PORT: u16 = 53;
/// Questions on their way at one time, so that a fleet does not drown a small resolver.
const LANES: usize = 64;
/// Name servers of a parent zone that are tried one after the other.
const SERVERS_TRIED: usize = 3;
/// Name servers whose addresses are remembered.
const SERVERS_KNOWN: usize = 4096;

/// The answer of DNS.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) values: Vec<String>,
    /// For how long it may be remembered.
    pub(super) held_for: Option<Duration>,
}

pub(super) struct Dns {
    resolver: TokioResolver,
    name_servers: Option<SocketAddr>,
    patience: Duration,
    lanes: Semaphore,
    /// Name servers that were asked before: the domains of a fleet share a few hundred.
    servers: Mutex<BTreeMap<String, TokioResolver>>,
}

impl Dns {
    pub(super) fn new(view: &View) -> Result<Self, String> {
        let builder = match view.resolver {
            Some(server) => {
                TokioResolver::builder_with_config(only(server), TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio().map_err(|error| error.to_string())?,
        };
        Ok(Self {
            resolver: build(builder, view.dns_patience).map_err(|error| error.to_string())?,
            name_servers: view.name_servers,
            patience: view.dns_patience,
            lanes: Semaphore::new(LANES),
            servers: Mutex::default(),
        })
    }

    /// The answer of the resolver.
    pub(super) async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Answer, String> {
        let kind = wire_type(rtype)?;
        let answered = self.ask(&self.resolver, name, kind).await;
        let answer = read(&answered.map_err(|fault| fault.to_string())?, kind);
        let is_open = answer.values.is_empty() && answer.held_for.is_none();
        if is_open && kind != WireType::CNAME {
            self.check_aliases(name).await?;
        }
        Ok(answer)
    }

    /// An empty answer that no zone vouches for can be the end of too many CNAMEs.
    async fn check_aliases(&self, name: &str) -> Result<(), String> {
        let alias = self.ask(&self.resolver, name, WireType::CNAME).await;
        let alias = alias.map_err(|fault| fault.to_string())?;
        match read(&alias, WireType::CNAME).values.first() {
            None => Ok(()),
            Some(target) => Err(format!(
                "its CNAME {target} leads through too many others, or in a circle"
            )),
        }
    }

    /// The addresses of `host`, of both families.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Unseen> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            return Ok(vec![address]);
        }
        let (ip4, ip6) = future::join(
            self.lookup(host, RecordType::A),
            self.lookup(host, RecordType::Aaaa),
        )
        .await;
        // One family is enough to go on with.
        let (answers, faults): (Vec<_>, Vec<_>) = [ip4, ip6].into_iter().partition(Result::is_ok);
        let addresses: Vec<IpAddr> = answers
            .into_iter()
            .flatten()
            .flat_map(|answer| answer.values)
            .filter_map(|value| value.parse().ok())
            .collect();
        match faults.into_iter().find_map(Result::err) {
            _ if !addresses.is_empty() => Ok(addresses),
            Some(fault) => Err(Unseen::NoAnswer(format!("{host}: {fault}"))),
            None => Err(Unseen::NoAnswer(format!("{host} has no address"))),
        }
    }

    /// The answer of the name server `server` from its own zones.
    pub(super) async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Answer, Unseen> {
        let kind = wire_type(rtype).map_err(Unseen::NoAnswer)?;
        let resolver = self.server(server).await?;
        let answered = self.ask(&resolver, name, kind).await;
        Ok(read(&answered?, kind))
    }

    /// Whether the name server `server` confirms that its zone has nothing of this type at `name`.
    pub(super) async fn confirms_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        let kind = wire_type(rtype).map_err(Unseen::NoAnswer)?;
        let resolver = self.server(server).await?;
        let answered = self.ask(&resolver, name, kind).await?;
        Ok(is_from_the_zone_around(name, &answered))
    }

    /// The name servers that the zone above `zone` names for it.
    pub(super) async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        let servers = self.servers_above(zone).await?;
        let mut fault = Unseen::NoAnswer(format!("no zone above {zone} has a name server"));
        for server in servers.iter().take(SERVERS_TRIED) {
            let asked = match self.server(server).await {
                Ok(resolver) => self.ask(&resolver, zone, WireType::NS).await,
                Err(error) => {
                    fault = error;
                    continue;
                }
            };
            match asked {
                Ok(answered) => return Ok(referral(&answered, zone)),
                Err(Unseen::NoAnswer(reason)) => {
                    fault = Unseen::NoAnswer(format!("{server}: {reason}"));
                }
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// The name servers of the closest zone above `zone`.
    async fn servers_above(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        if let Some(server) = self.name_servers {
            return Ok(vec![server.ip().to_string()]);
        }
        let mut name = zone;
        loop {
            name = name.split_once('.').map_or(".", |(_, parent)| parent);
            let found = self.lookup(name, RecordType::Ns).await;
            let found = found.map_err(|fault| Unseen::NoAnswer(format!("{name}: {fault}")))?;
            if !found.values.is_empty() || name == "." {
                return Ok(found.values);
            }
        }
    }

    /// A way to ask `server` alone, without recursion.
    async fn server(&self, server: &str) -> Result<TokioResolver, Unseen> {
        if let Some(known) = self.known().get(server) {
            return Ok(known.clone());
        }
        let address = self.address_of(server).await?;
        let provider = TokioRuntimeProvider::default();
        let mut builder = TokioResolver::builder_with_config(only(address), provider);
        builder.options_mut().recursion_desired = false;
        let made = build(builder, self.patience);
        let made = made.map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        let mut known = self.known();
        if known.len() >= SERVERS_KNOWN {
            known.clear();
        }
        known.insert(server.to_owned(), made.clone());
        Ok(made)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, TokioResolver>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn address_of(&self, server: &str) -> Result<SocketAddr, Unseen> {
        if let Some(address) = self.name_servers {
            return Ok(address);
        }
        let found = self.addresses(server).await?;
        // Many hosts cannot reach IPv6; a name server without IPv4 is rare.
        let address = found.iter().find(|address| address.is_ipv4());
        match address.or(found.first()) {
            Some(address) => Ok(SocketAddr::new(*address, PORT)),
            None => Err(Unseen::NoAnswer(format!("{server} has no address"))),
        }
    }

    /// Asks, and gives up when patience ends. No record is an answer.
    async fn ask(
        &self,
        resolver: &TokioResolver,
        name: &str,
        kind: WireType,
    ) -> Result<Answered, Unseen> {
        let fault = |reason: String| Err(Unseen::NoAnswer(reason));
        // With its final dot a name is never completed from the system's search list.
        let full = if name == "." {
            ".".to_owned()
        } else {
            format!("{name}.")
        };
        let Ok(full) = Name::from_ascii(&full) else {
            return fault("that is not a DNS name".to_owned());
        };
        let Ok(_lane) = self.lanes.acquire().await else {
            return fault("nobody asks any more".to_owned());
        };
        match tokio::time::timeout(self.patience, resolver.lookup(full, kind)).await {
            Ok(Ok(lookup)) => Ok(Answered::Records(lookup)),
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(none)))) => match none.response_code {
                ResponseCode::NoError | ResponseCode::NXDomain => Ok(Answered::None(none)),
                code => fault(format!("the server answers {code}")),
            },
            Ok(Err(NetError::Dns(DnsError::ResponseCode(code)))) => {
                fault(format!("the server answers {code}"))
            }
            Ok(Err(NetError::Timeout)) | Err(_) => Err(Unseen::Slow(self.patience)),
            Ok(Err(error)) => fault(error.to_string()),
        }
    }
}

enum Answered {
    Records(Lookup),
    None(NoRecords),
}

/// A configuration with one server.
fn only(server: SocketAddr) -> ResolverConfig {
    let mut config = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut config.connections {
        connection.port = server.port();
    }
    ResolverConfig::from_name_servers(vec![config])
}

fn build(
    mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>,
    patience: Duration,
) -> Result<TokioResolver, NetError> {
    let options = builder.options_mut();
    // A precondition asks again and again for what has just been published: the resolver's memory is
    // part of what external observers see, another one here would not be.
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.max_active_requests = 2 * LANES;
    options.attempts = 2;
    options.timeout = patience / 3;
    builder.build()
}

/// The type as a question has it: the resolver's own list lacks those that are no longer in use.
fn wire_type(rtype: RecordType) -> Result<WireType, String> {
    let wire = rtype.as_str().parse();
    wire.map_err(|_| format!("{rtype} is not a type that can be asked for"))
}

fn read(answered: &Answered, kind: WireType) -> Answer {
    let seconds = |ttl: u32| Duration::from_secs(ttl.into());
    match answered {
        Answered::None(none) => Answer {
            values: Vec::new(),
            held_for: none.negative_ttl.map(seconds),
        },
        Answered::Records(lookup) => {
            let records = lookup.answers().iter();
            let ours: Vec<&Record> = records
                .filter(|record| record.record_type() == kind)
                .collect();
            Answer {
                values: ours.iter().map(|record| text(&record.data)).collect(),
                held_for: ours.iter().map(|record| seconds(record.ttl)).min(),
            }
        }
    }
}

/// Whether an answer without records comes from the zone that `name` is in. Such an answer has the SOA of its
/// zone (RFC 2308, section 3): a referral has none, and one about the end of an alias may have that of
/// another zone.
fn is_from_the_zone_around(name: &str, answered: &Answered) -> bool {
    let Answered::None(none) = answered else {
        return false;
    };
    let (Some(soa), Ok(name)) = (&none.soa, Name::from_ascii(name)) else {
        return false;
    };
    soa.name.zone_of(&name)
}

/// The name servers of `zone` in a referral, or in the answer of a server that has both zones.
fn referral(answered: &Answered, zone: &str) -> Vec<String> {
    let records: Vec<&Record> = match answered {
        Answered::Records(lookup) => {
            let referred = lookup.authorities().iter();
            lookup.answers().iter().chain(referred).collect()
        }
        Answered::None(none) => none.authorities.iter().flat_map(|all| all.iter()).collect(),
    };
    let is_ours =
        |record: &&&Record| record.record_type() == WireType::NS && plain(&record.name) == zone;
    records
        .iter()
        .filter(is_ours)
        .map(|record| text(&record.data))
        .collect()
}

/// A value in the form of [`model::Outside::lookup`].
fn text(data: &RData) -> String {
    match data {
        RData::TXT(txt) => String::from_utf8_lossy(&txt.txt_data.concat()).into_owned(),
        RData::MX(mx) => format!("{} {}", mx.preference, plain(&mx.exchange)),
        RData::CNAME(name) => plain(name),
        RData::NS(name) => plain(name),
        RData::PTR(name) => plain(name),
        // hickory knows neither without its DNSSEC feature.
        RData::Unknown {
            code: WireType::DS,
            rdata,
        } => signer(&rdata.anything).unwrap_or_default(),
        RData::Unknown {
            code: WireType::DNSKEY,
            rdata,
        } => key(&rdata.anything).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A DS record (RFC 4034, section 5.1) in presentation form.
fn signer(octets: &[u8]) -> Option<String> {
    let ([tag @ .., algorithm, kind], digest) = octets.split_first_chunk::<4>()?;
    let tag = u16::from_be_bytes(*tag);
    let digest = digest.iter().map(|octet| format!("{octet:02X}"));
    let digest: String = digest.collect();
    Some(format!("{tag} {algorithm} {kind} {digest}"))
}

/// A DNSKEY record (RFC 4034, section 2.1) in presentation form.
fn key(octets: &[u8]) -> Option<String> {
    let ([flags @ .., protocol, algorithm], key) = octets.split_first_chunk::<4>()?;
    let flags = u16::from_be_bytes(*flags);
    let key = STANDARD.encode(key);
    Some(format!("{flags} {protocol} {algorithm} {key}"))
}

fn plain(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    match text.strip_suffix('.') {
        Some("") | None => text,
        Some(text) => text.to_owned(),
    }
}
