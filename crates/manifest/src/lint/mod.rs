//! The effect of a manifest on mail: the catalogue's rules that need no look-up.
//!
//! The records are built as they would be published and judged by the crate `standards`; this
//! module knows which block said what, and so where a finding belongs.

mod bimi;
mod certificate;
mod dns_after;
mod hosting;
mod mail;
mod online;
mod ses;

pub use bimi::lint_drawn;
pub use online::{ServedPolicies, lint_online, merge_findings};

use std::collections::BTreeSet;

use jiff::Timestamp;
use standards::dns::Name;
use standards::{Finding, receivers};

use crate::acceptance::accepted;
use crate::domain::Domain;
use crate::in_common::together;
use crate::manifest::Manifest;
use crate::places;
use crate::position::Located;
use crate::report::in_order;

/// The findings of every domain, those that it accepts lowered to info. `now` judges certificates
/// and acceptances that end.
pub fn lint(manifest: &Manifest, now: Timestamp) -> Vec<Finding> {
    let authorizations = manifest.report_authorizations();
    let authorizations = authorizations
        .into_iter()
        .map(|record| record.owner)
        .collect();
    let mut of_domains = Vec::new();
    for (name, domain) in &manifest.domains {
        let subject = Subject {
            manifest,
            name,
            domain,
            authorizations: &authorizations,
            now,
        };
        let found = subject.lint().into_iter();
        of_domains.extend(found.map(|finding| (name, accepted(finding, &domain.accept, now))));
    }
    let mut findings = together(of_domains);
    findings.extend(mail::across(manifest, now));
    in_order(findings, &manifest.project.position.source.path)
}

/// The same finding about `domain`, lowered if the manifest says to live with it at `now`.
pub fn accept(manifest: &Manifest, domain: &Name, finding: Finding, now: Timestamp) -> Finding {
    let declared = manifest.domains.get(domain).map(|block| &block.accept);
    let parked = || manifest.parked.get(domain).map(|parked| &parked.accept);
    match declared.or_else(parked) {
        Some(accept) => accepted(finding, accept, now),
        None => finding,
    }
}

/// One domain in its manifest.
struct Subject<'m> {
    manifest: &'m Manifest,
    name: &'m Name,
    domain: &'m Located<Domain>,
    /// The names of the records by which our domains agree to reports about each other; the plan makes them.
    authorizations: &'m BTreeSet<Name>,
    now: Timestamp,
}

impl Subject<'_> {
    fn lint(&self) -> Vec<Finding> {
        let checks = [
            Self::mx,
            Self::spf,
            Self::dmarc,
            Self::tls_rpt,
            Self::mta_sts,
            Self::bimi,
            Self::hosting,
            Self::ses,
        ];
        let mut findings: Vec<Finding> = checks.iter().flat_map(|check| check(self)).collect();
        if let Some(instance) = self.domain.ses.first() {
            let refused = receivers::check_bulk_sender(&findings);
            findings.extend(places::at(&instance.position, refused));
        }
        findings
    }
}
