//! An IP network: an address and how many of its leading bits count.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network as SPF writes it. Bits after the prefix are kept as they are written, and
/// have no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The part before the slash.
    #[error("the address is not valid")]
    Address,
    /// The part after the slash.
    #[error("the prefix length is not a number from 0 to {max} without leading zeros")]
    Prefix {
        /// The longest prefix of the address's family.
        max: u8,
    },
}

impl Network {
    /// The network of the first `prefix` bits of `address`.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, NetworkError> {
        let max = bits(address);
        if prefix > max {
            return Err(NetworkError::Prefix { max });
        }
        Ok(Self { address, prefix })
    }

    /// The network of the first `prefix` bits of an IPv4 address.
    pub(super) const fn ip4(address: [u8; 4], prefix: u8) -> Self {
        let [a, b, c, d] = address;
        let address = IpAddr::V4(Ipv4Addr::new(a, b, c, d));
        Self { address, prefix }
    }

    /// The network of the first `prefix` bits of the IPv6 address that begins and ends with these
    /// groups.
    pub(super) const fn ip6(first: u16, last: u16, prefix: u8) -> Self {
        let address = IpAddr::V6(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, last));
        Self { address, prefix }
    }

    /// The address, as it was written.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// How many leading bits count.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether `address` is in this network. An IPv4 address is in no IPv6 network.
    pub fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4()
            && masked(address, self.prefix) == masked(self.address, self.prefix)
    }

    /// Whether every address of `other` is in this network.
    pub fn covers(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.contains(other.address)
    }

    /// The start of the network among all addresses, IPv4 before IPv6, and its prefix: a
    /// network sorts before those that it covers.
    pub(super) fn sort_key(self) -> (bool, u128, u8) {
        (
            self.address.is_ipv6(),
            masked(self.address, self.prefix),
            self.prefix,
        )
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let max = bits(address);
        let prefix = prefix.map_or(Some(max), |text| parse_prefix(text, max));
        Ok(Self {
            address,
            prefix: prefix.ok_or(NetworkError::Prefix { max })?,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == bits(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

/// A prefix length from 0 to `max`, in digits without leading zeros (RFC 7208 §12).
pub(super) fn parse_prefix(text: &str, max: u8) -> Option<u8> {
    let is_canonical = text == "0" || !text.starts_with('0');
    let is_number = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|prefix| is_canonical && is_number && *prefix <= max)
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, prefix: u8) -> u128 {
    let (number, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let dropped = u32::from(width - prefix.min(width));
    number
        .checked_shr(dropped)
        .unwrap_or(0)
        .checked_shl(dropped)
        .unwrap_or(0)
}
