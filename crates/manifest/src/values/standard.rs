//! The values that the standards define: their parsers are those of the crate `standards`.

use std::error::Error;
use std::fmt;

use model::rules::{self, Rule};
use standards::dns::{Mx, Name, NameError};
use standards::mail_uri::ReportUri;
use standards::mta_sts::MxPattern;

use crate::read::{Meant, Text};

/// An error and what is behind it, in one sentence.
pub(crate) fn describe(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", describe(source)),
        None => error.to_string(),
    }
}

impl Text for Name {
    const WHAT: &'static str = "a domain name";
    const EXAMPLES: &'static [&'static str] = &["example.com"];
    const RULE: &'static Rule = rules::DNS_05;

    /// A domain has mail, so its name is one that a host can have, below a top-level domain.
    fn parse(text: &str) -> Result<Self, String> {
        let name = Name::parse(text).map_err(|error| describe(&error))?;
        if !name.is_host() {
            return Err(format!("{name} is not the name of a mail domain"));
        }
        if name.label_count() < 2 {
            return Err(format!(
                "{name} has one label only, a domain has at least two"
            ));
        }
        Ok(name)
    }
}

/// A host, written as its labels below the domain or as a whole name.
///
/// `bimi-assets` and `bimi-assets.example.com` are the same host of `example.com`; [`HostName::under`] tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Name);

impl HostName {
    /// The whole name: itself, if it is within `domain`, and otherwise its labels put before `domain`.
    pub fn under(&self, domain: &Name) -> Result<Name, NameError> {
        if self.0.is_within(domain) {
            Ok(self.0.clone())
        } else {
            self.0.join(domain)
        }
    }

    /// Whether this is written as a whole name somewhere else than below `domain`: several labels
    /// that end in a public suffix.
    pub(crate) fn is_elsewhere(&self, domain: &Name) -> bool {
        let text = self.0.as_str().as_bytes();
        let suffix_known = psl::suffix(text).is_some_and(|suffix| suffix.is_known());
        self.0.label_count() > 1 && suffix_known && !self.0.is_within(domain)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for HostName {
    const WHAT: &'static str = "a label or a host name";
    const EXAMPLES: &'static [&'static str] = &["mail1"];
    const RULE: &'static Rule = rules::DNS_05;

    fn parse(text: &str) -> Result<Self, String> {
        let name = Name::parse(text).map_err(|error| describe(&error))?;
        // A host name can't end in a number, but these labels may: the domain comes after them.
        let is_host = name.child("host").is_ok_and(|name| !name.is_wildcard())
            && name
                .labels()
                .all(|label| !label.starts_with('-') && !label.contains(['_', '*']));
        if is_host {
            Ok(Self(name))
        } else {
            Err(format!("{name} is not the name of a host"))
        }
    }
}

impl Text for Mx {
    const WHAT: &'static str = "a preference and a host";
    const PATTERN: Option<&'static str> = Some(r"^[0-9]{1,5} \S+$");
    const EXAMPLES: &'static [&'static str] = &["10 inbound-smtp.us-east-1.amazonaws.com", "0 ."];

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error| describe(&error))
    }

    /// The preference and the host, parted by something else.
    fn meant(text: &str) -> Option<Meant> {
        let mut words = text.split_whitespace();
        let meant = [words.next()?, words.next()?].join(" ");
        (words.next().is_none() && meant != text).then(|| Meant::surely(meant))
    }
}

impl Text for MxPattern {
    const WHAT: &'static str = "a host name, perhaps with a leading `*.`";
    const EXAMPLES: &'static [&'static str] = &["*.mail.example.com"];
    const RULE: &'static Rule = rules::STS_P08;

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error| describe(&error))
    }

    /// The host in A-labels, or without its final dot.
    fn meant(text: &str) -> Option<Meant> {
        let (star, host) = match text.strip_prefix("*.") {
            Some(host) => ("*.", host),
            None => ("", text),
        };
        let host = Name::parse(host).ok()?;
        Some(Meant::surely(format!("{star}{host}")))
    }
}

impl Text for ReportUri {
    const WHAT: &'static str = "a `mailto:` or `https:` address";
    const PATTERN: Option<&'static str> = Some("^(mailto|https):");
    const EXAMPLES: &'static [&'static str] = &["mailto:reports@example.com"];

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error| describe(&error))
    }

    fn meant(text: &str) -> Option<Meant> {
        Self::meant_by(text).map(|uri| Meant::surely(uri.as_str()))
    }
}
