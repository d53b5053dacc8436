//! The block of one domain: what is published, hosted and sent for it.

use indexmap::IndexMap;

use crate::acceptance::Accepted;
use crate::mail::{Dmarc, MtaSts, Spf, TlsRpt};
use crate::position::Located;
use crate::read::{block, choice, words};
use crate::ses::Instance;
use crate::uploads::{LogoFile, MarkCertificateFile};
use crate::values::{
    Arn, HostName, LocalPart, OthersValue, Period, Region, Selector, Shared, TagKey, TagValue,
    ZoneId,
};
use model::AccountName;
use standards::dns::Mx;

block! {
    /// A domain: what is published, hosted and sent for it. What is not said is not touched.
    pub struct Domain {
        /// The place of its DNS: `manual`, or a Route 53 zone.
        pub dns: Located<Dns>,
        /// The hosts and buckets that serve its files. BIMI and MTA-STS need it.
        pub hosting: Option<Located<Hosting>>,
        /// Its MX records, each `PREFERENCE HOST`; `0 .` alone refuses all mail. By default what is published, left as it is.
        pub mx: Vec<Located<Mx>>,
        /// The logo that mail programs show beside its mail.
        pub bimi: Option<Located<Bimi>>,
        /// The policy that makes senders use TLS to its mail hosts.
        pub mta_sts: Option<Located<MtaSts>>,
        /// The addresses that reports about TLS go to.
        pub tls_rpt: Option<Located<TlsRpt>>,
        /// The policy for mail that is not from it.
        pub dmarc: Option<Located<Dmarc>>,
        /// The hosts that may send for it.
        pub spf: Option<Located<Spf>>,
        /// Whether people write from it, and so to mailing lists, which break DKIM and SPF: `p: reject` loses such mail.
        pub people: Located<bool> = "false",
        /// The Amazon SES instances that send for it.
        pub ses: Vec<Located<Instance>>,
        /// Take over values and resources that are there already and conflict with this manifest.
        pub adopt: Located<bool> = "false",
        /// Refuse to destroy the domain, and to replace anything of it.
        pub protect: Located<bool> = "false",
        /// Findings to live with: a rule's id, and the reason, or the reason and the last day.
        pub accept: Accepted,
        /// Values that others put beside ours in DNS and that drift need not note, with `*` for any characters.
        pub ignore: Vec<Located<OthersValue>>,
        /// The time to live of its records.
        pub ttl: Located<Period> = "1h",
        /// Tags of everything that is made for it.
        pub tags: IndexMap<TagKey, Located<TagValue>>,
    }
}

choice! {
    /// The place of a domain's DNS.
    pub enum Dns {
        /// Somewhere else: `deploy records` tells what to publish.
        Manual = "manual",
        /// In a Route 53 hosted zone.
        Route53(Route53) = "route53",
    }
}

block! {
    /// A hosted zone.
    pub struct Route53 {
        /// The account that has the zone.
        pub account: Located<AccountName>,
        /// The zone's id, where more than one has the name.
        pub zone: Option<Located<ZoneId>>,
        /// Make the zone if there is none.
        pub create: Located<bool> = "false",
    }
}

block! {
    /// A bucket behind a distribution with a certificate.
    pub struct Hosting {
        /// The account that has them.
        pub account: Located<AccountName>,
        /// The bucket's region.
        pub region: Located<Region>,
        /// The host that serves the logo and the mark certificate: a label, or a whole name below the domain.
        pub assets_host: Located<HostName> = "bimi-assets",
        /// How long access logs are kept; of shared buckets, the longest counts.
        pub log_retention: Located<Period> = "90d",
        /// Whether the files are in one pair of buckets with those of other domains of the account and region: of
        /// all that say `true`, or of those that say the same name.
        pub shared: Located<Shared> = "false",
        /// A certificate that is there already, in us-east-1; by default one is requested.
        pub certificate: Option<Located<Arn>>,
    }
}

block! {
    /// BIMI: the brand's logo, and the proof that it is the brand's.
    pub struct Bimi {
        /// The logo, an SVG Tiny Portable/Secure file.
        pub logo: Option<Located<LogoFile>>,
        /// The mark certificate (VMC or CMC), a PEM file.
        pub certificate: Option<Located<MarkCertificateFile>>,
        /// The selector.
        pub selector: Located<Selector> = "default",
        /// Whose picture is preferred where a person has one too.
        pub avp: Option<Located<Avatar>>,
        /// The local parts that have a selector of their own.
        pub lps: Vec<Located<LocalPart>>,
        /// Publish that this domain has no logo.
        pub decline: Located<bool> = "false",
    }
}

words! {
    /// Whose picture is preferred.
    pub enum Avatar {
        /// The brand's.
        Brand = "brand",
        /// The person's.
        Personal = "personal",
    }
}
