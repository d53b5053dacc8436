//! Checks that take more than one question to DNS.

use std::collections::BTreeSet;

use super::caa::{Caa, climb};
use super::{Mx, Name, NoAnswer, Resolver};
use crate::rules;
use crate::{Finding, Place};

/// The CAA record set that decides about `name`: the first on the way up.
pub async fn deciding_caa(resolver: &impl Resolver, name: &Name) -> Result<Vec<Caa>, NoAnswer> {
    for name in climb(name) {
        let records = resolver.caa(&name).await?;
        if !records.is_empty() {
            return Ok(records);
        }
    }
    Ok(Vec::new())
}

/// MX-03: hosts of an MX set that have no address, so that nothing can be delivered there.
pub async fn check_mx_addresses(
    resolver: &impl Resolver,
    records: &[Mx],
) -> Result<Vec<Finding>, NoAnswer> {
    let hosts: BTreeSet<&Name> = records.iter().map(|mx| &mx.exchange).collect();
    let mut findings = Vec::new();
    for host in hosts.into_iter().filter(|host| host.is_host()) {
        if resolver.a(host).await?.is_empty() && resolver.aaaa(host).await?.is_empty() {
            let reason = format!("the mail host {host} has no address");
            let place = Place::Live(host.to_string());
            findings.push(Finding::new(rules::MX_03, reason).in_place(place));
        }
    }
    Ok(findings)
}
