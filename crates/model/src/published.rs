//! The published state of a domain's mail, as an external observer found it: the text of each
//! record, its meaning for receivers, and what is wrong with it.
//!
//! All of it is somebody else's text: whoever shows it escapes it first.

use standards::Finding;
use standards::bimi::Bimi;
use standards::dkim::DkimKey;
use standards::dmarc::Dmarc;
use standards::dns::{Mx, Name};
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::spf::Spf;
use standards::tls_rpt::TlsRpt;

/// One thing that a domain publishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// The values, as they are; those at the same name that are something else left out.
    pub values: Vec<String>,
    /// Their meaning for receivers.
    pub read: Option<T>,
    /// The findings about them, and about what they lead to.
    pub findings: Vec<Finding>,
    /// Whether there was an answer. Without one, nothing here says what is published.
    pub is_answered: bool,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            read: None,
            findings: Vec::new(),
            is_answered: true,
        }
    }
}

impl<T> Seen<T> {
    /// Whether it is certain that nothing is published.
    pub fn is_absent(&self) -> bool {
        self.is_answered && self.values.is_empty()
    }
}

/// The zone that a domain is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenZone {
    /// Its name: the domain's, or one above.
    pub name: Name,
    /// Its name servers.
    pub servers: Vec<Name>,
}

/// A file that a record leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFile {
    /// Its URL.
    pub url: String,
    /// Its content, if a receiver gets it.
    pub bytes: Option<Vec<u8>>,
}

/// A DKIM key that was found. A selector that nobody guesses stays unseen.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenKey {
    /// Its selector.
    pub selector: String,
    /// The name that it is an alias of, if it is one.
    pub target: Option<String>,
    /// The key.
    pub key: Seen<DkimKey>,
}

/// A subdomain that is the MAIL FROM of an Amazon SES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMailFrom {
    /// Its labels below the domain.
    pub label: String,
    /// The region that takes its bounces, as its MX says.
    pub region: String,
    /// The findings about it.
    pub findings: Vec<Finding>,
}

/// Everything that a domain publishes about its mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The domain.
    pub domain: Name,
    /// Whether DNS has anything at all at the domain's name.
    pub exists: bool,
    /// The zone that it is in, as far as that can be seen.
    pub zone: Option<SeenZone>,
    /// Its mail hosts.
    pub mx: Seen<Vec<Mx>>,
    /// The hosts that may send for it.
    pub spf: Seen<Spf>,
    /// The look-ups that SPF costs a receiver.
    pub spf_lookups: Option<usize>,
    /// How many TXT values stand beside SPF: they are other people's.
    pub other_texts: usize,
    /// Its own DMARC record.
    pub dmarc: Seen<Dmarc>,
    /// The record of a domain above, which applies where there is no own one.
    pub dmarc_above: Option<(Name, Dmarc)>,
    /// The record that announces the MTA-STS policy.
    pub mta_sts: Seen<MtaStsRecord>,
    /// The policy as it is served.
    pub policy: Seen<MtaStsPolicy>,
    /// The name that the policy host is an alias of.
    pub policy_alias: Option<String>,
    /// The addresses that reports about TLS go to.
    pub tls_rpt: Seen<TlsRpt>,
    /// The BIMI record of the default selector.
    pub bimi: Seen<Bimi>,
    /// The logo that it names.
    pub logo: Option<SeenFile>,
    /// The mark certificate that it names.
    pub certificate: Option<SeenFile>,
    /// The keys at selectors that mail services use.
    pub keys: Vec<SeenKey>,
    /// The findings about selectors as a whole.
    pub key_findings: Vec<Finding>,
    /// The legacy tokens by which SES verifies a domain.
    pub ses_tokens: Seen<()>,
    /// The subdomains that are the MAIL FROM of an SES, at names that people use for it.
    pub mail_from: Vec<SeenMailFrom>,
    /// The findings that forbid a certificate for the hosts of policy and logo.
    pub certificate_findings: Vec<Finding>,
}

impl Published {
    /// A domain of which nothing has been seen yet.
    pub fn of(domain: Name) -> Self {
        Self {
            domain,
            exists: false,
            zone: None,
            mx: Seen::default(),
            spf: Seen::default(),
            spf_lookups: None,
            other_texts: 0,
            dmarc: Seen::default(),
            dmarc_above: None,
            mta_sts: Seen::default(),
            policy: Seen::default(),
            policy_alias: None,
            tls_rpt: Seen::default(),
            bimi: Seen::default(),
            logo: None,
            certificate: None,
            keys: Vec::new(),
            key_findings: Vec::new(),
            ses_tokens: Seen::default(),
            mail_from: Vec::new(),
            certificate_findings: Vec::new(),
        }
    }
}
