//! Certificates that ACM renews, as long as it sees their validation records: STS-H11.

use model::rules;
use standards::Finding;

use super::Scene;
use crate::notes::Notes;
use model::Check;

pub(crate) fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for certificate in &scene.expected.certificates {
        let Some(validity) = certificate.validity else {
            continue;
        };
        let end = validity.not_after;
        let hosts: Vec<&str> = certificate
            .hosts
            .iter()
            .map(standards::dns::Name::as_str)
            .collect();
        let what = format!("certificate of {}", hosts.join(", "));
        let finding = validity.is_nearly_over(scene.options.now).then(|| {
            Finding::new(
                rules::STS_H11,
                format!("it ends at {end}, and was not renewed"),
            )
        });
        notes.judge(rules::STS_H11, &what, format!("until {end}"), finding);
    }
    notes.done()
}

/// Why a certificate cannot be renewed without its validation record at `name`, where its time has
/// come.
pub(crate) fn doomed(scene: &Scene<'_>, name: &standards::dns::Name) -> Option<String> {
    let mut certificates = scene.expected.certificates.iter();
    let certificate = certificates.find(|one| one.validation.contains(name))?;
    let validity = certificate.validity?;
    let end = validity.not_after;
    validity
        .is_to_be_renewed(scene.options.now)
        .then(|| format!("without it ACM cannot renew the certificate that ends at {end}"))
}
