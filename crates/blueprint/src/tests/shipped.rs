//! The resources that each shipped manifest asks for, as a review.

#![expect(
    clippy::too_many_lines,
    reason = "a snapshot is as long as what it shows"
)]

use std::collections::BTreeMap;

use insta::assert_snapshot;
use manifest::MemoryFiles;

use super::review::{review, titles};
use super::{EXAMPLE, expand, expand_manifest, load_with};

#[test]
fn example() {
    assert_snapshot!(review(&expand(EXAMPLE)), @r"
    route53_hosted_zone/example.com/zone in dns us-east-1
    s3_bucket/example.com/logs in web us-east-1
    s3_bucket_policy/example.com/logs in web us-east-1
        after logs done: a policy belongs to its bucket
    s3_bucket/example.com/assets in web us-east-1
        after logs done: the bucket writes its access log there
    s3_object/example.com/logo in web us-east-1
        after assets done: an object is in a bucket
    s3_object/example.com/mark-certificate in web us-east-1
        after assets done: an object is in a bucket
    s3_object/example.com/mta-sts-policy in web us-east-1
        after assets done: an object is in a bucket
    acm_certificate/example.com/hosts in web us-east-1
    route53_record_set/example.com/acm.bimi-assets.example.com in dns us-east-1, waited for
    route53_record_set/example.com/acm.mta-sts.example.com in dns us-east-1, waited for
    cloudfront_origin_access_control/shared/web.a in web us-east-1
    cloudfront_distribution/example.com/assets in web us-east-1, waited for
        after logo, mark-certificate, mta-sts-policy done: a file is there before what serves it
        after acm.bimi-assets.example.com, acm.mta-sts.example.com done: the certificate is validated through it
        after assets done: the distribution reads from the bucket
        after logs done: the distribution writes its log there
        after hosts ready: CloudFront takes only an issued certificate
    s3_bucket_policy/example.com/assets in web us-east-1
        after assets done: a policy belongs to its bucket
        after assets done, and undone first: the policy names the distribution
    route53_record_set/example.com/assets.a in dns us-east-1, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    route53_record_set/example.com/assets.aaaa in dns us-east-1, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    route53_record_set/example.com/mta-sts.a in dns us-east-1, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    route53_record_set/example.com/mta-sts.aaaa in dns us-east-1, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    route53_record_set/example.com/bimi.default in dns us-east-1, waited for
        after logo, mark-certificate done: the files are there before the record names them (BIMI-X12)
        after dmarc ready: receivers show logos only under DMARC enforcement (BIMI-X07)
        after assets.a, assets.aaaa ready: the host's name is answered first
        if BIMI-X07: receivers ignore a BIMI record of a domain without DMARC enforcement
        if BIMI-X12: receivers fetch the file as soon as they see the record
        if BIMI-X12: receivers fetch the file as soon as they see the record
    route53_record_set/example.com/mta-sts in dns us-east-1, waited for
        after mta-sts-policy done: senders fetch the policy when they see a new id (STS-O01)
        after tls-rpt ready: failures are reported from the first day (STS-O07)
        after mta-sts.a, mta-sts.aaaa ready: the host's name is answered first
        after assets ready: the policy is answered from every edge (STS-O01)
        if STS-O01: a sender that sees the new id must get the new policy
    route53_record_set/example.com/mx in dns us-east-1, waited for
    route53_record_set/example.com/spf in dns us-east-1, waited for
    route53_record_set/example.com/tls-rpt in dns us-east-1, waited for
    route53_record_set/example.com/dmarc in dns us-east-1, waited for
        after marketing.us-east-1, operations.eu-west-1 ready: mail must pass before receivers are told to refuse what does not
    ses_identity/example.com/marketing.us-east-1 in marketing us-east-1, waited for
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail1.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail1.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/marketing.us-east-1 in marketing us-east-1, waited for
        after marketing.us-east-1 done: it is an attribute of the identity
        after mail-from.mail1.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail1.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/marketing.us-east-1 in marketing us-east-1
        after marketing.us-east-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.marketing.us-east-1.domain-token in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the token
    ses_identity/example.com/operations.eu-west-1 in operations eu-west-1, waited for
    route53_record_set/example.com/ses.operations.eu-west-1.dkim.1 in dns us-east-1, waited for
        after operations.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.operations.eu-west-1.dkim.2 in dns us-east-1, waited for
        after operations.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.operations.eu-west-1.dkim.3 in dns us-east-1, waited for
        after operations.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail2.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail2.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/operations.eu-west-1 in operations eu-west-1, waited for
        after operations.eu-west-1 done: it is an attribute of the identity
        after mail-from.mail2.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail2.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/operations.eu-west-1 in operations eu-west-1
        after operations.eu-west-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.operations.eu-west-1.domain-token in dns us-east-1, waited for
        after operations.eu-west-1 done, and undone first: SES gives the token
    ");
}

#[test]
fn manual_dns() {
    let text = include_str!("../../../../deploy/manual-dns.yaml");
    assert_snapshot!(review(&expand(text)), @r"
    s3_bucket/example.org/logs in web eu-west-1
    s3_bucket_policy/example.org/logs in web eu-west-1
        after logs done: a policy belongs to its bucket
    s3_bucket/example.org/assets in web eu-west-1
        after logs done: the bucket writes its access log there
    s3_object/example.org/logo in web eu-west-1
        after assets done: an object is in a bucket
    s3_object/example.org/mta-sts-policy in web eu-west-1
        after assets done: an object is in a bucket
    acm_certificate/example.org/hosts in web us-east-1
    published_record/example.org/acm.bimi-assets.example.org by hand, waited for
    published_record/example.org/acm.mta-sts.example.org by hand, waited for
    cloudfront_origin_access_control/shared/web.b in web us-east-1
    cloudfront_distribution/example.org/assets in web us-east-1, waited for
        after logo, mta-sts-policy done: a file is there before what serves it
        after acm.bimi-assets.example.org, acm.mta-sts.example.org done: the certificate is validated through it
        after assets done: the distribution reads from the bucket
        after logs done: the distribution writes its log there
        after hosts ready: CloudFront takes only an issued certificate
    s3_bucket_policy/example.org/assets in web eu-west-1
        after assets done: a policy belongs to its bucket
        after assets done, and undone first: the policy names the distribution
    published_record/example.org/assets.cname by hand, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    published_record/example.org/mta-sts.cname by hand, waited for
        after assets done: the distribution may read what it answers with
        after assets ready: a name points only at what answers for it
    published_record/example.org/bimi.default by hand, waited for
        after logo done: the files are there before the record names them (BIMI-X12)
        after dmarc ready: receivers show logos only under DMARC enforcement (BIMI-X07)
        after assets.cname ready: the host's name is answered first
        if BIMI-X07: receivers ignore a BIMI record of a domain without DMARC enforcement
        if BIMI-X12: receivers fetch the file as soon as they see the record
    published_record/example.org/mta-sts by hand, waited for
        after mta-sts-policy done: senders fetch the policy when they see a new id (STS-O01)
        after tls-rpt ready: failures are reported from the first day (STS-O07)
        after mta-sts.cname ready: the host's name is answered first
        after assets ready: the policy is answered from every edge (STS-O01)
        if STS-O01: a sender that sees the new id must get the new policy
    published_record/example.org/mx by hand, waited for
    published_record/example.org/spf by hand, waited for
    published_record/example.org/tls-rpt by hand, waited for
    published_record/example.org/dmarc by hand, waited for
        after mail.eu-west-1 ready: mail must pass before receivers are told to refuse what does not
    ses_identity/example.org/mail.eu-west-1 in mail eu-west-1, waited for
    published_record/example.org/ses.mail.eu-west-1.dkim.1 by hand, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    published_record/example.org/ses.mail.eu-west-1.dkim.2 by hand, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    published_record/example.org/ses.mail.eu-west-1.dkim.3 by hand, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    published_record/example.org/mail-from.bounce.example.org.mx by hand, waited for
    published_record/example.org/mail-from.bounce.example.org.spf by hand, waited for
    ses_mail_from/example.org/mail.eu-west-1 in mail eu-west-1, waited for
        after mail.eu-west-1 done: it is an attribute of the identity
        after mail-from.bounce.example.org.mx ready: SES looks for the MX record at once
        after mail-from.bounce.example.org.spf ready: mail leaves with this name at once
    ");
}

#[test]
fn one_account_two_regions() {
    let text = include_str!("../../../../deploy/one-account-two-regions.yaml");
    assert_snapshot!(review(&expand(text)), @r"
    route53_hosted_zone/example.com/zone in mail us-east-1
    route53_record_set/example.com/dmarc in mail us-east-1, waited for
    ses_identity/example.com/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.1 in mail us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.2 in mail us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.3 in mail us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail1.example.com.mx in mail us-east-1, waited for
    route53_record_set/example.com/mail-from.mail1.example.com.spf in mail us-east-1, waited for
    ses_mail_from/example.com/mail.eu-west-1 in mail eu-west-1, waited for
        after mail.eu-west-1 done: it is an attribute of the identity
        after mail-from.mail1.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail1.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/mail.eu-west-1 in mail eu-west-1
        after mail.eu-west-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.mail.eu-west-1.domain-token in mail us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the token
    ses_identity/example.com/mail.us-east-1 in mail us-east-1, waited for
    route53_record_set/example.com/ses.mail.us-east-1.dkim.1 in mail us-east-1, waited for
        after mail.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.us-east-1.dkim.2 in mail us-east-1, waited for
        after mail.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.us-east-1.dkim.3 in mail us-east-1, waited for
        after mail.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail2.example.com.mx in mail us-east-1, waited for
    route53_record_set/example.com/mail-from.mail2.example.com.spf in mail us-east-1, waited for
    ses_mail_from/example.com/mail.us-east-1 in mail us-east-1, waited for
        after mail.us-east-1 done: it is an attribute of the identity
        after mail-from.mail2.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail2.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/mail.us-east-1 in mail us-east-1
        after mail.us-east-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.mail.us-east-1.domain-token in mail us-east-1, waited for
        after mail.us-east-1 done, and undone first: SES gives the token
    ");
}

#[test]
fn two_accounts_one_region() {
    let text = include_str!("../../../../deploy/two-accounts-one-region.yaml");
    assert_snapshot!(review(&expand(text)), @r"
    route53_hosted_zone/example.com/zone in dns us-east-1
    route53_record_set/example.com/dmarc in dns us-east-1, waited for
    ses_identity/example.com/marketing.us-east-1 in marketing us-east-1, waited for
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/marketing.us-east-1 in marketing us-east-1, waited for
        after marketing.us-east-1 done: it is an attribute of the identity
        after mail-from.mail.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/marketing.us-east-1 in marketing us-east-1
        after marketing.us-east-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.marketing.us-east-1.domain-token in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the token
    ses_identity/example.com/transactional.us-east-1 in transactional us-east-1, waited for
    route53_record_set/example.com/ses.transactional.us-east-1.dkim.1 in dns us-east-1, waited for
        after transactional.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.transactional.us-east-1.dkim.2 in dns us-east-1, waited for
        after transactional.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.transactional.us-east-1.dkim.3 in dns us-east-1, waited for
        after transactional.us-east-1 done, and undone first: SES gives the tokens
    ses_mail_from/example.com/transactional.us-east-1 in transactional us-east-1, waited for
        after transactional.us-east-1 done: it is an attribute of the identity
        after mail-from.mail.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/transactional.us-east-1 in transactional us-east-1
        after transactional.us-east-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.transactional.us-east-1.domain-token in dns us-east-1, waited for
        after transactional.us-east-1 done, and undone first: SES gives the token
    ");
}

#[test]
fn two_accounts_two_regions() {
    let text = include_str!("../../../../deploy/two-accounts-two-regions.yaml");
    assert_snapshot!(review(&expand(text)), @r"
    route53_hosted_zone/example.com/zone in dns us-east-1
    route53_record_set/example.com/dmarc in dns us-east-1, waited for
    ses_identity/example.com/marketing.us-east-1 in marketing us-east-1, waited for
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail1.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail1.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/marketing.us-east-1 in marketing us-east-1, waited for
        after marketing.us-east-1 done: it is an attribute of the identity
        after mail-from.mail1.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail1.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/marketing.us-east-1 in marketing us-east-1
        after marketing.us-east-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.marketing.us-east-1.domain-token in dns us-east-1, waited for
        after marketing.us-east-1 done, and undone first: SES gives the token
    ses_identity/example.com/transactional.eu-west-1 in transactional eu-west-1, waited for
    route53_record_set/example.com/ses.transactional.eu-west-1.dkim.1 in dns us-east-1, waited for
        after transactional.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.transactional.eu-west-1.dkim.2 in dns us-east-1, waited for
        after transactional.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.transactional.eu-west-1.dkim.3 in dns us-east-1, waited for
        after transactional.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail2.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail2.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/transactional.eu-west-1 in transactional eu-west-1, waited for
        after transactional.eu-west-1 done: it is an attribute of the identity
        after mail-from.mail2.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail2.example.com.spf ready: mail leaves with this name at once
    ses_domain_token/example.com/transactional.eu-west-1 in transactional eu-west-1
        after transactional.eu-west-1 done: the token belongs to the identity
    route53_record_set/example.com/ses.transactional.eu-west-1.domain-token in dns us-east-1, waited for
        after transactional.eu-west-1 done, and undone first: SES gives the token
    ");
}

#[test]
fn team() {
    let text = include_str!("../../../../deploy/team.yaml");
    assert_snapshot!(review(&expand(text)), @r"
    route53_hosted_zone/example.com/zone in dns us-east-1
    route53_record_set/example.com/dmarc in dns us-east-1, waited for
    ses_identity/example.com/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
        after mail.eu-west-1 done, and undone first: SES gives the tokens
    route53_record_set/example.com/mail-from.mail.example.com.mx in dns us-east-1, waited for
    route53_record_set/example.com/mail-from.mail.example.com.spf in dns us-east-1, waited for
    ses_mail_from/example.com/mail.eu-west-1 in mail eu-west-1, waited for
        after mail.eu-west-1 done: it is an attribute of the identity
        after mail-from.mail.example.com.mx ready: SES looks for the MX record at once
        after mail-from.mail.example.com.spf ready: mail leaves with this name at once
    ");
}

/// Domains of one shape stand together: their resources, once, and the names that have them.
#[test]
fn fleet() {
    let files = MemoryFiles::default()
        .with(
            "deploy/example.yaml",
            include_str!("../../../../deploy/fleet.yaml"),
        )
        .with(
            "deploy/fleet/brands.yaml",
            include_str!("../../../../deploy/fleet/brands.yaml"),
        )
        .with(
            "deploy/fleet/regions.yaml",
            include_str!("../../../../deploy/fleet/regions.yaml"),
        );
    let resources = expand_manifest(&load_with(files));
    let mut domains: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for resource in &resources {
        domains
            .entry(&resource.id.domain)
            .or_default()
            .push(resource);
    }
    let mut shapes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (domain, resources) in domains {
        let shape = titles(resources).replace(domain, "DOMAIN");
        shapes.entry(shape).or_default().push(domain);
    }
    let text: Vec<String> = shapes
        .into_iter()
        .map(|(shape, domains)| format!("{}\n{shape}", domains.join(", ")))
        .collect();
    assert_snapshot!(text.join("\n"), @r"
    shared
    cloudfront_origin_access_control/DOMAIN/web.a in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.3 in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.b in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.7 in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.6 in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.1 in web us-east-1
    cloudfront_origin_access_control/DOMAIN/web.4 in web us-east-1

    example-old.com, example-typo.com
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    route53_record_set/DOMAIN/dkim in dns us-east-1, waited for

    anycompany-us.example
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for

    brand-one.example
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    s3_bucket/DOMAIN/logs in web eu-west-1
    s3_bucket_policy/DOMAIN/logs in web eu-west-1
    s3_bucket/DOMAIN/assets in web eu-west-1
    s3_object/DOMAIN/logo in web eu-west-1
    s3_object/DOMAIN/mta-sts-policy in web eu-west-1
    acm_certificate/DOMAIN/hosts in web us-east-1
    route53_record_set/DOMAIN/acm.bimi-assets.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/acm.mta-sts.DOMAIN in dns us-east-1, waited for
    cloudfront_distribution/DOMAIN/assets in web us-east-1, waited for
    s3_bucket_policy/DOMAIN/assets in web eu-west-1
    route53_record_set/DOMAIN/assets.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/assets.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/bimi.default in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts in dns us-east-1, waited for
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/tls-rpt in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for

    example.com
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    s3_bucket/DOMAIN/logs in web eu-west-1
    s3_bucket_policy/DOMAIN/logs in web eu-west-1
    s3_bucket/DOMAIN/assets in web eu-west-1
    s3_object/DOMAIN/logo in web eu-west-1
    s3_object/DOMAIN/mta-sts-policy in web eu-west-1
    acm_certificate/DOMAIN/hosts in web us-east-1
    route53_record_set/DOMAIN/acm.bimi-assets.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/acm.mta-sts.DOMAIN in dns us-east-1, waited for
    cloudfront_distribution/DOMAIN/assets in web us-east-1, waited for
    s3_bucket_policy/DOMAIN/assets in web eu-west-1
    route53_record_set/DOMAIN/assets.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/assets.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/bimi.default in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts in dns us-east-1, waited for
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/tls-rpt in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.example-old.com._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.example-typo.com._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.anycompany-de.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.anycompany-fr.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.anycompany-jp.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.anycompany-us.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.brand-one.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.brand-three.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.brand-two.example._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.example.net._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc-reports.example.org._report._dmarc.DOMAIN in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for

    anycompany-jp.example
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    s3_bucket/DOMAIN/logs in web eu-west-1
    s3_bucket_policy/DOMAIN/logs in web eu-west-1
    s3_bucket/DOMAIN/assets in web eu-west-1
    s3_object/DOMAIN/mta-sts-policy in web eu-west-1
    acm_certificate/DOMAIN/hosts in web us-east-1
    route53_record_set/DOMAIN/acm.mta-sts.DOMAIN in dns us-east-1, waited for
    cloudfront_distribution/DOMAIN/assets in web us-east-1, waited for
    s3_bucket_policy/DOMAIN/assets in web eu-west-1
    route53_record_set/DOMAIN/mta-sts.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts in dns us-east-1, waited for
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/tls-rpt in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.ap-northeast-1 in mail ap-northeast-1, waited for
    route53_record_set/DOMAIN/ses.mail.ap-northeast-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.ap-northeast-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.ap-northeast-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.ap-northeast-1 in mail ap-northeast-1, waited for

    anycompany-de.example, anycompany-fr.example, brand-three.example, example.net, example.org
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    s3_bucket/DOMAIN/logs in web eu-west-1
    s3_bucket_policy/DOMAIN/logs in web eu-west-1
    s3_bucket/DOMAIN/assets in web eu-west-1
    s3_object/DOMAIN/mta-sts-policy in web eu-west-1
    acm_certificate/DOMAIN/hosts in web us-east-1
    route53_record_set/DOMAIN/acm.mta-sts.DOMAIN in dns us-east-1, waited for
    cloudfront_distribution/DOMAIN/assets in web us-east-1, waited for
    s3_bucket_policy/DOMAIN/assets in web eu-west-1
    route53_record_set/DOMAIN/mta-sts.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts in dns us-east-1, waited for
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/tls-rpt in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for

    brand-two.example
    route53_hosted_zone/DOMAIN/zone in dns us-east-1
    s3_bucket/DOMAIN/logs in web eu-west-1
    s3_bucket_policy/DOMAIN/logs in web eu-west-1
    s3_bucket/DOMAIN/assets in web eu-west-1
    s3_object/DOMAIN/mta-sts-policy in web eu-west-1
    acm_certificate/DOMAIN/hosts in web us-east-1
    route53_record_set/DOMAIN/acm.mta-sts.DOMAIN in dns us-east-1, waited for
    cloudfront_distribution/DOMAIN/assets in web us-east-1, waited for
    s3_bucket_policy/DOMAIN/assets in web eu-west-1
    route53_record_set/DOMAIN/mta-sts.a in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts.aaaa in dns us-east-1, waited for
    route53_record_set/DOMAIN/mta-sts in dns us-east-1, waited for
    route53_record_set/DOMAIN/mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/spf in dns us-east-1, waited for
    route53_record_set/DOMAIN/tls-rpt in dns us-east-1, waited for
    route53_record_set/DOMAIN/dmarc in dns us-east-1, waited for
    ses_identity/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.eu-west-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.eu-west-1 in mail eu-west-1, waited for
    ses_identity/DOMAIN/mail.us-east-1 in mail us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.us-east-1.dkim.1 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.us-east-1.dkim.2 in dns us-east-1, waited for
    route53_record_set/DOMAIN/ses.mail.us-east-1.dkim.3 in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail-us.DOMAIN.mx in dns us-east-1, waited for
    route53_record_set/DOMAIN/mail-from.mail-us.DOMAIN.spf in dns us-east-1, waited for
    ses_mail_from/DOMAIN/mail.us-east-1 in mail us-east-1, waited for
    ");
}
