//! The world's public DNS, for its users: resolvers, name servers and registries.

use jiff::Timestamp;

use crate::dns::{Dns as _, Lookup, PublicDns, Trace};
use crate::dns_text::name::DnsName;
use crate::world::World;

impl World {
    /// Asks the public DNS for `name` and `rtype` at time `now`: only zones that are delegated to
    /// answer, changes are seen when they are INSYNC, aliases are flattened.
    pub fn resolve(&self, name: &str, rtype: &str, now: Timestamp) -> Lookup {
        self.public_dns().resolve(name, rtype, now)
    }

    /// The name servers to which the zone above delegates `zone`; empty where it delegates to none.
    pub fn delegation(&self, zone: &str, now: Timestamp) -> Vec<String> {
        let zone = DnsName::parse(zone).ok();
        let servers = zone.and_then(|zone| self.referral(&zone, now));
        servers.iter().flatten().map(DnsName::plain).collect()
    }

    /// The answer of the name server `server` from its own zones; `None` where it refuses.
    pub fn ask_server(
        &self,
        server: &str,
        name: &str,
        rtype: &str,
        now: Timestamp,
    ) -> Option<Lookup> {
        self.public_dns().ask_server(server, name, rtype, now)
    }

    pub(crate) fn trace(&self, name: &DnsName, rtype: &str, now: Timestamp) -> Trace {
        self.public_dns().trace(name, rtype, now)
    }

    pub(crate) fn referral(&self, zone: &DnsName, now: Timestamp) -> Option<Vec<DnsName>> {
        self.public_dns().referral(zone, now)
    }

    pub(crate) fn ask_any_server(&self, name: &DnsName, rtype: &str, now: Timestamp) -> Trace {
        self.public_dns().ask_any_server(name, rtype, now)
    }

    pub(super) fn public_dns(&self) -> PublicDns<'_> {
        PublicDns {
            outside: &self.dns,
            zones: &self.route53,
            aws: self,
        }
    }
}
