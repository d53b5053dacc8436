//! Records as people paste them: nothing of them is lost, and nothing is weakened.

use super::fixes::{Lint, STANDARDS, all_applied, carry_out, carry_out_together};

const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// Holds `text` to what all its sure fixes make of it.
fn check(lint: Lint, text: &str, expect: &str) {
    carry_out(text, lint);
    carry_out_together(text, lint);
    let mut fixed = text.to_owned();
    for _ in 0..5 {
        fixed = all_applied(&fixed, &lint(&fixed));
    }
    assert_eq!(fixed, expect, "{text:?}: {:?}", lint(text));
}

#[test]
fn dmarc_records() {
    let [_, _, dmarc, ..] = STANDARDS.map(|(lint, _)| lint);
    let sound = "v=DMARC1; p=reject; rua=mailto:a@example.com";
    for text in [
        "v=DMARC1; P=reject; rua=mailto:a@example.com",
        "v=DMARC1; p:reject; rua=mailto:a@example.com",
        "v=DMARC1;\u{a0}p=reject; rua=mailto:a@example.com",
        "\u{feff}v=DMARC1; p=re\u{200b}ject; rua=mailto:a@example.com",
        "“v=DMARC1; p=reject; rua=mailto:a@example.com”",
        "'v=DMARC1; p=reject; rua=mailto:a@example.com'",
        "v=DMARC1; p=\"reject\"; rua=\"mailto:a@example.com\"",
        "v=DMARC1: p=reject; rua=mailto:a@example.com",
        "v=DMARC1, p=reject, rua=mailto:a@example.com",
        "v=DMARC1 p=reject rua=mailto:a@example.com",
        "p=reject; v=DMARC1; rua=mailto:a@example.com",
        "v=DMARC1\\; p=reject\\; rua=mailto:a@example.com",
        "v=DMARC1; p=reject; rua=mailto//a@example.com",
        "v=DMARC1; p=reject; rua=mailto: a@example.com",
        "v=DMARC1; p=reject; rua=mailto:<a@example.com>",
        "v=DMARC1; p=reject; rua=[a@example.com](mailto:a@example.com)",
        "v=DMARC1; p=reject; rua=mailto:a@example.com!10MB",
        "v=DMARC1; p=reject; rua=mailto:a@example.com,",
    ] {
        check(dmarc, text, sound);
    }
    let two = "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com";
    check(
        dmarc,
        "v=DMARC1; p=none; rua=mailto:a@example.com mailto:b@example.com",
        two,
    );
    check(
        dmarc,
        "v=DMARC1; p=none; rua=mailto:a@example.com,,mailto:b@example.com",
        two,
    );
    check(
        dmarc,
        "v=DMARC1; p=none; fo=1,d; ruf=mailto:a@example.com; mailto:b@example.com; rua=mailto:a@example.com",
        "v=DMARC1; p=none; fo=1:d; ruf=mailto:a@example.com, mailto:b@example.com; rua=mailto:a@example.com",
    );
    // A policy that nobody wrote is not made.
    for text in [
        "v=DMARC1; p; rua=mailto:a@example.com",
        "v=DMARC1; pp=reject; sp=none; rua=mailto:a@example.com",
        "v=DMARC1; p=reject sp=none; sp=reject; rua=mailto:a@example.com",
    ] {
        check(dmarc, text, text);
    }
}

#[test]
fn spf_records() {
    let [spf, ..] = STANDARDS.map(|(lint, _)| lint);
    let sound = "v=spf1 ip4:192.0.2.0/24 include:a.example ~all";
    for text in [
        "v=spf1 ip4:192.0.2.0/255.255.255.0 include: a.example ~ all",
        "v=spf1, ip4:192.0.2.0/24, include:a.example; ~all.",
        "v=spf1 192.0.2.0/24 include:\"a.example\" ~all\"",
        "v = spf1 ip4:192.0.2.0/24 include:a.example ~all",
        "“v=spf1 ip4:192.0.2.0/24 include:a.example\u{a0}~all”",
        "\u{feff}v=spf1 a:192.0.2.0/24 include:a.example\u{200b} ~all",
        "v=spf1: ip4:[192.0.2.0/24] include:a.example, ~all",
    ] {
        check(spf, text, sound);
    }
    for text in [
        "v=spf1 ip4:192.0.2.0-192.0.2.255 include:a.example~all",
        "v=spf1 ip4:192.0.2.0/24 include:a.example;~all",
    ] {
        check(spf, text, sound);
    }
    check(
        spf,
        "v=spf1 include:a.example-all",
        "v=spf1 include:a.example -all",
    );
    check(
        spf,
        "v=spf1 a/024 mx/024//064 ip4:192.0.2.1-all",
        "v=spf1 a/24 mx/24//64 ip4:192.0.2.1 -all",
    );
    check(
        spf,
        "v=spf1 ip4:192.0.2.1,192.0.2.2 -all",
        "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all",
    );
    check(
        spf,
        "v=spf1 ip4:::ffff:192.0.2.1 -all",
        "v=spf1 ip4:192.0.2.1 -all",
    );
    // What a person has to decide.
    for text in [
        "v=spf1 ip4:192.0.2.1/ -all",
        "v=spf1 ip4:192.0.2 -all",
        "v=spf1 include:a.example/24 -all",
        "v=spf1 ip4:mail.example.com -all",
        "v=spf1-all",
        "v=spf10 -all",
        "v=spf1 ++a -all",
        "v=spf1 ~all -all",
        "v=spf1 include:a.example+all",
        "v=spf1 all=x",
        "v=spf1 a//24/64 -all",
        "v=spf1 -",
    ] {
        check(spf, text, text);
    }
}

#[test]
fn dkim_keys() {
    let [_, dkim, ..] = STANDARDS.map(|(lint, _)| lint);
    let sound = format!("v=DKIM1; k=ed25519; p={KEY}");
    let url = KEY.replace('/', "_").replace('=', "");
    for text in [
        format!("v=DKIM1; p={KEY}"),
        format!("v=DKIM1 k=ed25519 p={KEY}"),
        format!("k=ed25519; v=DKIM1; p={KEY}"),
        format!("DKIM1; k=ed25519; p=\"{KEY}\""),
        format!("v=DKIM1; k=ed25519; p={} \"{}", &KEY[..9], &KEY[9..]),
        format!("v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA{KEY}"),
        format!("v=DKIM1; k=rsa; p=MCowBQYDK2VwAyEA{KEY}"),
        format!("v=DKIM1; k=dsa; p=-----BEGIN PUBLIC KEY-----{KEY}-----END PUBLIC KEY-----"),
        format!("v=DKIM1; k=ed25519; p={url}"),
    ] {
        check(dkim, &text, &sound);
    }
    check(
        dkim,
        &format!("v=DKIM1; h=sha1,sha256; k=ed25519; p={KEY}"),
        &format!("v=DKIM1; h=sha1:sha256; k=ed25519; p={KEY}"),
    );
}

#[test]
fn records_of_fields_and_policies() {
    let [_, _, _, sts, rpt, bimi, policy] = STANDARDS.map(|(lint, _)| lint);
    for text in [
        "v=STSv1 id=20260101",
        "v=STSv1; id = 20260101",
        "v=STSv1;; id:20260101",
    ] {
        check(sts, text, "v=STSv1; id=20260101");
    }
    for text in [
        "v=TLSRPTv1, rua=\"mailto:a@example.com\"",
        "v=TLSRPTv1; rua = mailto:a@example.com,",
        "v=TLSRPTv1; rua:mailto:a@example.com!",
    ] {
        check(rpt, text, "v=TLSRPTv1; rua=mailto:a@example.com");
    }
    for text in [
        "v=BIMI1 l=https://example.com/l.svg",
        "v=BIMI1; l=“https://example.com/l.svg”",
        "v=BIMI1; l=<https:/example.com/l.svg>",
        "v=BIMI1; l=[x](https://example.com/l.svg)",
        "v=BIMI1; l=https://example.com/l.svg\u{200b}",
    ] {
        check(bimi, text, "v=BIMI1; l=https://example.com/l.svg");
    }
    check(
        bimi,
        "v=BIMI1; l=https://example.com/100%.svg; lps=news_eu,sales,",
        "v=BIMI1; l=https://example.com/100%25.svg; lps=news-eu,sales",
    );
    let several = "v=BIMI1; l=https://example.com/l.svg,https://example.com/m.svg";
    check(bimi, several, several);
    let sound = "version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 604800\r\n";
    for text in [
        "version: STSv1; mode: testing; mx: a.example; max_age: 604800\r\n",
        "version=STSv1\nmode=testing\nmx = a.example.\nmax_age=1 week\n",
        "version: STSv1\rmode: testing\rmx: a.example\rmax_age: 604800\r\n",
    ] {
        check(policy, text, sound);
    }
}

/// A key that is none is told for what it is.
#[test]
fn of_what_is_no_key() {
    let [_, dkim, ..] = STANDARDS.map(|(lint, _)| lint);
    let check = |text: &str, reason: &str, fix: &str| {
        let found = dkim(text);
        let last = found.last().expect("a finding");
        assert!(last.reason.starts_with(reason), "{last:?}");
        assert!(last.fix.starts_with(fix), "{last:?}");
        assert_eq!(last.edit, None);
    };
    let private = "p= holds a private key";
    let anew = "remove the record, generate a new key pair";
    check(
        "v=DKIM1; p=MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
        private,
        anew,
    );
    check("v=DKIM1; p=-----BEGIN PRIVATE KEY-----MC4C", private, anew);
    check(
        "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
        "the key is cut off: 24 of its 294 octets",
        "publish the whole key",
    );
}

/// A value that could be another thing stays as it is, until a person has agreed.
#[test]
fn nothing_is_guessed_for_a_person() {
    let [spf, dkim, dmarc, _, rpt, bimi, policy] = STANDARDS.map(|(lint, _)| lint);
    let rows: [(Lint, &str); 14] = [
        // The host is missing, and no part of the path is one.
        (dmarc, "v=DMARC1; p=none; rua=https:///r"),
        (rpt, "v=TLSRPTv1; rua=https:///r.example"),
        (bimi, "v=BIMI1; l=https:///l.svg"),
        // An octet that was mistyped, or a percent sign.
        (bimi, "v=BIMI1; l=https://example.com/l%2Gx.svg"),
        (dmarc, "v=DMARC1; p=none; rua=mailto:a@example.com ops"),
        (
            dmarc,
            "v=DMARC1; p=none; rua=mailto:dmarc reports@example.com",
        ),
        (
            policy,
            "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 1m\r\n",
        ),
        (
            policy,
            "version: STSv1\r\nmode: testing\r\nmx: a.example.com, b.example.com extra\r\nmax_age: 86400\r\n",
        ),
        (spf, "v=spf1 ip4:192.0.2.1/00 -all"),
        (spf, "v=spf1 include:a.example.com,all"),
        (spf, "v=spf1 include:a.example.com + all"),
        (spf, "v=spf1 a:mail.example.com/33 -all"),
        (
            spf,
            "v=spf1 exists:%{S}.x.example.com exists:%{s}.x.example.com -all",
        ),
        // The first 32 octets of an RSA key, as many as an Ed25519 key has.
        (
            dkim,
            "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQE=",
        ),
    ];
    for (lint, text) in rows {
        check(lint, text, text);
    }
}

/// Base64 that was split ends in a letter that is the name of a tag.
#[test]
fn the_end_of_a_key_is_no_tag() {
    let [_, dkim, ..] = STANDARDS.map(|(lint, _)| lint);
    let findings = dkim("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR k=");
    let reasons: Vec<&str> = findings.iter().map(|one| one.reason.as_str()).collect();
    assert!(
        !reasons.iter().any(|reason| reason.contains("semicolon")),
        "{reasons:?}"
    );
}
