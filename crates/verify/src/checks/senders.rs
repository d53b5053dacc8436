//! Hosts that send for the domain under addresses of their own: RCV-04.
//!
//! Those that its SPF record names one by one are its own; a network is its provider's.

use std::net::IpAddr;

use model::rules;
use standards::Finding;
use standards::dns::{Name, NoAnswer, Resolver};
use standards::spf::evaluate::fetch;
use standards::spf::{Mechanism, Spf};

use super::{Scene, shown, unanswered};
use crate::notes::Notes;
use model::Check;

/// Addresses that are checked one by one.
const ADDRESSES_MAX: usize = 20;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    // A record that cannot be had or read is reported with SPF.
    let Ok(Some(record)) = fetch(scene.dns, scene.domain()).await else {
        return Vec::new();
    };
    for address in addresses(&record).take(ADDRESSES_MAX) {
        let what = format!("reverse DNS of {address}");
        match confirm(scene, address).await {
            Ok(Ok(name)) => notes.good(rules::RCV_04, &what, name.to_string()),
            Ok(Err(reason)) => notes.broken(&what, Finding::new(rules::RCV_04, reason)),
            Err(error) => notes.broken(&what, unanswered(&error)),
        }
    }
    notes.done()
}

fn addresses(record: &Spf) -> impl Iterator<Item = IpAddr> {
    record
        .directives()
        .filter_map(|(_, mechanism)| match mechanism {
            Mechanism::Ip(network) => {
                let address = network.address();
                let whole = if address.is_ipv4() { 32 } else { 128 };
                (network.prefix() == whole).then_some(address)
            }
            _ => None,
        })
}

/// The name of `address` that leads back to it, or why there is none.
async fn confirm(scene: &Scene<'_>, address: IpAddr) -> Result<Result<Name, String>, NoAnswer> {
    let names = scene.dns.ptr(address).await?;
    if names.is_empty() {
        return Ok(Err(format!("{address} has no name")));
    }
    for name in &names {
        let leads_back = match address {
            IpAddr::V4(address) => scene.dns.a(name).await?.contains(&address),
            IpAddr::V6(address) => scene.dns.aaaa(name).await?.contains(&address),
        };
        if leads_back {
            return Ok(Ok(name.clone()));
        }
    }
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    Ok(Err(format!(
        "{address} is named {}, which does not lead back to it",
        shown(&names)
    )))
}
