//! DMARC, MTA-STS, TLS-RPT and DKIM records that people publish, as found in public
//! repositories and documentation: what receivers accept has no error here.
//!
//! The source stands beside each. None is made up, and none is repaired. Where a source is only
//! known as a file of a public repository, an exact search of public code for the record finds it.

use standards::dkim::DkimKey;
use standards::dmarc::Dmarc;
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::tls_rpt::TlsRpt;
use standards::{Finding, Severity};

fn check_good<T>(source: &str, (record, findings): (Option<T>, Vec<Finding>)) {
    let errors: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{source}: {errors:#?}");
    assert!(
        record.is_some(),
        "{source}: no record, and no error says why"
    );
}

fn check_bad<T>(source: &str, rules: &[&str], (_, findings): (Option<T>, Vec<Finding>)) {
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| &*finding.rule)
        .collect();
    assert_eq!(errors, rules, "{source}: {findings:#?}");
}

#[test]
fn dmarc() {
    let records = [
        (
            "github.com/WikiTideOrg/dns, zones/wikitide.com",
            "v=DMARC1;p=quarantine;pct=100;fo=1",
        ),
        (
            "github.com/matthewgall/dnscontrol, zones/gallfamily/gallfamily.net.js",
            "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s;",
        ),
        (
            "Microsoft 365 documentation, use-dmarc-to-validate-email: microsoft.com",
            "v=DMARC1; p=none; pct=100; rua=mailto:d@rua.agari.com; ruf=mailto:d@ruf.agari.com; fo=1",
        ),
        (
            "www.netmeister.org/blog/dns-rrs.html: netmeister.org",
            "v=DMARC1; p=quarantine; pct=100; rua=mailto:postmaster@netmeister.org",
        ),
        (
            "a public scan of stripe.com on GitHub",
            "v=DMARC1; p=reject; pct=100; fo=1; rua=mailto:dmarc-reports@stripe.com; ruf=mailto:dmarc-forensics@stripe.com;",
        ),
        (
            "public notes on GitHub: fagprove.jarand.site",
            "v=DMARC1; p=reject; pct=100; rua=mailto:rua@fagprove.jarand.site; ruf=mailto:ruf@fagprove.jarand.site",
        ),
        (
            "gov.uk, Using DMARC in your organisation (15 March 2021)",
            "v=DMARC1; p=quarantine; pct=100; rua=mailto:dmarc@mydomain.gov.uk",
        ),
        (
            "github.com/yaboytomas/subscription-tracker-front, setup-dmarc.js",
            "v=DMARC1; p=none; sp=none; rua=mailto:tomasszabo94@gmail.com; aspf=r; adkim=r; pct=100; ri=86400",
        ),
        (
            "github.com/dvyu/docker-compose, SmtpServer/README.md",
            "v=DMARC1; p=none; adkim=s; aspf=s; fo=1:d:s; pct=100; rf=afrf; ri=86400; rua=mailto:postmaster@domain.org; ruf=mailto:postmaster@domain.org;",
        ),
        (
            "github.com/rezaabedi1365/Linux, OpenSSL/DKIM/Readme.md",
            "v=DMARC1; p=reject; rua=mailto:fdmarc@fartest.net; ruf=mailto:fdmarc@faratest.net; fo=1",
        ),
        (
            "public deployment notes on GitHub: scopebnb.com",
            "v=DMARC1; p=quarantine; adkim=r; aspf=r; np=reject; rua=mailto:contact@scopebnb.com; ruf=mailto:contact@scopebnb.com; fo=1",
        ),
        (
            "pastebin.com/k5s3mKCy; 0 and 1 together were allowed by RFC 7489",
            "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; pct=100; fo=0:1:d:s; rua=mailto:dmarc@domain.cl; ruf=mailto:dmarc@domain.cl",
        ),
        (
            "website-development.ch/blog/dmarc; receivers read over the doubled semicolon",
            "v=DMARC1; p=reject;;",
        ),
    ];
    for (source, text) in records {
        check_good(source, Dmarc::parse(text));
    }
    check_bad(
        "public notes on GitHub: anthonybest.com, with a full stop in the last value",
        &["DMARC-09"],
        Dmarc::parse(
            "v=DMARC1; p=reject; rua=mailto:postmaster@anthonybest.com, mailto:dmarc@anthonybest.com; pct=100; adkim=s; aspf=s.",
        ),
    );
    check_bad(
        "github.com/mritzmann/cheatsheets, dns-template.md: the version is missing",
        &["DMARC-02"],
        Dmarc::parse("p=reject"),
    );
}

#[test]
fn mta_sts_records() {
    let records = [
        (
            "github.com/openstreetmap/dns, src/openstreetmap.js",
            "v=STSv1; id=202001291805Z",
        ),
        (
            "github.com/jwilleke/mta-sts, README.md",
            "v=STSv1;id=1577377920599;",
        ),
        (
            "www.netmeister.org/blog/dns-rrs.html",
            "v=STSv1; id=20210324T224413",
        ),
        (
            "github.com/helsinkimissio/mta-sts.aamukorva.fi, README.md",
            "v=STSv1; id=202211231428;",
        ),
        (
            "public notes on GitHub: obeeng.com.au",
            "v=STSv1; id=1718959647",
        ),
        (
            "github.com/wblondel/my-dns-zones, globals/macros/i_am_pigeon_mail_server.js",
            "v=STSv1; id=202110111304",
        ),
        ("public notes on GitHub: csoh.org", "v=STSv1; id=2026072601"),
    ];
    for (source, text) in records {
        check_good(source, MtaStsRecord::parse(text));
    }
}

#[test]
fn mta_sts_policies() {
    // Each is the repository's `.well-known/mta-sts.txt`.
    let policies = [
        (
            "github.com/ATCADS/mta-sts.sbcountyatc.gov",
            "version: STSv1\nmode: enforce\nmx: sbcountyatc-gov.mail.protection.outlook.com\nmax_age: 604800\n",
        ),
        (
            "github.com/AS213151/mta-sts.as213151.net",
            "version: STSv1\nmode: enforce\nmx: alt1.aspmx.l.google.com\nmx: alt3.aspmx.l.google.com\nmx: alt4.aspmx.l.google.com\nmx: alt2.aspmx.l.google.com\nmx: aspmx.l.google.com\nmx: smtp.google.com\nmax_age: 604800\n",
        ),
        (
            "github.com/ADISA-Certification/mta-sts.adisa.org.uk",
            "version: STSv1\r\nmode: enforce\r\nmax_age: 1209600\r\nmx: mailserver.adisa.org.uk\r\n",
        ),
        (
            "github.com/wblondel/my-dns-zones",
            "version: STSv1\r\nmode: testing\r\nmx: pigeon.williamblondel.fr\r\nmax_age: 86402\r\n",
        ),
        (
            "github.com/BLS-IT/mta-sts.beaumontleys.leicester.sch.uk",
            "version: STSv1\nmode: testing\nmx: beaumontleys-leicester-sch-uk.mail.protection.outlook.com\nmax_age: 1209600\n",
        ),
        (
            "github.com/BayLearningTrust/mta-sts",
            "version: STSv1\nmode: enforce\nmx: baylearningtrust-com.mail.protection.outlook.com\nmax_age: 1296000\n",
        ),
        (
            "github.com/iww/mta-sts.iww.org",
            "version: STSv1\nmode: testing\nmx: alt2.aspmx.l.google.com\nmx: aspmx.l.google.com\nmx: alt3.aspmx.l.google.com\nmx: alt4.aspmx.l.google.com\nmx: alt1.aspmx.l.google.com\nmax_age: 604800\n",
        ),
        (
            "github.com/helsinkimissio/mta-sts.aamukorva.fi",
            "version: STSv1\nmode: enforce\nmx: aamukorva-fi.mail.protection.outlook.com\nmax_age: 86400\n",
        ),
    ];
    for (source, text) in policies {
        check_good(source, MtaStsPolicy::parse(text.as_bytes()));
    }
    check_bad(
        "github.com/Argia-Github/mta-sts.argia.be, with brackets around the mode",
        &["STS-P03"],
        MtaStsPolicy::parse(
            b"version: STSv1\nmode: [testing] \nmx: mx.mailprotect.be\nmx: mx.backup.mailprotect.be\nmax_age: 1209600\n",
        ),
    );
}

#[test]
fn tls_rpt() {
    let records = [
        (
            "github.com/openstreetmap/dns, src/openstreetmap.js",
            "v=TLSRPTv1; rua=mailto:openstreetmap-d@tlsrpt.report-uri.com",
        ),
        (
            "github.com/jwilleke/mta-sts, README.md",
            "v=TLSRPTv1;rua=mailto:reports@willeke.com;",
        ),
        (
            "www.security.gov.uk, Set up TLS-RPT and MTA-STS",
            "v=TLSRPTv1;rua=mailto:tls-rua@mailcheck.service.ncsc.gov.uk",
        ),
        (
            "www.netmeister.org/blog/dns-rrs.html",
            "v=TLSRPTv1; rua=https://www.netmeister.org/cgi-bin/report-uri?tls-rpt,mailto:postmaster@netmeister.org",
        ),
        (
            "public notes on GitHub: obeeng.com.au",
            "v=TLSRPTv1; rua=mailto:c8291de2@in.mailhardener.com",
        ),
        (
            "public notes on GitHub: csoh.org",
            "v=TLSRPTv1; rua=mailto:admin@csoh.org",
        ),
    ];
    for (source, text) in records {
        check_good(source, TlsRpt::parse(text));
    }
}

#[test]
fn dkim() {
    let records = [
        (
            "github.com/openstreetmap/dns, src/openstreetmap.js: 20200301._domainkey",
            "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzvoNZVOGfw1V4A171hxHMhzVTAnIUQVJ8iX3wbqCld8A5iIaXeTGYvBewmymax/cYJS4QqzbpUzkgrrTA9avuZhd+QGJDgjADgx4VyMOaOS6FwAxS0uXtLrt+lsixRDx/feKyZHaxjzJAQy46ok77xXL4UXIaaovw6G6eZpIScMzZQ2zkKNJxTICzzSOduIilHhMWte4XP+/2PdRmD7Ge9jb0U4bZjswX0AqKSGzDKYw+yxVna9l53adeCnklqg2ofoXu+ResiH+kt05aCUOMo8en3em6yBnRCMalgi1E3Tt7I5BWcYFRkT/8agUGW4gGC6XMV9IskOsYL0emG0kGwIDAQAB",
        ),
        (
            "github.com/WikiTideOrg/dns, zones/wikitide.com: mail._domainkey, without k=",
            "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6a1QYBQJP5JwhkhbFyXxfIpaXqw228Jf+vUAKKGIEIIEp61oYAplDAiYrlpCAhoBNmFIzwWnDr8vykFpaoXsouSFhN4trBKFOXFfKKIXlSBxLtR6P0C9dmgmpcjNACOTgK7lhrF0UmA5Om+ncJlU5BID7fE6PUB80iAshURt3DAvV976QCOsQrSmvcQZLX6xZ9YHVv2CtagEbcoPyn39LmAINva9/Cz8xyohMOzqVveMOsNPcxDJ6KYwM8C9emX7yvmG+xxbVGCPR0AGBzNYxbQMw8LMaqr3Kxx8RJfpTEjjtToh6GwY0XwhBvpqZ+cUXDHUfdrKJ2IxZrbDkken2QIDAQAB",
        ),
        (
            "github.com/NixOS/infra, dns/nixos.org.js: mail._domainkey, 1024 bits",
            "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDcgNq4+Y23GxN8Mdza437tL5DuJJZU1y6VzTCwSi6cBNLyBDci2cmqXx/gm1sA3yv7+h+8/OyJpEgcbCIW/Ygs1XLuECqvXVX8MU6Djn4KY+d2sU1tlUdqvNM86puoneQtjEv9rDsjf3HGqaeOcjetFnQW7H+qcNcaEShxyKztzQIDAQAB",
        ),
        (
            "a DNS migration on GitHub: equinox._domainkey.goshen.edu, with h= before k=",
            "v=DKIM1; h=sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhUDORKAUOcfuHBQMUPH1aQx1Jvpgqv6YGk1SH+CzAI/KVWTwSneoIAOlUQ4gY9Xt5piiwVhqAgUlT4IQFoX+f6klzDLzA0/3aYFh0D4mKkd70EnXYqja+40wWo0x4P/wdhRYqCqvH68W0lBbeumDGCG7XkxnHEqWdgGnRdgoy7xo6XSvZ8C9g8yfovaJek7N+yYS70iXgeZYkoffXJBqKWUrTKV470UL43lEchdNr7jp4gk7zmH8dla1gmFuH9xYbJahPyYeVGiiHAym6qAK+TXt0q5DpdSsfMFa42Asmcnc+Oipitnrx4PeytvXKZYZdkQHkV/XrZxxo5iXs/qckwIDAQAB",
        ),
        (
            "github.com/wblondel/my-dns-zones, globals/macros/builders/txt/dkim.js: parisb.rest",
            "v=DKIM1; k=rsa; t=s; s=email; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2D+UGR/gmJLW04N2RY4DyBFsjByEJ4p5d1gpLvAEZLWX+S+a4JEf8JIRO7LxBI8ZXnlIW50mwqImgMwbSTCJ1law0/XVMiEUlIk6/C+rqNf5WyZNYHmRhvFHSCLrPq/jdzK5cPdZMqIA/RzwcN/m95GfAurkGq58Y/iZkv6WtZaynWdrkwgK99rLSruqR4LLH6memJo7dDlmRJ6GZ8PkGuBHXCSrRv18xX0PdUowl8hZm8VRvx8OWw1L0hPUJ392SKqYjN7p4JHjtxORQdDmQF/FVH8+Xgw9Bgpbns/OYWXFz/ZxNPy4tibAxtGLfKVDcf5ZGPp75i9ity1s672g3wIDAQAB",
        ),
        (
            "Terraform on GitHub: a Google Workspace key, google._domainkey",
            "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnW+N9XzyoR0dSs+1Hrb3ZxDHuLnCjPReRLJTEryfMshwHcfvRvDO1KrOEZ3dVSQplimzPSjLC5m53WXNCsWDeEhpyBopjwuGzK7h+dwrP9Ska++yomB4X9sxqaUcnEq1tzsyw5KwFGmAV3oA0bV/aHneDNSIWrGADO6reLi643mlwiZfDvsJcha16mqzX3uda+7I8zpOyRMtfxkLdZuCoOoc+51RpcsBx4iN2VIYhKcQkdgQou+bdfX9wkzHE+bJ0AW08hj/4ycOSbb/Yzw/kQZWeTKBBnudG9WlgCCZlLbmSz9ceMc3og2fVgHFit4Xuvt6oDwDxQyA8+WGUjwcCQIDAQAB",
        ),
        (
            "github.com/emersion/go-msgauth, query_test.go: the key of RFC 6376, appendix C",
            "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
        ),
        (
            "a mail client's tests on GitHub: the key of RFC 8463, appendix A",
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
    ];
    for (source, text) in records {
        check_good(source, DkimKey::parse(text));
    }
    check_bad(
        "github.com/tocco/tocco-docs, devops/mail/dns_entries.rst: a key with a space pasted into it is still read",
        &[],
        DkimKey::parse(
            "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtcJL5NHfaftQTFV9BemWPckwBj3Npls3ghFeh8e9RUFSpztQSMYeYVxYVJA7Km8QRX3zt3u3QgbIzp1rEjouHh03K0OsoKtQdmlBneg798peHI/MMwMrOVa8HFMyHW9JhhHiLdYNar9H77Ob1ourB6cAmTWFlaFQcFMF+o05Fhy5NCSVnsy/EWBHhLEII0d3iCMQJe/O19375x YVoDF494B1r323x4fNrHuTQcnxORaSSppXsYmCJ+SNoG+fIuVHYpxq2RCk/p9kuB0pNZl+wW7p2sdeknaDo5CYiQt/Wy4nHDiobq6SLuZ9pOpC652OodFuvIYI10npE/jbRpTZaQIDAQAB",
        ),
    );
}
