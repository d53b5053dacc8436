//! Certificates: requested, described and issued.

use aws_sdk_acm::Client;
use aws_sdk_acm::types::{CertificateDetail, CertificateStatus, RecordType, ValidationMethod};
use sandbox::Sandbox;

use super::{config, publish, wait};

pub(crate) fn client(sandbox: &Sandbox, account: &str, region: &str) -> Client {
    Client::new(&config(sandbox, account, region))
}

/// Requests a certificate of these names; returns its ARN.
pub(crate) async fn request(acm: &Client, names: &[&str]) -> String {
    let (first, others) = names.split_first().expect("a name");
    let others: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
    let asked = acm
        .request_certificate()
        .domain_name(*first)
        .set_subject_alternative_names((!others.is_empty()).then_some(others))
        .validation_method(ValidationMethod::Dns);
    let asked = asked.send().await.expect("a certificate");
    asked.certificate_arn.expect("an ARN")
}

pub(crate) async fn describe(acm: &Client, arn: &str) -> CertificateDetail {
    let answer = acm.describe_certificate().certificate_arn(arn).send().await;
    let answer = answer.expect("a description");
    answer.certificate.expect("a certificate")
}

/// Name and value of each validation record that is shown.
pub(crate) fn records(detail: &CertificateDetail) -> Vec<(String, String)> {
    detail
        .domain_validation_options()
        .iter()
        .filter_map(|option| option.resource_record())
        .map(|record| {
            assert_eq!(record.r#type(), &RecordType::Cname);
            (record.name().to_owned(), record.value().to_owned())
        })
        .collect()
}

/// Publishes validation records on a server elsewhere.
pub(crate) fn publish_all(sandbox: &Sandbox, records: &[(String, String)]) {
    for (name, value) in records {
        publish(sandbox, name, "CNAME", &[value]);
    }
}

/// A certificate of these names that was issued.
pub(crate) async fn issued(sandbox: &Sandbox, acm: &Client, names: &[&str]) -> String {
    let arn = request(acm, names).await;
    wait(sandbox, 2).await;
    publish_all(sandbox, &records(&describe(acm, &arn).await));
    wait(sandbox, 40).await;
    assert_eq!(
        describe(acm, &arn).await.status(),
        Some(&CertificateStatus::Issued)
    );
    arn
}
