//! An external observer in the sandbox, without a socket.

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use standards::dns::{Presentation, Txt};

pub(crate) struct Observer(pub(crate) Sandbox);

#[async_trait]
impl Outside for Observer {
    async fn lookup(&self, name: &str, rtype: &str) -> Result<Vec<String>, NoAnswer> {
        let now = self.0.clock().now();
        match self.0.world().resolve(name, rtype, now) {
            Lookup::NxDomain | Lookup::NoData => Ok(Vec::new()),
            Lookup::ServFail => Err(NoAnswer {
                name: name.to_owned(),
                rtype: rtype.to_owned(),
                reason: "SERVFAIL".to_owned(),
            }),
            Lookup::Found { records, .. } => {
                let texts = records.iter().map(|record| match record.rtype.as_str() {
                    "TXT" => Txt::parse(&record.value, Presentation::ZoneFile)
                        .map_or_else(|_| record.value.clone(), |txt| txt.text().into_owned()),
                    _ => record.value.trim_end_matches('.').to_ascii_lowercase(),
                });
                Ok(texts.collect())
            }
        }
    }

    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let not_after = self.0.clock().now() + std::time::Duration::from_hours(90 * 24);
        Ok(ShownCertificate {
            names: vec![host.to_owned()],
            not_after,
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let answer = self.0.https(url).await.map_err(|error| error.to_string())?;
        let media_type = answer.headers.get("content-type");
        let media_type = media_type.and_then(|value| value.to_str().ok());
        Ok(Fetched {
            status: answer.status.as_u16(),
            media_type: media_type.map(str::to_owned),
            body: answer.body.to_vec(),
        })
    }
}
