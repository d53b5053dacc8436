//! An Internet of a few lines.

use std::collections::BTreeMap;
use std::net::IpAddr;

use async_trait::async_trait;
use manifest::draft::{Draft, Wish, draft};
use model::{Fetched, NoAnswer, Outside, Published, Unseen, Visit};
use standards::dns::RecordType;
use verify::published;

/// An RSA key of 2048 bits, as a DKIM record has it.
pub(super) const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo5ScUu2haZUm6OCbmsMjGnZPJRZb2JAyt9rXTozNXLhrbT1fZJmecuVnMzebFKQKdWrsVW9gYtQbS8KVPqbqTN+u5UH9zkxVnIrQ31QAit2m+vBuPPQdAXridqqqmAm0AUkVbNtddgvSpbfrWIsOZB4JH3+W86LXJtjdbtkO0f0zWDikQKnT7ZZnzWcdVO72QcUIFeviJTdS44gEDLyWY7QLvlC1+udvcD/OLpqLWV0i2Ok4Hj0NxqTUv1Cru+loqmtbhB9KfXu3XHMJJqipsLqXzzDWfJdoZSq2w0CpKVbr0Z3tfwK69caUy0vAcDQrYEPlhthN8OYE0YToAghBXQIDAQAB";

/// Name servers of Route 53, and the mail hosts that the tests name.
const AROUND: &str = "
example.com NS ns-1.awsdns-00.com
example.com NS ns-2.awsdns-01.net
example.com NS ns-3.awsdns-02.org
example.com NS ns-4.awsdns-03.co.uk
smtp.google.com A 192.0.2.1
mx1.example.com A 192.0.2.2
mx2.example.com A 192.0.2.3
_spf.google.com TXT v=spf1 ip4:192.0.2.0/24 ~all
amazonses.com TXT v=spf1 ip4:199.255.192.0/22 -all
";

/// Lines of `name type value`; the value `SERVFAIL` is no answer. Pages by their URL.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    records: BTreeMap<(String, String), Vec<String>>,
    pages: BTreeMap<String, Visit>,
}

impl World {
    pub(super) fn new(lines: &str) -> Self {
        let mut world = Self::empty();
        for line in AROUND.lines().chain(lines.lines()) {
            let mut words = line.trim().splitn(3, ' ');
            let (Some(name), Some(rtype), Some(value)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            world = world.with(name, rtype, &value.replace("KEY", KEY));
        }
        world
    }

    pub(super) fn empty() -> Self {
        Self::default()
    }

    #[must_use]
    pub(super) fn with(mut self, name: &str, rtype: &str, value: &str) -> Self {
        let key = (name.to_owned(), rtype.to_owned());
        self.records.entry(key).or_default().push(value.to_owned());
        self
    }

    #[must_use]
    pub(super) fn page(mut self, url: &str, media_type: &str, body: &[u8]) -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), media_type.to_owned())]);
        let visit = Visit {
            status: 200,
            headers,
            body: body.to_vec(),
            ..Visit::default()
        };
        self.pages.insert(url.to_owned(), visit);
        self
    }

    pub(super) fn policy(self, domain: &str, lines: &str) -> Self {
        let url = format!("https://mta-sts.{domain}/.well-known/mta-sts.txt");
        let body = lines.replace('\n', "\r\n");
        self.page(&url, "text/plain", body.as_bytes())
    }
}

#[async_trait]
impl Outside for World {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let find = |name: &str, rtype: RecordType| {
            let key = (name.to_owned(), rtype.to_string());
            self.records.get(&key).cloned().unwrap_or_default()
        };
        let alias = find(name, RecordType::Cname);
        let values = match alias.first() {
            Some(target) if rtype != RecordType::Cname => find(target, rtype),
            _ => find(name, rtype),
        };
        if values.iter().any(|value| value == "SERVFAIL") {
            return Err(NoAnswer {
                name: name.to_owned(),
                rtype,
                reason: "the server answers SERVFAIL".to_owned(),
            });
        }
        Ok(values)
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        Err(format!("nobody fetches {url}"))
    }

    async fn visit(&self, url: &str, _: Option<IpAddr>) -> Result<Visit, Unseen> {
        let nothing = || Unseen::NoAnswer("connection refused".to_owned());
        self.pages.get(url).cloned().ok_or_else(nothing)
    }
}

/// The records that these domains publish.
pub(super) fn seen(world: &World, domains: &[&str]) -> Vec<Published> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let see = async |domain: &str| {
        let domain = domain.parse().expect("a name");
        published(&domain, world).await.expect("it is there")
    };
    domains
        .iter()
        .map(|domain| runtime.block_on(see(domain)))
        .collect()
}

/// The draft for these domains, in the account `account`.
pub(super) fn drafted(world: &World, domains: &[&str], account: Option<&str>) -> Draft {
    let wish = Wish {
        account: account.map(|id| id.parse().expect("an id")),
        now: "2026-12-01T00:00:00Z".parse().expect("a time"),
    };
    draft(&seen(world, domains), &wish)
}
