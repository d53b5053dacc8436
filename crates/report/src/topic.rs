//! The words by which a mail administrator calls the part of a domain that a resource belongs to.

use kinds::{Purpose, S3Object};
use model::Spec;

/// A part of a domain's mail, in the order in which it is shown: what is in DNS first, what serves
/// files last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The hosts that receive mail.
    Routing,
    /// SPF, DKIM and DMARC.
    Authentication,
    /// MTA-STS and TLS reporting.
    Transport,
    /// BIMI.
    Branding,
    /// Amazon SES.
    Sending,
    /// Buckets, certificates, distributions and the names of their hosts.
    Hosting,
}

impl Topic {
    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Routing => "Mail routing",
            Self::Authentication => "Authentication",
            Self::Transport => "Transport",
            Self::Branding => "Branding",
            Self::Sending => "Sending",
            Self::Hosting => "Hosting",
        }
    }

    /// The topic of a resource of `domain`.
    pub(crate) fn of(domain: &str, spec: &Spec) -> Self {
        if let Some(record) = kinds::record_of(spec) {
            let name = record.name.known().map_or("", String::as_str);
            return match Purpose::of(record) {
                Purpose::Mx => Self::Routing,
                // SES wants an SPF record at each MAIL FROM domain.
                Purpose::Spf if name != domain => Self::Sending,
                Purpose::Spf | Purpose::Dkim | Purpose::Dmarc | Purpose::ReportAuthorization => {
                    Self::Authentication
                }
                Purpose::MtaSts | Purpose::TlsRpt => Self::Transport,
                Purpose::Bimi => Self::Branding,
                Purpose::MailFromMx | Purpose::Token => Self::Sending,
                Purpose::PolicyHost | Purpose::LogoHost | Purpose::Validation(_) => Self::Hosting,
            };
        }
        if let Some(object) = spec.get::<S3Object>() {
            return if object.is_policy() {
                Self::Transport
            } else {
                Self::Branding
            };
        }
        if spec.kind().name().starts_with("ses_") {
            Self::Sending
        } else {
            Self::Hosting
        }
    }

    /// The name that mail administrators give a record or a file; nothing for other resources.
    pub(crate) fn label(spec: &Spec) -> Option<&'static str> {
        if let Some(object) = spec.get::<S3Object>() {
            return object.is_policy().then_some("policy");
        }
        let record = kinds::record_of(spec)?;
        Some(match Purpose::of(record) {
            Purpose::Mx | Purpose::MailFromMx => "MX",
            Purpose::Spf => "SPF",
            Purpose::Dkim => "DKIM",
            Purpose::Dmarc => "DMARC",
            Purpose::ReportAuthorization => "reports",
            Purpose::Bimi => "BIMI",
            Purpose::MtaSts => "MTA-STS",
            Purpose::TlsRpt => "TLS-RPT",
            Purpose::PolicyHost | Purpose::LogoHost => "host",
            Purpose::Validation(_) => "ACM",
            Purpose::Token => "token",
        })
    }
}
