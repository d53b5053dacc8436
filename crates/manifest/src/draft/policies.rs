//! The blocks that are records: MX, DMARC and TLS reporting.

use model::{Published, Seen};
use standards::dmarc::{Alignment, Dmarc, FailureOption, Policy, Psd, ReportTarget, Subject};
use standards::dns::{Mx, Name};
use standards::receivers::{Provider, provider};

use super::layout::{Blocks, Layout};
use super::page::Page;
use super::value::Value;

/// How many values of one name are shown.
const VALUES_SHOWN: usize = 4;

/// The providers of the mail hosts, each once.
pub(super) fn providers(seen: &Published) -> Vec<&'static Provider> {
    let mut found: Vec<&'static Provider> = Vec::new();
    for mx in seen.mx.read.iter().flatten() {
        let new = provider(&mx.exchange).filter(|one| !found.contains(one));
        found.extend(new);
    }
    found
}

/// Shows the values as they are published.
pub(super) fn show<T>(page: &mut Page, seen: &Seen<T>) {
    if seen.values.is_empty() {
        return;
    }
    page.say(2, "Published today:");
    for value in seen.values.iter().take(VALUES_SHOWN) {
        page.show(2, value);
    }
    let more = seen.values.len().saturating_sub(VALUES_SHOWN);
    if more > 0 {
        page.say(2, &format!("  and {more} more"));
    }
}

/// Says that a block is left out because DNS gave no answer. Returns whether it did.
pub(super) fn unanswered<T>(page: &mut Page, seen: &Seen<T>, key: &str) -> bool {
    if !seen.is_answered {
        page.blank();
        page.find(2, &seen.findings);
        page.say(
            2,
            &format!("So it can't be seen what is published. `{key}` is left out, and what is there stays; run `deploy init` again later."),
        );
    }
    !seen.is_answered
}

/// Whether the domain has a mail host that receives mail.
pub(super) fn receives(seen: &Published) -> bool {
    seen.mx.read.iter().flatten().any(|mx| !mx.is_null())
}

pub(super) fn mx(page: &mut Page, seen: &Published) {
    if unanswered(page, &seen.mx, "mx") {
        return;
    }
    page.blank();
    match &seen.mx.read {
        Some(hosts) => {
            let names: Vec<&str> = providers(seen).iter().map(|one| one.name).collect();
            if hosts.iter().all(Mx::is_null) {
                page.say(2, "A null MX: it receives no mail.");
            } else if names.is_empty() {
                page.say(2, "Where its mail goes.");
            } else {
                page.say(2, &format!("Its mail goes to {}.", names.join(" and ")));
            }
            page.find(2, &seen.mx.findings);
            page.put(2, "mx", &Value::list(hosts.iter().map(mail_host)));
        }
        None if seen.mx.values.is_empty() => page.say(
            2,
            "It has no MX, so that mail goes to the address of its own name, or nowhere. Without `mx` that stays so.",
        ),
        None => {
            page.find(2, &seen.mx.findings);
            show(page, &seen.mx);
            page.say(2, "A manifest can't hold them. Without `mx` they stay as they are.");
        }
    }
}

/// `10 host`, without the final dot that only the root needs.
fn mail_host(mx: &Mx) -> String {
    format!("{} {}", mx.preference, mx.exchange)
}

pub(super) fn dmarc(page: &mut Page, seen: &Published, layout: &Layout) {
    let has_default = layout
        .parking
        .as_ref()
        .is_some_and(|parking| !parking.rua.is_empty());
    if unanswered(page, &seen.dmarc, "dmarc") {
        leave_out(page, has_default);
        return;
    }
    page.blank();
    match (&seen.dmarc.read, &seen.dmarc_above) {
        (Some(record), _) => {
            page.say(
                2,
                "What receivers do with mail that only says it is from here.",
            );
            page.say(2, next_step(record.policy));
            if is_partial(record) {
                page.say(
                    2,
                    "`pct` can't be kept: receivers of today do not read it. `t: y` asks for one step less than `p` from all of them; take it out when the reports are good.",
                );
            }
            page.find(2, &seen.dmarc.findings);
            page.put(2, "dmarc", &dmarc_block(record, has_default));
        }
        (None, Some((above, record))) => {
            let policy = record.subdomain_policy.unwrap_or(record.policy);
            page.find(2, &seen.dmarc.findings);
            show(page, &seen.dmarc);
            page.say(
                2,
                &format!("It has no DMARC record of its own that counts: that of {above} applies, which says {policy} for it. Without `dmarc` that stays so."),
            );
            leave_out(page, has_default);
        }
        (None, None) => {
            page.find(2, &seen.dmarc.findings);
            show(page, &seen.dmarc);
            if !seen.dmarc.values.is_empty() {
                page.say(
                    2,
                    "Receivers can't use that, and act as if there were none.",
                );
            }
            page.say(
                2,
                "To begin with, receivers report and do nothing else. The mailbox for the reports must be there.",
            );
            page.say(2, next_step(Policy::None));
            page.put(2, "dmarc", &first_dmarc(&seen.domain));
        }
    }
}

/// Keeps `defaults` from giving a block to a domain that has none.
fn leave_out(page: &mut Page, has_default: bool) {
    if has_default {
        page.open(2, "dmarc: ~");
    }
}

fn next_step(policy: Policy) -> &'static str {
    match policy {
        Policy::None => {
            "Next: read the reports until all that is yours passes, then `quarantine`, then `reject`."
        }
        Policy::Quarantine => "Next: `reject`, when the reports show nothing of yours that fails.",
        Policy::Reject => "This is the strictest policy.",
    }
}

fn first_dmarc(domain: &Name) -> Value {
    let rua = Value::list([format!("mailto:dmarc@{domain}")]);
    Value::Map(vec![("p", Value::text("none")), ("rua", rua)])
}

/// Whether an enforcing policy applies to a part of the mail only.
fn is_partial(record: &Dmarc) -> bool {
    let is_enforced = [Subject::Domain, Subject::Subdomain, Subject::Nonexistent]
        .into_iter()
        .any(|subject| record.written_policy(subject) > Policy::None);
    is_enforced && record.percent.is_some_and(|percent| percent.get() < 100)
}

fn dmarc_block(record: &Dmarc, has_default: bool) -> Value {
    let mut entries = vec![("p", Value::text(&record.policy))];
    let policies = [
        ("sp", record.subdomain_policy),
        ("np", record.nonexistent_policy),
    ];
    for (key, policy) in policies {
        entries.extend(policy.map(|policy| (key, Value::text(&policy))));
    }
    if !record.rua.is_empty() || has_default {
        entries.push(("rua", targets(&record.rua)));
    }
    if !record.ruf.is_empty() {
        entries.push(("ruf", targets(&record.ruf)));
    }
    let alignments = [
        ("adkim", record.dkim_alignment),
        ("aspf", record.spf_alignment),
    ];
    let strict = alignments
        .iter()
        .filter(|(_, said)| *said == Alignment::Strict);
    entries.extend(strict.map(|(key, _)| (*key, Value::text("s"))));
    if record.testing || is_partial(record) {
        entries.push(("t", Value::text("y")));
    }
    match record.psd {
        Psd::Unknown => {}
        Psd::Yes => entries.push(("psd", Value::text("y"))),
        Psd::No => entries.push(("psd", Value::text("n"))),
    }
    let options = record.failure_options.iter();
    let options: Vec<&str> = options.copied().map(FailureOption::as_str).collect();
    if !options.is_empty() {
        entries.push(("fo", Value::text(&options.join(":"))));
    }
    Value::Map(entries)
}

fn targets(targets: &[ReportTarget]) -> Value {
    Value::list(targets.iter().map(|target| &target.uri))
}

pub(super) fn tls_rpt(page: &mut Page, seen: &Published, blocks: &Blocks) {
    if unanswered(page, &seen.tls_rpt, "tls_rpt") {
        return;
    }
    if seen.tls_rpt.is_absent() && blocks.mta_sts.is_none() && !receives(seen) {
        return;
    }
    page.blank();
    let rua = if let Some(record) = &seen.tls_rpt.read {
        page.say(2, "Where senders report how TLS to its mail hosts went.");
        page.find(2, &seen.tls_rpt.findings);
        Value::list(record.rua())
    } else {
        page.find(2, &seen.tls_rpt.findings);
        show(page, &seen.tls_rpt);
        page.say(
            2,
            "Where senders shall report how TLS to its mail hosts went. The mailbox must be there.",
        );
        Value::list([format!("mailto:tlsrpt@{}", seen.domain)])
    };
    let block = Value::Map(vec![("rua", rua)]);
    if seen.tls_rpt.read.is_some() || blocks.mta_sts.is_some() {
        page.put(2, "tls_rpt", &block);
    } else {
        page.say(2, "Without a policy for TLS there is little to report:");
        page.offer(2, "tls_rpt", &block);
    }
}

/// Writes the findings about a parked domain.
pub(super) fn parked(page: &mut Page, seen: &Published) {
    let findings = seen.mx.findings.iter().chain(&seen.spf.findings);
    page.find(1, findings.chain(&seen.dmarc.findings));
    let record = seen.dmarc.read.as_ref();
    if let Some(record) = record.filter(|record| record.policy != Policy::Reject) {
        page.say(
            1,
            &format!(
                "Its DMARC policy is {} today, and reject when it is parked.",
                record.policy
            ),
        );
    }
    if record.is_some_and(|record| !record.ruf.is_empty()) {
        page.say(
            1,
            "Failure reports (`ruf`) are not kept for a parked domain.",
        );
    }
}
