//! Amazon SES: what an instance does to alignment, keys and delivery.

use std::collections::BTreeMap;

use model::rules;
use standards::dkim::{self, DkimKey, PublicKey};
use standards::dns::Name;
use standards::{Finding, Severity};

use super::Subject;
use crate::mail::Alignment;
use crate::places;
use crate::position::{Located, Position};
use crate::ses::{Dkim, EventType, Instance, KeyLength, OnMxFailure, TlsPolicy};

/// The domain whose SPF record includes the senders of SES.
const SES_INCLUDE: &str = "amazonses.com";

impl Subject<'_> {
    /// The rules of SES and of mailbox providers that the instances show.
    pub(super) fn ses(&self) -> Vec<Finding> {
        let instances = &self.domain.ses;
        let mut findings: Vec<Finding> = instances
            .iter()
            .flat_map(|instance| self.instance(instance))
            .collect();
        findings.extend(self.shared_mail_from());
        findings.extend(self.useless_include());
        if let Some(first) = instances.first().filter(|_| self.domain.dmarc.is_none()) {
            let reason = format!(
                "{} sends through SES, and nothing here publishes its DMARC record",
                self.name
            );
            findings.push(at(
                &first.position,
                Finding::new(rules::RCV_01, reason).weighing(Severity::Warn),
            ));
        }
        findings
    }

    fn instance(&self, instance: &Located<Instance>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let strict = self
            .domain
            .dmarc
            .as_ref()
            .and_then(|dmarc| dmarc.aspf.as_ref());
        match &instance.mail_from {
            None => findings.push(at(
                &instance.position,
                Finding::new(
                    rules::SES_19,
                    "without `mail_from` DMARC rests on DKIM alone",
                ),
            )),
            Some(host) if strict.is_some_and(|aspf| aspf.value == Alignment::Strict) => {
                let reason = format!(
                    "`aspf: s` wants {} itself as MAIL FROM, and `{host}` is below it",
                    self.name
                );
                findings.push(at(&host.position, Finding::new(rules::SES_18, reason)));
            }
            Some(_) => {}
        }
        if instance.on_mx_failure.value == OnMxFailure::Reject {
            let reason = "with `on_mx_failure: reject` SES sends nothing while it does not find the MAIL FROM's MX";
            findings.push(at(
                &instance.on_mx_failure.position,
                Finding::new(rules::SES_17, reason),
            ));
        }
        if instance.domain_token.value {
            let reason = "the `_amazonses` token is legacy: DKIM verifies the domain as well";
            findings.push(at(
                &instance.domain_token.position,
                Finding::new(rules::SES_22, reason),
            ));
        }
        let set = instance.configuration_set.as_ref();
        if let Some(tls) = set
            .map(|set| &set.tls)
            .filter(|tls| tls.value == TlsPolicy::Require)
        {
            let reason = "with `tls: require` mail to hosts without TLS is dropped";
            findings.push(at(&tls.position, Finding::new(rules::SES_31, reason)));
        }
        findings.extend(unseen_complaints(instance));
        findings.extend(key(instance));
        findings
    }

    /// SES-16: one MAIL FROM for two accounts of a region is right, and good to know.
    fn shared_mail_from(&self) -> Vec<Finding> {
        let mut seen: BTreeMap<(Name, &str), &Located<Instance>> = BTreeMap::new();
        let mut findings = Vec::new();
        for instance in &self.domain.ses {
            let Some(host) = &instance.mail_from else {
                continue;
            };
            let Ok(whole) = host.under(self.name) else {
                continue;
            };
            let first = *seen
                .entry((whole.clone(), instance.region.as_str()))
                .or_insert(instance);
            if first.account.value != instance.account.value {
                let reason = format!(
                    "{whole} is the MAIL FROM of `{}` too; its MX and SPF are the same",
                    first.account
                );
                findings.push(at(&host.position, Finding::new(rules::SES_16, reason)));
            }
        }
        findings
    }

    /// SES-20: receivers check SPF at the MAIL FROM, so SES at the apex is a look-up for nothing.
    fn useless_include(&self) -> Option<Finding> {
        let include = self
            .domain
            .spf
            .as_ref()?
            .include
            .iter()
            .find(|include| include.as_str() == SES_INCLUDE)?;
        let instances = &self.domain.ses;
        let all_custom = !instances.is_empty()
            && instances
                .iter()
                .all(|instance| instance.mail_from.is_some());
        all_custom.then(|| {
            let reason =
                "every instance has a MAIL FROM of its own, so receivers never look for SES here";
            let fix = format!("remove `{include}` from the includes of {}", self.name);
            at(
                &include.position,
                Finding::new(rules::SES_20, reason).fix(fix),
            )
        })
    }
}

/// RCV-03: who does not hear of complaints can't keep them few.
fn unseen_complaints(instance: &Instance) -> Option<Finding> {
    let set = instance.configuration_set.as_ref();
    let mut types = set
        .iter()
        .flat_map(|set| &set.events)
        .flat_map(|event| &event.types);
    let is_seen = instance.feedback.value || types.any(|event| event.value == EventType::Complaint);
    let reason =
        "with `feedback: false` and no event destination for complaints nobody hears of them";
    (!is_seen).then(|| {
        at(
            &instance.feedback.position,
            Finding::new(rules::RCV_03, reason),
        )
    })
}

/// SES-38 and the rules of DKIM keys.
fn key(instance: &Instance) -> Vec<Finding> {
    match &instance.dkim.value {
        Dkim::Easy(easy) if easy.key_length.value == KeyLength::Rsa1024 => {
            let reason = "a DKIM key of 1024 bits is the least that verifies";
            vec![at(
                &easy.key_length.position,
                Finding::new(rules::SES_38, reason),
            )]
        }
        Dkim::Byo(byo) => {
            let pem = std::str::from_utf8(byo.private_key.expose()).unwrap_or_default();
            // A file that is no key is reported when the manifest is loaded.
            let public = dkim::public_half(pem).ok();
            let findings = public.map(|key| DkimKey::new(PublicKey::Rsa(key)).lint());
            places::at(&byo.private_key.position, findings.unwrap_or_default())
        }
        Dkim::Easy(_) | Dkim::Deterministic(_) => Vec::new(),
    }
}

fn at(position: &Position, finding: Finding) -> Finding {
    finding.in_place(position.place())
}
