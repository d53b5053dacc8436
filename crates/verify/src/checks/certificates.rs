//! Certificates that ACM renews, as long as it sees their validation records: STS-H11.

use jiff::SignedDuration;
use model::rules;
use standards::Finding;

use super::Scene;
use crate::notes::Notes;
use model::Check;

/// ACM tries to renew a certificate that DNS validates from sixty days before its end on (ACM User
/// Guide, "Troubleshoot managed certificate renewal"), whatever its lifetime.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(24 * 60);
/// One with less than this is not being renewed: STS-H11 says so in days. ACM itself warns 45, 30,
/// 15, 7, 3 and 1 days before the end (ACM User Guide, "Renewal for domains validated by DNS").
const LEFT_MIN: SignedDuration = SignedDuration::from_hours(24 * 21);

pub(crate) fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for certificate in &scene.expected.certificates {
        let Some(end) = certificate.not_after else {
            continue;
        };
        let hosts: Vec<&str> = certificate
            .hosts
            .iter()
            .map(standards::dns::Name::as_str)
            .collect();
        let what = format!("certificate of {}", hosts.join(", "));
        let left = end.duration_since(scene.options.now);
        let finding = (left < LEFT_MIN).then(|| {
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
    let end = certificate.not_after?;
    let left = end.duration_since(scene.options.now);
    (left < RENEWED_BEFORE)
        .then(|| format!("without it ACM cannot renew the certificate that ends at {end}"))
}
