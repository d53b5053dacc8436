//! The texts that each value takes and refuses.

use standards::dns::{Mx, Name};

use super::*;

#[track_caller]
fn check<T: Text + std::fmt::Display>(takes: &[(&str, &str)], refuses: &[&str]) {
    for (text, printed) in takes {
        match T::parse(text) {
            Ok(value) => assert_eq!(value.to_string(), *printed, "{text}"),
            Err(reason) => panic!("{text} is refused: {reason}"),
        }
    }
    for text in refuses {
        assert!(T::parse(text).is_err(), "{text:?} is taken");
    }
    // What editors are shown must be right.
    for example in T::EXAMPLES {
        assert!(
            T::parse(example).is_ok(),
            "the example {example} is refused"
        );
    }
}

#[test]
fn accounts() {
    check::<ProjectName>(
        &[("any-company1", "any-company1")],
        &["", "Any", "a_b", &"a".repeat(33)],
    );
    check::<AccountName>(&[("Web_1", "Web_1")], &["", "a b", "a.b"]);
    check::<AccountId>(
        &[("000000000001", "000000000001")],
        &[
            "",
            "1",
            "0000000000011",
            "00000000000a",
            "００００００００００００",
        ],
    );
    check::<RoleName>(
        &[
            ("a+b=c,d.e@f-g", "a+b=c,d.e@f-g"),
            (
                "arn:aws:iam::111111111111:role/a/b",
                "arn:aws:iam::111111111111:role/a/b",
            ),
        ],
        &[
            "",
            "a b",
            "arn:aws:sns:us-east-1:111111111111:a",
            "arn:aws:iam::111111111111:",
        ],
    );
    check::<ExternalId>(&[("a:/b", "a:/b")], &["a", "a b"]);
    check::<SessionName>(&[("deploy", "deploy")], &["a", "a/b"]);
    check::<Region>(
        &[("eu-west-1", "eu-west-1"), ("cn-north-1", "cn-north-1")],
        &["", "eu-west-9", "EU-WEST-1"],
    );
    check::<BucketName>(
        &[("a.b-c", "a.b-c")],
        &["ab", "-abc", "abc.", "a..b", "ABC", &"a".repeat(64)],
    );
    check::<ZoneId>(&[("Z1", "Z1")], &["", "Z", "z1", "/hostedzone/Z1"]);
    check::<Arn>(
        &[(
            "arn:aws-us-gov:acm:us-east-1:1:c",
            "arn:aws-us-gov:acm:us-east-1:1:c",
        )],
        &["", "arn:aws:acm", "arn:gcp:a:b:c:d", "urn:aws:a:b:c:d"],
    );
    let key = "arn:aws:kms:eu-west-1:222222222222:key/mrk-1234abcd";
    check::<KeyArn>(
        &[(key, key)],
        &[
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:222222222222:alias/ledger",
            "arn:aws:kms:eu-west-1:222222222222:key/",
            "arn:aws:kms::222222222222:key/1234abcd",
            "arn:aws:kms:eu-west-1:1:key/1234abcd",
            "arn:aws:sns:eu-west-1:222222222222:key/1234abcd",
        ],
    );
}

#[test]
fn names() {
    check::<Name>(
        &[
            ("Example.COM.", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
        ],
        &[
            "",
            "example",
            ".",
            "a..b",
            "*.example.com",
            "_dmarc.example.com",
            "192.0.2.1",
            "a b.example",
        ],
    );
    check::<HostName>(
        &[("mail1", "mail1"), ("a.b", "a.b"), ("1", "1")],
        &["", "*", "_a", "a b", "-a"],
    );
    check::<Selector>(&[("s1", "s1"), ("a.b", "a.b")], &["", "a..b", "a_b", ".a"]);
    check::<LocalPart>(
        &[("news-letter", "news-letter")],
        &["", "a.b", &"a".repeat(64)],
    );
    check::<Mx>(
        &[("10 MX.example.com.", "10 mx.example.com."), ("0 .", "0 .")],
        &[
            "",
            "10",
            "mx.example.com 10",
            "-1 a.b",
            "10 192.0.2.1",
            "10 a b",
        ],
    );
}

#[test]
fn a_host_is_below_its_domain() {
    let domain = Name::parse("example.com").expect("a name");
    let under = |text: &str| {
        let host = HostName::parse(text).expect("a host name");
        (
            host.under(&domain).expect("a name").to_string(),
            host.is_elsewhere(&domain),
        )
    };
    assert_eq!(under("mail1"), ("mail1.example.com".to_owned(), false));
    assert_eq!(
        under("mail1.example.com"),
        ("mail1.example.com".to_owned(), false)
    );
    assert_eq!(under("a.mail"), ("a.mail.example.com".to_owned(), false));
    assert_eq!(
        under("mail.example.net"),
        ("mail.example.net.example.com".to_owned(), true)
    );
}

#[test]
fn periods() {
    check::<Period>(
        &[
            ("90d", "90d"),
            ("1w", "7d"),
            ("24h", "1d"),
            ("90m", "90m"),
            ("0s", "0s"),
            ("3600s", "1h"),
        ],
        &[
            "",
            "d",
            "7",
            "7 d",
            "-1d",
            "1.5h",
            "7D",
            "99999999999999999999d",
            "11y",
            "4000d",
            "7ｄ",
        ],
    );
    assert_eq!(Period::parse("36h").map(Period::days), Ok(2));
}

#[test]
fn other_words() {
    check::<FailureOptions>(
        &[("1:d:s", "1:d:s"), ("0", "0")],
        &["", "0:1", "d:d", "x", "1,d"],
    );
    check::<SpfArgument>(
        &[
            ("%{i}._spf.example.com", "%{i}._spf.example.com"),
            ("@", "@"),
        ],
        &["", "a b", "ü"],
    );
    check::<RawRecord>(&[("v=spf1 -all", "v=spf1 -all")], &["", "a\nb", "“a”"]);
    check::<SesName>(&[("a-b_c", "a-b_c")], &["", "a b", &"a".repeat(65)]);
    check::<TagKey>(&[("team:a", "team:a")], &["", "aws:a", "AWS:a", "a,b"]);
    check::<TagValue>(
        &[("", ""), ("mail team", "mail team")],
        &["a\tb", &"a".repeat(257)],
    );
    check::<RuleId>(
        &[("STS-P13", "STS-P13")],
        &["", "STS-P99", "sts-p13", "STS"],
    );
    for day in [
        "2027-02-29",
        "2027-3-1",
        "March",
        "2027-03-01T00:00:00",
        "20270301",
        "",
    ] {
        assert!(LastDay::parse(day).is_err(), "{day}");
    }
    assert!(LastDay::parse("2028-02-29").is_ok());
    check::<Reason>(&[("until March", "until March")], &["", "  ", "a\u{1b}b"]);
    check::<DimensionText>(&[("ses:source", "ses:source")], &["", "a b"]);
    check::<QuotaName>(&[("route53.change", "route53.change")], &["", "Route53"]);
    check::<FolderPath>(&[(".deploy/", ".deploy/")], &["", "a\0b"]);
    check::<Pattern>(&[("fleet/*.yaml", "fleet/*.yaml")], &[""]);
    check::<ProfileName>(&[("my profile", "my profile")], &["", "a\nb"]);
}

#[test]
fn receivers() {
    check::<ReceiverName>(&[("mail-team_1", "mail-team_1")], &["", "a b", "a.b"]);
    check::<VariableName>(&[("_A1", "_A1")], &["", "1A", "A-B", "A B", "https://x"]);
    check::<SecretPath>(&[("/run/x", "/run/x")], &["", "a\u{1b}b"]);
    let topic = "arn:aws:sns:eu-west-1:222222222222:mail_1-x";
    check::<TopicArn>(
        &[
            (topic, topic),
            (
                "arn:aws-us-gov:sns:us-gov-west-1:222222222222:m",
                "arn:aws-us-gov:sns:us-gov-west-1:222222222222:m",
            ),
        ],
        &[
            "",
            "mail",
            "arn:aws:sns:eu-west-1:222222222222:mail.fifo",
            "arn:aws:sns:eu-west-1:22222222222:mail",
            "arn:aws:sns::222222222222:mail",
            "arn:aws:sns:eu-west-1:222222222222:mail:a-subscription",
            "arn:aws:sqs:eu-west-1:222222222222:mail",
        ],
    );
    let topic = TopicArn::parse(topic).expect("a topic");
    assert_eq!(topic.region(), "eu-west-1");
}
