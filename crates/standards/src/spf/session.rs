//! A connection, as SPF knows it.

use std::net::IpAddr;

/// One connection of a client to a receiver, as SPF sees it.
///
/// ```
/// use standards::spf::Session;
///
/// let session = Session::new("192.0.2.1".parse()?, "mail.example.com", "ann@example.com")
///     .with_receiver("mx.example.net")
///     .at(1_790_000_000);
/// assert_eq!(session.sender_parts(), ("ann", "example.com"));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session<'a> {
    /// The client's address.
    pub address: IpAddr,
    /// The name that the client gave in HELO or EHLO.
    pub helo: &'a str,
    /// The address in MAIL FROM; empty in a bounce.
    pub sender: &'a str,
    /// The name of the receiving host, for explanations.
    pub receiver: &'a str,
    /// Seconds since 1970, for explanations.
    pub time: u64,
}

impl<'a> Session<'a> {
    /// A client at `address` that greeted as `helo`, with mail from `sender`; empty in a bounce.
    /// The receiver is unknown and the time 0, which only explanations can tell.
    pub fn new(address: IpAddr, helo: &'a str, sender: &'a str) -> Self {
        Self {
            address,
            helo,
            sender,
            receiver: "unknown",
            time: 0,
        }
    }

    /// The same session at the host `receiver`.
    #[must_use]
    pub fn with_receiver(mut self, receiver: &'a str) -> Self {
        self.receiver = receiver;
        self
    }

    /// The same session at this many seconds since 1970.
    #[must_use]
    pub fn at(mut self, time: u64) -> Self {
        self.time = time;
        self
    }

    /// The local part and domain of MAIL FROM: `postmaster` where there is no local part,
    /// and the name of HELO where there is no address (RFC 7208 §2.4, §4.3).
    pub fn sender_parts(&self) -> (&'a str, &'a str) {
        let (local_part, domain) = match self.sender.rsplit_once('@') {
            Some((local_part, domain)) => (local_part, domain),
            None if self.sender.is_empty() => ("", self.helo),
            None => ("", self.sender),
        };
        (
            if local_part.is_empty() {
                "postmaster"
            } else {
                local_part
            },
            domain,
        )
    }

    /// The client's address; an IPv4 address in IPv6 clothes is an IPv4 address.
    pub(super) fn client(&self) -> IpAddr {
        self.address.to_canonical()
    }
}
