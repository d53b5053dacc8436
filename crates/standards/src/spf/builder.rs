//! Makes a record from parts that are valid by their types.

use super::{DomainSpec, Mechanism, Network, Prefixes, Qualifier, Spf, Term};
use crate::dns::Name;

/// A record in the making. What it makes has no syntax error; whether it is wise is for
/// [`Spf::parse`] to say about its text.
///
/// ```
/// use standards::dns::Name;
/// use standards::spf::{Qualifier, Spf};
///
/// let record = Spf::builder()
///     .include(&Name::parse("amazonses.com")?)
///     .all(Qualifier::SoftFail);
/// assert_eq!(record.to_string(), "v=spf1 include:amazonses.com ~all");
/// # Ok::<(), standards::dns::NameError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SpfBuilder {
    terms: Vec<Term>,
}

impl SpfBuilder {
    /// Everybody who passes at `domain` may send.
    #[must_use]
    pub fn include(self, domain: &Name) -> Self {
        self.pass(Mechanism::Include(domain.into()))
    }

    /// The addresses of `host` may send; those of the domain itself when it is absent.
    #[must_use]
    pub fn a(self, host: Option<&Name>) -> Self {
        self.pass(Mechanism::A(
            host.map(DomainSpec::from),
            Prefixes::default(),
        ))
    }

    /// The mail hosts of `domain` may send; those of the domain itself when it is absent.
    #[must_use]
    pub fn mx(self, domain: Option<&Name>) -> Self {
        self.pass(Mechanism::Mx(
            domain.map(DomainSpec::from),
            Prefixes::default(),
        ))
    }

    /// The addresses of `network` may send.
    #[must_use]
    pub fn network(self, network: Network) -> Self {
        self.pass(Mechanism::Ip(network))
    }

    /// Any term.
    #[must_use]
    pub fn term(mut self, term: Term) -> Self {
        self.terms.push(term);
        self
    }

    /// The record, which says `qualifier` about everybody else.
    pub fn all(self, qualifier: Qualifier) -> Spf {
        Spf {
            terms: self.term(Term::Directive(qualifier, Mechanism::All)).terms,
        }
    }

    /// The record, which leaves everybody else to the record of `domain`.
    pub fn redirect(self, domain: &Name) -> Spf {
        Spf {
            terms: self.term(Term::Redirect(domain.into())).terms,
        }
    }

    fn pass(self, mechanism: Mechanism) -> Self {
        self.term(Term::Directive(Qualifier::Pass, mechanism))
    }
}
