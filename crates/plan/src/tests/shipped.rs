//! The first plan of each shipped manifest, in a world that has only its hosted zones.

#![expect(
    clippy::too_many_lines,
    reason = "a snapshot is as long as what it shows"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use insta::assert_snapshot;
use kinds::{Route53HostedZone, route53_hosted_zone};
use manifest::MemoryFiles;
use model::{Authority, Kind, Ledger, Observation, Ownership, Plan, Resource, State};

use super::review::review;
use crate::{Actual, Inputs, plan};

/// The resources of a manifest beside the shipped assets and the shipped files that it includes.
pub(super) fn desired(text: &str) -> Vec<Arc<Resource>> {
    let files = MemoryFiles::default()
        .with("deploy/test.yaml", text)
        .with(
            "deploy/fleet/brands.yaml",
            include_str!("../../../../deploy/fleet/brands.yaml"),
        )
        .with(
            "deploy/fleet/regions.yaml",
            include_str!("../../../../deploy/fleet/regions.yaml"),
        )
        .with(
            "deploy/key.pem",
            include_bytes!("../../../standards/src/dkim/test_keys/pkcs8.pem").as_slice(),
        )
        .with(
            "assets/logo.svg",
            include_bytes!("../../../../assets/logo.svg").as_slice(),
        )
        .with(
            "assets/bimi_vmc.pem",
            include_bytes!("../../../../assets/bimi_vmc.pem").as_slice(),
        );
    let (manifest, findings) = manifest::load("deploy/test.yaml", &files);
    let manifest = manifest.unwrap_or_else(|| panic!("{findings:?}"));
    let (resources, findings) = blueprint::desired(&manifest, &blueprint::Facts::default());
    assert!(findings.is_empty(), "{findings:?}");
    resources
}

pub(super) fn first_plan(desired: &[Arc<Resource>]) -> Plan {
    let mut actual = Actual::default();
    let zones = desired
        .iter()
        .filter(|resource| resource.id.kind == Route53HostedZone::NAME);
    for zone in zones {
        let state = route53_hosted_zone::State {
            id: "Z0123456789EXAMPLE".to_owned(),
            name: zone.id.domain.clone(),
            name_servers: vec!["ns-1.awsdns-01.org".to_owned()],
            ..route53_hosted_zone::State::default()
        };
        let observation = Observation::Present {
            physical: "Z0123456789EXAMPLE".into(),
            state: State::of::<Route53HostedZone>(state),
            ownership: Ownership::Shared,
        };
        actual.insert(zone.target(None), observation);
    }
    plan(Inputs {
        project: "project",
        desired,
        kept: &BTreeSet::new(),
        ledger: &Ledger::default(),
        beyond: &Ledger::default(),
        neighbours: &[],
        actual: &actual,
        authority: &Authority::default(),
        leads: &[],
        is_about: &|_| true,
    })
}

fn reviewed(text: &str) -> String {
    review(&first_plan(&desired(text)))
}

#[test]
fn example() {
    let text = include_str!("../../../../deploy/example.yaml");
    assert_snapshot!(reviewed(text), @r"
     0 adopt route53_hosted_zone/example.com/zone (dns us-east-1): is already there
     1 create s3_bucket/example.com/logs (web us-east-1): declared, but does not exist
     2 create s3_bucket_policy/example.com/logs (web us-east-1): declared, but does not exist
         after 1 done: a policy belongs to its bucket
     3 create s3_bucket/example.com/assets (web us-east-1): declared, but does not exist
         after 2 done: the bucket writes its access log there
     4 create s3_object/example.com/logo (web us-east-1): declared, but does not exist
         branding: the logo or its certificate can be fetched
         after 3 done: an object is in a bucket
     5 create s3_object/example.com/mark-certificate (web us-east-1): declared, but does not exist
         branding: the logo or its certificate can be fetched
         after 3 done: an object is in a bucket
     6 create s3_object/example.com/mta-sts-policy (web us-east-1): declared, but does not exist
         receiving: senders check TLS and report, and deliver whatever they find
         after 3 done: an object is in a bucket
     7 create acm_certificate/example.com/hosts (web us-east-1): declared, but does not exist
     8 create route53_record_set/example.com/acm.bimi-assets.example.com (dns us-east-1): declared, but does not exist
         after 0, 7 done: uses what it returns
     9 create route53_record_set/example.com/acm.mta-sts.example.com (dns us-east-1): declared, but does not exist
         after 0, 7 done: uses what it returns
    10 create cloudfront_origin_access_control/shared/web.a (web us-east-1): declared, but does not exist
    11 create cloudfront_distribution/example.com/assets (web us-east-1): declared, but does not exist
         after 4, 5, 6 done: a file is there before what serves it
         after 8, 9 done: the certificate is validated through it
         after 3 done: the distribution reads from the bucket
         after 2 done: the distribution writes its log there
         after 10 done: uses what it returns
         after 7 ready: CloudFront takes only an issued certificate
    12 create s3_bucket_policy/example.com/assets (web us-east-1): declared, but does not exist
         after 3 done: a policy belongs to its bucket
         after 11 done: the policy names the distribution
    13 create route53_record_set/example.com/assets.a (dns us-east-1): declared, but does not exist
         branding: the logo can be fetched by this name
         after 12 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 11 ready: a name points only at what answers for it
    14 create route53_record_set/example.com/assets.aaaa (dns us-east-1): declared, but does not exist
         branding: the logo can be fetched by this name
         after 12 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 11 ready: a name points only at what answers for it
    15 create route53_record_set/example.com/mta-sts.a (dns us-east-1): declared, but does not exist
         receiving: the MTA-STS policy can be fetched by this name
         after 12 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 11 ready: a name points only at what answers for it
    16 create route53_record_set/example.com/mta-sts.aaaa (dns us-east-1): declared, but does not exist
         receiving: the MTA-STS policy can be fetched by this name
         after 12 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 11 ready: a name points only at what answers for it
    17 create ses_identity/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
    18 create ses_identity/example.com/operations.eu-west-1 (operations eu-west-1): declared, but does not exist
    19 create route53_record_set/example.com/dmarc (dns us-east-1): declared, but does not exist
         sending: receivers are asked to quarantine mail that fails DMARC, where it was none
         after 0 done: uses what it returns
         after 17, 18 ready: mail must pass before receivers are told to refuse what does not
    20 create route53_record_set/example.com/bimi.default (dns us-east-1): declared, but does not exist
         branding: mail shows the logo
         after 4, 5 done: the files are there before the record names them (BIMI-X12)
         after 0 done: uses what it returns
         after 19 ready: receivers show logos only under DMARC enforcement (BIMI-X07)
         after 13, 14 ready: the host's name is answered first
         if BIMI-X07: receivers ignore a BIMI record of a domain without DMARC enforcement
         if BIMI-X12: receivers fetch the file as soon as they see the record
         if BIMI-X12: receivers fetch the file as soon as they see the record
    21 create route53_record_set/example.com/tls-rpt (dns us-east-1): declared, but does not exist
         after 0 done: uses what it returns
    22 create route53_record_set/example.com/mta-sts (dns us-east-1): declared, but does not exist
         receiving: senders begin to fetch the MTA-STS policy
         after 6 done: senders fetch the policy when they see a new id (STS-O01)
         after 0 done: uses what it returns
         after 21 ready: failures are reported from the first day (STS-O07)
         after 15, 16 ready: the host's name is answered first
         after 11 ready: the policy is answered from every edge (STS-O01)
         if STS-O01: a sender that sees the new id must get the new policy
    23 create route53_record_set/example.com/mx (dns us-east-1): declared, but does not exist
         receiving: mail is delivered to inbound-smtp.us-east-1.amazonaws.com
         after 0 done: uses what it returns
    24 create route53_record_set/example.com/spf (dns us-east-1): declared, but does not exist
         sending: receivers begin to suspect mail from hosts that SPF does not name
         after 0 done: uses what it returns
    25 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 17 done: SES gives the tokens
         after 0 done: uses what it returns
    26 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 17 done: SES gives the tokens
         after 0 done: uses what it returns
    27 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 17 done: SES gives the tokens
         after 0 done: uses what it returns
    28 create route53_record_set/example.com/mail-from.mail1.example.com.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
    29 create route53_record_set/example.com/mail-from.mail1.example.com.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
    30 create ses_mail_from/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         sending: bounces go to mail1.example.com, and SPF aligns
         after 17 done: it is an attribute of the identity
         after 28 ready: SES looks for the MX record at once
         after 29 ready: mail leaves with this name at once
    31 create ses_domain_token/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         after 17 done: the token belongs to the identity
    32 create route53_record_set/example.com/ses.marketing.us-east-1.domain-token (dns us-east-1): declared, but does not exist
         after 31 done: SES gives the token
         after 0 done: uses what it returns
    33 create route53_record_set/example.com/ses.operations.eu-west-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 18 done: SES gives the tokens
         after 0 done: uses what it returns
    34 create route53_record_set/example.com/ses.operations.eu-west-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 18 done: SES gives the tokens
         after 0 done: uses what it returns
    35 create route53_record_set/example.com/ses.operations.eu-west-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 18 done: SES gives the tokens
         after 0 done: uses what it returns
    36 create route53_record_set/example.com/mail-from.mail2.example.com.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
    37 create route53_record_set/example.com/mail-from.mail2.example.com.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
    38 create ses_mail_from/example.com/operations.eu-west-1 (operations eu-west-1): declared, but does not exist
         sending: bounces go to mail2.example.com, and SPF aligns
         after 18 done: it is an attribute of the identity
         after 36 ready: SES looks for the MX record at once
         after 37 ready: mail leaves with this name at once
    39 create ses_domain_token/example.com/operations.eu-west-1 (operations eu-west-1): declared, but does not exist
         after 18 done: the token belongs to the identity
    40 create route53_record_set/example.com/ses.operations.eu-west-1.domain-token (dns us-east-1): declared, but does not exist
         after 39 done: SES gives the token
         after 0 done: uses what it returns
    ");
}

#[test]
fn manual_dns() {
    let text = include_str!("../../../../deploy/manual-dns.yaml");
    assert_snapshot!(reviewed(text), @r"
     0 create s3_bucket/example.org/logs (web eu-west-1): declared, but does not exist
     1 create s3_bucket_policy/example.org/logs (web eu-west-1): declared, but does not exist
         after 0 done: a policy belongs to its bucket
     2 create s3_bucket/example.org/assets (web eu-west-1): declared, but does not exist
         after 1 done: the bucket writes its access log there
     3 create s3_object/example.org/logo (web eu-west-1): declared, but does not exist
         branding: the logo or its certificate can be fetched
         after 2 done: an object is in a bucket
     4 create s3_object/example.org/mta-sts-policy (web eu-west-1): declared, but does not exist
         receiving: senders check TLS and report, and deliver whatever they find
         after 2 done: an object is in a bucket
     5 create acm_certificate/example.org/hosts (web us-east-1): declared, but does not exist
     6 create published_record/example.org/acm.bimi-assets.example.org (by hand): declared, but does not exist
         after 5 done: uses what it returns
     7 create published_record/example.org/acm.mta-sts.example.org (by hand): declared, but does not exist
         after 5 done: uses what it returns
     8 create cloudfront_origin_access_control/shared/web.b (web us-east-1): declared, but does not exist
     9 create cloudfront_distribution/example.org/assets (web us-east-1): declared, but does not exist
         after 3, 4 done: a file is there before what serves it
         after 6, 7 done: the certificate is validated through it
         after 2 done: the distribution reads from the bucket
         after 1 done: the distribution writes its log there
         after 8 done: uses what it returns
         after 5 ready: CloudFront takes only an issued certificate
    10 create s3_bucket_policy/example.org/assets (web eu-west-1): declared, but does not exist
         after 2 done: a policy belongs to its bucket
         after 9 done: the policy names the distribution
    11 create published_record/example.org/assets.cname (by hand): declared, but does not exist
         after 10 done: the distribution may read what it answers with
         after 9 ready: a name points only at what answers for it
    12 create published_record/example.org/mta-sts.cname (by hand): declared, but does not exist
         after 10 done: the distribution may read what it answers with
         after 9 ready: a name points only at what answers for it
    13 create ses_identity/example.org/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
    14 create published_record/example.org/dmarc (by hand): declared, but does not exist
         sending: receivers are asked to quarantine mail that fails DMARC, where it was none
         after 13 ready: mail must pass before receivers are told to refuse what does not
    15 create published_record/example.org/bimi.default (by hand): declared, but does not exist
         branding: mail shows the logo
         after 3 done: the files are there before the record names them (BIMI-X12)
         after 14 ready: receivers show logos only under DMARC enforcement (BIMI-X07)
         after 11 ready: the host's name is answered first
         if BIMI-X07: receivers ignore a BIMI record of a domain without DMARC enforcement
         if BIMI-X12: receivers fetch the file as soon as they see the record
    16 create published_record/example.org/tls-rpt (by hand): declared, but does not exist
    17 create published_record/example.org/mta-sts (by hand): declared, but does not exist
         receiving: senders begin to fetch the MTA-STS policy
         after 4 done: senders fetch the policy when they see a new id (STS-O01)
         after 16 ready: failures are reported from the first day (STS-O07)
         after 12 ready: the host's name is answered first
         after 9 ready: the policy is answered from every edge (STS-O01)
         if STS-O01: a sender that sees the new id must get the new policy
    18 create published_record/example.org/mx (by hand): declared, but does not exist
         receiving: mail is delivered to mx1.example.org and mx2.example.org
    19 create published_record/example.org/spf (by hand): declared, but does not exist
         sending: receivers begin to suspect mail from hosts that SPF does not name
    20 create published_record/example.org/ses.mail.eu-west-1.dkim.1 (by hand): declared, but does not exist
         sending: receivers can check signatures by this key
         after 13 done: SES gives the tokens
    21 create published_record/example.org/ses.mail.eu-west-1.dkim.2 (by hand): declared, but does not exist
         sending: receivers can check signatures by this key
         after 13 done: SES gives the tokens
    22 create published_record/example.org/ses.mail.eu-west-1.dkim.3 (by hand): declared, but does not exist
         sending: receivers can check signatures by this key
         after 13 done: SES gives the tokens
    23 create published_record/example.org/mail-from.bounce.example.org.mx (by hand): declared, but does not exist
         sending: bounces come back to SES by this name
    24 create published_record/example.org/mail-from.bounce.example.org.spf (by hand): declared, but does not exist
         sending: SPF passes for what SES sends by this name
    25 create ses_mail_from/example.org/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
         sending: bounces go to bounce.example.org, and SPF aligns
         after 13 done: it is an attribute of the identity
         after 23 ready: SES looks for the MX record at once
         after 24 ready: mail leaves with this name at once
    ");
}

#[test]
fn one_account_two_regions() {
    let text = include_str!("../../../../deploy/one-account-two-regions.yaml");
    assert_snapshot!(reviewed(text), @r"
     0 adopt route53_hosted_zone/example.com/zone (mail us-east-1): is already there
     1 create route53_record_set/example.com/dmarc (mail us-east-1): declared, but does not exist
         after 0 done: uses what it returns
     2 create ses_identity/example.com/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
     3 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.1 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     4 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.2 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     5 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.3 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     6 create route53_record_set/example.com/mail-from.mail1.example.com.mx (mail us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
     7 create route53_record_set/example.com/mail-from.mail1.example.com.spf (mail us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
     8 create ses_mail_from/example.com/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
         sending: bounces go to mail1.example.com, and SPF aligns
         after 2 done: it is an attribute of the identity
         after 6 ready: SES looks for the MX record at once
         after 7 ready: mail leaves with this name at once
     9 create ses_domain_token/example.com/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
         after 2 done: the token belongs to the identity
    10 create route53_record_set/example.com/ses.mail.eu-west-1.domain-token (mail us-east-1): declared, but does not exist
         after 9 done: SES gives the token
         after 0 done: uses what it returns
    11 create ses_identity/example.com/mail.us-east-1 (mail us-east-1): declared, but does not exist
    12 create route53_record_set/example.com/ses.mail.us-east-1.dkim.1 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    13 create route53_record_set/example.com/ses.mail.us-east-1.dkim.2 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    14 create route53_record_set/example.com/ses.mail.us-east-1.dkim.3 (mail us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    15 create route53_record_set/example.com/mail-from.mail2.example.com.mx (mail us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
    16 create route53_record_set/example.com/mail-from.mail2.example.com.spf (mail us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
    17 create ses_mail_from/example.com/mail.us-east-1 (mail us-east-1): declared, but does not exist
         sending: bounces go to mail2.example.com, and SPF aligns
         after 11 done: it is an attribute of the identity
         after 15 ready: SES looks for the MX record at once
         after 16 ready: mail leaves with this name at once
    18 create ses_domain_token/example.com/mail.us-east-1 (mail us-east-1): declared, but does not exist
         after 11 done: the token belongs to the identity
    19 create route53_record_set/example.com/ses.mail.us-east-1.domain-token (mail us-east-1): declared, but does not exist
         after 18 done: SES gives the token
         after 0 done: uses what it returns
    ");
}

#[test]
fn two_accounts_one_region() {
    let text = include_str!("../../../../deploy/two-accounts-one-region.yaml");
    assert_snapshot!(reviewed(text), @r"
     0 adopt route53_hosted_zone/example.com/zone (dns us-east-1): is already there
     1 create route53_record_set/example.com/dmarc (dns us-east-1): declared, but does not exist
         after 0 done: uses what it returns
     2 create ses_identity/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
     3 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     4 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     5 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     6 create route53_record_set/example.com/mail-from.mail.example.com.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
     7 create route53_record_set/example.com/mail-from.mail.example.com.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
     8 create ses_mail_from/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         sending: bounces go to mail.example.com, and SPF aligns
         after 2 done: it is an attribute of the identity
         after 6 ready: SES looks for the MX record at once
         after 7 ready: mail leaves with this name at once
     9 create ses_domain_token/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         after 2 done: the token belongs to the identity
    10 create route53_record_set/example.com/ses.marketing.us-east-1.domain-token (dns us-east-1): declared, but does not exist
         after 9 done: SES gives the token
         after 0 done: uses what it returns
    11 create ses_identity/example.com/transactional.us-east-1 (transactional us-east-1): declared, but does not exist
    12 create route53_record_set/example.com/ses.transactional.us-east-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    13 create route53_record_set/example.com/ses.transactional.us-east-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    14 create route53_record_set/example.com/ses.transactional.us-east-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    15 create ses_mail_from/example.com/transactional.us-east-1 (transactional us-east-1): declared, but does not exist
         sending: bounces go to mail.example.com, and SPF aligns
         after 11 done: it is an attribute of the identity
         after 6 ready: SES looks for the MX record at once
         after 7 ready: mail leaves with this name at once
    16 create ses_domain_token/example.com/transactional.us-east-1 (transactional us-east-1): declared, but does not exist
         after 11 done: the token belongs to the identity
    17 create route53_record_set/example.com/ses.transactional.us-east-1.domain-token (dns us-east-1): declared, but does not exist
         after 16 done: SES gives the token
         after 0 done: uses what it returns
    ");
}

#[test]
fn two_accounts_two_regions() {
    let text = include_str!("../../../../deploy/two-accounts-two-regions.yaml");
    assert_snapshot!(reviewed(text), @r"
     0 adopt route53_hosted_zone/example.com/zone (dns us-east-1): is already there
     1 create route53_record_set/example.com/dmarc (dns us-east-1): declared, but does not exist
         after 0 done: uses what it returns
     2 create ses_identity/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
     3 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     4 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     5 create route53_record_set/example.com/ses.marketing.us-east-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 2 done: SES gives the tokens
         after 0 done: uses what it returns
     6 create route53_record_set/example.com/mail-from.mail1.example.com.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
     7 create route53_record_set/example.com/mail-from.mail1.example.com.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
     8 create ses_mail_from/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         sending: bounces go to mail1.example.com, and SPF aligns
         after 2 done: it is an attribute of the identity
         after 6 ready: SES looks for the MX record at once
         after 7 ready: mail leaves with this name at once
     9 create ses_domain_token/example.com/marketing.us-east-1 (marketing us-east-1): declared, but does not exist
         after 2 done: the token belongs to the identity
    10 create route53_record_set/example.com/ses.marketing.us-east-1.domain-token (dns us-east-1): declared, but does not exist
         after 9 done: SES gives the token
         after 0 done: uses what it returns
    11 create ses_identity/example.com/transactional.eu-west-1 (transactional eu-west-1): declared, but does not exist
    12 create route53_record_set/example.com/ses.transactional.eu-west-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    13 create route53_record_set/example.com/ses.transactional.eu-west-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    14 create route53_record_set/example.com/ses.transactional.eu-west-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 11 done: SES gives the tokens
         after 0 done: uses what it returns
    15 create route53_record_set/example.com/mail-from.mail2.example.com.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
    16 create route53_record_set/example.com/mail-from.mail2.example.com.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
    17 create ses_mail_from/example.com/transactional.eu-west-1 (transactional eu-west-1): declared, but does not exist
         sending: bounces go to mail2.example.com, and SPF aligns
         after 11 done: it is an attribute of the identity
         after 15 ready: SES looks for the MX record at once
         after 16 ready: mail leaves with this name at once
    18 create ses_domain_token/example.com/transactional.eu-west-1 (transactional eu-west-1): declared, but does not exist
         after 11 done: the token belongs to the identity
    19 create route53_record_set/example.com/ses.transactional.eu-west-1.domain-token (dns us-east-1): declared, but does not exist
         after 18 done: SES gives the token
         after 0 done: uses what it returns
    ");
}

#[test]
fn team() {
    let text = include_str!("../../../../deploy/team.yaml");
    assert_snapshot!(reviewed(text), @r"
    0 adopt route53_hosted_zone/example.com/zone (dns us-east-1): is already there
    1 create route53_record_set/example.com/dmarc (dns us-east-1): declared, but does not exist
        after 0 done: uses what it returns
    2 create ses_identity/example.com/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
    3 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.1 (dns us-east-1): declared, but does not exist
        sending: receivers can check signatures by this key
        after 2 done: SES gives the tokens
        after 0 done: uses what it returns
    4 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.2 (dns us-east-1): declared, but does not exist
        sending: receivers can check signatures by this key
        after 2 done: SES gives the tokens
        after 0 done: uses what it returns
    5 create route53_record_set/example.com/ses.mail.eu-west-1.dkim.3 (dns us-east-1): declared, but does not exist
        sending: receivers can check signatures by this key
        after 2 done: SES gives the tokens
        after 0 done: uses what it returns
    6 create route53_record_set/example.com/mail-from.mail.example.com.mx (dns us-east-1): declared, but does not exist
        sending: bounces come back to SES by this name
        after 0 done: uses what it returns
    7 create route53_record_set/example.com/mail-from.mail.example.com.spf (dns us-east-1): declared, but does not exist
        sending: SPF passes for what SES sends by this name
        after 0 done: uses what it returns
    8 create ses_mail_from/example.com/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
        sending: bounces go to mail.example.com, and SPF aligns
        after 2 done: it is an attribute of the identity
        after 6 ready: SES looks for the MX record at once
        after 7 ready: mail leaves with this name at once
    ");
}

/// The fleet's domains have plans of the same shape; the plan of one that has all the defaults and
/// that of a parked one stand for them, with the count of the rest.
#[test]
fn fleet() {
    let desired = desired(include_str!("../../../../deploy/fleet.yaml"));
    let whole = first_plan(&desired);
    let of = |domain: &str| {
        let own = desired
            .iter()
            .filter(|resource| resource.id.domain == domain);
        review(&first_plan(&own.cloned().collect::<Vec<_>>()))
    };
    assert_snapshot!(
        format!(
            "{} actions, {} findings\n\n{}\n{}",
            whole.actions.len(),
            whole.findings.len(),
            of("example.net"),
            of("example-old.com")
        ),
        @r"
    262 actions, 0 findings

     0 adopt route53_hosted_zone/example.net/zone (dns us-east-1): is already there
     1 create s3_bucket/example.net/logs (web eu-west-1): declared, but does not exist
     2 create s3_bucket_policy/example.net/logs (web eu-west-1): declared, but does not exist
         after 1 done: a policy belongs to its bucket
     3 create s3_bucket/example.net/assets (web eu-west-1): declared, but does not exist
         after 2 done: the bucket writes its access log there
     4 create s3_object/example.net/mta-sts-policy (web eu-west-1): declared, but does not exist
         receiving: senders check TLS and report, and deliver whatever they find
         after 3 done: an object is in a bucket
     5 create acm_certificate/example.net/hosts (web us-east-1): declared, but does not exist
     6 create route53_record_set/example.net/acm.mta-sts.example.net (dns us-east-1): declared, but does not exist
         after 0, 5 done: uses what it returns
     7 create cloudfront_distribution/example.net/assets (web us-east-1): declared, but does not exist
         after 4 done: a file is there before what serves it
         after 6 done: the certificate is validated through it
         after 3 done: the distribution reads from the bucket
         after 2 done: the distribution writes its log there
         after 5 ready: CloudFront takes only an issued certificate
     8 create s3_bucket_policy/example.net/assets (web eu-west-1): declared, but does not exist
         after 3 done: a policy belongs to its bucket
         after 7 done: the policy names the distribution
     9 create route53_record_set/example.net/mta-sts.a (dns us-east-1): declared, but does not exist
         receiving: the MTA-STS policy can be fetched by this name
         after 8 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 7 ready: a name points only at what answers for it
    10 create route53_record_set/example.net/mta-sts.aaaa (dns us-east-1): declared, but does not exist
         receiving: the MTA-STS policy can be fetched by this name
         after 8 done: the distribution may read what it answers with
         after 0 done: uses what it returns
         after 7 ready: a name points only at what answers for it
    11 create route53_record_set/example.net/tls-rpt (dns us-east-1): declared, but does not exist
         after 0 done: uses what it returns
    12 create route53_record_set/example.net/mta-sts (dns us-east-1): declared, but does not exist
         receiving: senders begin to fetch the MTA-STS policy
         after 4 done: senders fetch the policy when they see a new id (STS-O01)
         after 0 done: uses what it returns
         after 11 ready: failures are reported from the first day (STS-O07)
         after 9, 10 ready: the host's name is answered first
         after 7 ready: the policy is answered from every edge (STS-O01)
         if STS-O01: a sender that sees the new id must get the new policy
    13 create route53_record_set/example.net/mx (dns us-east-1): declared, but does not exist
         receiving: mail is delivered to inbound-smtp.eu-west-1.amazonaws.com
         after 0 done: uses what it returns
    14 create route53_record_set/example.net/spf (dns us-east-1): declared, but does not exist
         sending: receivers begin to suspect mail from hosts that SPF does not name
         after 0 done: uses what it returns
    15 create ses_identity/example.net/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
    16 create route53_record_set/example.net/dmarc (dns us-east-1): declared, but does not exist
         sending: receivers are asked to quarantine mail that fails DMARC, where it was none
         after 0 done: uses what it returns
         after 15 ready: mail must pass before receivers are told to refuse what does not
    17 create route53_record_set/example.net/ses.mail.eu-west-1.dkim.1 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 15 done: SES gives the tokens
         after 0 done: uses what it returns
    18 create route53_record_set/example.net/ses.mail.eu-west-1.dkim.2 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 15 done: SES gives the tokens
         after 0 done: uses what it returns
    19 create route53_record_set/example.net/ses.mail.eu-west-1.dkim.3 (dns us-east-1): declared, but does not exist
         sending: receivers can check signatures by this key
         after 15 done: SES gives the tokens
         after 0 done: uses what it returns
    20 create route53_record_set/example.net/mail-from.mail.example.net.mx (dns us-east-1): declared, but does not exist
         sending: bounces come back to SES by this name
         after 0 done: uses what it returns
    21 create route53_record_set/example.net/mail-from.mail.example.net.spf (dns us-east-1): declared, but does not exist
         sending: SPF passes for what SES sends by this name
         after 0 done: uses what it returns
    22 create ses_mail_from/example.net/mail.eu-west-1 (mail eu-west-1): declared, but does not exist
         sending: bounces go to mail.example.net, and SPF aligns
         after 15 done: it is an attribute of the identity
         after 20 ready: SES looks for the MX record at once
         after 21 ready: mail leaves with this name at once

     0 adopt route53_hosted_zone/example-old.com/zone (dns us-east-1): is already there
     1 create route53_record_set/example-old.com/mx (dns us-east-1): declared, but does not exist
         receiving: senders are told that example-old.com takes no mail
         after 0 done: uses what it returns
     2 create route53_record_set/example-old.com/spf (dns us-east-1): declared, but does not exist
         sending: receivers begin to refuse mail from hosts that SPF does not name
         after 0 done: uses what it returns
     3 create route53_record_set/example-old.com/dmarc (dns us-east-1): declared, but does not exist
         sending: receivers are asked to reject mail that fails DMARC, where it was none
         after 0 done: uses what it returns
     4 create route53_record_set/example-old.com/dkim (dns us-east-1): declared, but does not exist
         sending: receivers take signatures by this key for broken
         after 0 done: uses what it returns
    "
    );
}
