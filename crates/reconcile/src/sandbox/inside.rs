//! An external observer inside the sandbox, without a socket.
//!
//! An apply under a virtual clock probes through this one: on a paused clock, time jumps to the next
//! time-out whenever the program waits for a socket, so that every answer would come too late.
//! `deploy verify` and `deploy drift` have nothing to wait for, and ask over the network
//! (`served`).

use std::net::IpAddr;

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::smtp::Fault;
use standards::dns::{Presentation, RecordType, Txt};

/// An external observer in the sandbox's world.
pub struct Inside(pub Sandbox);

impl Inside {
    /// The values of an answer, unless it says that there are none.
    fn values(lookup: Lookup) -> Option<Vec<String>> {
        match lookup {
            Lookup::NxDomain | Lookup::NoData => Some(Vec::new()),
            Lookup::ServFail => None,
            Lookup::Found { records, .. } => Some(
                records
                    .iter()
                    .map(|record| meaning(&record.rtype, &record.value))
                    .collect(),
            ),
        }
    }
}

#[async_trait]
impl Outside for Inside {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let now = self.0.clock().now();
        let answer = self.0.world().resolve(name, rtype.as_str(), now);
        Self::values(answer).ok_or_else(|| NoAnswer {
            name: name.to_owned(),
            rtype,
            reason: "SERVFAIL: no server that is delegated to answers".to_owned(),
        })
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        let now = self.0.clock().now();
        let answer = self.0.world().ask_server(server, name, rtype.as_str(), now);
        let refused = || Unseen::NoAnswer(format!("{server} does not answer for {name}"));
        answer.and_then(Self::values).ok_or_else(refused)
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        Ok(self.0.world().delegation(zone, self.0.clock().now()))
    }

    /// Mail hosts of the sandbox are hosts with an address; they offer TLS, unless the world says
    /// what is wrong with one.
    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let addresses = self
            .lookup(host, RecordType::A)
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        if addresses.is_empty() {
            return Err(Unseen::NoAnswer(format!("{host} has no address")));
        }
        if let Some(fault) = self.0.world().mail.faults.get(host) {
            return Err(match fault {
                Fault::Expired => Unseen::Certificate("it has expired".to_owned()),
                Fault::OtherName => Unseen::OtherName("another name".to_owned()),
                Fault::NoCertificate => Unseen::NoTls("it has no certificate".to_owned()),
            });
        }
        let not_before = self.0.clock().now();
        let not_after = not_before + std::time::Duration::from_hours(90 * 24);
        Ok(ShownCertificate {
            names: vec![host.to_owned()],
            not_before,
            not_after,
        })
    }

    async fn visit(&self, url: &str, _address: Option<IpAddr>) -> Result<Visit, Unseen> {
        let answer = self
            .0
            .https(url)
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Ok(Visit {
            status: answer.status.as_u16(),
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: answer.body.to_vec(),
            took: None,
            certificate: None,
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let answer = self.0.https(url).await.map_err(|error| error.to_string())?;
        let media_type = answer
            .headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        Ok(Fetched {
            status: answer.status.as_u16(),
            media_type: media_type.map(str::to_owned),
            body: answer.body.to_vec(),
        })
    }
}

fn meaning(rtype: &str, value: &str) -> String {
    match rtype {
        "TXT" => Txt::parse(value, Presentation::ZoneFile)
            .map_or_else(|_| value.to_owned(), |txt| txt.text().into_owned()),
        // The null MX is the root itself (RFC 7505).
        "MX" if value.ends_with(" .") => value.to_owned(),
        _ => value.trim_end_matches('.').to_ascii_lowercase(),
    }
}
