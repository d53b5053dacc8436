//! Every output that a spec can refer to, asked of a state that has it.

use std::collections::BTreeMap;

use kinds::acm_certificate::{self, AcmCertificate, ValidationRecord};
use kinds::cloudfront_distribution::{self, CloudfrontDistribution};
use kinds::cloudfront_origin_access_control::{self, CloudfrontOriginAccessControl};
use kinds::route53_hosted_zone::{self, Route53HostedZone};
use kinds::ses_domain_token::{self, SesDomainToken};
use kinds::ses_identity::{self, DkimRecord, SesIdentity};
use model::State;

/// A state, and its outputs with their values.
type Row = (State, Vec<(String, &'static str)>);

fn certificate() -> Row {
    let host = "mta-sts.example.com";
    let record = ValidationRecord {
        name: "_d8d4.mta-sts.example.com".to_owned(),
        value: "_bd26.rtrb.acm-validations.aws".to_owned(),
    };
    let arn = "arn:aws:acm:us-east-1:222222222222:certificate/5f6f";
    let state = acm_certificate::State {
        arn: arn.to_owned(),
        validation: BTreeMap::from([(host.to_owned(), record)]),
        ..acm_certificate::State::default()
    };
    let outputs = vec![
        (acm_certificate::ARN.to_owned(), arn),
        (
            acm_certificate::validation_name(host),
            "_d8d4.mta-sts.example.com",
        ),
        (
            acm_certificate::validation_value(host),
            "_bd26.rtrb.acm-validations.aws",
        ),
    ];
    (State::of::<AcmCertificate>(state), outputs)
}

fn distribution() -> Row {
    let arn = "arn:aws:cloudfront::222222222222:distribution/EMCW";
    let state = cloudfront_distribution::State {
        id: "EMCW".to_owned(),
        arn: arn.to_owned(),
        domain_name: "d111111abcdef8.cloudfront.net".to_owned(),
        ..cloudfront_distribution::State::default()
    };
    let outputs = vec![
        (cloudfront_distribution::ARN.to_owned(), arn),
        (
            cloudfront_distribution::DOMAIN_NAME.to_owned(),
            "d111111abcdef8.cloudfront.net",
        ),
    ];
    (State::of::<CloudfrontDistribution>(state), outputs)
}

fn access_control() -> Row {
    let state = cloudfront_origin_access_control::State {
        id: "EDNS".to_owned(),
        ..cloudfront_origin_access_control::State::default()
    };
    let outputs = vec![(cloudfront_origin_access_control::ID.to_owned(), "EDNS")];
    (State::of::<CloudfrontOriginAccessControl>(state), outputs)
}

fn zone() -> Row {
    let state = route53_hosted_zone::State {
        id: "Z2UA".to_owned(),
        name: "example.com".to_owned(),
        ..route53_hosted_zone::State::default()
    };
    let outputs = vec![(route53_hosted_zone::ID.to_owned(), "Z2UA")];
    (State::of::<Route53HostedZone>(state), outputs)
}

fn token() -> Row {
    let state = ses_domain_token::State {
        token: "FgYf".to_owned(),
        status: "Pending".to_owned(),
    };
    let outputs = vec![(ses_domain_token::TOKEN.to_owned(), "FgYf")];
    (State::of::<SesDomainToken>(state), outputs)
}

fn identity() -> Row {
    let record = |token: &str| DkimRecord {
        name: format!("{token}._domainkey.example.com"),
        target: format!("{token}.dkim.amazonses.com"),
    };
    let state = ses_identity::State {
        domain: "example.com".to_owned(),
        records: ["zsiv", "22ly", "7jxo"].map(record).to_vec(),
        ..ses_identity::State::default()
    };
    let outputs = vec![
        (ses_identity::record_name(0), "zsiv._domainkey.example.com"),
        (ses_identity::record_target(0), "zsiv.dkim.amazonses.com"),
        (ses_identity::record_name(2), "7jxo._domainkey.example.com"),
        (ses_identity::record_target(2), "7jxo.dkim.amazonses.com"),
    ];
    (State::of::<SesIdentity>(state), outputs)
}

fn rows() -> [Row; 6] {
    [
        certificate(),
        distribution(),
        access_control(),
        zone(),
        token(),
        identity(),
    ]
}

#[test]
fn every_output_has_its_value() {
    for (state, outputs) in rows() {
        let kind = state.kind().name();
        for (output, value) in outputs {
            assert_eq!(
                state.output(&output).as_deref(),
                Some(value),
                "{kind}: {output}"
            );
        }
    }
}

#[test]
fn an_output_that_there_is_not_has_none() {
    for (state, _) in rows() {
        let kind = state.kind().name();
        // The last two were JSON pointers, which outputs once were.
        for output in ["", "of_tomorrow", "/id", "/arn"] {
            assert_eq!(state.output(output), None, "{kind}: {output}");
        }
    }
    let (certificate, _) = certificate();
    let other_host = acm_certificate::validation_name("bimi.example.com");
    assert_eq!(certificate.output(&other_host), None);
    let other_part = "validation/mta-sts.example.com/type";
    assert_eq!(certificate.output(other_part), None);
    let (identity, _) = identity();
    assert_eq!(identity.output(&ses_identity::record_name(3)), None);
    assert_eq!(identity.output("dkim/0/type"), None);
}
