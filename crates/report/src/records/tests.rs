//! One set of records in every format and variant.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

fn record(name: &str, rtype: &str, values: &[&str]) -> PublishableRecord {
    PublishableRecord {
        label: "label".to_owned(),
        zone: "example.com".to_owned(),
        name: Some(name.to_owned()),
        rtype: rtype.parse().expect("a type"),
        ttl: 3600,
        values: values
            .iter()
            .map(|value| Some((*value).to_owned()))
            .collect(),
        task: RecordTask::Publish(RecordRound::default()),
    }
}

fn everything() -> Vec<PublishableRecord> {
    let long = format!("v=DKIM1; k=rsa; p={}", "A".repeat(300));
    vec![
        record(
            "example.com",
            "MX",
            &["10 inbound-smtp.us-east-1.amazonaws.com."],
        ),
        record("example.com", "TXT", &["v=spf1 include:amazonses.com ~all"]),
        record("_dmarc.example.com", "TXT", &["v=DMARC1; p=quarantine"]),
        record("_amazonses.example.com", "TXT", &["tokenA/+="]),
        record("_amazonses.example.com", "TXT", &["tokenB/+="]),
        record(
            "_0f3a.mta-sts.example.com",
            "CNAME",
            &["_9c.xyz.acm-validations.aws."],
        ),
        record("mta-sts.example.com", "CNAME", &["d111.cloudfront.net"]),
        record("s2._domainkey.example.com", "TXT", &[&long]),
        record(
            "s10._domainkey.example.com",
            "CNAME",
            &["a.dkim.amazonses.com"],
        ),
        record("host.example.com", "AAAA", &["2001:DB8::1"]),
        record(
            "example.com._report._dmarc.example.org",
            "TXT",
            &["v=DMARC1"],
        ),
        PublishableRecord {
            label: "acm.bimi-assets.example.com".to_owned(),
            name: None,
            values: vec![None],
            ..record("", "CNAME", &[])
        },
    ]
}

fn show(format: RecordFormat, variants: RecordVariants) -> String {
    records(&everything(), format, variants, &Palette::plain())
}

#[test]
fn table() {
    assert_snapshot!(show(RecordFormat::Text, RecordVariants::default()));
}

#[test]
fn table_for_a_difficult_provider() {
    let variants = RecordVariants {
        no_underscore: true,
        amazonses_prefix: true,
        relative: true,
        one_value: true,
    };
    assert_snapshot!(show(RecordFormat::Text, variants));
}

#[test]
fn bind() {
    assert_snapshot!(show(RecordFormat::Bind, RecordVariants::default()));
}

#[test]
fn json() {
    assert_snapshot!(show(RecordFormat::Json, RecordVariants::default()));
}

#[test]
fn octodns() {
    assert_snapshot!(show(RecordFormat::Octodns, RecordVariants::default()));
}

#[test]
fn dnscontrol() {
    assert_snapshot!(show(RecordFormat::Dnscontrol, RecordVariants::default()));
}

#[test]
fn terraform() {
    assert_snapshot!(show(RecordFormat::Terraform, RecordVariants::default()));
}

#[test]
fn two_tokens_fit_where_a_name_takes_one_value() {
    let tokens = [record("_amazonses.example.com", "TXT", &["a", "b"])];
    let variants = RecordVariants {
        one_value: true,
        ..RecordVariants::default()
    };
    let shown = records(&tokens, RecordFormat::Bind, variants, &Palette::plain());
    assert_snapshot!(shown, @r#"
    ; Records to publish. Include this file into the zone.

    ; zone example.com.
    _amazonses.example.com. 3600 IN TXT "a"
    example.com. 3600 IN TXT "amazonses:b"
    "#);
}

/// A policy that gets stricter, a new record that waits for it, a name that goes, and others at once.
fn in_rounds() -> Vec<PublishableRecord> {
    let after = |number, after: &[&str]| RecordRound {
        number,
        after: after.iter().map(|text| (*text).to_owned()).collect(),
    };
    let verified = after(1, &["SES has verified example.com in eu-west-1 of mail"]);
    let enforced = after(
        2,
        &[
            "TXT _dmarc.example.com is published",
            "https://example.com/logo.svg returns the planned bytes (BIMI-X12)",
        ],
    );
    let dmarc = "_dmarc.example.com";
    vec![
        PublishableRecord {
            task: RecordTask::Publish(enforced),
            ..record(
                "default._bimi.example.com",
                "TXT",
                &["v=BIMI1; l=https://example.com/logo.svg"],
            )
        },
        PublishableRecord {
            task: RecordTask::Keep(verified.after.clone()),
            ..record(dmarc, "TXT", &["v=DMARC1; p=none"])
        },
        PublishableRecord {
            task: RecordTask::Publish(verified.clone()),
            ..record(dmarc, "TXT", &["v=DMARC1; p=quarantine"])
        },
        PublishableRecord {
            task: RecordTask::Keep(verified.after),
            ..record(
                "old._domainkey.example.com",
                "CNAME",
                &["old.dkim.amazonses.com"],
            )
        },
        PublishableRecord {
            task: RecordTask::TakeOut,
            ..record("mta-sts.example.com", "CNAME", &["d0.cloudfront.net"])
        },
        record("example.com", "MX", &["10 mx.example.com"]),
        record("example.com", "TXT", &["v=spf1 mx -all"]),
    ]
}

#[track_caller]
fn shown_in_rounds(format: RecordFormat) -> String {
    records(
        &in_rounds(),
        format,
        RecordVariants::default(),
        &Palette::plain(),
    )
}

#[test]
fn what_waits_is_commented_out_in_every_format_that_has_comments() {
    assert_snapshot!("rounds_table", shown_in_rounds(RecordFormat::Text));
    assert_snapshot!("rounds_bind", shown_in_rounds(RecordFormat::Bind));
    assert_snapshot!("rounds_octodns", shown_in_rounds(RecordFormat::Octodns));
    assert_snapshot!(
        "rounds_dnscontrol",
        shown_in_rounds(RecordFormat::Dnscontrol)
    );
    assert_snapshot!("rounds_terraform", shown_in_rounds(RecordFormat::Terraform));
}

#[test]
fn programs_read_the_round_of_a_record() {
    assert_snapshot!("rounds_json", shown_in_rounds(RecordFormat::Json));
}

#[test]
fn the_records_of_a_manifest_are_found() {
    let (resources, _) =
        crate::test_support::desired(include_str!("../../../../deploy/manual-dns.yaml"));
    let found: Vec<PublishableRecord> = resources
        .iter()
        .filter_map(|resource| {
            let record = kinds::record_of(&resource.spec)?;
            Some(PublishableRecord::new(&resource.id, record))
        })
        .collect();
    assert_snapshot!(records(
        &found,
        RecordFormat::Text,
        RecordVariants::default(),
        &Palette::plain()
    ));
}

#[test]
fn formats_have_names() {
    for (name, format) in RecordFormat::ALL {
        assert_eq!(name.parse(), Ok(format));
    }
    assert_snapshot!("yaml".parse::<RecordFormat>().expect_err("is none"), @"`yaml` is not a format; it is one of text, bind, json, octodns, dnscontrol, terraform");
}

proptest! {
    #[test]
    fn nothing_from_outside_ends_its_line(value in any::<String>(), name in any::<String>(), at in 0..6usize) {
        let (_, format) = RecordFormat::ALL[at];
        let plain = |value: &str, name: &str| {
            let records = [
                record("a.example.com", "TXT", &[value]),
                record("b.example.com", "CNAME", &[value]),
                record(name, "TXT", &["x"]),
            ];
            super::records(&records, format, RecordVariants::default(), &Palette::plain())
        };
        let shown = plain(&value, &name);
        prop_assert!(!shown.replace('\n', "").chars().any(char::is_control));
        let fewer = plain("text", "c.example.com").lines().count();
        prop_assert!(shown.lines().count() <= fewer + 4, "{}", shown);
    }
}
