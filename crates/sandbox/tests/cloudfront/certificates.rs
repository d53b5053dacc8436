//! Certificates that a distribution serves with.

use crate::common::cloudfront::{aliases, ask, create, serving, smallest};
use crate::common::{ONE, TWO, acm, error};
use crate::{certificate, cloudfront};

#[tokio::test(start_paused = true)]
async fn a_certificate_must_exist_be_issued_in_virginia_and_cover_every_alias() {
    let (sandbox, cloudfront) = cloudfront();
    let virginia = acm::client(&sandbox, ONE, "us-east-1");
    let ireland = acm::client(&sandbox, ONE, "eu-west-1");
    let theirs = acm::client(&sandbox, TWO, "us-east-1");
    let names = ["example.com", "*.example.com"];
    let good = acm::issued(&sandbox, &virginia, &names).await;
    let pending = acm::request(&virginia, &["other.example.com"]).await;
    let abroad = acm::issued(&sandbox, &ireland, &names).await;
    let foreign = acm::issued(&sandbox, &theirs, &["*.example.com"]).await;
    let refusal =
        async |arn: &str, alias: &str| error(ask(&cloudfront, serving("one", alias, arn)).await);
    let missing = good.replace(&good[good.len() - 12..], "000000000000");
    let unusable = "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.";
    for (arn, alias) in [
        (&missing, "www.example.com"),
        (&pending, "other.example.com"),
        (&abroad, "www.example.com"),
        (&foreign, "www.example.com"),
    ] {
        assert_eq!(refusal(arn, alias).await, unusable, "{arn}");
    }
    let uncovered = refusal(&good, "a.b.example.com").await;
    assert!(uncovered.starts_with("InvalidViewerCertificate: The certificate that is attached to your distribution doesn't cover"), "{uncovered}");
    assert_eq!(refusal(&good, "www.example.com").await, "no error");
}

#[tokio::test(start_paused = true)]
async fn an_alias_needs_a_certificate() {
    let (_sandbox, cloudfront) = cloudfront();
    let config = smallest("one").aliases(aliases(&["www.example.com"]));
    let refusal = error(ask(&cloudfront, config).await);
    assert!(refusal.starts_with("InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_in_use_says_by_whom_and_stays() {
    let (sandbox, cloudfront) = cloudfront();
    let arn = certificate(&sandbox, &["www.example.com"]).await;
    let made = create(&cloudfront, serving("one", "www.example.com", &arn)).await;
    let acm = acm::client(&sandbox, ONE, "us-east-1");
    let held = acm::describe(&acm, &arn).await;
    assert_eq!(held.in_use_by(), [made.arn()]);
    assert_eq!(
        error(acm.delete_certificate().certificate_arn(&arn).send().await),
        format!("ResourceInUseException: Certificate {arn} in account {ONE} is in use.")
    );
}
