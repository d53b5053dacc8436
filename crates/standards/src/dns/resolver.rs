//! The questions that this crate asks of DNS; its caller brings the resolver.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::caa::Caa;
use super::{Mx, Name, Txt};

/// Why a question has no answer. A name that does not exist, or has no record of the type
/// asked for, is an answer: the empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("DNS gave no answer for {name}: {reason}")]
pub struct NoAnswer {
    /// The name that was asked for.
    pub name: Name,
    /// SERVFAIL, a time-out, a broken signature.
    pub reason: String,
}

/// DNS look-ups, with CNAMEs followed.
///
/// A method returns every record of the type at the name, and an empty list when there is
/// none or no such name.
pub trait Resolver: Sync {
    /// The TXT values at `name`, each with its strings joined.
    fn txt(&self, name: &Name) -> impl Future<Output = Result<Vec<Txt>, NoAnswer>> + Send;

    /// The IPv4 addresses of `name`.
    fn a(&self, name: &Name) -> impl Future<Output = Result<Vec<Ipv4Addr>, NoAnswer>> + Send;

    /// The IPv6 addresses of `name`.
    fn aaaa(&self, name: &Name) -> impl Future<Output = Result<Vec<Ipv6Addr>, NoAnswer>> + Send;

    /// The mail hosts of `name`.
    fn mx(&self, name: &Name) -> impl Future<Output = Result<Vec<Mx>, NoAnswer>> + Send;

    /// The names of `address`.
    fn ptr(&self, address: IpAddr) -> impl Future<Output = Result<Vec<Name>, NoAnswer>> + Send;

    /// The CAA records at `name` itself; [`caa::climb`](super::caa::climb) goes up from there.
    ///
    /// Only the rules about certificates ask for them, so that a resolver can do without.
    fn caa(&self, name: &Name) -> impl Future<Output = Result<Vec<Caa>, NoAnswer>> + Send {
        let unasked = NoAnswer {
            name: name.clone(),
            reason: "this resolver does not ask for CAA".to_owned(),
        };
        async { Err(unasked) }
    }

    /// Whether `name` exists: NXDOMAIN says that it does not, an answer without data that it does
    /// (RFC 8020).
    ///
    /// A resolver whose source does not tell the two apart leaves this to the definition of
    /// RFC 9091 §2.7, which DMARC had before RFC 9989: a name with neither an address nor a mail
    /// host does not exist.
    fn exists(&self, name: &Name) -> impl Future<Output = Result<bool, NoAnswer>> + Send {
        async move {
            Ok(!self.a(name).await?.is_empty()
                || !self.aaaa(name).await?.is_empty()
                || !self.mx(name).await?.is_empty())
        }
    }
}
