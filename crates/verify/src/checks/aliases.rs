//! Names that lead to a server of ours: LIVE-04. One that leads to nothing can be taken by
//! somebody else, who then answers in the domain's name.

use std::collections::BTreeSet;

use model::Unseen;
use model::rules;
use standards::Finding;
use standards::dns::{Name, RecordType, Resolver};

use super::{Scene, records, shown, unanswered};
use crate::notes::Notes;
use model::Check;

/// Whether each name has an address behind it. The answers there are checked with the files that
/// it serves.
pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for host in hosts(scene).await {
        addresses(scene, host, &mut notes).await;
    }
    notes.done()
}

/// The same, and whether a server is there that has a certificate for the name.
pub(crate) async fn check_served(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for host in hosts(scene).await {
        if addresses(scene, host, &mut notes).await {
            server(scene, host, &mut notes).await;
        }
    }
    notes.done()
}

/// The names that are aliases by plan. Of a CNAME that is not there, the records tell.
async fn hosts<'a>(scene: &Scene<'a>) -> BTreeSet<&'a Name> {
    let mut hosts = BTreeSet::new();
    for record in &scene.expected.records {
        let is_alias = match record.rtype {
            RecordType::A | RecordType::Aaaa => record.values.is_empty(),
            RecordType::Cname => {
                record.name.is_host() && records::is_live(scene, record).await == Ok(true)
            }
            _ => false,
        };
        if is_alias {
            hosts.insert(&record.name);
        }
    }
    hosts
}

async fn addresses(scene: &Scene<'_>, host: &Name, notes: &mut Notes<'_>) -> bool {
    let ip4 = scene.dns.a(host).await;
    let ip6 = scene.dns.aaaa(host).await;
    let found: Vec<String> = ip4
        .iter()
        .flatten()
        .map(ToString::to_string)
        .chain(ip6.iter().flatten().map(ToString::to_string))
        .collect();
    let what = host.to_string();
    if !found.is_empty() {
        notes.good(rules::LIVE_04, &what, shown(&found));
        return true;
    }
    match ip4.err().or(ip6.err()) {
        Some(error) => notes.broken(&what, unanswered(&error)),
        None if scene.expected.awaits(host) => {
            notes.waiting(rules::LIVE_04, &what, "no address", None);
        }
        None => {
            let reason = format!("nothing with an address is behind {host}");
            notes.broken(&what, Finding::new(rules::LIVE_04, reason));
        }
    }
    false
}

async fn server(scene: &Scene<'_>, host: &Name, notes: &mut Notes<'_>) {
    let url = format!("https://{host}/");
    let finding = match scene.dns.outside().visit(&url, None).await {
        Ok(visit) => {
            return notes.good(rules::LIVE_04, &url, format!("it answers {}", visit.status));
        }
        Err(unseen @ (Unseen::NoTls(_) | Unseen::OtherName(_))) => Finding::new(
            rules::LIVE_04,
            format!("{host} is nobody's there: {unseen}"),
        ),
        // The end of a certificate is checked with the certificates.
        Err(Unseen::NotFromHere | Unseen::Certificate(_)) => return,
        Err(unseen) => Finding::new(rules::LIVE_02, unseen.to_string()),
    };
    notes.broken(&url, finding);
}
