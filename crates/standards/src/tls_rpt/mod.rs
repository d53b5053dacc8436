//! SMTP TLS reporting (RFC 8460 §3): where senders report failures of TLS.
//!
//! ```
//! use standards::tls_rpt::TlsRpt;
//!
//! let (record, findings) = TlsRpt::parse("v=TLSRPTv1; rua=mailto:tlsrpt@example.com");
//! assert_eq!(record.unwrap().to_string(), "v=TLSRPTv1; rua=mailto:tlsrpt@example.com");
//! assert!(findings.is_empty());
//!
//! let (record, findings) = TlsRpt::parse("v=TLSRPTv1; rua=tlsrpt@example.com");
//! assert!(record.is_none());
//! assert_eq!(findings[0].rule, "RPT-03");
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use crate::dns::txt::drop_told_characters;
use crate::dns::{Name, NameError, NoAnswer, Resolver, Txt};
use crate::fields::{self, Extension, Field, FieldRules};
use crate::mail_host::why_unreachable;
use crate::mail_uri::{self, ReportUri, ReportUriError, Scheme};
use crate::quote::quote;
use crate::rules;
use crate::tag_list::{Part, split_with_spans};
use crate::{Edit, Finding, Place, Protocol, owner, pasted, single};

const RULES: FieldRules = FieldRules {
    names: &["v", "rua"],
    version: "TLSRPTv1",
    version_rule: rules::RPT_02,
    field_rule: rules::RPT_08,
    unknown_rule: rules::RPT_08,
    foreign: (&[], ""),
    fits: mail_uri::is_list,
};

/// The `_smtp._tls` TXT record: at least one URI, each `mailto:` or `https:`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TlsRpt {
    rua: Vec<ReportUri>,
    extensions: Vec<Extension>,
}

/// Why URIs don't make a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsRptError {
    /// None given.
    #[error("a TLS-RPT record names at least one URI")]
    NoUri,
    /// Neither mail nor HTTPS.
    #[error("reports go to mailto: or https: URIs, and {} is neither", quote(.0.as_str()))]
    Scheme(ReportUri),
}

impl TlsRpt {
    /// A record that has reports sent to these URIs.
    pub fn new(rua: Vec<ReportUri>) -> Result<Self, TlsRptError> {
        if rua.is_empty() {
            return Err(TlsRptError::NoUri);
        }
        if let Some(uri) = rua.iter().find(|uri| uri.scheme() == Scheme::Other) {
            return Err(TlsRptError::Scheme(uri.clone()));
        }
        Ok(Self {
            rua,
            extensions: Vec::new(),
        })
    }

    /// The places that reports go to.
    pub fn rua(&self) -> &[ReportUri] {
        &self.rua
    }

    /// Fields of later specifications.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Reads a record: what a sender would make of it, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let damage = pasted::faults(text, &RULES.syntax());
        let (record, others) = Self::read(text);
        let mut findings = pasted::told_once(text, damage, others, |text| Self::read(text).1);
        drop_told_characters(
            &mut findings,
            &[rules::RPT_03, rules::RPT_05, rules::RPT_06],
        );
        (record, findings)
    }

    fn read(text: &str) -> (Option<Self>, Vec<Finding>) {
        let (fields, mut findings) = fields::parse(text, &RULES);
        let Some(fields) = fields else {
            return (None, findings);
        };
        let mut extensions = Vec::new();
        for field in fields.iter().filter(|field| field.name != "rua") {
            let (extension, finding) = fields::extension(field, &fields, &RULES);
            findings.push(finding);
            extensions.extend(extension);
        }
        let rua = read_rua(text, &fields, &mut findings);
        let record = TlsRpt::new(rua).ok().map(|record| Self {
            extensions,
            ..record
        });
        (record, findings)
    }

    /// The record among the TXT values at `owner`. RPT-07 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        let is_ours = |text: &str| Protocol::TlsRpt.recognises(text);
        single::read(owner, values, is_ours, rules::RPT_07, Self::parse)
    }

    /// The faults of the record as a value.
    pub fn lint(&self) -> Vec<Finding> {
        self.extensions
            .iter()
            .map(|extension| {
                let reason = format!("senders ignore the field {}", quote(extension.name()));
                Finding::new(rules::RPT_08, reason)
            })
            .collect()
    }

    /// The hosts outside `domain` that reports go to.
    pub fn external_hosts(&self, domain: &Name) -> BTreeSet<&Name> {
        let hosts = self.rua.iter().filter_map(ReportUri::host);
        hosts.filter(|host| !host.is_within(domain)).collect()
    }

    /// RPT-11: unlike DMARC, nothing has to be published at external hosts; this says so to
    /// whoever expects it.
    pub fn note_external_hosts(&self, domain: &Name) -> Vec<Finding> {
        self.external_hosts(domain)
            .into_iter()
            .map(|host| {
                let reason =
                    format!("reports go to {host}, which needs no record that agrees to it");
                Finding::new(rules::RPT_11, reason).in_place(Place::Live(host.to_string()))
            })
            .collect()
    }
}

impl TlsRpt {
    /// RPT-09: mail for the domains that reports go to can arrive.
    pub async fn check_report_mail(
        &self,
        resolver: &impl Resolver,
    ) -> Result<Vec<Finding>, NoAnswer> {
        let domains: BTreeSet<&Name> = self.rua.iter().filter_map(ReportUri::mail_domain).collect();
        let mut findings = Vec::new();
        for domain in domains {
            if let Some(why) = why_unreachable(resolver, domain).await? {
                let reason = format!("reports go to {domain}, which {why}");
                let place = Place::Live(domain.to_string());
                findings.push(Finding::new(rules::RPT_09, reason).in_place(place));
            }
        }
        Ok(findings)
    }
}

impl fmt::Display for TlsRpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=TLSRPTv1; rua=")?;
        for (position, uri) in self.rua.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "," })?;
            uri.fmt(f)?;
        }
        for extension in &self.extensions {
            write!(f, "; {extension}")?;
        }
        Ok(())
    }
}

/// The labels that the record stands at, under its domain.
const OWNER: &str = "_smtp._tls";

/// The name that the record of `domain` stands at.
pub fn record_owner(domain: &Name) -> Result<Name, NameError> {
    domain.child(OWNER)
}

/// RPT-01: the record of `domain` stands at `_smtp._tls.<domain>` and nowhere else.
pub fn check_record_owner(owner: &Name, domain: &Name) -> Option<Finding> {
    owner::check(rules::RPT_01, OWNER, owner, domain)
}

/// RPT-12: without TLS-RPT nobody hears when MTA-STS or DANE keeps mail away.
pub fn check_presence(has_mta_sts: bool, has_dane: bool, has_tls_rpt: bool) -> Option<Finding> {
    let what = match (has_mta_sts, has_dane) {
        (true, true) => "MTA-STS and DANE",
        (true, false) => "MTA-STS",
        (false, true) => "DANE",
        (false, false) => return None,
    };
    (!has_tls_rpt).then(|| {
        Finding::new(
            rules::RPT_12,
            format!("the domain has {what} and no TLS-RPT record"),
        )
    })
}

/// The URIs of every `rua`: the grammar lets the field repeat (RFC 8460 §3).
fn read_rua(text: &str, fields: &[Field<'_>], findings: &mut Vec<Finding>) -> Vec<ReportUri> {
    let mut uris = Vec::new();
    let mut has_rua = false;
    for field in fields.iter().filter(|field| field.name == "rua") {
        has_rua = true;
        for part in split_with_spans(field.value, ',') {
            let start = field.value_span.start;
            let span = start + part.span.start..start + part.span.end;
            match read_uri(&part, &span) {
                Ok(uri) => {
                    findings.extend(mail_uri::doubt(&uri, rules::RPT_06, &span));
                    uris.push(uri);
                }
                Err(finding) if part.text.is_empty() => findings.push(mail_uri::without_entry(
                    *finding,
                    field.value,
                    start,
                    part.span.start,
                )),
                Err(finding) => findings.push(*finding),
            }
        }
    }
    if !has_rua {
        findings.push(
            Finding::new(rules::RPT_03, "the record has no `rua`").at(text.len()..text.len()),
        );
    }
    uris
}

/// The URI, or what is wrong with the text at `span`.
fn read_uri(part: &Part<'_>, span: &Range<usize>) -> Result<ReportUri, Box<Finding>> {
    let uri: ReportUri = part.text.parse().map_err(|error: ReportUriError| {
        let rule = match error {
            ReportUriError::Empty | ReportUriError::NoScheme { .. } => rules::RPT_03,
            ReportUriError::Character { .. }
            | ReportUriError::NotAscii { .. }
            | ReportUriError::Percent => rules::RPT_05,
            ReportUriError::Address { .. } | ReportUriError::Host { .. } => rules::RPT_06,
        };
        let finding = Finding::new(rule, error.to_string()).at(error.place(span));
        Box::new(mail_uri::with_fix(finding, part.text, span))
    })?;
    if uri.scheme() == Scheme::Other {
        let reason = format!("{} is neither mailto: nor https:", quote(uri.as_str()));
        let finding = Finding::new(rules::RPT_04, reason).at(span.clone());
        let written = uri.as_str();
        let meant = match written.strip_prefix("http://") {
            Some(rest) => format!("https://{rest}").parse().ok(),
            None => ReportUri::meant_by(written),
        };
        return Err(Box::new(match meant {
            Some(meant) => finding
                .fix(format!("write `{meant}`"))
                .with_guess(Edit::replace(span.clone(), meant.to_string())),
            None => finding,
        }));
    }
    Ok(uri)
}

#[cfg(test)]
mod tests;
