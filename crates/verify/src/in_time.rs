//! An observer whose time is limited as a whole: each question may be slow, but not all of them one
//! after the other.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use standards::dns::RecordType;
use tokio::time::{Instant, timeout_at};

/// An observer that has no answers any more once its time is over.
pub struct InTime<'a> {
    outside: &'a dyn Outside,
    limit: Duration,
    ends: Instant,
}

impl<'a> InTime<'a> {
    /// Asks `outside` from now on for as long as `limit` says.
    pub fn new(outside: &'a dyn Outside, limit: Duration) -> Self {
        let ends = Instant::now() + limit;
        Self {
            outside,
            limit,
            ends,
        }
    }

    fn over(&self) -> String {
        let seconds = self.limit.as_secs();
        format!("the {seconds} seconds of the whole probe are over")
    }

    async fn within<T>(
        &self,
        answer: impl Future<Output = Result<T, Unseen>>,
    ) -> Result<T, Unseen> {
        let answer = timeout_at(self.ends, answer).await;
        answer.unwrap_or_else(|_| Err(Unseen::NoAnswer(self.over())))
    }
}

#[async_trait]
impl Outside for InTime<'_> {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let answer = timeout_at(self.ends, self.outside.lookup(name, rtype)).await;
        answer.unwrap_or_else(|_| {
            Err(NoAnswer {
                name: name.to_owned(),
                rtype,
                reason: self.over(),
            })
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let answer = timeout_at(self.ends, self.outside.fetch(url)).await;
        answer.unwrap_or_else(|_| Err(self.over()))
    }

    async fn visit(&self, url: &str, address: Option<IpAddr>) -> Result<Visit, Unseen> {
        self.within(self.outside.visit(url, address)).await
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        self.within(self.outside.lookup_at(server, name, rtype))
            .await
    }

    async fn confirms_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        self.within(self.outside.confirms_absence(server, name, rtype))
            .await
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        self.within(self.outside.delegation(zone)).await
    }

    async fn held_for(&self, name: &str, rtype: RecordType) -> Option<Duration> {
        let held = timeout_at(self.ends, self.outside.held_for(name, rtype)).await;
        held.ok().flatten()
    }

    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        self.within(self.outside.starttls(host)).await
    }

    async fn mail_certificates(&self, host: &str) -> Result<Vec<Vec<u8>>, Unseen> {
        self.within(self.outside.mail_certificates(host)).await
    }

    async fn post(&self, url: &str, media_type: &str, body: &[u8]) -> Result<Visit, Unseen> {
        self.within(self.outside.post(url, media_type, body)).await
    }
}
