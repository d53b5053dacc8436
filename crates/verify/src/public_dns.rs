//! Public DNS in the terms of `standards`, each answer remembered for one look at a domain.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use model::Outside;
use standards::dns::caa::Caa;
use standards::dns::{Mx, Name, NoAnswer, RecordType, Resolver, Txt};

type Answer = Result<Vec<String>, String>;

/// A view of public DNS. Many rules ask for the same few names; each question is asked once.
pub struct PublicDns<'a> {
    outside: &'a dyn Outside,
    seen: Mutex<BTreeMap<(Name, RecordType), Answer>>,
}

impl<'a> PublicDns<'a> {
    /// Looks with `outside`.
    pub fn new(outside: &'a dyn Outside) -> Self {
        Self {
            outside,
            seen: Mutex::default(),
        }
    }

    /// The observer that asks.
    pub fn outside(&self) -> &'a dyn Outside {
        self.outside
    }

    /// The values at `name`, as [`Outside::lookup`] has them.
    pub async fn lookup(&self, name: &Name, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let question = (name.clone(), rtype);
        let known = self.memory().get(&question).cloned();
        let answer = if let Some(answer) = known {
            answer
        } else {
            let answer = self.outside.lookup(asked(name), rtype).await;
            let answer = answer.map_err(|error| error.reason);
            self.memory().insert(question, answer.clone());
            answer
        };
        answer.map_err(|reason| NoAnswer {
            name: name.clone(),
            reason,
        })
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Name, RecordType), Answer>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values that are what their type demands.
    async fn parsed<T: FromStr>(&self, name: &Name, rtype: RecordType) -> Result<Vec<T>, NoAnswer> {
        let values = self.lookup(name, rtype).await?;
        Ok(values
            .iter()
            .filter_map(|value| value.parse().ok())
            .collect())
    }
}

/// The name as a question has it.
pub(crate) fn asked(name: &Name) -> &str {
    if name.is_root() { "." } else { name.as_str() }
}

impl Resolver for PublicDns<'_> {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        let values = self.lookup(name, RecordType::Txt).await?;
        Ok(values.into_iter().map(Txt::new).collect())
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        self.parsed(name, RecordType::A).await
    }

    async fn aaaa(&self, name: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        self.parsed(name, RecordType::Aaaa).await
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        self.parsed(name, RecordType::Mx).await
    }

    async fn ptr(&self, address: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        self.parsed(&Name::reverse(address), RecordType::Ptr).await
    }

    async fn caa(&self, name: &Name) -> Result<Vec<Caa>, NoAnswer> {
        self.parsed(name, RecordType::Caa).await
    }
}
