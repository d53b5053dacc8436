//! The senders of a domain: DKIM keys, the SES instances, and people.

use model::{Published, SeenKey};
use standards::dkim::PublicKey;
use standards::{Finding, Severity};

use super::layout::{account, instances};
use super::page::{Page, shown};
use super::policies::providers;
use super::value::Value;

/// The keys that were found, which belong to whoever signs with them.
pub(super) fn keys(page: &mut Page, seen: &Published) {
    let findings = seen.keys.iter().flat_map(|key| &key.key.findings);
    let findings = findings.filter(|finding| finding.severity >= Severity::Warn);
    let findings: Vec<&Finding> = seen.key_findings.iter().chain(findings).collect();
    if seen.keys.is_empty() && findings.is_empty() {
        return;
    }
    page.blank();
    if !seen.keys.is_empty() {
        page.say(
            2,
            "DKIM keys at selectors that services use. They are of who signs with them, and stay:",
        );
    }
    for key in &seen.keys {
        page.say(2, &format!("  {}", describe(key)));
    }
    page.find(2, findings);
}

fn describe(key: &SeenKey) -> String {
    let kind = match key.key.read.as_ref().map(|key| &key.key) {
        Some(PublicKey::Rsa(rsa)) => format!("RSA, {} bits", rsa.bits()),
        Some(PublicKey::Ed25519(_)) => "Ed25519".to_owned(),
        Some(PublicKey::Revoked) => "revoked".to_owned(),
        None => "no key that can be used".to_owned(),
    };
    match &key.target {
        Some(target) => format!("{}: {kind}, at {}", key.selector, shown(target)),
        None => format!("{}: {kind}", key.selector),
    }
}

/// Writes the SES instances that can be seen: a MAIL FROM says the region, a token only that there is one.
pub(super) fn ses(page: &mut Page, seen: &Published) {
    let instances = instances(seen);
    let tokens = seen.ses_tokens.values.len();
    let includes = seen.spf.read.as_ref().is_some_and(|record| {
        record
            .includes()
            .any(|name| name.as_str() == "amazonses.com")
    });
    if instances.is_empty() && tokens == 0 && !includes && seen.mail_from.is_empty() {
        return;
    }
    page.blank();
    if tokens > 0 {
        page.say(
            2,
            &format!("Tokens at _amazonses: {tokens}. So many Amazon SES were verified for it, each in an account and region that can't be seen. Tokens that no instance here has asked for stay."),
        );
    }
    let unknown = seen.mail_from.len() - instances.len();
    if unknown > 0 {
        page.say(
            2,
            &format!("MAIL FROM names that lead to a region that is not known: {unknown}."),
        );
        let odd = seen
            .mail_from
            .iter()
            .filter(|one| !instances.iter().any(|(_, known)| known == one));
        page.find(2, odd.flat_map(|one| &one.findings));
    }
    if instances.is_empty() {
        page.say(
            2,
            "Amazon SES sends for it. Its accounts, regions and MAIL FROM can't be seen from outside; what is there stays. To keep it with this manifest, name each:",
        );
        let example = Value::Map(vec![
            ("account", Value::text(&account(0))),
            ("region", Value::text("us-east-1")),
            ("mail_from", Value::text("bounce")),
        ]);
        page.offer(2, "ses", &Value::List(vec![example]));
        return;
    }
    page.say(
        2,
        "The Amazon SES whose MAIL FROM was found at a common name: the region is that of its MX, the account is a guess. Others, and their DKIM names, can't be found from outside: add them.",
    );
    page.open(2, "ses:");
    let has_tokens = tokens >= instances.len();
    for (other, mail_from) in &instances {
        page.find(3, &mail_from.findings);
        let mut entries = vec![
            ("account", Value::text(&account(*other))),
            ("region", Value::text(&mail_from.region)),
            ("mail_from", Value::text(&mail_from.label)),
        ];
        if has_tokens {
            entries.push(("domain_token", Value::text(&true)));
        }
        page.put_item(3, &Value::Map(entries));
    }
}

/// Whether people write from it, as far as the mail hosts tell.
pub(super) fn people(page: &mut Page, seen: &Published) {
    let providers = providers(seen);
    let Some(provider) = providers.iter().find(|provider| provider.has_mailboxes) else {
        return;
    };
    page.blank();
    page.say(
        2,
        &format!(
            "People have mailboxes at {}, and write to mailing lists, which break DKIM and SPF.",
            provider.name
        ),
    );
    page.put(2, "people", &Value::text(&true));
}
