//! Whether ACM may go on issuing for our hosts: DNS-13.

use model::rules;
use standards::dns::caa::{Caa, climb, lint_host};
use standards::dns::{Name, NoAnswer, RecordType};

use super::{Scene, shown};
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for host in scene.expected.hosts() {
        let what = format!("{host} CAA");
        match deciding(scene, host).await {
            Err(error) => notes.broken(&what, super::unanswered(&error)),
            Ok(values) => {
                let records: Vec<Caa> = values
                    .iter()
                    .filter_map(|value| value.parse().ok())
                    .collect();
                notes.judge(
                    rules::DNS_13,
                    &what,
                    shown(&values),
                    lint_host(host, &records),
                );
            }
        }
    }
    notes.done()
}

/// The record set that decides: the first on the way up.
pub(crate) async fn deciding(scene: &Scene<'_>, host: &Name) -> Result<Vec<String>, NoAnswer> {
    for name in climb(host) {
        let values = scene.dns.lookup(&name, RecordType::Caa).await?;
        if !values.is_empty() {
            return Ok(values);
        }
    }
    Ok(Vec::new())
}
