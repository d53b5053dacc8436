//! All checks of a domain, and of a fleet.

use futures::{Stream, StreamExt, join, stream};
use jiff::Timestamp;
use model::Outside;
use standards::bimi::TrustStore;

use crate::checks::{
    Scene, bimi, caa, delegation, dkim, dmarc, mail_hosts, mta_sts, records, spf, tls_rpt,
    wildcards,
};
use crate::expected::Expected;
use crate::eyes::Eyes;
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
}

impl Options {
    /// As a receiver would look at the time `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            smtp: false,
            trust: TrustStore::bimi(),
            at_once: 16,
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
        delegation::check(&scene),
        records::check(&scene),
        wildcards::check(&scene),
        caa::check(&scene),
    );
    let (mail_hosts, mta_sts, tls_rpt, spf) = join!(
        mail_hosts::check(&scene),
        mta_sts::check(&scene),
        tls_rpt::check(&scene),
        spf::check(&scene),
    );
    let (dkim, dmarc, bimi) = join!(
        dkim::check(&scene),
        dmarc::check(&scene),
        bimi::check(&scene),
    );
    [
        delegation, records, wildcards, caa, mail_hosts, mta_sts, tls_rpt, spf, dkim, dmarc, bimi,
    ]
    .concat()
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
