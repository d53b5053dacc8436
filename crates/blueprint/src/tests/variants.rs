//! How an edit of the manifest changes what is asked for: the lines that differ.

use insta::assert_snapshot;

use super::review::difference;
use super::{EXAMPLE, expand};

/// The difference that replacing `from` by `to` in the example makes.
#[track_caller]
fn edit(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no {from}");
    difference(&expand(EXAMPLE), &expand(&EXAMPLE.replace(from, to)))
}

#[test]
fn a_policy_that_is_enforced() {
    assert_snapshot!(edit("mode: testing", "mode: enforce"), @r#"
    ~ s3_object/example.com/mta-sts-policy in web us-east-1
        content: "dmVyc2lvbjogU1RTdjENCm1vZGU6IHRlc3RpbmcNCm14OiBpbmJvdW5kLXNtdHAudXMtZWFzdC0xLmFtYXpvbmF3cy5jb20NCm1heF9hZ2U6IDYwNDgwMA0K" → "dmVyc2lvbjogU1RTdjENCm1vZGU6IGVuZm9yY2UNCm14OiBpbmJvdW5kLXNtdHAudXMtZWFzdC0xLmFtYXpvbmF3cy5jb20NCm1heF9hZ2U6IDYwNDgwMA0K"
        + if STS-P13: an enforced policy makes senders refuse hosts that it does not name
        + if STS-P16: an enforced policy makes senders refuse hosts without valid TLS
    ~ route53_record_set/example.com/mta-sts in dns us-east-1, waited for
        record.values: ["v=STSv1; id=46d6813cc3cf0136d652ba61c3e3975e;"] → ["v=STSv1; id=b9285a267f67e2ca769d73c54c94af66;"]
    "#);
}

#[test]
fn dmarc_without_enforcement() {
    // A logo without an enforced policy is a finding, so that it goes too.
    let without_logo = EXAMPLE.replace(
        "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }\n",
        "\n",
    );
    let monitoring = without_logo.replace("p: quarantine, sp: quarantine", "p: none");
    assert_snapshot!(difference(&expand(&without_logo), &expand(&monitoring)), @r#"
    ~ route53_record_set/example.com/dmarc in dns us-east-1, waited for
        record.values: ["v=DMARC1; p=quarantine; sp=quarantine; rua=mailto:dmarc@example.com"] → ["v=DMARC1; p=none; rua=mailto:dmarc@example.com"]
        - after marketing.us-east-1, operations.eu-west-1 ready: mail must pass before receivers are told to refuse what does not
    "#);
}

#[test]
fn a_domain_without_a_logo() {
    let logo = "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }\n";
    assert_snapshot!(edit(logo, "\n"), @r#"
    - s3_object/example.com/logo in web us-east-1
    - s3_object/example.com/mark-certificate in web us-east-1
    ~ acm_certificate/example.com/hosts in web us-east-1
        names: ["bimi-assets.example.com","mta-sts.example.com"] → ["mta-sts.example.com"]
        token: "c1f4732f9bdacd90ee0a530446f68b08" → "fa164e0d25cf46b058c148272e8bb369"
    - route53_record_set/example.com/acm.bimi-assets.example.com in dns us-east-1, waited for
    ~ cloudfront_distribution/example.com/assets in web us-east-1, waited for
        aliases: ["bimi-assets.example.com","mta-sts.example.com"] → ["mta-sts.example.com"]
        - after logo, mark-certificate, mta-sts-policy done: a file is there before what serves it
        - after acm.bimi-assets.example.com, acm.mta-sts.example.com done: the certificate is validated through it
        + after mta-sts-policy done: a file is there before what serves it
        + after acm.mta-sts.example.com done: the certificate is validated through it
    - route53_record_set/example.com/assets.a in dns us-east-1, waited for
    - route53_record_set/example.com/assets.aaaa in dns us-east-1, waited for
    - route53_record_set/example.com/bimi.default in dns us-east-1, waited for
    "#);
}

#[test]
fn a_domain_without_a_policy() {
    assert_snapshot!(edit("mta_sts: { mode: testing, max_age: 7d }\n", "\n"), @r#"
    - s3_object/example.com/mta-sts-policy in web us-east-1
    ~ acm_certificate/example.com/hosts in web us-east-1
        names: ["bimi-assets.example.com","mta-sts.example.com"] → ["bimi-assets.example.com"]
        token: "c1f4732f9bdacd90ee0a530446f68b08" → "1bcdd96e6a06910426c329cfbea6dd5a"
    - route53_record_set/example.com/acm.mta-sts.example.com in dns us-east-1, waited for
    ~ cloudfront_distribution/example.com/assets in web us-east-1, waited for
        aliases: ["bimi-assets.example.com","mta-sts.example.com"] → ["bimi-assets.example.com"]
        - after logo, mark-certificate, mta-sts-policy done: a file is there before what serves it
        - after acm.bimi-assets.example.com, acm.mta-sts.example.com done: the certificate is validated through it
        + after logo, mark-certificate done: a file is there before what serves it
        + after acm.bimi-assets.example.com done: the certificate is validated through it
    - route53_record_set/example.com/mta-sts.a in dns us-east-1, waited for
    - route53_record_set/example.com/mta-sts.aaaa in dns us-east-1, waited for
    - route53_record_set/example.com/mta-sts in dns us-east-1, waited for
    "#);
}

#[test]
fn an_instance_in_another_region() {
    assert_snapshot!(
        edit("operations, region: eu-west-1", "operations, region: eu-central-1"),
        @r#"
    ~ route53_record_set/example.com/dmarc in dns us-east-1, waited for
        - after marketing.us-east-1, operations.eu-west-1 ready: mail must pass before receivers are told to refuse what does not
        + after marketing.us-east-1, operations.eu-central-1 ready: mail must pass before receivers are told to refuse what does not
    - ses_identity/example.com/operations.eu-west-1 in operations eu-west-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.1 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.2 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.3 in dns us-east-1, waited for
    ~ route53_record_set/example.com/mail-from.mail2.example.com.mx in dns us-east-1, waited for
        record.values: ["10 feedback-smtp.eu-west-1.amazonses.com"] → ["10 feedback-smtp.eu-central-1.amazonses.com"]
    - ses_mail_from/example.com/operations.eu-west-1 in operations eu-west-1, waited for
    - ses_domain_token/example.com/operations.eu-west-1 in operations eu-west-1
    - route53_record_set/example.com/ses.operations.eu-west-1.domain-token in dns us-east-1, waited for
    + ses_identity/example.com/operations.eu-central-1 in operations eu-central-1, waited for
    + route53_record_set/example.com/ses.operations.eu-central-1.dkim.1 in dns us-east-1, waited for
    + route53_record_set/example.com/ses.operations.eu-central-1.dkim.2 in dns us-east-1, waited for
    + route53_record_set/example.com/ses.operations.eu-central-1.dkim.3 in dns us-east-1, waited for
    + ses_mail_from/example.com/operations.eu-central-1 in operations eu-central-1, waited for
    + ses_domain_token/example.com/operations.eu-central-1 in operations eu-central-1
    + route53_record_set/example.com/ses.operations.eu-central-1.domain-token in dns us-east-1, waited for
    "#
    );
}

#[test]
fn an_instance_without_its_mail_from() {
    assert_snapshot!(edit(", mail_from: mail2, domain_token: true", ", domain_token: true"), @r"
    - route53_record_set/example.com/mail-from.mail2.example.com.mx in dns us-east-1, waited for
    - route53_record_set/example.com/mail-from.mail2.example.com.spf in dns us-east-1, waited for
    - ses_mail_from/example.com/operations.eu-west-1 in operations eu-west-1, waited for
    ");
}

#[test]
fn a_zone_that_is_created() {
    assert_snapshot!(
        edit("route53: { account: dns }", "route53: { account: dns, create: true }"),
        @r#"
    ~ route53_hosted_zone/example.com/zone in dns us-east-1
        create: false → true
        tags.deploy:project: null → "anycompany"
        tags.deploy:resource: null → "route53_hosted_zone/example.com/zone"
    "#
    );
}

#[test]
fn records_that_a_person_publishes() {
    assert_snapshot!(edit("dns: { route53: { account: dns } }", "dns: manual"), @r"
    - route53_hosted_zone/example.com/zone in dns us-east-1
    - route53_record_set/example.com/acm.bimi-assets.example.com in dns us-east-1, waited for
    - route53_record_set/example.com/acm.mta-sts.example.com in dns us-east-1, waited for
    - route53_record_set/example.com/assets.a in dns us-east-1, waited for
    - route53_record_set/example.com/assets.aaaa in dns us-east-1, waited for
    - route53_record_set/example.com/mta-sts.a in dns us-east-1, waited for
    - route53_record_set/example.com/mta-sts.aaaa in dns us-east-1, waited for
    - route53_record_set/example.com/bimi.default in dns us-east-1, waited for
    - route53_record_set/example.com/mta-sts in dns us-east-1, waited for
    - route53_record_set/example.com/mx in dns us-east-1, waited for
    - route53_record_set/example.com/spf in dns us-east-1, waited for
    - route53_record_set/example.com/tls-rpt in dns us-east-1, waited for
    - route53_record_set/example.com/dmarc in dns us-east-1, waited for
    - route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 in dns us-east-1, waited for
    - route53_record_set/example.com/mail-from.mail1.example.com.mx in dns us-east-1, waited for
    - route53_record_set/example.com/mail-from.mail1.example.com.spf in dns us-east-1, waited for
    - route53_record_set/example.com/ses.marketing.us-east-1.domain-token in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.1 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.2 in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.dkim.3 in dns us-east-1, waited for
    - route53_record_set/example.com/mail-from.mail2.example.com.mx in dns us-east-1, waited for
    - route53_record_set/example.com/mail-from.mail2.example.com.spf in dns us-east-1, waited for
    - route53_record_set/example.com/ses.operations.eu-west-1.domain-token in dns us-east-1, waited for
    + published_record/example.com/acm.bimi-assets.example.com by hand, waited for
    + published_record/example.com/acm.mta-sts.example.com by hand, waited for
    + published_record/example.com/assets.cname by hand, waited for
    + published_record/example.com/mta-sts.cname by hand, waited for
    + published_record/example.com/bimi.default by hand, waited for
    + published_record/example.com/mta-sts by hand, waited for
    + published_record/example.com/mx by hand, waited for
    + published_record/example.com/spf by hand, waited for
    + published_record/example.com/tls-rpt by hand, waited for
    + published_record/example.com/dmarc by hand, waited for
    + published_record/example.com/ses.marketing.us-east-1.dkim.1 by hand, waited for
    + published_record/example.com/ses.marketing.us-east-1.dkim.2 by hand, waited for
    + published_record/example.com/ses.marketing.us-east-1.dkim.3 by hand, waited for
    + published_record/example.com/mail-from.mail1.example.com.mx by hand, waited for
    + published_record/example.com/mail-from.mail1.example.com.spf by hand, waited for
    + published_record/example.com/ses.marketing.us-east-1.domain-token by hand, waited for
    + published_record/example.com/ses.operations.eu-west-1.dkim.1 by hand, waited for
    + published_record/example.com/ses.operations.eu-west-1.dkim.2 by hand, waited for
    + published_record/example.com/ses.operations.eu-west-1.dkim.3 by hand, waited for
    + published_record/example.com/mail-from.mail2.example.com.mx by hand, waited for
    + published_record/example.com/mail-from.mail2.example.com.spf by hand, waited for
    + published_record/example.com/ses.operations.eu-west-1.domain-token by hand, waited for
    ");
}

#[test]
fn a_certificate_that_exists() {
    let arn = "arn:aws:acm:us-east-1:222222222222:certificate/12345678-1234-1234-1234-123456789012";
    let hosting = "hosting: { account: web, region: us-east-1, ";
    assert_snapshot!(edit(hosting, &format!("{hosting}certificate: {arn}, ")), @r#"
    ~ acm_certificate/example.com/hosts in web us-east-1
        existing: null → "arn:aws:acm:us-east-1:222222222222:certificate/12345678-1234-1234-1234-123456789012"
        tags.deploy:project: "anycompany" → null
        tags.deploy:resource: "acm_certificate/example.com/hosts" → null
    - route53_record_set/example.com/acm.bimi-assets.example.com in dns us-east-1, waited for
    - route53_record_set/example.com/acm.mta-sts.example.com in dns us-east-1, waited for
    ~ cloudfront_distribution/example.com/assets in web us-east-1, waited for
        - after acm.bimi-assets.example.com, acm.mta-sts.example.com done: the certificate is validated through it
    "#);
}
