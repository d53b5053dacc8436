//! The hosts that receive the domain's mail: MX-01, MX-03, MX-06.

use model::rules;
use standards::Finding;
use standards::dns::mx::{MxUse, lint_regions, lint_set};
use standards::dns::{Mx, Name, NoAnswer, RecordType, Resolver};

use super::{Scene, shown};
use crate::notes::Notes;
use crate::public_dns::PublicDns;
use model::Check;

/// Mail hosts that are checked one by one.
const HOSTS_MAX: usize = 30;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let domain = scene.domain();
    let what = format!("{domain} MX");
    let values = match scene.dns.lookup(domain, RecordType::Mx).await {
        Ok(values) => values,
        Err(error) => {
            notes.broken(&what, super::unanswered(&error));
            return notes.done();
        }
    };
    let mut findings = Vec::new();
    let mut hosts = Vec::new();
    for value in &values {
        match value.parse::<Mx>() {
            Ok(mx) => hosts.push(mx),
            Err(error) => findings.push(Finding::new(rules::MX_03, error.to_string())),
        }
    }
    let used = MxUse {
        domain,
        // What the manifest alone decides was decided there.
        sends: false,
        has_sts_policy: false,
    };
    findings.extend(lint_set(&hosts, &used));
    findings.extend(lint_regions(domain, &hosts));
    for mx in hosts.iter().filter(|mx| !mx.is_null()).take(HOSTS_MAX) {
        let found = fault(scene.dns, &mx.exchange).await;
        findings.extend(found.unwrap_or_else(|error| Some(super::unanswered(&error))));
    }
    notes.judge(rules::MX_03, &what, shown(&values), findings);
    notes.done()
}

/// MX-03, for one host.
pub(crate) async fn fault(dns: &PublicDns<'_>, host: &Name) -> Result<Option<Finding>, NoAnswer> {
    let reason = if !host.is_host() {
        format!("{host} is not the name of a host")
    } else if let Some(target) = dns.lookup(host, RecordType::Cname).await?.first() {
        format!("{host} is an alias of {target}")
    } else if dns.a(host).await?.is_empty() && dns.aaaa(host).await?.is_empty() {
        format!("{host} has no address")
    } else {
        return Ok(None);
    };
    Ok(Some(Finding::new(rules::MX_03, reason)))
}
