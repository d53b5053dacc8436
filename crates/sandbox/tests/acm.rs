//! AWS Certificate Manager through the AWS SDK, behaviour by behaviour.

mod common;

use aws_sdk_acm::Client;
use aws_sdk_acm::error::SdkError;
use aws_sdk_acm::operation::delete_certificate::{DeleteCertificateError, DeleteCertificateOutput};
use aws_sdk_acm::operation::list_certificates::builders::ListCertificatesFluentBuilder;
use aws_sdk_acm::operation::request_certificate::builders::RequestCertificateFluentBuilder;
use aws_sdk_acm::types::{
    CertificateDetail, CertificateOptions, CertificateStatus, DomainStatus, FailureReason, Filters,
    KeyAlgorithm, SortBy, SortOrder, Tag, ValidationMethod,
};
use common::acm::{client, describe, issued, publish_all, records, request};
use common::{ONE, TWO, code, error, publish, sandbox, wait};
use sandbox::Sandbox;

/// A sandbox, and ACM as the administrator of the first account calls it in us-east-1.
fn acm() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = client(&sandbox, ONE, "us-east-1");
    (sandbox, client)
}

/// The same, with a certificate whose records are shown.
async fn with_records(names: &[&str]) -> (Sandbox, Client, String) {
    let (sandbox, acm) = acm();
    let arn = request(&acm, names).await;
    wait(&sandbox, 2).await;
    (sandbox, acm, arn)
}

/// A request for a certificate of `example.com`, to be changed and sent.
fn asked(acm: &Client) -> RequestCertificateFluentBuilder {
    let asked = acm.request_certificate().domain_name("example.com");
    asked.validation_method(ValidationMethod::Dns)
}

/// Asks for the end of a certificate.
async fn delete(
    acm: &Client,
    arn: &str,
) -> Result<DeleteCertificateOutput, SdkError<DeleteCertificateError>> {
    acm.delete_certificate().certificate_arn(arn).send().await
}

#[tokio::test(start_paused = true)]
async fn validation_records_appear_after_a_moment() {
    let (sandbox, acm) = acm();
    let arn = request(&acm, &["example.com", "mta-sts.example.com"]).await;
    let early = describe(&acm, &arn).await;
    assert_eq!(early.status(), Some(&CertificateStatus::PendingValidation));
    assert_eq!(early.domain_validation_options().len(), 2);
    assert_eq!(records(&early), []);
    wait(&sandbox, 2).await;
    assert_eq!(records(&describe(&acm, &arn).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn validation_records_have_the_shape_of_aws() {
    let (_sandbox, acm, arn) = with_records(&["mta-sts.example.com"]).await;
    let shown = records(&describe(&acm, &arn).await);
    let (name, value) = &shown[0];
    let hex = |text: &str| text.len() == 33 && text[1..].bytes().all(|c| c.is_ascii_hexdigit());
    let (label, rest) = name.split_once('.').expect("labels");
    assert!(label.starts_with('_') && hex(label), "{name}");
    assert_eq!(rest, "mta-sts.example.com.");
    let labels: Vec<&str> = value.splitn(3, '.').collect();
    assert!(labels[0].starts_with('_') && hex(labels[0]), "{value}");
    assert!(
        labels[1].len() == 10 && labels[1].bytes().all(|c| c.is_ascii_lowercase()),
        "{value}"
    );
    assert_eq!(labels[2], "acm-validations.aws.");
}

#[tokio::test(start_paused = true)]
async fn r_38_all_certificates_of_a_name_and_account_share_a_record() {
    let (sandbox, acm) = acm();
    let first = request(&acm, &["example.com", "*.example.com"]).await;
    let abroad = client(&sandbox, ONE, "eu-west-1");
    let second = request(&abroad, &["example.com"]).await;
    let other = client(&sandbox, TWO, "us-east-1");
    let third = request(&other, &["example.com"]).await;
    wait(&sandbox, 2).await;
    let shared = records(&describe(&acm, &first).await);
    assert_eq!(shared[0], shared[1]);
    assert_eq!(records(&describe(&abroad, &second).await)[0], shared[0]);
    assert_ne!(records(&describe(&other, &third).await)[0], shared[0]);
}

#[tokio::test(start_paused = true)]
async fn it_is_issued_forty_seconds_after_its_last_record_was_seen() {
    let (sandbox, acm, arn) = with_records(&["example.com", "www.example.com"]).await;
    let shown = records(&describe(&acm, &arn).await);
    publish_all(&sandbox, &shown[..1]);
    wait(&sandbox, 60).await;
    let half = describe(&acm, &arn).await;
    assert_eq!(half.status(), Some(&CertificateStatus::PendingValidation));
    let status = |detail: &CertificateDetail, index: usize| {
        detail.domain_validation_options()[index]
            .validation_status()
            .cloned()
    };
    assert_eq!(status(&half, 0), Some(DomainStatus::Success));
    assert_eq!(status(&half, 1), Some(DomainStatus::PendingValidation));
    publish_all(&sandbox, &shown[1..]);
    let published = sandbox.clock().now();
    wait(&sandbox, 3600).await;
    let whole = describe(&acm, &arn).await;
    assert_eq!(whole.status(), Some(&CertificateStatus::Issued));
    let issued = whole.issued_at().expect("a time").as_secs_f64();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this era fit a double"
    )]
    let expected = published.as_millisecond() as f64 / 1000.0 + 40.0;
    assert!((issued - expected).abs() < 0.01, "{issued} {expected}");
    let days = (whole.not_after().expect("an end").secs()
        - whole.not_before().expect("a begin").secs())
        / 86_400;
    assert_eq!(days, 197, "198 days, less a second");
    assert_eq!(whole.subject(), Some("CN=example.com"));
    assert_eq!(
        whole.key_algorithm().map(KeyAlgorithm::as_str),
        Some("RSA-2048")
    );
}

#[tokio::test(start_paused = true)]
async fn it_is_issued_at_the_same_moment_however_often_one_polls() {
    let issued_at = async |polls: u32| {
        let sandbox = sandbox();
        let acm = client(&sandbox, ONE, "us-east-1");
        let arn = request(&acm, &["example.com", "www.example.com"]).await;
        wait(&sandbox, 2).await;
        let shown = records(&describe(&acm, &arn).await);
        wait(&sandbox, 7).await;
        publish_all(&sandbox, &shown);
        for _ in 0..polls {
            sandbox
                .clock()
                .sleep(std::time::Duration::from_mins(10) / polls)
                .await;
            drop(sandbox.world());
        }
        let world = sandbox.world();
        let certificate = world.acm.by_arn(&arn).expect("a certificate");
        certificate.issued_at.expect("issued")
    };
    let once = issued_at(1).await;
    for polls in [3, 59, 600] {
        assert_eq!(issued_at(polls).await, once, "{polls}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_right_value_proves_a_name() {
    let (sandbox, acm, arn) = with_records(&["example.com"]).await;
    let mut shown = records(&describe(&acm, &arn).await);
    shown[0].1 = "_other.acm-validations.aws.".to_owned();
    publish_all(&sandbox, &shown);
    wait(&sandbox, 3600).await;
    assert_eq!(
        describe(&acm, &arn).await.status(),
        Some(&CertificateStatus::PendingValidation)
    );
}

/// A provider may refuse the underscore that the value begins with.
#[tokio::test(start_paused = true)]
async fn a_value_proves_a_name_without_its_underscore_too() {
    let (sandbox, acm, arn) = with_records(&["example.com"]).await;
    let (name, value) = records(&describe(&acm, &arn).await).remove(0);
    let without = value.strip_prefix('_').expect("it begins so").to_owned();
    publish_all(&sandbox, &[(name, without)]);
    wait(&sandbox, 60).await;
    let status = describe(&acm, &arn).await.status().cloned();
    assert_eq!(status, Some(CertificateStatus::Issued));
}

#[tokio::test(start_paused = true)]
async fn it_times_out_after_seventy_two_hours() {
    let (sandbox, acm) = acm();
    let arn = request(&acm, &["example.com"]).await;
    wait(&sandbox, 71 * 3600).await;
    assert_eq!(
        describe(&acm, &arn).await.status(),
        Some(&CertificateStatus::PendingValidation)
    );
    wait(&sandbox, 3600).await;
    let late = describe(&acm, &arn).await;
    assert_eq!(late.status(), Some(&CertificateStatus::ValidationTimedOut));
    publish_all(&sandbox, &records(&late));
    wait(&sandbox, 3600).await;
    assert_eq!(
        describe(&acm, &arn).await.status(),
        Some(&CertificateStatus::ValidationTimedOut)
    );
}

async fn with_caa(names: &[&str], caa: &[&str]) -> CertificateDetail {
    let (sandbox, acm) = acm();
    publish(&sandbox, "example.com", "CAA", caa);
    let arn = request(&acm, names).await;
    wait(&sandbox, 2).await;
    publish_all(&sandbox, &records(&describe(&acm, &arn).await));
    wait(&sandbox, 60).await;
    describe(&acm, &arn).await
}

#[tokio::test(start_paused = true)]
async fn caa_records_are_respected() {
    let issued = Some(CertificateStatus::Issued);
    let failed = Some(CertificateStatus::Failed);
    let table: &[(&[&str], &[&str], &Option<CertificateStatus>)] = &[
        (
            &["mta-sts.example.com"],
            &["0 issue \"amazon.com\""],
            &issued,
        ),
        (
            &["mta-sts.example.com"],
            &["0 issue \"letsencrypt.org\"", "0 issue \"amazontrust.com\""],
            &issued,
        ),
        (
            &["a.b.example.com"],
            &["0 issue \"letsencrypt.org\""],
            &failed,
        ),
        (&["mta-sts.example.com"], &["0 issue \";\""], &failed),
        (
            &["mta-sts.example.com"],
            &["0 iodef \"mailto:a@example.com\""],
            &issued,
        ),
        (
            &["*.example.com"],
            &["0 issue \"amazon.com\"", "0 issuewild \";\""],
            &failed,
        ),
        (
            &["mta-sts.example.com"],
            &["0 issue \";\"", "0 issuewild \"amazon.com\""],
            &failed,
        ),
        (
            &["*.example.com"],
            &["0 issue \"amazon.com; account=1\""],
            &issued,
        ),
    ];
    for (names, caa, expected) in table {
        let detail = with_caa(names, caa).await;
        assert_eq!(detail.status(), expected.as_ref(), "{names:?} {caa:?}");
        if detail.status() == failed.as_ref() {
            assert_eq!(detail.failure_reason(), Some(&FailureReason::CaaError));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_token_within_an_hour_gives_the_same_certificate() {
    let (sandbox, acm) = acm();
    let ask = async |name: &str, token: &str| {
        let asked = asked(&acm).domain_name(name).idempotency_token(token);
        let asked = asked.send().await.expect("a certificate");
        asked.certificate_arn.expect("an ARN")
    };
    let first = ask("example.com", "one").await;
    assert_eq!(ask("example.com", "one").await, first);
    assert_ne!(ask("example.com", "two").await, first);
    assert_ne!(ask("example.org", "one").await, first);
    wait(&sandbox, 3601).await;
    assert_ne!(ask("example.com", "one").await, first);
}

#[tokio::test(start_paused = true)]
async fn names_methods_tokens_and_keys_are_checked() {
    let (_sandbox, acm) = acm();
    let ask = || asked(&acm);
    for name in [
        "example",
        "-a.example.com",
        "a_b.example.com",
        "*.*.example.com",
        "example.com.",
        "exa mple.com",
    ] {
        assert_eq!(
            code(ask().domain_name(name).send().await),
            "ValidationException",
            "{name}"
        );
        assert_eq!(
            code(ask().subject_alternative_names(name).send().await),
            "ValidationException",
            "{name}"
        );
    }
    let long = format!("{}.example.com", "a".repeat(60));
    assert_eq!(
        code(ask().domain_name(&long).send().await),
        "InvalidDomainValidationOptionsException"
    );
    assert_eq!(
        code(ask().subject_alternative_names(&long).send().await),
        "no error"
    );
    assert_eq!(
        code(ask().validation_method("POST".into()).send().await),
        "ValidationException"
    );
    assert_eq!(
        code(ask().idempotency_token("not a word").send().await),
        "ValidationException"
    );
    assert_eq!(
        code(ask().idempotency_token("a".repeat(33)).send().await),
        "ValidationException"
    );
    assert_eq!(
        code(ask().key_algorithm(KeyAlgorithm::Rsa1024).send().await),
        "ValidationException"
    );
    assert_eq!(
        error(ask().domain_name("*").send().await),
        r"ValidationException: 1 validation error detected: Value '*' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: (\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])"
    );
}

#[tokio::test(start_paused = true)]
async fn a_certificate_has_ten_names_unless_more_were_granted() {
    let (sandbox, acm) = acm();
    let names: Vec<String> = (0..10)
        .map(|number| format!("n{number}.example.com"))
        .collect();
    let ask = || {
        let asked = asked(&acm).set_subject_alternative_names(Some(names.clone()));
        asked.send()
    };
    assert_eq!(code(ask().await), "LimitExceededException");
    sandbox.world().acm.limits.names = 100;
    assert_eq!(code(ask().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn regions_and_accounts_are_apart() {
    let (sandbox, here) = acm();
    let arn = request(&here, &["example.com"]).await;
    for (account, region) in [(ONE, "eu-west-1"), (TWO, "us-east-1")] {
        let there = client(&sandbox, account, region);
        assert_eq!(
            code(
                there
                    .describe_certificate()
                    .certificate_arn(&arn)
                    .send()
                    .await
            ),
            "ResourceNotFoundException"
        );
        assert_eq!(
            code(delete(&there, &arn).await),
            "ResourceNotFoundException"
        );
        let list = there.list_certificates().send().await.expect("a list");
        assert_eq!(list.certificate_summary_list().len(), 0);
    }
    let malformed = here.describe_certificate().certificate_arn("arn:aws:acm");
    assert_eq!(code(malformed.send().await), "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_can_be_got_once_it_is_issued() {
    let (sandbox, acm) = acm();
    let pending = request(&acm, &["example.org"]).await;
    assert_eq!(
        code(acm.get_certificate().certificate_arn(&pending).send().await),
        "RequestInProgressException"
    );
    let arn = issued(&sandbox, &acm, &["example.com", "www.example.com"]).await;
    let got = acm.get_certificate().certificate_arn(&arn).send().await;
    let got = got.expect("a certificate");
    let leaf = got.certificate().expect("PEM");
    assert!(leaf.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(
        got.certificate_chain(),
        Some(sandbox.root_certificate().as_str())
    );
}

#[tokio::test(start_paused = true)]
async fn a_deleted_certificate_is_gone() {
    let (_sandbox, acm) = acm();
    let arn = request(&acm, &["example.com"]).await;
    delete(&acm, &arn).await.expect("deleted");
    assert_eq!(
        error(delete(&acm, &arn).await),
        format!("ResourceNotFoundException: Could not find certificate {arn}.")
    );
    assert_ne!(request(&acm, &["example.com"]).await, arn);
}

#[tokio::test(start_paused = true)]
async fn r_36_lists_are_filtered_and_paged() {
    let (sandbox, acm) = acm();
    issued(&sandbox, &acm, &["a.example.com"]).await;
    for name in ["b.example.com", "c.example.com"] {
        request(&acm, &[name]).await;
    }
    let curve = asked(&acm).domain_name("d.example.com");
    let curve = curve.key_algorithm(KeyAlgorithm::EcPrime256v1).send().await;
    curve.expect("a certificate");
    let names = async |list: ListCertificatesFluentBuilder| {
        let list = list.send().await.expect("a list");
        let names: Vec<String> = list
            .certificate_summary_list()
            .iter()
            .map(|summary| summary.domain_name().expect("a name")[..1].to_owned())
            .collect();
        (names.concat(), list.next_token)
    };
    assert_eq!(
        names(acm.list_certificates()).await.0,
        "abc",
        "without a filter: RSA 1024 and 2048"
    );
    let both = Filters::builder()
        .key_types(KeyAlgorithm::EcPrime256v1)
        .key_types(KeyAlgorithm::Rsa2048)
        .build();
    assert_eq!(
        names(acm.list_certificates().includes(both)).await.0,
        "abcd"
    );
    let list = acm
        .list_certificates()
        .certificate_statuses(CertificateStatus::PendingValidation);
    assert_eq!(names(list).await.0, "bc");
    let newest = acm
        .list_certificates()
        .sort_by(SortBy::CreatedAt)
        .sort_order(SortOrder::Descending);
    assert_eq!(names(newest).await.0, "cba");
    let (page, token) = names(acm.list_certificates().max_items(2)).await;
    assert_eq!(page, "ab");
    let (page, token) = names(acm.list_certificates().max_items(2).set_next_token(token)).await;
    assert_eq!((page.as_str(), token), ("c", None));
    let alone = acm
        .list_certificates()
        .sort_by(SortBy::CreatedAt)
        .send()
        .await;
    assert_eq!(code(alone), "InvalidArgsException");
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_listed_and_removed() {
    let (_sandbox, acm) = acm();
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().expect("a tag");
    let made = acm.request_certificate().domain_name("example.com");
    let made = made.tags(tag("a", "1")).send().await;
    let arn = made.expect("a certificate").certificate_arn;
    let arn = arn.expect("an ARN");
    let add = || acm.add_tags_to_certificate().certificate_arn(&arn);
    add().tags(tag("b", "2")).send().await.expect("tagged");
    let remove = acm.remove_tags_from_certificate().certificate_arn(&arn);
    let remove = remove.tags(tag("a", "1")).tags(tag("b", "other"));
    remove.send().await.expect("untagged");
    let held = acm.list_tags_for_certificate().certificate_arn(&arn);
    let held = held.send().await.expect("tags");
    assert_eq!(held.tags(), [tag("b", "2")]);
    let reserved = add().tags(tag("aws:x", "2")).send().await;
    assert_eq!(code(reserved), "InvalidTagException");
    let mut many = add();
    for number in 0..50 {
        many = many.tags(tag(&format!("t{number}"), ""));
    }
    assert_eq!(code(many.send().await), "TooManyTagsException");
}

#[tokio::test(start_paused = true)]
async fn options_change_once_it_is_issued() {
    let (sandbox, acm) = acm();
    let export = CertificateOptions::builder()
        .export("ENABLED".into())
        .build();
    let pending = request(&acm, &["example.org"]).await;
    let change = |arn: &str| {
        acm.update_certificate_options()
            .certificate_arn(arn)
            .options(export.clone())
            .send()
    };
    assert_eq!(code(change(&pending).await), "InvalidStateException");
    let arn = issued(&sandbox, &acm, &["example.com"]).await;
    change(&arn).await.expect("changed");
    let options = describe(&acm, &arn).await.options.expect("options");
    assert_eq!(
        options
            .export()
            .map(aws_sdk_acm::types::CertificateExport::as_str),
        Some("ENABLED")
    );
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_here_say_so() {
    let (_sandbox, acm) = acm();
    let answer = acm.list_acme_endpoints().send().await;
    assert_eq!(code(answer), "UnknownOperationException");
}
