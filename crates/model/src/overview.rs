//! The state of a domain's mail, as anybody can see it: one subject for each standard, and what to do
//! first. `verify` makes it, `report` shows it.
//!
//! All values are somebody else's text: whoever shows them escapes them first.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use standards::Finding;
use standards::dns::Name;

use crate::impact::MailImpact;
use crate::rules;

/// One standard of mail security, or what all of them stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// The zone and its name servers.
    Dns,
    /// The hosts that receive mail.
    Mx,
    /// The servers that may send.
    Spf,
    /// The keys that sign.
    Dkim,
    /// The policy for mail that fails both.
    Dmarc,
    /// TLS on the way to the mail hosts.
    MtaSts,
    /// Reports about that.
    TlsRpt,
    /// The logo beside messages.
    Bimi,
}

impl Standard {
    /// The mail that it is about.
    pub fn mail(self) -> MailImpact {
        match self {
            Self::Dns | Self::Mx | Self::MtaSts | Self::TlsRpt => MailImpact::Receiving,
            Self::Spf | Self::Dkim | Self::Dmarc => MailImpact::Sending,
            Self::Bimi => MailImpact::Branding,
        }
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "DNS",
            Self::Mx => "MX",
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
            Self::MtaSts => "MTA-STS",
            Self::TlsRpt => "TLS-RPT",
            Self::Bimi => "BIMI",
        })
    }
}

/// How far a domain is with one standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// It is published, and does what it is for.
    Good,
    /// It is published and valid, and asks nothing of anybody yet.
    Begun,
    /// It is not published.
    Absent,
    /// A conforming receiver or sender ignores or refuses it.
    Faulty,
    /// It could not be seen.
    Unseen,
    /// The domain has no use for it.
    Unused,
}

/// One standard at one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The standard.
    pub standard: Standard,
    /// How far the domain is with it.
    pub grade: Grade,
    /// The state in one line.
    pub summary: String,
    /// The values as they are published.
    pub values: Vec<String>,
    /// The rules that it breaks.
    pub findings: Vec<Finding>,
}

/// One thing to do, before those that come after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// The standard that it is about.
    pub standard: Standard,
    /// The action.
    pub action: String,
    /// Why it matters.
    pub reason: String,
    /// The rule that is broken without it, where there is one.
    pub rule: Option<Cow<'static, str>>,
}

/// The state of a domain's mail, as an unauthenticated observer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The domain.
    pub domain: Name,
    /// Every standard, in the order in which they are read.
    pub subjects: Vec<Subject>,
    /// The next steps, the most urgent first.
    pub steps: Vec<NextStep>,
}

impl Overview {
    /// Whether a conforming receiver or sender ignores or refuses something.
    pub fn is_faulty(&self) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.any(|subject| subject.grade == Grade::Faulty)
    }

    /// Whether a question had no answer. A key at a selector that nobody can guess is no such question.
    pub fn is_unanswered(&self) -> bool {
        let mut findings = self.subjects.iter().flat_map(|one| &one.findings);
        findings.any(|finding| finding.is_of(rules::LIVE_02))
    }
}
