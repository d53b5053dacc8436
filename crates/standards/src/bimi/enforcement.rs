//! The conditions that BIMI sets for DMARC: BIMI-X01 to BIMI-X05.

use crate::dmarc::{Dmarc, Policy};
use crate::rules;
use crate::{Finding, Severity};

/// Checks the DMARC records that a receiver reads before it shows a logo: that of the author's
/// domain and that of its organizational domain, as far as there are any (BIMI §7.1).
///
/// ```
/// use standards::bimi::check_dmarc;
/// use standards::dmarc::Dmarc;
///
/// let (record, _) = Dmarc::parse("v=DMARC1; p=reject; sp=none");
/// let findings = check_dmarc(&[record.expect("valid")]);
/// assert_eq!(findings[0].rule, "BIMI-X02");
/// ```
pub fn check_dmarc(records: &[Dmarc]) -> Vec<Finding> {
    if records.is_empty() {
        return vec![Finding::new(
            rules::BIMI_X01,
            "the domain has no DMARC record",
        )];
    }
    records.iter().flat_map(check_record).collect()
}

fn check_record(record: &Dmarc) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |rule, reason: &str| findings.push(Finding::new(rule, reason));
    if record.policy == Policy::None {
        add(rules::BIMI_X01, "the DMARC policy is none");
    }
    if record.subdomain_policy == Some(Policy::None) {
        add(rules::BIMI_X02, "the DMARC policy of subdomains is none");
    }
    if record.nonexistent_policy == Some(Policy::None) {
        add(
            rules::BIMI_X05,
            "the DMARC policy of names that do not exist is none",
        );
    }
    if record.policy == Policy::Quarantine
        && let Some(percent) = record.percent.filter(|percent| percent.get() < 100)
    {
        let reason = format!("only {} of 100 messages are quarantined", percent.get());
        add(rules::BIMI_X03, &reason);
    }
    match record.policy {
        Policy::Quarantine if record.testing => {
            add(rules::BIMI_X04, "t=y turns the policy quarantine into none");
        }
        // One step milder than reject is still enforcement.
        Policy::Reject if record.testing => findings.push(
            Finding::new(
                rules::BIMI_X04,
                "t=y turns the policy reject into quarantine",
            )
            .weighing(Severity::Warn),
        ),
        _ => {}
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(records: &[&str], expect: &[(&str, Severity)]) {
        let records: Vec<Dmarc> = records
            .iter()
            .map(|text| Dmarc::parse(text).0.expect("a valid record"))
            .collect();
        let findings = check_dmarc(&records);
        let found: Vec<(&str, Severity)> =
            findings.iter().map(|f| (&*f.rule, f.severity)).collect();
        assert_eq!(found, expect, "{records:?}");
    }

    #[test]
    fn a_logo_needs_enforcement() {
        use Severity::{Error, Warn};
        check(&["v=DMARC1; p=reject"], &[]);
        check(
            &["v=DMARC1; p=quarantine; pct=100; sp=quarantine; np=reject"],
            &[],
        );
        check(
            &["v=DMARC1; p=reject", "v=DMARC1; p=quarantine; sp=reject"],
            &[],
        );
        check(&[], &[("BIMI-X01", Error)]);
        check(&["v=DMARC1; p=none"], &[("BIMI-X01", Error)]);
        check(
            &["v=DMARC1; p=reject", "v=DMARC1; p=none"],
            &[("BIMI-X01", Error)],
        );
        check(&["v=DMARC1; p=reject; sp=none"], &[("BIMI-X02", Error)]);
        check(&["v=DMARC1; p=quarantine; pct=50"], &[("BIMI-X03", Error)]);
        check(&["v=DMARC1; p=reject; pct=50"], &[]);
        check(&["v=DMARC1; p=quarantine; t=y"], &[("BIMI-X04", Error)]);
        check(&["v=DMARC1; p=reject; t=y"], &[("BIMI-X04", Warn)]);
        check(&["v=DMARC1; p=reject; np=none"], &[("BIMI-X05", Warn)]);
    }
}
