//! Every type that is one text: what it prints reads back as the same value, and prints the same
//! again; and so does what serde keeps of it.
//!
//! Each has some canonical texts, which are their own print, and texts made from its words, of
//! which many are broken.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use standards::bimi::{Bimi, HttpsUri, LocalPartPrefix};
use standards::dkim::DkimKey;
use standards::dmarc::{Dmarc, Policy, SizeLimit};
use standards::dns::{Caa, Mx, Name, Presentation, RecordType, RecordValue, Txt};
use standards::mail_uri::ReportUri;
use standards::mta_sts::{MaxAge, Mode, MtaStsPolicy, MtaStsRecord, MxPattern, PolicyId};
use standards::spf::{Network, Spf};
use standards::tls_rpt::TlsRpt;
use standards::{bimi, dkim};

/// The traits of every such type.
trait Text: FromStr + Display + Debug + PartialEq + Serialize + DeserializeOwned {}

impl<T: FromStr + Display + Debug + PartialEq + Serialize + DeserializeOwned> Text for T {}

/// Reads `text`; where there is a value, it survives printing, reading and serde.
fn survives<T: Text>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    let printed = value.to_string();
    let again = printed.parse::<T>().ok();
    assert_eq!(
        again.as_ref(),
        Some(&value),
        "{text:?} prints as {printed:?}"
    );
    assert_eq!(again.map(|again| again.to_string()), Some(printed.clone()));
    let json = serde_json::to_value(&value).expect("a text is JSON");
    assert_eq!(json, printed.as_str(), "serde writes what it prints");
    let kept: T = serde_json::from_value(json).expect("what was written is read");
    assert_eq!(kept, value);
    Some(value)
}

/// Canonical texts: printing gives them back.
#[track_caller]
fn canonical<T: Text>(texts: &[&str]) {
    for text in texts {
        let value = survives::<T>(text).unwrap_or_else(|| panic!("{text:?} holds no value"));
        assert_eq!(value.to_string(), *text);
    }
}

/// A text that holds no value is refused by serde too, with the reason.
#[track_caller]
fn refused<T: Text>(text: &str, reason: &str) {
    let json = serde_json::Value::from(text);
    let error = serde_json::from_value::<T>(json).expect_err("no value");
    assert!(error.to_string().contains(reason), "{error}");
}

const ED25519: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

#[test]
fn canonical_texts_are_their_own_print() {
    canonical::<Spf>(&[
        "v=spf1",
        "v=spf1 -all",
        "v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 include:a.example ~all",
        "v=spf1 a:b.example/24//64 exists:%{ir}.%{l1r-}.%{d2}.c.example redirect=d.example",
    ]);
    canonical::<Dmarc>(&[
        "v=DMARC1; p=none",
        "v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=s; t=y; psd=n; rua=mailto:a@example.com!10m,mailto:b@example.com",
    ]);
    canonical::<DkimKey>(&[
        "v=DKIM1; p=",
        &format!("v=DKIM1; k=ed25519; h=sha256; s=email; t=y:s; p={ED25519}"),
    ]);
    canonical::<MtaStsRecord>(&["v=STSv1; id=2026a;", "v=STSv1; id=1; x=y;"]);
    canonical::<MtaStsPolicy>(&[
        "version: STSv1\r\nmode: enforce\r\nmx: a.example\r\nmx: *.b.example\r\nmax_age: 604800\r\n",
        "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n",
    ]);
    canonical::<TlsRpt>(&["v=TLSRPTv1; rua=mailto:a@example.com,https://example.com/v1"]);
    canonical::<Bimi>(&[
        "v=BIMI1; l=; a=;",
        "v=BIMI1; l=https://a.example/l.svg; a=https://a.example/c.pem; avp=personal",
    ]);
}

#[test]
fn canonical_texts_of_the_parts() {
    canonical::<Name>(&[
        "example.com",
        "_dmarc.example.com",
        "*.example.com",
        "xn--bcher-kva.example",
    ]);
    canonical::<Mx>(&["0 .", "10 mx.example.com."]);
    canonical::<Caa>(&[
        "0 issue \"amazon.com\"",
        "128 iodef \"mailto:a@example.com\"",
    ]);
    canonical::<RecordType>(&["A", "AAAA", "CNAME", "MX", "TXT"]);
    canonical::<Network>(&["192.0.2.0/24", "2001:db8::/32"]);
    canonical::<Policy>(&["none", "quarantine", "reject"]);
    canonical::<SizeLimit>(&["10m", "1024"]);
    canonical::<Mode>(&["none", "testing", "enforce"]);
    canonical::<MaxAge>(&["604800"]);
    canonical::<MxPattern>(&["mx.example.com", "*.example.com"]);
    canonical::<PolicyId>(&["20260101"]);
    canonical::<ReportUri>(&["mailto:a@example.com", "https://example.com/r?x=y"]);
    canonical::<HttpsUri>(&["https://example.com/logo.svg"]);
    canonical::<bimi::Selector>(&["default", "2026.spring"]);
    canonical::<dkim::Selector>(&["s1", "a.b"]);
    canonical::<LocalPartPrefix>(&["news"]);
}

#[test]
fn what_receivers_cannot_read_is_refused_with_the_reason() {
    refused::<Spf>(
        "v=spf1 ipv4:192.0.2.1 -all",
        "no mechanism is called \"ipv4\"",
    );
    refused::<Dmarc>("v=DMARC1; p=rejct", "rejct");
    refused::<MtaStsRecord>("v=STSv1; id=a-b;", "the id holds '-'");
    refused::<MtaStsPolicy>("version: STSv1\r\nmode: off\r\nmax_age: 1\r\n", "off");
    refused::<Mx>("mx.example.com", "10 mail.example.com");
    refused::<MaxAge>("soon", "soon");
}

/// Texts of up to sixteen of these words.
fn of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let word = prop_oneof![
        12 => prop::sample::select(words).prop_map(str::to_owned),
        1 => "\\PC",
    ];
    prop::collection::vec(word, 0..16).prop_map(|words| words.concat())
}

/// The same after a beginning that makes it more than noise.
fn after(start: &'static str, words: &'static [&'static str]) -> impl Strategy<Value = String> {
    of(words).prop_map(move |rest| format!("{start}{rest}"))
}

const ADDRESSES: &[&str] = &[
    "mailto:",
    "https://",
    "a@b.example",
    "b.example",
    "/x",
    "?y",
    "%21",
    "%",
    ",",
    "!",
    "9m",
    " ",
];

const NAMES: &[&str] = &[
    "a",
    "b.example",
    ".",
    "*",
    "_dmarc",
    "xn--bcher-kva",
    "b\u{fc}cher",
    "-",
    "A",
    "\\052",
    "1",
];

const SPF: &[&str] = &[
    " ",
    "a",
    "mx",
    "ip4",
    "ip6",
    "include",
    "exists",
    "redirect",
    "exp",
    "all",
    "-",
    "~",
    "?",
    ":",
    "=",
    "/24",
    "//64",
    "192.0.2.0",
    "2001:db8::",
    "b.example",
    "%{d}",
    "%{ir-}",
    "%%",
    "X",
];

const TAGS: &[&str] = &[
    "; ",
    ";",
    "p=",
    "sp=",
    "np=",
    "none",
    "reject",
    "Reject",
    "t=",
    "y",
    "n",
    "psd=",
    "u",
    "adkim=",
    "s",
    "r",
    "fo=",
    "1",
    ":",
    "d",
    "rua=",
    "ruf=",
    "mailto:a@b.example",
    ",",
    "!9k",
    "pct=",
    "50",
    "x=",
    " ",
    "k=",
    "rsa",
    "ed25519",
    "h=",
    "sha256",
    "sha1",
    "email",
    "AAAA",
    "l=",
    "a=",
    "avp=",
    "lps=",
    "brand",
    "personal",
    "https://b.example/c.svg",
];

const FIELDS: &[&str] = &[
    ";",
    "; ",
    "id=",
    "1",
    "a1",
    "x=",
    "y",
    " ",
    "rua=",
    "mailto:a@b.example",
    ",",
    "https://b.example/r",
    "a-b",
    "=",
];

const LINES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "mode: ",
    "enforce",
    "testing",
    "none",
    "mx: ",
    "*.b.example",
    "a.example",
    "max_age: ",
    "604800",
    "99999999999",
    "x: ",
    "words",
    " ",
    ":",
    "version: STSv1",
];

proptest! {
    #[test]
    fn records(
        spf in after("v=spf1", SPF),
        dmarc in after("v=DMARC1; p=none", TAGS),
        dkim in after("v=DKIM1; p=", TAGS),
        bimi in after("v=BIMI1; l=https://a.example/l.svg", TAGS),
        sts in after("v=STSv1; id=1", FIELDS),
        rpt in after("v=TLSRPTv1; rua=mailto:a@b.example", FIELDS),
    ) {
        survives::<Spf>(&spf);
        survives::<Dmarc>(&dmarc);
        survives::<DkimKey>(&dkim);
        survives::<Bimi>(&bimi);
        survives::<MtaStsRecord>(&sts);
        survives::<TlsRpt>(&rpt);
    }

    #[test]
    fn records_that_begin_in_any_way(text in of(TAGS), spf in of(SPF)) {
        survives::<Dmarc>(&text);
        survives::<DkimKey>(&text);
        survives::<Bimi>(&text);
        survives::<Spf>(&spf);
    }

    #[test]
    fn policies(policy in after("version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 604800\r\n", LINES), any in of(LINES)) {
        survives::<MtaStsPolicy>(&policy);
        survives::<MtaStsPolicy>(&any);
    }

    #[test]
    fn names_and_hosts(text in of(NAMES), number in "[0-9]{1,5}") {
        survives::<Name>(&text);
        survives::<MxPattern>(&text);
        survives::<dkim::Selector>(&text);
        survives::<bimi::Selector>(&text);
        survives::<LocalPartPrefix>(&text);
        survives::<Mx>(&format!("{number} {text}"));
        survives::<Caa>(&format!("{number} issue {text}"));
    }

    #[test]
    fn addresses(text in of(ADDRESSES)) {
        survives::<ReportUri>(&text);
        survives::<HttpsUri>(&text);
        survives::<HttpsUri>(&format!("https://b.example/{text}"));
    }

    #[test]
    fn small_values(text in "[0-9a-z.:/]{0,12}", id in "[A-Za-z0-9-]{0,34}", age in "[0-9]{1,9}[smhdwy]?") {
        survives::<Network>(&text);
        survives::<SizeLimit>(&text);
        survives::<Policy>(&text);
        survives::<Mode>(&text);
        survives::<RecordType>(&text.to_uppercase());
        survives::<PolicyId>(&id);
        survives::<MaxAge>(&age);
    }

    /// Values have two presentations in place of one print, and serde has a form of its own.
    #[test]
    fn values_of_records(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        let value = RecordValue::Txt(Txt::new(octets));
        for presentation in [Presentation::Route53, Presentation::ZoneFile] {
            let printed = value.print(presentation);
            let again = RecordValue::parse(RecordType::Txt, &printed, presentation);
            prop_assert_eq!(again.ok(), Some(value.clone()));
        }
        let json = serde_json::to_string(&value).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<RecordValue>(&json).ok(), Some(value));
    }
}
