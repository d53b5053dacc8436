//! Domains as they are met: well kept, neglected, broken and hostile.

use super::world::World;

pub(super) const LOGO: &[u8] = include_bytes!("../../../../../assets/logo.svg");
pub(super) const CERTIFICATE: &[u8] = include_bytes!("../../../../../assets/bimi_vmc.pem");

/// Mail at Google, and nothing else thought of.
pub(super) fn plain() -> World {
    World::new(
        "example.com MX 1 smtp.google.com
        example.com TXT v=spf1 include:_spf.google.com ~all
        example.com TXT google-site-verification=abc
        google._domainkey.example.com TXT v=DKIM1; k=rsa; p=KEY",
    )
}

/// Everything there is, enforced.
pub(super) fn full() -> World {
    World::new(
        "example.com MX 10 mx1.example.com
        example.com MX 20 mx2.example.com
        example.com TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 mx include:_spf.google.com -all
        _dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine; adkim=s; fo=1; rua=mailto:dmarc@example.com,mailto:agg@example.com; ruf=mailto:forensic@example.com
        _mta-sts.example.com TXT v=STSv1; id=20261124;
        mta-sts.example.com CNAME sts.provider.example
        _smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls@example.com,https://tls.example.com/v1
        default._bimi.example.com TXT v=BIMI1; l=https://brand.example.com/v2/acme.svg; a=https://brand.example.com/v2/acme.pem; avp=personal",
    )
    .policy(
        "example.com",
        "version: STSv1\nmode: enforce\nmx: *.example.com\nmax_age: 2592000\n",
    )
    .page("https://brand.example.com/v2/acme.svg", "image/svg+xml", LOGO)
    .page(
        "https://brand.example.com/v2/acme.pem",
        "application/pem-certificate-chain",
        CERTIFICATE,
    )
}

/// No mail, said so.
pub(super) fn parked() -> World {
    World::new(
        "example.com MX 0 .
        example.com TXT v=spf1 -all
        _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:dmarc@example.net
        example.com._report._dmarc.example.net TXT v=DMARC1;
        example.net MX 10 mx1.example.com
        example.org MX 0 .
        example.org NS ns1.registrar.example",
    )
}

/// A world with the faults of practice.
pub(super) fn broken() -> World {
    World::new(
        "example.com MX 10 mx1.example.com
        example.com MX 20 gone.example.com
        example.com TXT v=spf1 include:_spf.google.com ~all
        example.com TXT v=spf1 ip4:192.0.2.7 -all
        _dmarc.example.com TXT v=DMARC1; rua=mailto:dmarc@example.com; pct=20
        _mta-sts.example.com TXT v=STSv1; id=1;
        _smtp._tls.example.com TXT v=TLSRPTv1; rua=tls@example.com
        default._bimi.example.com TXT v=BIMI1; l=http://example.com/logo.svg",
    )
}

/// An enforced policy that leaves a mail host out.
pub(super) fn mismatch() -> World {
    World::new(
        "example.com MX 10 mx1.example.com
        example.com MX 20 mx2.example.com
        example.com TXT v=spf1 ?all
        _dmarc.example.com TXT v=DMARC1; p=none
        _mta-sts.example.com TXT v=STSv1; id=1;",
    )
    .policy(
        "example.com",
        "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: old.example.com\nmax_age: 86400\n",
    )
}

/// Amazon SES in three accounts.
pub(super) fn ses() -> World {
    World::new(
        "example.com MX 10 inbound-smtp.us-east-1.amazonaws.com
        inbound-smtp.us-east-1.amazonaws.com A 192.0.2.9
        example.com TXT v=spf1 include:amazonses.com ~all
        _dmarc.example.com TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com
        _amazonses.example.com TXT one
        _amazonses.example.com TXT two
        _amazonses.example.com TXT three
        mail1.example.com MX 10 feedback-smtp.us-east-1.amazonses.com
        mail1.example.com TXT v=spf1 include:amazonses.com ~all
        mail2.example.com MX 10 feedback-smtp.us-east-1.amazonses.com
        bounce.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com
        bounce.example.com TXT v=spf1 include:amazonses.com ~all
        news.example.com MX 10 feedback-smtp.moon-1.amazonses.com",
    )
}

/// A subdomain that has mail and lets its organization speak for it.
pub(super) fn subdomain() -> World {
    World::new(
        "news.example.com MX 10 mx1.example.com
        _dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@example.com",
    )
}

/// DNS that does not answer where it matters.
pub(super) fn unanswered() -> World {
    World::new(
        "example.com MX 10 mx1.example.com
        example.com TXT SERVFAIL
        _dmarc.example.com TXT SERVFAIL
        _mta-sts.example.com TXT SERVFAIL
        _smtp._tls.example.com TXT SERVFAIL
        default._bimi.example.com TXT SERVFAIL",
    )
}

/// Text that wants to be something else: a key, a comment, an instruction to an editor.
pub(super) fn hostile() -> World {
    let key = "\n    adopt: false # \"' : \0\u{1b}[2J\u{202e}\u{85}\u{2028}\r\nparked: [victim.example]\n";
    let editor = "\n# yaml-language-server: $schema=https://evil.example/s.json\n# $schema: https://evil.example/s.json\n# vim: set modeline:";
    let long = "x: [ ".repeat(13_000);
    World::new("example.com MX 10 mx1.example.com")
        .with("example.com", "TXT", &format!("v=spf1 {key} ~all"))
        .with(
            "_dmarc.example.com",
            "TXT",
            &format!("v=DMARC1; p={key}; rua=mailto:a@b.example{key}"),
        )
        .with(
            "_dmarc.example.com",
            "TXT",
            &format!("v=DMARC1; p=none;{editor}"),
        )
        .with(
            "_mta-sts.example.com",
            "TXT",
            &format!("v=STSv1; id={key};{editor}"),
        )
        .with(
            "_smtp._tls.example.com",
            "TXT",
            &format!("v=TLSRPTv1; rua={long}"),
        )
        .with(
            "default._bimi.example.com",
            "TXT",
            &format!("v=BIMI1; l={editor}"),
        )
        .with("_amazonses.example.com", "TXT", key)
        .with("google._domainkey.example.com", "TXT", &long)
        .with("s1._domainkey.example.com", "CNAME", editor)
        .with(editor, "TXT", key)
        .with("mta-sts.example.com", "CNAME", editor)
        .with("mta-sts.example.com", "A", "192.0.2.1")
        .policy(
            "example.com",
            &format!(
                "version: STSv1\nmode: {key}\nmx: {editor}\n{}",
                "a\n".repeat(20_000)
            ),
        )
}

/// Mail hosts, SPF terms and addresses that are valid, and as odd as they may be.
pub(super) fn odd() -> World {
    World::new(
        "example.com MX 10 _odd.example.com
        example.com MX 0 null.example.com
        example.com TXT v=spf1 exists:%{i}.\"#\\._spf.example.com a:a.example.com/24//64 a ?all
        _dmarc.example.com TXT v=DMARC1; p=quarantine; pct=10; t=n; psd=n; rua=mailto:o'brien+x#y@example.com!10m,ftp://x.example.com/
        default._bimi.example.com TXT v=BIMI1; l=; a=;",
    )
}

/// Every fixture, with the domains to draft.
pub(super) fn all() -> Vec<(&'static str, World, Vec<&'static str>)> {
    vec![
        ("plain", plain(), vec!["example.com"]),
        ("full", full(), vec!["example.com"]),
        ("parked", parked(), vec!["example.com", "example.org"]),
        ("broken", broken(), vec!["example.com"]),
        ("mismatch", mismatch(), vec!["example.com"]),
        ("ses", ses(), vec!["example.com"]),
        ("subdomain", subdomain(), vec!["news.example.com"]),
        ("unanswered", unanswered(), vec!["example.com"]),
        ("hostile", hostile(), vec!["example.com"]),
        ("odd", odd(), vec!["example.com"]),
        (
            "many",
            parked()
                .with("example.edu", "MX", "1 smtp.google.com")
                .with("news.example.edu", "MX", "1 smtp.google.com")
                .with("_dmarc.example.edu", "TXT", "v=DMARC1; p=reject"),
            vec![
                "example.com",
                "example.edu",
                "news.example.edu",
                "example.org",
            ],
        ),
    ]
}
