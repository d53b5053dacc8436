//! Mark certificates, and what receivers show without one.

use model::rules;
use standards::bimi::Svg;
use standards::bimi::mark_certificate::{MarkCertificate, MarkType, TrustStore};
use standards::dmarc::organizational_domain_by_psl;
use standards::{Finding, Severity};

use super::Subject;
use crate::domain::Bimi;
use crate::places;
use crate::position::Located;

impl Subject<'_> {
    /// The rules of mark certificates, and what some receivers show without one.
    pub(super) fn certificate(&self, block: &Located<Bimi>, logo: Option<&Svg>) -> Vec<Finding> {
        let Some(file) = &block.certificate else {
            let without = [
                Finding::new(
                    rules::RCV_05,
                    "Gmail shows no logo without a mark certificate",
                )
                .weighing(Severity::Warn),
                Finding::new(
                    rules::RCV_06,
                    "Apple Mail shows no logo without a verified mark certificate",
                )
                .weighing(Severity::Warn),
                Finding::new(
                    rules::RCV_07,
                    "Yahoo may show the logo as it is, Microsoft shows none",
                ),
            ];
            return places::at(&block.position, without);
        };
        let (certificate, mut findings) = MarkCertificate::parse(&file.bytes);
        if let Some(certificate) = certificate {
            findings.extend(certificate.check_trust(&TrustStore::bimi()));
            findings.extend(certificate.check_receivers(&TrustStore::bimi()));
            findings.extend(certificate.check_time(self.now));
            let organizational =
                organizational_domain_by_psl(self.name).unwrap_or_else(|| self.name.clone());
            if let Ok(selector) = block.selector.as_str().parse() {
                findings.extend(certificate.check_domain(self.name, &organizational, &selector));
            }
            findings.extend(logo.and_then(|logo| certificate.check_logo(logo)));
            if certificate.mark_type().is_some_and(MarkType::is_common) {
                let reason = "Apple Mail shows no logo with a common mark certificate";
                findings.push(Finding::new(rules::RCV_06, reason).weighing(Severity::Warn));
            }
        }
        places::in_file(file, findings)
    }
}
