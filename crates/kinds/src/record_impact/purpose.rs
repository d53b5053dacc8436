//! The purpose of a record, by its name, its type and its values.

use model::{Kind, MailImpact};

use standards::dns::RecordType;

use super::asked;
use crate::record::Record;
use crate::{AcmCertificate, SesIdentity};

/// The purpose of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The hosts that receive mail.
    Mx,
    /// The hosts that receive the bounces of SES.
    MailFromMx,
    /// The hosts that may send.
    Spf,
    /// A key of signatures.
    Dkim,
    /// The treatment of mail that fails.
    Dmarc,
    /// That reports about another domain may come here (RFC 7489, section 7.1).
    ReportAuthorization,
    /// The logo.
    Bimi,
    /// That there is an MTA-STS policy.
    MtaSts,
    /// The address of reports about TLS.
    TlsRpt,
    /// The host of the MTA-STS policy.
    PolicyHost,
    /// The host of the logo.
    LogoHost,
    /// Validates the certificate of a host; which mail loses by it when it is gone.
    Validation(MailImpact),
    /// Proves something to a service: no mail depends on it.
    Token,
}

impl Purpose {
    /// The purpose of a record, by its name, its type and its values.
    pub fn of(record: &Record) -> Self {
        let references = record.values.iter().chain([&record.name]);
        let mut kinds = references.filter_map(|field| Some(&field.reference()?.resource.kind));
        match kinds.next().map(ToString::to_string).as_deref() {
            Some(SesIdentity::NAME) => return Self::Dkim,
            Some(AcmCertificate::NAME) => return Self::Validation(MailImpact::None),
            _ => {}
        }
        let name = record.name.known().map(|name| name.to_ascii_lowercase());
        let name = name.unwrap_or_default();
        let values = asked(record);
        let begins = |prefix: &str| {
            let mut values = values.iter();
            values.any(|value| value.to_ascii_lowercase().starts_with(prefix))
        };
        let host = name.split_once('.').map_or("", |(first, _)| first);
        match record.rtype {
            // The host that SES names for bounces (SES Developer Guide, "Using a custom MAIL FROM domain").
            RecordType::Mx if values.iter().any(|value| value.contains(" feedback-smtp.")) => {
                Self::MailFromMx
            }
            RecordType::Mx => Self::Mx,
            _ if name.contains("._report._dmarc.") => Self::ReportAuthorization,
            _ if host == "_dmarc" => Self::Dmarc,
            _ if host == "_mta-sts" => Self::MtaSts,
            _ if name.starts_with("_smtp._tls.") => Self::TlsRpt,
            _ if name.contains("._bimi.") => Self::Bimi,
            _ if name.contains("._domainkey.") => Self::Dkim,
            RecordType::Txt if begins("v=spf1") => Self::Spf,
            RecordType::Cname
                if values
                    .iter()
                    .any(|value| value.ends_with(".acm-validations.aws")) =>
            {
                let of_policy = name.contains(".mta-sts.");
                Self::Validation(if of_policy {
                    MailImpact::Receiving
                } else {
                    MailImpact::Branding
                })
            }
            RecordType::A | RecordType::Aaaa if host == "mta-sts" => Self::PolicyHost,
            RecordType::A | RecordType::Aaaa => Self::LogoHost,
            _ => Self::Token,
        }
    }
}
