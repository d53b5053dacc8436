//! DNS as it will be once the manifest is carried out: what it publishes in the place of what
//! is there, and all else as it is.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use standards::dmarc::external_reports::AUTHORIZATION;
use standards::dmarc::{Dmarc, Policy, record_owner};
use standards::dns::caa::Caa;
use standards::dns::{Mx, Name, NoAnswer, Resolver, Txt};
use standards::spf::Spf;

use crate::manifest::Manifest;

/// A resolver with the manifest's records in front of it.
pub(super) struct DnsAfter<'a, R> {
    resolver: &'a R,
    txt: BTreeMap<Name, Txt>,
    mx: BTreeMap<Name, Vec<Mx>>,
}

impl<'a, R> DnsAfter<'a, R> {
    pub(super) fn new(manifest: &Manifest, resolver: &'a R) -> Self {
        let mut planned = Self {
            resolver,
            txt: BTreeMap::new(),
            mx: BTreeMap::new(),
        };
        for (name, domain) in &manifest.domains {
            if let Some(spf) = &domain.spf {
                planned.publish(name.clone(), spf.text());
            }
            if let Some(dmarc) = &domain.dmarc {
                planned.publish_policy(name, &dmarc.record());
            }
            if !domain.mx.is_empty() {
                let records = domain.mx.iter().map(|mx| mx.value.clone()).collect();
                planned.mx.insert(name.clone(), records);
            }
        }
        for name in manifest.parked.keys() {
            planned.publish(name.clone(), Spf::nobody().to_string());
            planned.publish_policy(name, &Dmarc::new(Policy::Reject));
            planned.mx.insert(name.clone(), vec![Mx::NULL]);
        }
        for agreement in manifest.report_authorizations() {
            planned.publish(agreement.owner, AUTHORIZATION.to_owned());
        }
        planned
    }

    fn publish(&mut self, owner: Name, text: String) {
        self.txt.insert(owner, Txt::from(text));
    }

    fn publish_policy(&mut self, domain: &Name, record: &Dmarc) {
        // A name without room for `_dmarc` is reported where names are checked.
        if let Ok(owner) = record_owner(domain) {
            self.publish(owner, record.to_string());
        }
    }
}

/// The version that a record begins with, such as `v=spf1`.
fn version(value: &Txt) -> String {
    let text = value.text();
    let start = text.split([' ', ';']).next().unwrap_or_default();
    start.to_ascii_lowercase()
}

impl<R: Resolver> Resolver for DnsAfter<'_, R> {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        let live = self.resolver.txt(name).await;
        let Some(planned) = self.txt.get(name) else {
            return live;
        };
        // What will be there does not depend on whether what is there can be seen.
        let mut values = live.unwrap_or_default();
        values.retain(|value| version(value) != version(planned));
        values.push(planned.clone());
        Ok(values)
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        self.resolver.a(name).await
    }

    async fn aaaa(&self, name: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        self.resolver.aaaa(name).await
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        match self.mx.get(name) {
            Some(records) => Ok(records.clone()),
            None => self.resolver.mx(name).await,
        }
    }

    async fn ptr(&self, address: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        self.resolver.ptr(address).await
    }

    async fn caa(&self, name: &Name) -> Result<Vec<Caa>, NoAnswer> {
        self.resolver.caa(name).await
    }
}
