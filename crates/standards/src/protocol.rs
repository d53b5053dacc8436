//! The protocols whose policy is one TXT value among others, and how receivers recognise each.
//!
//! Every question "is this one?" is answered here, because a looser or a narrower rule than the
//! receivers' own makes two records where one may stand: `v = DMARC1` is a DMARC record
//! (RFC 9989 §4.8 allows white space around the equals sign), and `v=spf10` is not an SPF record.

use serde::{Deserialize, Serialize};

/// A protocol of which a name may publish one record; receivers that find several take none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Protocol {
    /// The Sender Policy Framework (RFC 7208).
    #[serde(rename = "v=spf1")]
    Spf,
    /// Keys of DKIM (RFC 6376).
    #[serde(rename = "v=DKIM1")]
    Dkim,
    /// DMARC policies, and authorizations of reports (RFC 9989, RFC 9990).
    #[serde(rename = "v=DMARC1")]
    Dmarc,
    /// MTA-STS (RFC 8461).
    #[serde(rename = "v=STSv1")]
    MtaSts,
    /// SMTP TLS reporting (RFC 8460).
    #[serde(rename = "v=TLSRPTv1")]
    TlsRpt,
    /// Brand Indicators for Message Identification.
    #[serde(rename = "v=BIMI1")]
    Bimi,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 6] = [
        Self::Spf,
        Self::Dkim,
        Self::Dmarc,
        Self::MtaSts,
        Self::TlsRpt,
        Self::Bimi,
    ];

    /// The version that its records begin with, as this crate prints it.
    pub fn version(self) -> &'static str {
        match self {
            Self::Spf => "v=spf1",
            Self::Dkim => "v=DKIM1",
            Self::Dmarc => "v=DMARC1",
            Self::MtaSts => "v=STSv1",
            Self::TlsRpt => "v=TLSRPTv1",
            Self::Bimi => "v=BIMI1",
        }
    }

    /// Whether receivers take `text` for a record of this protocol, whatever follows its version.
    pub fn recognises(self, text: &str) -> bool {
        match self {
            // RFC 7208 §4.5: the version, in any case, and then a space or nothing.
            Self::Spf => {
                let head = text.get(..Self::Spf.version().len());
                let rest = text.get(Self::Spf.version().len()..);
                head.is_some_and(|head| head.eq_ignore_ascii_case(Self::Spf.version()))
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            }
            Self::Dkim => is_first_tag(text, "DKIM1"),
            Self::Dmarc => is_first_tag(text, "DMARC1"),
            Self::Bimi => is_first_tag(text, "BIMI1"),
            // The version to the letter, then a semicolon (RFC 8461 §3.1, RFC 8460 §3).
            Self::MtaSts | Self::TlsRpt => text
                .strip_prefix(self.version())
                .is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(';')),
        }
    }

    /// The protocol that `text` is a record of.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.recognises(text))
    }
}

/// Whether the first tag of a list is `v` with this value. White space may stand around the name and the
/// value, and none before the name (RFC 6376 §3.2, RFC 9989 §4.8, BIMI §4.3).
pub(crate) fn is_first_tag(text: &str, version: &str) -> bool {
    let is_white_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let first = text.split(';').next().unwrap_or_default();
    first.split_once('=').is_some_and(|(name, value)| {
        name.trim_end_matches(is_white_space) == "v"
            && value.trim_matches(is_white_space) == version
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_is_recognised_as_its_receivers_do() {
        let cases = [
            ("v = DMARC1 ; p=reject", Some(Protocol::Dmarc)),
            ("v=DMARC1", Some(Protocol::Dmarc)),
            ("v\t=\tDMARC1;p=none", Some(Protocol::Dmarc)),
            (" v=DMARC1; p=none", None),
            ("v=DMARC10; p=none", None),
            ("v=dmarc1; p=none", None),
            ("V=SPF1 -all", Some(Protocol::Spf)),
            ("v=spf1", Some(Protocol::Spf)),
            ("v=spf10 -all", None),
            ("v = spf1 -all", None),
            ("v=STSv1 ; id=1", Some(Protocol::MtaSts)),
            ("v = STSv1; id=1", None),
            ("v=STSv1", None),
            (
                "v=TLSRPTv1;rua=mailto:a@example.com",
                Some(Protocol::TlsRpt),
            ),
            ("v=TLSRPTv10;rua=mailto:a@example.com", None),
            ("v = BIMI1; l=", Some(Protocol::Bimi)),
            ("v= DKIM1 ; p=", Some(Protocol::Dkim)),
            ("google-site-verification=v=spf1", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Protocol::of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_protocol_is_written_as_its_version_and_recognises_it_with_a_separator() {
        for protocol in Protocol::ALL {
            let written = serde_json::to_value(protocol).expect("plain data");
            assert_eq!(written, protocol.version());
            let separator = if protocol == Protocol::Spf { " " } else { ";" };
            assert!(protocol.recognises(&format!("{}{separator}", protocol.version())));
        }
    }
}
