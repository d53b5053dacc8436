//! All checks of a domain, and of a fleet.

use std::time::Duration;

use futures::{Stream, StreamExt, join, stream};
use jiff::Timestamp;
use model::Outside;
use standards::Finding;
use standards::bimi::TrustStore;

use crate::checks::{
    Scene, bimi, caa, delegation, dkim, dmarc, mail_hosts, mta_sts, records, spf, tls_rpt,
    wildcards,
};
use crate::expected::Expected;
use crate::eyes::Eyes;
use crate::notes::Notes;
use model::Check;

/// How to verify.
#[derive(Clone, Debug)]
pub struct Options {
    /// The time.
    pub now: Timestamp,
    /// Whether to ask mail hosts for STARTTLS. Many networks do not let port 25 out.
    pub smtp: bool,
    /// The roots that vouch for mark certificates.
    pub trust: TrustStore,
    /// How many domains are looked at side by side.
    pub at_once: usize,
    /// How long one subject of one domain may take, such as all its records.
    pub patience: Duration,
}

impl Options {
    /// As a receiver would look at the time `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            smtp: false,
            trust: TrustStore::bimi(),
            at_once: 16,
            patience: Duration::from_mins(2),
        }
    }
}

/// Looks at one domain.
pub async fn verify(expected: &Expected, outside: &dyn Outside, options: &Options) -> Vec<Check> {
    let eyes = Eyes::new(outside);
    let scene = Scene {
        expected,
        eyes: &eyes,
        options,
    };
    // Records first: what is reported there is not reported again by those who depend on it.
    let (delegation, records, wildcards, caa) = join!(
        within(&scene, delegation::check(&scene)),
        within(&scene, records::check(&scene)),
        within(&scene, wildcards::check(&scene)),
        within(&scene, caa::check(&scene)),
    );
    let (mail_hosts, mta_sts, tls_rpt, spf) = join!(
        within(&scene, mail_hosts::check(&scene)),
        within(&scene, mta_sts::check(&scene)),
        within(&scene, tls_rpt::check(&scene)),
        within(&scene, spf::check(&scene)),
    );
    let (dkim, dmarc, bimi) = join!(
        within(&scene, dkim::check(&scene)),
        within(&scene, dmarc::check(&scene)),
        within(&scene, bimi::check(&scene)),
    );
    [
        delegation, records, wildcards, caa, mail_hosts, mta_sts, tls_rpt, spf, dkim, dmarc, bimi,
    ]
    .concat()
}

/// The checks of one subject, or one that says that they had no end: a record can name thousands of
/// hosts, each slow.
async fn within(scene: &Scene<'_>, checks: impl Future<Output = Vec<Check>>) -> Vec<Check> {
    let patience = scene.options.patience;
    if let Ok(checks) = tokio::time::timeout(patience, checks).await {
        return checks;
    }
    let mut notes = Notes::on(scene.domain());
    let reason = format!(
        "its checks had no end after {} seconds",
        patience.as_secs_f32()
    );
    let what = scene.domain().to_string();
    notes.broken(&what, Finding::new("LIVE-02", reason));
    notes.done()
}

/// Looks at many domains, a bounded number at a time, and gives the checks of each in their order
/// as soon as they are there.
pub fn verify_all<'a>(
    expected: &'a [Expected],
    outside: &'a dyn Outside,
    options: &'a Options,
) -> impl Stream<Item = (&'a Expected, Vec<Check>)> + 'a {
    stream::iter(expected)
        .map(move |one| async move { (one, verify(one, outside, options).await) })
        .buffered(options.at_once.max(1))
}
