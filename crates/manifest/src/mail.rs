//! The blocks that become policy records: MTA-STS, TLS reporting, DMARC and SPF.

use crate::position::{Located, Position};
use crate::read::{block, words};
use crate::uploads::PolicyFile;
use crate::values::{FailureOptions, Period, RawRecord, SpfArgument};
use standards::mail_uri::ReportUri;
use standards::mta_sts::MxPattern;

block! {
    /// MTA-STS: the policy that makes senders use TLS to the domain's mail hosts.
    pub struct MtaSts {
        /// The reaction of senders when TLS fails. Needed unless `policy` names a file.
        pub mode: Option<Located<MtaStsMode>>,
        /// How long senders keep the policy; 7 days by default.
        pub max_age: Option<Located<Period>>,
        /// The hosts that mail may go to; by default those of the domain's MX.
        pub mx: Vec<Located<MxPattern>>,
        /// A policy file, instead of the keys above.
        pub policy: Option<Located<PolicyFile>>,
    }
}

words! {
    /// The action of senders when TLS to a mail host fails.
    pub enum MtaStsMode {
        /// They don't deliver.
        Enforce = "enforce",
        /// They deliver and report.
        Testing = "testing",
        /// As if there were no policy.
        None = "none",
    }
}

block! {
    /// TLS reporting: daily reports of what senders met.
    pub struct TlsRpt {
        /// The addresses that the reports go to.
        pub rua: Vec<Located<ReportUri>>,
    }
}

block! {
    /// DMARC: what receivers do with mail that says it is from this domain and is not.
    pub struct Dmarc {
        /// The policy for the domain.
        pub p: Located<DmarcPolicy>,
        /// The policy for subdomains; `p` by default.
        pub sp: Option<Located<DmarcPolicy>>,
        /// The policy for subdomains that don't exist; `sp` by default.
        pub np: Option<Located<DmarcPolicy>>,
        /// The addresses that aggregate reports go to.
        pub rua: Vec<Located<ReportUri>>,
        /// The addresses that failure reports go to. They carry personal data.
        pub ruf: Vec<Located<ReportUri>>,
        /// How DKIM's domain must match.
        pub adkim: Option<Located<Alignment>>,
        /// How SPF's domain must match.
        pub aspf: Option<Located<Alignment>>,
        /// Testing: receivers apply one step less than the policy.
        pub t: Option<Located<YesNo>>,
        /// Whether this is a public suffix.
        pub psd: Option<Located<Psd>>,
        /// Which failures are reported.
        pub fo: Option<Located<FailureOptions>>,
    }
}

words! {
    /// The action of a receiver on mail that fails DMARC. The order is from the weakest.
    pub enum DmarcPolicy {
        /// Nothing.
        None = "none",
        /// It goes to spam.
        Quarantine = "quarantine",
        /// It is refused.
        Reject = "reject",
    }
}

words! {
    /// How a domain must match the one in From.
    pub enum Alignment {
        /// The same organizational domain.
        Relaxed = "r",
        /// The same domain.
        Strict = "s",
    }
}

words! {
    /// DMARC's yes and no.
    pub enum YesNo {
        /// Yes.
        Yes = "y",
        /// No.
        No = "n",
    }
}

words! {
    /// Whether a domain is a public suffix.
    pub enum Psd {
        /// It is.
        Yes = "y",
        /// It is not, and it is an organizational domain of its own.
        No = "n",
        /// The tree walk tells.
        Unknown = "u",
    }
}

block! {
    /// SPF: the hosts that may send for the domain.
    pub struct Spf {
        /// Domains whose senders may send for this one.
        pub include: Vec<Located<SpfArgument>>,
        /// Networks, such as `192.0.2.0/24`.
        pub ip4: Vec<Located<SpfArgument>>,
        /// Networks, such as `2001:db8::/32`.
        pub ip6: Vec<Located<SpfArgument>>,
        /// Hosts whose addresses may send; `@` is the domain itself.
        pub a: Vec<Located<SpfArgument>>,
        /// Domains whose mail hosts may send; `@` is the domain itself.
        pub mx: Vec<Located<SpfArgument>>,
        /// Domain specifications that must have an address.
        pub exists: Vec<Located<SpfArgument>>,
        /// The domain whose record is used when no term matches.
        pub redirect: Option<Located<SpfArgument>>,
        /// The result for all other hosts; `softfail` unless there is a `redirect`.
        pub all: Option<Located<SpfAll>>,
        /// The whole record, instead of the keys above.
        pub record: Option<Located<RawRecord>>,
    }
}

words! {
    /// The result for hosts that no other term matches.
    pub enum SpfAll {
        /// `-all`: they may not send.
        Fail = "fail",
        /// `~all`: they probably may not.
        Softfail = "softfail",
        /// `?all`: nothing is said.
        Neutral = "neutral",
        /// `+all`: everybody may send.
        Pass = "pass",
    }
}

/// Addresses of reports, each by its host.
pub(crate) fn named(uris: &[Located<ReportUri>]) -> Vec<(String, &Position)> {
    let host = |uri: &ReportUri| uri.host().map(ToString::to_string).unwrap_or_default();
    uris.iter().map(|uri| (host(uri), &uri.position)).collect()
}

impl Dmarc {
    /// The values that findings about the record name.
    pub(crate) fn named(&self) -> Vec<(String, &Position)> {
        let mut values = named(&self.rua);
        values.extend(named(&self.ruf));
        let tags = [("sp", &self.sp), ("np", &self.np)];
        values.extend(tags.into_iter().filter_map(|(tag, policy)| {
            let policy = policy.as_ref()?;
            Some((tag.to_owned(), &policy.position))
        }));
        let tags = [("adkim=s", &self.adkim), ("aspf=s", &self.aspf)];
        values.extend(tags.into_iter().filter_map(|(tag, alignment)| {
            let alignment = alignment.as_ref()?;
            Some((tag.to_owned(), &alignment.position))
        }));
        let policy = format!("p={}", self.p.value);
        values.push((policy, &self.p.position));
        values
    }
}

impl Spf {
    /// The values that findings about the record name.
    pub(crate) fn named(&self) -> Vec<(String, &Position)> {
        let lists = [&self.include, &self.a, &self.mx, &self.exists];
        let domains = lists.into_iter().flatten().chain(&self.redirect);
        let mut values: Vec<_> = domains
            .map(|domain| (domain.as_str().to_owned(), &domain.position))
            .collect();
        values.extend(
            self.all
                .iter()
                .map(|all| ("-all".to_owned(), &all.position)),
        );
        values
    }
}
