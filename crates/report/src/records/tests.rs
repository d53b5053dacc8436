//! One set of records in every format and variant.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

fn record(name: &str, rtype: &str, values: &[&str]) -> PublishableRecord {
    PublishableRecord {
        label: "label".to_owned(),
        zone: "example.com".to_owned(),
        name: Some(name.to_owned()),
        rtype: rtype.to_owned(),
        ttl: 3600,
        values: values
            .iter()
            .map(|value| Some((*value).to_owned()))
            .collect(),
        publish_when: Vec::new(),
        after: Vec::new(),
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
    assert_snapshot!(show(RecordFormat::Table, RecordVariants::default()));
}

#[test]
fn table_for_a_difficult_provider() {
    let variants = RecordVariants {
        no_underscore: true,
        amazonses_prefix: true,
        relative: true,
        one_value: true,
    };
    assert_snapshot!(show(RecordFormat::Table, variants));
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

#[test]
fn the_records_of_a_manifest_are_found() {
    let (resources, _) =
        crate::test_support::desired(include_str!("../../../../deploy/manual-dns.yaml"));
    let found = publishable(&resources, &|_| None);
    assert_snapshot!(records(
        &found,
        RecordFormat::Table,
        RecordVariants::default(),
        &Palette::plain()
    ));
}

#[test]
fn formats_have_names() {
    for (name, format) in RecordFormat::ALL {
        assert_eq!(name.parse(), Ok(format));
    }
    assert_snapshot!("yaml".parse::<RecordFormat>().expect_err("is none"), @"`yaml` is not a format; it is one of table, bind, json, octodns, dnscontrol, terraform");
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
