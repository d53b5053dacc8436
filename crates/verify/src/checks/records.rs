//! Every planned record, through the resolver and at every name server of its zone.

use futures::future::join_all;
use jiff::Timestamp;
use model::rules::{self, Rule};
use standards::bimi::Bimi;
use standards::dmarc::Dmarc;
use standards::dns::{Name, NoAnswer, RecordType, Txt};
use standards::mta_sts::MtaStsRecord;
use standards::spf::lint::lint_values;
use standards::tls_rpt::TlsRpt;
use standards::{Finding, Severity};

use super::certificates::doomed;
use super::{Scene, shown};
use crate::expected::Record;
use crate::notes::Notes;
use crate::public_dns::asked;
use model::{Check, variants};

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let records = scene.expected.records.iter();
    let checks = join_all(records.map(|record| check_record(scene, record))).await;
    checks.concat()
}

/// The rule that is broken when `record` is not as it should be.
fn rule_of(scene: &Scene<'_>, record: &Record) -> &'static Rule {
    let name = record.name.as_str();
    let under = |labels: &str| name.starts_with(labels);
    match record.rtype {
        RecordType::Mx if scene.expected.mail_from().contains(&record.name) => rules::SES_13,
        RecordType::Txt | RecordType::Cname if name.contains("._domainkey.") => rules::DKIM_02,
        RecordType::Txt if name.contains("._report._dmarc.") => rules::DMARC_22,
        RecordType::Txt if under("_dmarc.") => rules::DMARC_03,
        RecordType::Txt if under("_mta-sts.") => rules::STS_R06,
        RecordType::Txt if under("_smtp._tls.") => rules::RPT_07,
        RecordType::Txt if under("_amazonses.") => rules::SES_21,
        RecordType::Txt if name.contains("._bimi.") => rules::BIMI_R12,
        RecordType::Txt if record.values.iter().any(|value| is_spf(value)) => rules::SPF_02,
        _ => rules::LIVE_01,
    }
}

fn is_spf(value: &str) -> bool {
    standards::spf::Spf::is_record(&Txt::new(value))
}

async fn check_record(scene: &Scene<'_>, record: &Record) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let what = format!("{} {}", record.name, record.rtype);
    let rule = rule_of(scene, record);
    let live = match scene.dns.lookup(&record.name, record.rtype).await {
        Ok(live) => live,
        Err(error) => {
            notes.broken(&what, super::unanswered(&error));
            return notes.done();
        }
    };
    if fault(record, &live).is_some()
        && let Some(seen) = in_another_spelling(scene, record, &live).await
    {
        notes.good(rule, &what, shown(&seen));
        return notes.done();
    }
    let servers = at_servers(scene, record).await;
    match (fault(record, &live), servers) {
        (None, Servers::Behind(reason)) => notes.broken(&what, differs(rule, record, reason)),
        (None, Servers::Mixed) | (Some(_), Servers::Agree | Servers::Mixed) => {
            let until = forgotten_at(scene, record).await;
            notes.waiting(rule, &what, shown(&live), until);
        }
        (None, _) => {
            let findings = read(rule, &record.name, &live);
            notes.judge(rule, &what, shown(&live), findings);
        }
        (Some(_), _) if is_awaited(scene, record) => {
            notes.waiting(rule, &what, shown(&live), None);
        }
        // An alias without any address is checked with the aliases.
        (Some(_), _) if record.values.is_empty() && is_nowhere(scene, &record.name).await => {}
        (Some(reason), _) => notes.broken(&what, missing(scene, rule, record, reason)),
    }
    notes.done()
}

/// The other spelling that Amazon accepts of a value, where a DNS provider refuses the first one.
async fn in_another_spelling(
    scene: &Scene<'_>,
    record: &Record,
    live: &[String],
) -> Option<Vec<String>> {
    let (name, rtype) = (record.name.as_str(), record.rtype);
    let there = match variants::elsewhere(name, rtype) {
        Some(other) => {
            let other = Name::parse(other).ok()?;
            scene.dns.lookup(&other, rtype).await.ok()?
        }
        None => Vec::new(),
    };
    let given = variants::as_given(name, rtype, live.to_vec(), &there);
    fault(record, &given).is_none().then_some(given)
}

fn is_awaited(scene: &Scene<'_>, record: &Record) -> bool {
    let awaited = (record.name.clone(), record.rtype);
    scene.expected.awaited.contains(&awaited)
}

async fn is_nowhere(scene: &Scene<'_>, name: &Name) -> bool {
    let of = |rtype| async move {
        let values = scene.dns.lookup(name, rtype).await;
        values.is_ok_and(|values| values.is_empty())
    };
    of(RecordType::A).await && of(RecordType::Aaaa).await
}

/// A record that is not as planned; worse, where a certificate is about to end without it.
fn missing(scene: &Scene<'_>, rule: &'static Rule, record: &Record, reason: String) -> Finding {
    match doomed(scene, &record.name) {
        Some(why) => {
            differs(rules::STS_H11, record, format!("{reason}; {why}")).weighing(Severity::Error)
        }
        None => differs(rule, record, reason),
    }
}

/// A record that is not as planned. What to do is to publish it, whatever else `rule` is about.
fn differs(rule: &'static Rule, record: &Record, reason: String) -> Finding {
    let Record { name, rtype, .. } = record;
    let fix = match record.values.as_slice() {
        [] => format!("publish {rtype} records at {name}; with Route 53, apply again"),
        values => format!(
            "publish {rtype} {} at {name}; with Route 53, apply again",
            shown(values)
        ),
    };
    Finding::new(rule, reason).fix(fix)
}

/// How `live` differs from what is planned.
fn fault(record: &Record, live: &[String]) -> Option<String> {
    let meaning = |value: &String| meaning(record.rtype, value);
    let there: Vec<String> = live.iter().map(meaning).collect();
    if record.values.is_empty() {
        let reason = format!("{} has no {} record", record.name, record.rtype);
        return there.is_empty().then_some(reason);
    }
    let wanted: Vec<String> = record.values.iter().map(meaning).collect();
    let without = |all: &[String], known: &[String]| -> Vec<String> {
        let rest = all.iter().filter(|value| !known.contains(value));
        rest.cloned().collect()
    };
    let missing = without(&wanted, &there);
    let more = without(&there, &wanted);
    if !missing.is_empty() {
        let reason = format!("it lacks {}; there is {}", shown(&missing), shown(live));
        return Some(reason);
    }
    let is_disturbed = record.alone && !more.is_empty();
    is_disturbed.then(|| format!("beside what is planned it has {}", shown(&more)))
}

/// A value in its one spelling.
fn meaning(rtype: RecordType, value: &str) -> String {
    if rtype == RecordType::Txt {
        return value.to_owned();
    }
    if let Ok(address) = value.parse::<std::net::IpAddr>() {
        return address.to_string();
    }
    let lower = value.to_ascii_lowercase();
    match lower.strip_suffix('.') {
        Some(host) if !host.is_empty() && !host.ends_with(' ') => host.to_owned(),
        _ => lower,
    }
}

/// The answers of the zone's name servers.
enum Servers {
    /// All that answered have what is planned.
    Agree,
    /// One that answered does not, and never will by itself.
    Behind(String),
    /// Some that answered do not yet: their operator's servers copy from each other.
    Mixed,
    /// None could be asked.
    Unknown,
}

async fn at_servers(scene: &Scene<'_>, record: &Record) -> Servers {
    let zone = scene.expected.zone.as_ref();
    let apex = zone.map_or(scene.domain(), |zone| &zone.name);
    if !record.name.is_within(apex) {
        return Servers::Unknown;
    }
    let outside = scene.dns.outside();
    let servers = scene.servers();
    let asked = servers.iter().map(|server| async move {
        let answer = outside.lookup_at(server.as_str(), asked(&record.name), record.rtype);
        (server, answer.await)
    });
    let (mut agrees, mut behind) = (false, None);
    for (server, answer) in join_all(asked).await {
        // DNS-08 tells of servers that do not answer.
        let Ok(values) = answer else { continue };
        match fault(record, &values) {
            Some(reason) => behind = Some(format!("at {server} {reason}")),
            None => agrees = true,
        }
    }
    match (behind, agrees) {
        (None, true) => Servers::Agree,
        (None, false) => Servers::Unknown,
        (Some(_), true) if zone.is_none() => Servers::Mixed,
        (Some(reason), _) => Servers::Behind(reason),
    }
}

/// When resolvers have forgotten the answer they give now.
async fn forgotten_at(scene: &Scene<'_>, record: &Record) -> Timestamp {
    let outside = scene.dns.outside();
    let held = outside.held_for(asked(&record.name), record.rtype).await;
    let held = held.unwrap_or(std::time::Duration::from_secs(record.ttl.into()));
    scene
        .options
        .now
        .checked_add(held)
        .unwrap_or(Timestamp::MAX)
}

/// A receiver's reading of the values at a name: above all, whether it finds one record of the
/// protocol and not more.
fn read(rule: &'static Rule, name: &Name, live: &[String]) -> Vec<Finding> {
    let values: Vec<Txt> = live
        .iter()
        .map(|value| Txt::new(value.as_bytes()))
        .collect();
    let findings = match rule {
        rules::STS_R06 => MtaStsRecord::among(name, &values).1,
        rules::RPT_07 => TlsRpt::among(name, &values).1,
        rules::DMARC_03 => Dmarc::among(name, &values).1,
        rules::BIMI_R12 => Bimi::among(name, &values).1,
        rules::SPF_02 => lint_values(&values),
        // The key itself is checked with the other keys.
        _ => Vec::new(),
    };
    let counts = |finding: &Finding| {
        finding.severity == Severity::Error || finding.is_of(rule) || finding.is_of(rules::STS_R07)
    };
    findings.into_iter().filter(counts).collect()
}

/// Whether `record` is what public DNS answers: those who depend on it look only then.
pub(crate) async fn is_live(scene: &Scene<'_>, record: &Record) -> Result<bool, NoAnswer> {
    let live = scene.dns.lookup(&record.name, record.rtype).await?;
    Ok(fault(record, &live).is_none())
}
