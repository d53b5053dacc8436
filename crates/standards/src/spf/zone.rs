//! A DNS of a few lines, for tests: every answer is there at once.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::dns::{Mx, Name, NoAnswer, Resolver, Txt};

/// Records by name and type.
pub(super) struct Zone(BTreeMap<(Name, String), Vec<String>>);

impl Zone {
    /// Reads lines of `name type value`. A value `!` makes the question fail. The owner of
    /// a PTR is the address itself, in brackets.
    pub(super) fn new(text: &str) -> Self {
        let mut records: BTreeMap<(Name, String), Vec<String>> = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let mut word = || words.next().expect("a name, a type and a value").to_owned();
            let (owner, kind, value) = (word(), word(), word());
            records.entry((key(&owner), kind)).or_default().push(value);
        }
        Self(records)
    }

    fn values(&self, name: &Name, kind: &str) -> Result<Vec<String>, NoAnswer> {
        let values = self
            .0
            .get(&(name.clone(), kind.to_owned()))
            .cloned()
            .unwrap_or_default();
        if values.contains(&"!".to_owned()) {
            return Err(NoAnswer {
                name: name.clone(),
                reason: "SERVFAIL".to_owned(),
            });
        }
        Ok(values)
    }

    fn parsed<T>(&self, name: &Name, kind: &str) -> Result<Vec<T>, NoAnswer>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Debug,
    {
        let values = self.values(name, kind)?;
        Ok(values
            .iter()
            .map(|value| value.parse().expect("a value of the type"))
            .collect())
    }
}

/// The name that holds records of `owner`, which may have any octets.
fn key(owner: &str) -> Name {
    Name::from_labels(owner.split('.').map(str::as_bytes)).expect("a name")
}

impl Resolver for Zone {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        Ok(self
            .values(name, "TXT")?
            .into_iter()
            .map(Txt::from)
            .collect())
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        self.parsed(name, "A")
    }

    async fn aaaa(&self, name: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        self.parsed(name, "AAAA")
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        self.parsed(name, "MX")
    }

    async fn ptr(&self, address: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        self.parsed(&key(&format!("[{address}]")), "PTR")
    }
}

/// The end of a future that never waits.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a zone answers at once"),
    }
}
