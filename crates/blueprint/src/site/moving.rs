//! Hosting that moves to another account: for as long as it does, the new distribution answers by a
//! wildcard over its hosts.
//!
//! CloudFront gives a name to one distribution in all of AWS, and an account that takes it from another
//! would leave it unanswered for minutes. A wildcard over the name is another one, and may be had beside it
//! (Developer Guide, "Use a wildcard to move an alternate domain name"). It goes when nothing is left in
//! the former account, with the name that the certificate has for it.

use std::collections::{BTreeMap, BTreeSet};

use kinds::{AcmCertificate, CloudfrontDistribution};
use manifest::{Domain, Hosting, Located, Manifest};
use model::{DomainLedger, Entry, Kind as _, Ledger, Resource, Spec};
use standards::dns::Name;

use crate::location::location;

/// The wildcards that each domain whose hosting moves may have for that. None where its certificate is a
/// person's, who decides what it is for; where an earlier move still has one; and where another domain
/// has, or may have, the same.
pub fn moving(manifest: &Manifest, ledger: &Ledger) -> BTreeMap<String, BTreeSet<String>> {
    let mut moving: BTreeMap<String, BTreeSet<String>> = manifest
        .domains
        .iter()
        .filter_map(|(name, domain)| {
            let hosting = domain.hosting.as_ref()?;
            let left = left(manifest, hosting, ledger.domains.get(name.as_str())?);
            let is_first = !left.iter().any(|one| has_wildcard(&one.spec));
            let moves = !left.is_empty() && is_first && hosting.certificate.is_none();
            moves.then(|| (name.to_string(), wildcards(name, domain, hosting)))
        })
        .collect();
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for one in moving.values().flatten() {
        *asked.entry(one.clone()).or_default() += 1;
    }
    for (name, wildcards) in &mut moving {
        wildcards.retain(|one| asked[one] == 1 && !is_held(ledger, name, one));
    }
    moving
}

/// The wildcards of domains whose hosting moves from where a former manifest has it, for whoever has no
/// ledger: the roles must be allowed to request certificates for them.
pub fn moving_from(manifest: &Manifest, former: &Manifest) -> BTreeMap<String, BTreeSet<String>> {
    let account = |manifest: &Manifest, hosting: &Hosting| {
        location(manifest, &hosting.account, "us-east-1").account_id
    };
    let moves = manifest.domains.iter().filter_map(|(name, domain)| {
        let hosting = domain.hosting.as_ref()?;
        let before = former.domains.get(name)?.hosting.as_ref()?;
        let is_ours = hosting.certificate.is_none();
        let moves = is_ours && account(manifest, hosting) != account(former, before);
        moves.then(|| (name.to_string(), wildcards(name, domain, hosting)))
    });
    moves.collect()
}

/// The entries of what serves the files of a domain in other accounts than the manifest names.
fn left<'a>(
    manifest: &Manifest,
    hosting: &Located<Hosting>,
    held: &'a DomainLedger,
) -> Vec<&'a Entry> {
    let here = location(manifest, &hosting.account, "us-east-1").account_id;
    let entries = held.entries.values().chain(&held.retired);
    let is_left = |entry: &&Entry| {
        let kind = entry.id.kind.as_str();
        let serves = kind == CloudfrontDistribution::NAME || kind == AcmCertificate::NAME;
        let account = entry.location.as_ref().map(|one| &one.account_id);
        serves && account.is_some_and(|account| *account != here)
    };
    entries.map(AsRef::as_ref).filter(is_left).collect()
}

/// Whether a spec is of a distribution that answers by a wildcard.
fn has_wildcard(spec: &Spec) -> bool {
    let spec = spec.get::<CloudfrontDistribution>();
    spec.is_some_and(|spec| spec.aliases.iter().any(|alias| alias.starts_with("*.")))
}

/// Whether a distribution of another domain has a wildcard.
fn is_held(ledger: &Ledger, name: &str, wildcard: &String) -> bool {
    let others = ledger.domains.iter().filter(|(other, _)| *other != name);
    let mut entries = others.flat_map(|(_, held)| held.entries.values());
    entries.any(|entry| {
        let spec = entry.spec.get::<CloudfrontDistribution>();
        spec.is_some_and(|spec| spec.aliases.contains(wildcard))
    })
}

/// The wildcards over the hosts that a domain can have.
fn wildcards(name: &Name, domain: &Domain, hosting: &Hosting) -> BTreeSet<String> {
    let logo = domain.bimi.as_ref().filter(|bimi| !*bimi.decline);
    let logo = logo.and_then(|_| hosting.assets_host.under(name).ok());
    let hosts = logo.map(|host| host.to_string()).into_iter();
    let hosts = hosts.chain([format!("mta-sts.{name}")]);
    hosts.filter_map(|host| over(&host)).collect()
}

/// The wildcard over a host.
pub(super) fn over(host: &str) -> Option<String> {
    let (_, parent) = host.split_once('.')?;
    Some(format!("*.{parent}"))
}

/// The domains among these resources whose hosting moves: their distribution answers by a wildcard.
pub fn moved<'a>(resources: impl Iterator<Item = &'a Resource>) -> BTreeSet<&'a str> {
    let moving = resources.filter(|resource| has_wildcard(&resource.spec));
    moving.map(|resource| resource.id.domain.as_str()).collect()
}
