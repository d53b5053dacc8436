//! A fleet of `n` domains, each with a zone of its own and everything that the example has.

use std::fmt::Write as _;

/// The manifest of a fleet: one DNS, one web and one mail account, and two SES instances a domain.
pub(crate) fn manifest(n: usize) -> String {
    let mut text = "project: bench
accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  web:  { id: \"222222222222\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }
defaults:
  dns: { route53: { account: dns } }
  hosting: { account: web, region: us-east-1, assets_host: bimi-assets, log_retention: 90d }
  mx: [10 inbound-smtp.us-east-1.amazonaws.com]
  bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }
  mta_sts: { mode: testing, max_age: 7d }
  tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }
  dmarc: { p: quarantine, sp: quarantine, rua: [\"mailto:dmarc@example.com\"] }
  spf: { include: [amazonses.com], all: softfail }
  ses:
    - { account: mail, region: us-east-1, mail_from: mail1, domain_token: true }
    - { account: mail, region: eu-west-1, mail_from: mail2, domain_token: true }
  accept: { VMC-02: \"a certificate for tests\" }
domains:
"
    .to_owned();
    for number in 0..n {
        // The subject of the test certificate is example.com; its subdomains are covered by it.
        let _ = writeln!(text, "  d{number:04}.example.com:");
    }
    text
}

/// The same, with the files of all domains in one pair of buckets.
pub(crate) fn sharing(manifest: &str) -> String {
    manifest.replace("log_retention: 90d", "log_retention: 90d, shared: true")
}

/// The first domain of a fleet.
pub(crate) const FIRST: &str = "d0000.example.com";

/// The same with another record of the first domain.
pub(crate) fn changed(n: usize) -> String {
    let first = format!("  {FIRST}:");
    let other = format!("{first} {{ tls_rpt: {{ rua: [\"mailto:other@example.com\"] }} }}");
    manifest(n).replacen(&first, &other, 1)
}
