//! Helpers that the tables of every standard share.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;

use crate::dns::{Mx, Name, NoAnswer, Resolver, Txt};
use crate::{Finding, Place, Severity};

/// Each finding as `RULE severity "text at its place"`, in one line.
pub(crate) fn summary(text: &str, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| match &finding.place {
            Place::Span(span) => format!(
                "{} {} {:?}",
                finding.rule,
                finding.severity,
                String::from_utf8_lossy(&text.as_bytes()[span.clone()])
            ),
            Place::Live(name) => format!("{} {} at {name}", finding.rule, finding.severity),
            _ => format!("{} {}", finding.rule, finding.severity),
        })
        .collect()
}

/// Whether `findings` are exactly these rules, in any order of their places.
pub(crate) fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| &*finding.rule).collect()
}

/// Whether one of them is an error.
pub(crate) fn has_error(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// A name that is known to be valid.
pub(crate) fn name(text: &str) -> Name {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Runs a future that never waits.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the future waits"),
    }
}

/// A small DNS.
#[derive(Default)]
pub(crate) struct Zone {
    txt: BTreeMap<Name, Vec<Txt>>,
    mx: BTreeMap<Name, Vec<Mx>>,
    hosts: BTreeSet<Name>,
    broken: BTreeSet<Name>,
    /// The names whose TXT was asked for.
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Zone {
    /// With these TXT values.
    pub(crate) fn new(records: &[(&str, &str)]) -> Self {
        let mut zone = Self::default();
        for (owner, text) in records {
            let values = zone.txt.entry(name(owner)).or_default();
            values.push(Txt::from(*text));
        }
        zone
    }

    /// The same with an MX.
    pub(crate) fn with_mx(mut self, owner: &str, mx: &str) -> Self {
        let values = self.mx.entry(name(owner)).or_default();
        values.push(mx.parse().expect("an MX"));
        self
    }

    /// The same with an address at this name.
    pub(crate) fn with_host(mut self, owner: &str) -> Self {
        self.hosts.insert(name(owner));
        self
    }

    /// The same, and no answer for this name.
    pub(crate) fn with_broken(mut self, owner: &str) -> Self {
        self.broken.insert(name(owner));
        self
    }

    fn answer<T: Clone>(
        &self,
        name: &Name,
        of: &BTreeMap<Name, Vec<T>>,
    ) -> Result<Vec<T>, NoAnswer> {
        if self.broken.contains(name) {
            return Err(NoAnswer {
                name: name.clone(),
                reason: "SERVFAIL".to_owned(),
            });
        }
        Ok(of.get(name).cloned().unwrap_or_default())
    }
}

impl Resolver for Zone {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        self.asked
            .lock()
            .expect("one thread")
            .push(name.to_string());
        self.answer(name, &self.txt)
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        let has_host = self.hosts.contains(name);
        Ok(Vec::from_iter(has_host.then_some(Ipv4Addr::LOCALHOST)))
    }

    async fn aaaa(&self, _: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        Ok(Vec::new())
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        self.answer(name, &self.mx)
    }

    async fn ptr(&self, _: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        Ok(Vec::new())
    }
}
