//! Mailbox providers: which one a mail host is of, and what the large ones make of the findings
//! about a domain that sends in bulk.

use crate::dns::Name;
use crate::rules;
use crate::{Finding, Severity};

/// A service that receives mail for other people's domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The name that people call it by.
    pub name: &'static str,
    /// The domains that its mail hosts are below.
    hosts: &'static [&'static str],
    /// The domain that an SPF record includes where mail is sent through it too.
    pub spf: Option<&'static str>,
    /// Whether people have mailboxes there. The others are filters and APIs.
    pub has_mailboxes: bool,
}

/// The providers that are recognised. Sources: their own set-up guides.
const PROVIDERS: &[Provider] = &[
    mailboxes(
        "Google Workspace",
        &["google.com", "googlemail.com"],
        "_spf.google.com",
    ),
    mailboxes(
        "Microsoft 365",
        &["mail.protection.outlook.com", "mx.microsoft"],
        "spf.protection.outlook.com",
    ),
    mailboxes("iCloud", &["mail.icloud.com"], "icloud.com"),
    mailboxes("Zoho Mail", &["zoho.com", "zoho.eu"], "zohomail.com"),
    mailboxes(
        "Proton Mail",
        &["protonmail.ch", "proton.ch"],
        "_spf.protonmail.ch",
    ),
    mailboxes(
        "Fastmail",
        &["messagingengine.com"],
        "spf.messagingengine.com",
    ),
    filter("Amazon SES", &["amazonaws.com"]),
    filter("Proofpoint", &["pphosted.com", "ppe-hosted.com"]),
    filter("Mimecast", &["mimecast.com"]),
    filter("Cisco Secure Email", &["iphmx.com"]),
    filter("Barracuda", &["barracudanetworks.com"]),
    filter("Symantec Email Security", &["messagelabs.com"]),
    filter("Hornetsecurity", &["hornetsecurity.com"]),
    filter("Trend Micro", &["trendmicro.com", "trendmicro.eu"]),
    filter("Mailgun", &["mailgun.org"]),
];

const fn mailboxes(
    name: &'static str,
    hosts: &'static [&'static str],
    spf: &'static str,
) -> Provider {
    Provider {
        name,
        hosts,
        spf: Some(spf),
        has_mailboxes: true,
    }
}

const fn filter(name: &'static str, hosts: &'static [&'static str]) -> Provider {
    Provider {
        name,
        hosts,
        spf: None,
        has_mailboxes: false,
    }
}

/// The provider that a mail host belongs to, where it is a known one.
///
/// ```
/// use standards::receivers::provider;
///
/// let host = "aspmx.l.google.com".parse()?;
/// assert_eq!(provider(&host).map(|provider| provider.name), Some("Google Workspace"));
/// # Ok::<(), standards::dns::NameError>(())
/// ```
pub fn provider(mail_host: &Name) -> Option<&'static Provider> {
    let is_of = |domain: &&str| {
        let before = mail_host.as_str().strip_suffix(*domain);
        before.is_some_and(|before| before.ends_with('.'))
    };
    PROVIDERS
        .iter()
        .find(|provider| provider.hosts.iter().any(is_of))
}

/// The protocols that a provider checks before it takes bulk mail.
const PROTOCOLS: [&str; 3] = ["SPF-", "DKIM-", "DMARC-"];

/// RCV-02: what is wrong with SPF, DKIM and DMARC of a domain that sends is fixed first.
///
/// ```
/// use standards::receivers::check_bulk_sender;
/// use standards::spf::Spf;
///
/// let (_, findings) = Spf::parse("v=spf1 inclde:amazonses.com ~all");
/// assert_eq!(check_bulk_sender(&findings).expect("a finding").rule, "RCV-02");
/// ```
pub fn check_bulk_sender(findings: &[Finding]) -> Option<Finding> {
    let is_refused = |finding: &&Finding| {
        let is_asked_for = PROTOCOLS
            .iter()
            .any(|protocol| finding.rule.starts_with(protocol));
        is_asked_for && finding.severity == Severity::Error
    };
    let mut rules: Vec<&str> = findings
        .iter()
        .filter(is_refused)
        .map(|finding| &*finding.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let reason = || {
        format!(
            "providers refuse bulk mail while there is {}",
            rules.join(", ")
        )
    };
    (!rules.is_empty()).then(|| Finding::new(rules::RCV_02, reason()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rule;

    #[test]
    fn a_mail_host_tells_whose_it_is() {
        let check = |host: &str, expect: Option<&str>| {
            let host = host.parse().expect("a name");
            assert_eq!(provider(&host).map(|one| one.name), expect, "{host}");
        };
        check("smtp.google.com", Some("Google Workspace"));
        check("alt1.aspmx.l.google.com", Some("Google Workspace"));
        check(
            "example-com.mail.protection.outlook.com",
            Some("Microsoft 365"),
        );
        check("inbound-smtp.eu-west-1.amazonaws.com", Some("Amazon SES"));
        check("mx.notgoogle.com", None);
        check("google.com", None);
        check("mx.example.com", None);
    }

    #[test]
    fn rcv_02() {
        let check = |broken: &[&'static Rule], expect: Option<&str>| {
            let findings: Vec<Finding> = broken.iter().map(|rule| Finding::new(rule, "")).collect();
            let reason = check_bulk_sender(&findings).map(|finding| finding.reason);
            let expect =
                expect.map(|rules| format!("providers refuse bulk mail while there is {rules}"));
            assert_eq!(reason, expect);
        };
        check(&[], None);
        check(&[rules::SPF_20, rules::BIMI_R01, rules::SES_18], None);
        check(
            &[rules::SPF_04, rules::DMARC_02, rules::SPF_04],
            Some("DMARC-02, SPF-04"),
        );
    }
}
