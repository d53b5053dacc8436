//! The terms of an SPF record: mechanisms with their qualifiers, and modifiers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DomainSpec, Letter, MacroString, Network};

/// The meaning of a match for the client.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Qualifier {
    /// `+`: it may send.
    #[default]
    Pass,
    /// `-`: it may not.
    Fail,
    /// `~`: it probably may not.
    SoftFail,
    /// `?`: nothing.
    Neutral,
}

impl Qualifier {
    /// The character in front of a mechanism.
    pub fn sign(self) -> char {
        match self {
            Self::Pass => '+',
            Self::Fail => '-',
            Self::SoftFail => '~',
            Self::Neutral => '?',
        }
    }

    /// The qualifier with this sign.
    pub fn from_sign(sign: char) -> Option<Self> {
        let all = [Self::Pass, Self::Fail, Self::SoftFail, Self::Neutral];
        all.into_iter().find(|qualifier| qualifier.sign() == sign)
    }
}

/// How many bits of a host's addresses count: `/24//64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Prefixes {
    /// For IPv4; 32 unless written.
    pub ip4: u8,
    /// For IPv6; 128 unless written.
    pub ip6: u8,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self { ip4: 32, ip6: 128 }
    }
}

/// A test that the client's address meets or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// `all`: every client.
    All,
    /// `include`: every client that passes at that domain.
    Include(DomainSpec),
    /// `a`: the addresses of a host; of the domain itself when it names none.
    A(Option<DomainSpec>, Prefixes),
    /// `mx`: the addresses of a domain's mail hosts.
    Mx(Option<DomainSpec>, Prefixes),
    /// `ptr`: clients whose name lies within a domain.
    Ptr(Option<DomainSpec>),
    /// `ip4` or `ip6`: a network.
    Ip(Network),
    /// `exists`: every client, if the name has an address.
    Exists(DomainSpec),
}

impl Mechanism {
    /// Whether it costs one of the ten look-ups (RFC 7208 §4.6.4).
    pub fn causes_lookup(&self) -> bool {
        !matches!(self, Self::All | Self::Ip(_))
    }

    /// The domain it names.
    pub fn domain(&self) -> Option<&DomainSpec> {
        match self {
            Self::Include(domain) | Self::Exists(domain) => Some(domain),
            Self::A(domain, _) | Self::Mx(domain, _) | Self::Ptr(domain) => domain.as_ref(),
            Self::All | Self::Ip(_) => None,
        }
    }
}

/// One term of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// A mechanism, and what a match of it means.
    Directive(Qualifier, Mechanism),
    /// `redirect`: the record to use when nothing matched.
    Redirect(DomainSpec),
    /// `exp`: where the text that explains a refusal is.
    Explanation(DomainSpec),
    /// A modifier that receivers ignore.
    Unknown(String, MacroString),
}

impl Term {
    /// Whether it costs one of the ten look-ups.
    pub fn causes_lookup(&self) -> bool {
        match self {
            Self::Directive(_, mechanism) => mechanism.causes_lookup(),
            Self::Redirect(_) => true,
            Self::Explanation(_) | Self::Unknown(..) => false,
        }
    }

    /// The domain it names.
    pub fn domain(&self) -> Option<&DomainSpec> {
        match self {
            Self::Directive(_, mechanism) => mechanism.domain(),
            Self::Redirect(domain) | Self::Explanation(domain) => Some(domain),
            Self::Unknown(..) => None,
        }
    }
}

/// The terms that a receiver comes to when nothing matches, each with its position: the
/// mechanisms before `all`, and the redirect of a record without it (RFC 7208 §4.6.2, §6.1).
pub(super) fn evaluated<'a>(
    terms: impl Iterator<Item = &'a Term> + Clone,
) -> impl Iterator<Item = (usize, &'a Term)> {
    let is_all = |term: &Term| matches!(term, Term::Directive(_, Mechanism::All));
    let has_all = terms.clone().any(is_all);
    let mut redirects = terms.clone().enumerate();
    let redirect = redirects.find(|(_, term)| matches!(term, Term::Redirect(_)));
    terms
        .enumerate()
        .take_while(move |(_, term)| !is_all(term))
        .filter(|(_, term)| matches!(term, Term::Directive(..)))
        .chain(redirect.filter(|_| !has_all))
}

/// Whether `term` depends on the message, so that nobody can say beforehand what it looks up.
pub(super) fn depends_on_message(term: &Term) -> bool {
    let is_fixed = |letter: Letter| letter == Letter::Domain;
    let domain = term.domain();
    domain.is_some_and(|spec| spec.text().macros().any(|found| !is_fixed(found.letter)))
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directive(Qualifier::Pass, mechanism) => mechanism.fmt(f),
            Self::Directive(qualifier, mechanism) => write!(f, "{}{mechanism}", qualifier.sign()),
            Self::Redirect(domain) => write!(f, "redirect={domain}"),
            Self::Explanation(domain) => write!(f, "exp={domain}"),
            Self::Unknown(name, value) => write!(f, "{name}={value}"),
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Include(domain) => write!(f, "include:{domain}"),
            Self::A(domain, prefixes) => write!(f, "a{}{prefixes}", Argument(domain.as_ref())),
            Self::Mx(domain, prefixes) => write!(f, "mx{}{prefixes}", Argument(domain.as_ref())),
            Self::Ptr(domain) => write!(f, "ptr{}", Argument(domain.as_ref())),
            Self::Ip(network) if network.address().is_ipv4() => write!(f, "ip4:{network}"),
            Self::Ip(network) => write!(f, "ip6:{network}"),
            Self::Exists(domain) => write!(f, "exists:{domain}"),
        }
    }
}

impl fmt::Display for Prefixes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ip4 != 32 {
            write!(f, "/{}", self.ip4)?;
        }
        if self.ip6 != 128 {
            write!(f, "//{}", self.ip6)?;
        }
        Ok(())
    }
}

struct Argument<'a>(Option<&'a DomainSpec>);

impl fmt::Display for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |domain| write!(f, ":{domain}"))
    }
}
