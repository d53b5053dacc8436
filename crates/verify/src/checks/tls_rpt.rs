//! Where reports about TLS go: RPT-09. The record itself is checked with the others.

use standards::dns::Resolver;
use standards::tls_rpt::{TlsRpt, record_owner};

use super::{Scene, unanswered};
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let Ok(owner) = record_owner(scene.domain()) else {
        return Vec::new();
    };
    let Ok(values) = scene.eyes.txt(&owner).await else {
        return Vec::new();
    };
    let (record, _) = TlsRpt::among(&owner, &values);
    if let Some(record) = record {
        let what = format!("TLS reports of {}", scene.domain());
        match record.check_report_mail(scene.eyes).await {
            Ok(findings) => notes.judge("RPT-09", &what, record.to_string(), findings),
            Err(error) => notes.broken(&what, unanswered(&error)),
        }
    }
    notes.done()
}
