//! Amazon SES: what it refuses, or what would break one instance by another.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::domain::Domain;
use crate::manifest::Manifest;
use crate::position::Located;
use crate::report::Report;
use crate::ses::{ByoDkim, ConfigurationSet, Dkim, Instance};
use crate::uploads::PrivateKeyFile;
use crate::values::Selector;
use model::rules;
use standards::dns::Name;
use standards::{Finding, Severity, dkim};

use super::domains;

/// The id of an instance's account; the name, where it is not declared and that is reported elsewhere.
fn account<'m>(manifest: &'m Manifest, instance: &'m Instance) -> &'m str {
    match manifest.account(&instance.account) {
        Some(account) => account.id.as_str(),
        None => instance.account.as_str(),
    }
}

/// SES-01: an account has one identity of a name in a region.
pub(super) fn once(manifest: &Manifest, report: &mut Report) {
    for (name, domain) in domains(manifest) {
        let mut seen: BTreeMap<(&str, &str), &Located<Instance>> = BTreeMap::new();
        for instance in &domain.ses {
            let key = (account(manifest, instance), instance.region.as_str());
            if let Some(first) = seen.get(&key) {
                let reason = format!(
                    "{name} has an instance in account {} and region {} already, at {}",
                    key.0, key.1, first.position
                );
                report.add(
                    rules::SES_01,
                    &instance.position,
                    reason,
                    "keep one of the two",
                );
            } else {
                seen.insert(key, instance);
            }
        }
    }
}

/// SES-12 and SES-15: a MAIL FROM is below its domain, and of one region.
pub(super) fn mail_from(manifest: &Manifest, report: &mut Report) {
    for (name, domain) in domains(manifest) {
        let mut regions: BTreeMap<Name, &Instance> = BTreeMap::new();
        for instance in &domain.ses {
            let Some(host) = &instance.mail_from else {
                continue;
            };
            // A name that is too long is reported where names are checked.
            let Ok(whole) = host.under(name) else {
                continue;
            };
            if whole == *name || host.is_elsewhere(name) {
                let reason = format!("the MAIL FROM `{host}` is not a subdomain of {name}");
                report.add(
                    rules::SES_12,
                    &host.position,
                    reason,
                    format!("write a label, such as `mail1`, for mail1.{name}"),
                );
                continue;
            }
            let first = *regions.entry(whole.clone()).or_insert(instance);
            if *first.region != *instance.region {
                let label = whole.labels().next().unwrap_or_default();
                let reason = format!(
                    "{whole} is the MAIL FROM of {} already, and SES takes one MX there, of one region",
                    first.region
                );
                // The catalogue warns, because AWS lets two regions share the MX of one of them. We
                // publish what each instance needs, and two MX at a name make SES refuse both.
                report.push(
                    Finding::new(rules::SES_15, reason)
                        .in_place(host.place())
                        .fix(format!(
                            "give {} a name of its own, such as `{label}-{}`",
                            instance.region, instance.region
                        ))
                        .weighing(Severity::Error),
                );
            }
        }
    }
}

/// SES-07, SES-08 and SES-09: keys of yours, and keys of another region.
pub(super) fn dkim(manifest: &Manifest, report: &mut Report) {
    for (name, domain) in domains(manifest) {
        let mut selectors: BTreeMap<&str, Key<'_>> = BTreeMap::new();
        for instance in &domain.ses {
            match &instance.dkim.value {
                Dkim::Easy(_) => {}
                Dkim::Byo(byo) => {
                    for (selector, file) in keys(byo) {
                        private_key(file, report);
                        let first = *selectors
                            .entry(selector.as_str())
                            .or_insert((selector, file));
                        if first.1.expose() != file.expose() {
                            another_key(name, selector, first.0, report);
                        }
                    }
                }
                Dkim::Deterministic(_) => replica(manifest, domain, instance, report),
            }
        }
    }
}

/// A selector, and the file of its key.
type Key<'a> = (&'a Located<Selector>, &'a Located<PrivateKeyFile>);

/// The key that signs, and those that are published beside it.
fn keys(byo: &ByoDkim) -> impl Iterator<Item = Key<'_>> {
    let beside = byo.beside.iter();
    let beside = beside.map(|key| (&key.selector, &key.private_key));
    std::iter::once((&byo.selector, &byo.private_key)).chain(beside)
}

fn another_key(
    domain: &Name,
    selector: &Located<Selector>,
    first: &Located<Selector>,
    report: &mut Report,
) {
    let reason = format!(
        "the selector `{selector}` of {domain} has another key at {}",
        first.position
    );
    report.add(
        rules::SES_07,
        &selector.position,
        reason,
        "use one key, or a selector for each",
    );
}

/// SES-07: the key is RSA with 1024 or 2048 bits.
fn private_key(file: &Located<PrivateKeyFile>, report: &mut Report) {
    let reason = match std::str::from_utf8(file.expose()).map(dkim::public_half) {
        Err(_) => format!("`{}` is not a text", file.path),
        Ok(Err(error)) => format!("`{}`: {error}", file.path),
        Ok(Ok(key)) if ![1024, 2048].contains(&key.bits()) => {
            format!(
                "the key in `{}` has {} bits, and SES takes 1024 or 2048",
                file.path,
                key.bits()
            )
        }
        Ok(Ok(_)) => return,
    };
    report.add(
        rules::SES_07,
        &file.position,
        reason,
        "name an RSA private key of 2048 bits in PEM, without a pass phrase",
    );
}

/// SES-08 and SES-09: the parent of a replica is in another region of the same account, and makes its own keys.
fn replica(manifest: &Manifest, domain: &Domain, instance: &Instance, report: &mut Report) {
    let Dkim::Deterministic(dkim) = &instance.dkim.value else {
        return;
    };
    let parent = &dkim.parent_region;
    if **parent == *instance.region {
        report.add(
            rules::SES_08,
            &parent.position,
            format!("{parent} is the instance's own region"),
            "name the region of the instance whose keys are used",
        );
        return;
    }
    let is_parent = |other: &&Located<Instance>| {
        *other.region == **parent && account(manifest, other) == account(manifest, instance)
    };
    let fault = match domain
        .ses
        .iter()
        .find(is_parent)
        .map(|parent| &parent.dkim.value)
    {
        Some(Dkim::Easy(_)) | None => return,
        Some(Dkim::Byo(_)) => "has a key of yours",
        Some(Dkim::Deterministic(_)) => "is a replica itself",
    };
    report.add(
        rules::SES_09,
        &parent.position,
        format!("the instance in {parent} {fault}"),
        "name the region of an instance with Easy DKIM",
    );
}

/// SES-32 and what a destination needs. A set is declared in its instance, so that SES-30 always holds.
pub(super) fn configuration_sets(manifest: &Manifest, report: &mut Report) {
    let mut sets: BTreeMap<(&str, &str, &str), &Located<ConfigurationSet>> = BTreeMap::new();
    for (name, domain) in domains(manifest) {
        for instance in &domain.ses {
            let Some(set) = &instance.configuration_set else {
                continue;
            };
            let key = (
                account(manifest, instance),
                instance.region.as_str(),
                set.name.as_str(),
            );
            let first = *sets.entry(key).or_insert(set);
            if first != set {
                let reason = format!(
                    "the configuration set `{}` is declared otherwise at {}",
                    set.name, first.position
                );
                report.add(
                    rules::MAN_15,
                    &set.position,
                    reason,
                    "declare it the same way, or under another name",
                );
            }
            configuration_set(name, set, report);
        }
    }
}

/// `MaxDeliverySeconds` of SES v2's `DeliveryOptions`.
const DELIVERY_SECONDS: RangeInclusive<u32> = 300..=50_400;

fn configuration_set(domain: &Name, set: &ConfigurationSet, report: &mut Report) {
    if let Some(seconds) = set
        .max_delivery
        .as_ref()
        .filter(|seconds| !DELIVERY_SECONDS.contains(&seconds.value))
    {
        let (least, most) = DELIVERY_SECONDS.into_inner();
        let nearest = seconds.value.clamp(least, most);
        let reason = format!("SES tries for {least} to {most} seconds, not {seconds}");
        report.add(
            rules::SES_32,
            &seconds.position,
            reason,
            format!("write `{nearest}`, the nearest that SES takes"),
        );
    }
    for event in &set.events {
        match event.targets().len() {
            1 => {}
            0 => report.add(
                rules::MAN_13,
                &event.position,
                format!("the events `{}` of {domain} go nowhere", event.name),
                "add one of sns, eventbridge, cloudwatch, firehose",
            ),
            _ => report.add(
                rules::MAN_14,
                &event.position,
                format!(
                    "the events `{}` of {domain} go to more than one place",
                    event.name
                ),
                "make a destination for each",
            ),
        }
        if event.types.is_empty() {
            report.add(
                rules::MAN_13,
                &event.position,
                "the key `types` is missing or empty",
                "add `types: [bounce, complaint]`",
            );
        }
    }
}
