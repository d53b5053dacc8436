//! The senders: the zone's name servers, DKIM keys and the marks of Amazon SES, as far as an external observer
//! can find them. DNS does not list names, so that common ones are tried.

use futures::{StreamExt, stream};
use model::rules;
use model::{Seen, SeenKey, SeenMailFrom, SeenZone};
use standards::Finding;
use standards::dkim::{DkimKey, check_wildcard};
use standards::dns::mx::lint_mail_from;
use standards::dns::{Mx, Name, RecordType, Resolver, Txt};
use standards::spf::Spf;

use super::{no_answer, or_unanswered, texts};
use crate::public_dns::PublicDns;

/// Selectors that mail services and mail servers use by default.
const SELECTORS: &[&str] = &[
    "default",
    "dkim",
    "mail",
    "email",
    "smtp",
    "key1",
    "key2",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    // Google Workspace; Microsoft 365
    "google",
    "selector1",
    "selector2",
    // Mailchimp and Mandrill; SendGrid; Mailgun; Postmark
    "mandrill",
    "mte1",
    "mte2",
    "smtpapi",
    "mg",
    "mx",
    "mailo",
    "pm",
    // Zoho; Proton; Fastmail; iCloud
    "zoho",
    "zmail",
    "protonmail",
    "protonmail2",
    "protonmail3",
    "fm1",
    "fm2",
    "fm3",
    "sig1",
    // Zendesk; HubSpot; Salesforce; Campaign Monitor; Brevo; Mailjet; Klaviyo; Mimecast
    "zendesk1",
    "zendesk2",
    "hs1",
    "hs2",
    "sf1",
    "sf2",
    "cm",
    "mailjet",
    "kl",
    "kl2",
    "mimecast",
];

/// A selector that nobody has: whatever answers there answers everywhere.
const UNUSED: &str = "deploy-init-asks-for-a-selector-that-nobody-has";

/// Labels that people give to the MAIL FROM of an SES.
const MAIL_FROM: &[&str] = &[
    "mail",
    "mail1",
    "mail2",
    "mail3",
    "email",
    "bounce",
    "bounce1",
    "bounce2",
    "bounces",
    "ses",
    "ses1",
    "ses2",
    "amazonses",
    "mailfrom",
    "mail-from",
    "mail.from",
    "from",
    "send",
    "sender",
    "sending",
    "smtp",
    "news",
    "newsletter",
    "marketing",
    "notify",
    "notifications",
    "noreply",
    "transactional",
    "return",
    "rp",
    "mta",
    "em",
    "mx",
];

/// Questions side by side: small resolvers do not like more.
const AT_ONCE: usize = 8;

/// The closest zone with name servers, from the domain up.
pub(super) async fn zone(dns: &PublicDns<'_>, domain: &Name) -> Option<SeenZone> {
    let names = std::iter::successors(Some(domain.clone()), Name::parent);
    for name in names.take_while(|name| name.label_count() > 1) {
        let servers = dns.lookup(&name, RecordType::Ns).await.unwrap_or_default();
        let servers: Vec<Name> = servers
            .iter()
            .filter_map(|server| server.parse().ok())
            .collect();
        if !servers.is_empty() {
            return Some(SeenZone { name, servers });
        }
    }
    None
}

/// The keys at the selectors that are tried.
#[derive(Default)]
pub(super) struct SeenKeys {
    pub(super) keys: Vec<SeenKey>,
    pub(super) findings: Vec<Finding>,
}

pub(super) async fn keys(dns: &PublicDns<'_>, domain: &Name) -> SeenKeys {
    let wildcard = check_wildcard(dns, domain).await;
    let findings = or_unanswered(wildcard.map(Vec::from_iter));
    let everywhere = match key(dns, domain, UNUSED).await {
        Some(found) => found.key.values,
        None => Vec::new(),
    };
    let found: Vec<Option<SeenKey>> = stream::iter(SELECTORS)
        .map(async |selector| key(dns, domain, selector).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut keys: Vec<SeenKey> = found.into_iter().flatten().collect();
    keys.retain(|found| found.key.values != everywhere);
    SeenKeys { keys, findings }
}

/// The key at a selector, if there is one. No answer at one of many guesses is no fault to tell.
async fn key(dns: &PublicDns<'_>, domain: &Name, selector: &str) -> Option<SeenKey> {
    let owner = domain.child(&format!("{selector}._domainkey")).ok()?;
    let key = texts(dns, &owner, DkimKey::among).await;
    if key.values.is_empty() {
        return None;
    }
    let target = dns
        .lookup(&owner, RecordType::Cname)
        .await
        .unwrap_or_default();
    Some(SeenKey {
        selector: selector.to_owned(),
        target: target.into_iter().next(),
        key,
    })
}

pub(super) async fn tokens(dns: &PublicDns<'_>, domain: &Name) -> Seen<()> {
    match domain.child("_amazonses") {
        Ok(owner) => texts(dns, &owner, |_, _| (Some(()), Vec::new())).await,
        Err(_) => Seen::default(),
    }
}

/// The subdomains at common labels whose MX is where SES takes bounces.
pub(super) async fn mail_from(dns: &PublicDns<'_>, domain: &Name) -> Vec<SeenMailFrom> {
    let found: Vec<Option<SeenMailFrom>> = stream::iter(MAIL_FROM)
        .map(async |label| one_mail_from(dns, domain, label).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    found.into_iter().flatten().collect()
}

async fn one_mail_from(dns: &PublicDns<'_>, domain: &Name, label: &str) -> Option<SeenMailFrom> {
    let name = domain.child(label).ok()?;
    let records: Vec<Mx> = dns.mx(&name).await.ok()?;
    let region = records
        .iter()
        .find_map(|mx| feedback_region(&mx.exchange))?;
    let mut findings = lint_mail_from(&name, &records);
    match dns.txt(&name).await {
        Err(error) => findings.push(no_answer(&error)),
        Ok(values) if !includes_ses(&values) => {
            let reason = format!("{name} has no SPF record that includes amazonses.com");
            findings.push(Finding::new(rules::SES_14, reason));
        }
        Ok(_) => {}
    }
    Some(SeenMailFrom {
        label: label.to_owned(),
        region,
        findings,
    })
}

/// The region of `feedback-smtp.<region>.amazonses.com`.
fn feedback_region(host: &Name) -> Option<String> {
    let rest = host.as_str().strip_prefix("feedback-smtp.")?;
    let region = rest.strip_suffix(".amazonses.com")?;
    Some(region.to_owned())
}

fn includes_ses(values: &[Txt]) -> bool {
    let records = values.iter().filter(|value| Spf::is_record(value));
    let mut read = records.filter_map(|value| Spf::parse(&value.text()).0);
    read.any(|record| {
        record
            .includes()
            .any(|name| name.as_str() == "amazonses.com")
    })
}
