//! The manifests that ship in `deploy/` load without a finding, and lint has no error for them.

use insta::assert_snapshot;
use jiff::Timestamp;
use manifest::{Manifest, lint, load};
use standards::Severity;

use crate::support::{Repository, list, render};

/// The manifest, which must load without a finding.
#[track_caller]
fn shipped(path: &str) -> Manifest {
    let (manifest, findings) = load(path, &Repository);
    assert!(findings.is_empty(), "{path}:\n{}", render(&findings));
    manifest.expect("a manifest without findings")
}

#[test]
fn every_shipped_manifest_loads_and_lint_has_no_error() {
    let paths: Vec<String> = list("deploy")
        .into_iter()
        .filter(|path| manifest::glob_matches("deploy/*.yaml", path))
        .collect();
    assert!(
        paths.len() >= 5,
        "the manifests of deploy/ are not there: {paths:?}"
    );
    let now: Timestamp = "2026-11-24T00:00:00Z".parse().expect("a timestamp");
    let mut said = Vec::new();
    for path in paths {
        let findings = lint(&shipped(&path), now);
        let errors: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .cloned()
            .collect();
        assert!(errors.is_empty(), "{path}:\n{}", render(&errors));
        said.push(format!("# {path}\n"));
        said.extend(findings.iter().map(|finding| {
            let place = format!("{:?}", finding.place);
            let line = place
                .split("line: ")
                .nth(1)
                .and_then(|rest| rest.split(',').next())
                .unwrap_or("-");
            format!(
                "{line}: {}[{}]: {}\n",
                finding.severity, finding.rule, finding.reason
            )
        }));
    }
    assert_snapshot!(said.concat(), @r#"
    # deploy/example.yaml
    51: info[DMARC-08]: np is absent, so that quarantine holds for invented names below the domain, from which nobody writes
    54: info[SES-20]: every instance has a MAIL FROM of its own, so receivers never look for SES here (accepted: kept for tools that send through SES without a MAIL FROM of ours)
    59: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    60: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    38: info[VMC-02]: the certificate of "O=Deploy tests, CN=Deploy Test Mark Root" is neither in the file nor a root for mark certificates (accepted: test certificate, replace it with the one of your mark authority)
    # deploy/fleet.yaml
    22: info[DMARC-08]: np is absent, so that quarantine holds for invented names below the domain, from which nobody writes; in 8 domains: example.net, example.org, brand-one.example, brand-two.example, anycompany-de.example, anycompany-fr.example, anycompany-jp.example, anycompany-us.example
    34: warn[RCV-05]: Gmail shows no logo without a mark certificate
    34: warn[RCV-06]: Apple Mail shows no logo without a verified mark certificate
    34: info[RCV-07]: Yahoo may show the logo as it is, Microsoft shows none
    4: warn[RCV-05]: Gmail shows no logo without a mark certificate
    4: warn[RCV-06]: Apple Mail shows no logo without a verified mark certificate
    4: info[RCV-07]: Yahoo may show the logo as it is, Microsoft shows none
    12: info[DMARC-08]: np is absent, so that quarantine holds for invented names below the domain, from which nobody writes
    # deploy/manual-dns.yaml
    28: warn[RCV-05]: Gmail shows no logo without a mark certificate
    28: warn[RCV-06]: Apple Mail shows no logo without a verified mark certificate
    28: info[RCV-07]: Yahoo may show the logo as it is, Microsoft shows none
    31: info[DMARC-08]: np is absent, so that quarantine holds for invented names below the domain, from which nobody writes
    # deploy/one-account-two-regions.yaml
    15: info[DMARC-08]: np is absent, so that none holds for invented names below the domain, from which nobody writes
    17: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    18: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    # deploy/team.yaml
    22: info[DMARC-08]: np is absent, so that none holds for invented names below the domain, from which nobody writes
    # deploy/two-accounts-one-region.yaml
    19: info[DMARC-08]: np is absent, so that none holds for invented names below the domain, from which nobody writes
    21: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    22: info[SES-16]: mail.example.com is the MAIL FROM of `marketing` too; its MX and SPF are the same
    22: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    # deploy/two-accounts-two-regions.yaml
    16: info[DMARC-08]: np is absent, so that none holds for invented names below the domain, from which nobody writes
    18: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    19: info[SES-22]: the `_amazonses` token is legacy: DKIM verifies the domain as well
    "#);
}

#[test]
fn the_example_is_that_of_the_design() {
    let manifest = shipped("deploy/example.yaml");
    assert_eq!(manifest.accounts.len(), 4);
    let (name, domain) = manifest.domains.first().expect("a domain");
    assert_eq!(name.as_str(), "example.com");
    let regions: Vec<&str> = domain
        .ses
        .iter()
        .map(|instance| instance.region.as_str())
        .collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
}

#[test]
fn the_fleet_has_ten_domains_and_two_parked() {
    let manifest = shipped("deploy/fleet.yaml");
    assert_eq!(manifest.domains.len(), 10);
    assert_eq!(manifest.parked.len(), 2);
    let mut domains = manifest.domains.iter();
    let (_, quiet) = domains
        .find(|(name, _)| name.as_str() == "anycompany-us.example")
        .expect("the included domain is there");
    assert!(
        quiet.mta_sts.is_none(),
        "an empty key takes the default away"
    );
    assert!(quiet.dmarc.is_some(), "the rest of the defaults stays");
}

#[test]
fn the_fleet_agrees_to_reports_about_all_its_domains() {
    let authorizations = shipped("deploy/fleet.yaml").report_authorizations();
    let owners: Vec<&str> = authorizations
        .iter()
        .map(|record| record.owner.as_str())
        .collect();
    assert_eq!(
        owners.len(),
        11,
        "every domain but example.com itself: {owners:?}"
    );
    assert!(owners.contains(&"brand-one.example._report._dmarc.example.com"));
    assert!(
        authorizations
            .iter()
            .all(|record| record.location.as_str() == "example.com")
    );
}
