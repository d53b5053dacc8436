//! All checks of a domain, and of a fleet.

use futures::{Stream, StreamExt, join, stream};
use model::rules;
use model::{Outside, Unseen};
use standards::Finding;

use crate::checks::{
    Scene, aliases, bimi, caa, certificates, dane, delegation, dkim, dmarc, mail_hosts, mta_sts,
    records, senders, ses, spf, tls_rpt, wildcards,
};
use crate::expected::Expected;
use crate::notes::Notes;
use crate::options::Options;
use crate::public_dns::PublicDns;
use model::Check;
use model::check::CheckOutcome;

/// Verifies one domain.
pub async fn verify(expected: &Expected, outside: &dyn Outside, options: &Options) -> Vec<Check> {
    let dns = PublicDns::new(outside);
    let delegation = delegation_of(expected, outside, options).await;
    let scene = Scene {
        expected,
        dns: &dns,
        options,
        delegation: &delegation,
    };
    // Records first: what is reported there is not reported again by those who depend on it.
    let (found, records, aliases, wildcards, caa) = join!(
        within(&scene, delegation::check(&scene)),
        within(&scene, records::check(&scene)),
        within(&scene, aliases::check(&scene)),
        within(&scene, wildcards::check(&scene)),
        within(&scene, caa::check(&scene)),
    );
    let (mail_hosts, dane, mta_sts, tls_rpt) = join!(
        within(&scene, mail_hosts::check(&scene)),
        within(&scene, dane::check(&scene)),
        within(&scene, mta_sts::check(&scene)),
        within(&scene, tls_rpt::check(&scene)),
    );
    let (spf, senders, links) = join!(
        within(&scene, spf::check(&scene)),
        within(&scene, senders::check(&scene)),
        within(&scene, ses::check_links(&scene)),
    );
    let (dkim, dmarc, bimi) = join!(
        within(&scene, dkim::check(&scene)),
        within(&scene, dmarc::check(&scene)),
        within(&scene, bimi::check(&scene)),
    );
    let names = [
        records,
        aliases,
        wildcards,
        caa,
        certificates::check(&scene),
    ];
    let mail = [
        mail_hosts, dane, mta_sts, tls_rpt, spf, senders, dkim, dmarc, bimi,
    ];
    let seen = [names.concat(), mail.concat(), links].concat();
    [
        found.clone(),
        beyond(&scene, &found, seen),
        ses::check(&scene),
    ]
    .concat()
}

/// Probes what one domain was left with, as far as it can move without us: its delegation, its
/// records at their name servers and beyond, what its names lead to, and its certificates.
pub async fn drift(expected: &Expected, outside: &dyn Outside, options: &Options) -> Vec<Check> {
    let dns = PublicDns::new(outside);
    let delegation = delegation_of(expected, outside, options).await;
    let scene = Scene {
        expected,
        dns: &dns,
        options,
        delegation: &delegation,
    };
    let (found, records, aliases) = join!(
        within(&scene, delegation::check(&scene)),
        within(&scene, records::check(&scene)),
        within(&scene, aliases::check_served(&scene)),
    );
    let seen = [records, aliases, certificates::check(&scene)].concat();
    [found.clone(), beyond(&scene, &found, seen)].concat()
}

/// The name servers to which the zone above sends the world.
async fn delegation_of(
    expected: &Expected,
    outside: &dyn Outside,
    options: &Options,
) -> Result<Vec<String>, Unseen> {
    let zone = expected.zone.as_ref();
    let zone = zone.map_or(&expected.domain, |zone| &zone.name);
    let asked = outside.delegation(zone.as_str());
    let answer = tokio::time::timeout(options.patience, asked).await;
    answer.unwrap_or(Err(Unseen::Slow(options.patience)))
}

/// The checks in `seen`. Where the delegation leads to other name servers, nothing of ours can be
/// seen: that is one fault, and these checks are skipped.
fn beyond(scene: &Scene<'_>, delegation: &[Check], mut seen: Vec<Check>) -> Vec<Check> {
    if let Some(reason) = delegation::elsewhere(scene, delegation) {
        for check in &mut seen {
            if matches!(check.outcome, CheckOutcome::Finding(_)) {
                let why = format!("the world is sent to other name servers (DNS-08): {reason}");
                check.outcome = CheckOutcome::Skipped { why, fix: None };
            }
        }
    }
    seen
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
    notes.broken(&what, Finding::new(rules::LIVE_02, reason));
    notes.done()
}

/// Verifies many domains, a bounded number at a time, and gives the checks of each in their order
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
