//! The assertion record: where a domain's logo and mark certificate are (BIMI §4.3).
//!
//! ```
//! use standards::bimi::Bimi;
//!
//! let (record, findings) = Bimi::parse("v=BIMI1; l=http://example.com/logo.svg;");
//! assert!(record.is_none());
//! assert_eq!(findings[0].rule, "BIMI-R03");
//!
//! assert_eq!(Bimi::declination().to_string(), "v=BIMI1; l=; a=;");
//! ```

mod parse;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::selector::{LocalPartPrefix, Selector};
use super::uri::HttpsUri;
use crate::dns::{Name, NameError, Txt};
use crate::quote::quote;
use crate::rules;
use crate::{Finding, Protocol, is_sound, single};

/// A valid assertion record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bimi {
    location: Option<HttpsUri>,
    authority: Option<HttpsUri>,
    avatar: AvatarPreference,
    local_parts: Option<Vec<LocalPartPrefix>>,
}

/// The picture to show when the sender has one of its own (`avp=`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AvatarPreference {
    /// The logo.
    #[default]
    Brand,
    /// The sender's picture.
    Personal,
}

/// Why a record can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BimiError {
    /// The logo's URL does not end in `.svg` or `.svgz`.
    #[error("the path of {0} does not end in .svg or .svgz")]
    LogoSuffix(HttpsUri),
}

/// Image formats of BIMI: the suffixes that `l=` may end in (BIMI §4.3.2).
const LOGO_SUFFIXES: &[&str] = &[".svg", ".svgz"];

impl Bimi {
    /// The record of a logo at `location`, with the certificate at `authority`, if there is one.
    pub fn new(location: HttpsUri, authority: Option<HttpsUri>) -> Result<Self, BimiError> {
        if !location.has_suffix(LOGO_SUFFIXES) {
            return Err(BimiError::LogoSuffix(location));
        }
        Ok(Self {
            location: Some(location),
            authority,
            ..Self::declination()
        })
    }

    /// The record that says: show no logo (BIMI §4.3.1).
    pub fn declination() -> Self {
        Self {
            location: None,
            authority: None,
            avatar: AvatarPreference::Brand,
            local_parts: None,
        }
    }

    /// The same record with this preference.
    #[must_use]
    pub fn with_avatar(mut self, avatar: AvatarPreference) -> Self {
        self.avatar = avatar;
        self
    }

    /// The same record with selectors from local parts that start with one of `prefixes`;
    /// with none of them, from every local part.
    #[must_use]
    pub fn with_local_parts(mut self, prefixes: Vec<LocalPartPrefix>) -> Self {
        self.local_parts = Some(prefixes);
        self
    }

    /// The address of the logo.
    pub fn location(&self) -> Option<&HttpsUri> {
        self.location.as_ref()
    }

    /// The address of the mark certificate.
    pub fn authority(&self) -> Option<&HttpsUri> {
        self.authority.as_ref()
    }

    /// The picture to show when the sender has one of its own.
    pub fn avatar(&self) -> AvatarPreference {
        self.avatar
    }

    /// The prefixes of local parts that act as selectors, if any do. None of them means all do.
    pub fn local_parts(&self) -> Option<&[LocalPartPrefix]> {
        self.local_parts.as_deref()
    }

    /// Whether it says to show no logo.
    pub fn is_declination(&self) -> bool {
        self.location.is_none() && self.authority.is_none()
    }

    /// Reads a record. There is one when no finding is an error: receivers discard any other
    /// (BIMI §4.3).
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let (record, findings) = parse::parse(text);
        (record.filter(|_| is_sound(&findings)), findings)
    }

    /// The faults of the record as a value: BIMI-R06.
    pub fn lint(&self) -> Vec<Finding> {
        let finding = self.location.as_ref().and_then(parse::check_suffix);
        finding.into_iter().collect()
    }

    /// The record among the TXT values at `owner`. BIMI-R12 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        single::read(owner, values, is_ours, rules::BIMI_R12, Self::parse)
    }

    /// Whether receivers take `value` for a BIMI record, whatever follows its version.
    pub fn is_record(value: &Txt) -> bool {
        is_ours(&value.text())
    }

    /// Prefixes of `lps=` that none of the `published` selectors starts with (BIMI-R09).
    pub fn check_local_parts(&self, published: &[Selector]) -> Vec<Finding> {
        let Some(prefixes) = &self.local_parts else {
            return Vec::new();
        };
        let is_default = |selector: &&Selector| **selector == Selector::default();
        let own: Vec<&Selector> = published.iter().filter(|s| !is_default(s)).collect();
        if prefixes.is_empty() && own.is_empty() {
            let reason =
                "lps= asks for the selector of every local part, and no selector is published";
            return vec![Finding::new(rules::BIMI_R09, reason)];
        }
        prefixes
            .iter()
            .filter(|prefix| !own.iter().any(|selector| prefix.matches(selector)))
            .map(|prefix| {
                let reason = format!(
                    "no published selector starts with {}",
                    quote(prefix.as_str())
                );
                Finding::new(rules::BIMI_R09, reason)
            })
            .collect()
    }
}

fn is_ours(text: &str) -> bool {
    Protocol::Bimi.recognises(text)
}

impl fmt::Display for Bimi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tags = vec![match &self.location {
            Some(location) => format!("l={location}"),
            None => "l=".to_owned(),
        }];
        match &self.authority {
            Some(authority) => tags.push(format!("a={authority}")),
            // An empty a= is written only where it is half of a declination.
            None if self.location.is_none() => tags.push("a=".to_owned()),
            None => {}
        }
        if self.avatar == AvatarPreference::Personal {
            tags.push("avp=personal".to_owned());
        }
        if let Some(prefixes) = &self.local_parts {
            let prefixes: Vec<&str> = prefixes.iter().map(LocalPartPrefix::as_str).collect();
            tags.push(format!("lps={}", prefixes.join(",")));
        }
        write!(f, "v=BIMI1; {}", tags.join("; "))?;
        if self.is_declination() {
            f.write_str(";")
        } else {
            Ok(())
        }
    }
}

/// The name that the record of `selector` stands at.
pub fn record_owner(selector: &Selector, domain: &Name) -> Result<Name, NameError> {
    domain.child(&format!("{selector}._bimi"))
}

/// Checks that `owner` is a name that receivers ask for (BIMI-R01, BIMI-X13).
pub fn check_record_owner(owner: &Name, domain: &Name) -> Option<Finding> {
    let selector = match owner.relative_to(domain) {
        Some("" | "_bimi") => {
            let reason = format!("a BIMI record at {owner} is never asked for");
            return Some(Finding::new(rules::BIMI_X13, reason));
        }
        below => below.and_then(|below| below.strip_suffix("._bimi")),
    };
    let is_selector = selector.is_some_and(|selector| selector.parse::<Selector>().is_ok());
    (!is_selector).then(|| {
        let reason = format!("{owner} is not a selector, _bimi and {domain}");
        Finding::new(rules::BIMI_R01, reason)
    })
}

/// Domains that publish the same record, which a CNAME would keep the same (BIMI-R14).
pub fn check_copies<'a>(records: impl IntoIterator<Item = (&'a Name, &'a Bimi)>) -> Vec<Finding> {
    let mut first_by_text = BTreeMap::new();
    let mut findings = Vec::new();
    let logos = records
        .into_iter()
        .filter(|(_, record)| !record.is_declination());
    for (domain, record) in logos {
        let first = *first_by_text.entry(record.to_string()).or_insert(domain);
        if first != domain {
            let reason = format!("{domain} repeats the record of {first}");
            findings.push(Finding::new(rules::BIMI_R14, reason));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
