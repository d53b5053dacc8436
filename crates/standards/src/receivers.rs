//! What the large mailbox providers make of the findings about a domain that sends in bulk.

use crate::{Finding, Severity};

/// Of what a provider looks at before it takes bulk mail.
const PROTOCOLS: [&str; 3] = ["SPF-", "DKIM-", "DMARC-"];

/// RCV-02: what is wrong with SPF, DKIM and DMARC of a domain that sends is mended first.
///
/// ```
/// use standards::receivers::check_bulk_sender;
/// use standards::spf::Spf;
///
/// let (_, findings) = Spf::parse("v=spf1 inclde:amazonses.com ~all");
/// assert_eq!(check_bulk_sender(&findings).expect("a finding").rule, "RCV-02");
/// ```
pub fn check_bulk_sender(findings: &[Finding]) -> Option<Finding> {
    let is_refused = |finding: &&Finding| {
        let is_asked_for = PROTOCOLS
            .iter()
            .any(|protocol| finding.rule.starts_with(protocol));
        is_asked_for && finding.severity == Severity::Error
    };
    let mut rules: Vec<&str> = findings
        .iter()
        .filter(is_refused)
        .map(|finding| &*finding.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let reason = || {
        format!(
            "providers refuse bulk mail while there is {}",
            rules.join(", ")
        )
    };
    (!rules.is_empty()).then(|| Finding::new("RCV-02", reason()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rcv_02() {
        let check = |rules: &[&'static str], expect: Option<&str>| {
            let findings: Vec<Finding> = rules.iter().map(|rule| Finding::new(rule, "")).collect();
            let reason = check_bulk_sender(&findings).map(|finding| finding.reason);
            let expect =
                expect.map(|rules| format!("providers refuse bulk mail while there is {rules}"));
            assert_eq!(reason, expect);
        };
        check(&[], None);
        check(&["SPF-20", "BIMI-R01", "SES-18"], None);
        check(&["SPF-04", "DMARC-02", "SPF-04"], Some("DMARC-02, SPF-04"));
    }
}
