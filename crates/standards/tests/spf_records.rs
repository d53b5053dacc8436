//! SPF records that real domains published and standards print, each with where it was
//! found. None is made up. A record that works has no finding of severity error.
//!
//! A source that is known as a file of a public repository, and not by the repository's name, is
//! told by what the file is; an exact search of public code for the record finds it.

use standards::Severity;
use standards::spf::Spf;

struct Published {
    domain: &'static str,
    source: &'static str,
    record: &'static str,
    /// The findings about it, short of an error.
    rules: &'static [&'static str],
}

const PUBLISHED: &[Published] = &[
    Published {
        domain: "microchip.com",
        source: "Received-SPF header of a message by Nicolas Ferre to a list at vger.kernel.org, 23 August 2019",
        record: "v=spf1 mx a:ushub1.microchip.com a:smtpout.microchip.com \
                 a:mx1.microchip.iphmx.com a:mx2.microchip.iphmx.com include:servers.mcsv.net \
                 include:mktomail.com include:spf.protection.outlook.com ~all",
        rules: &[],
    },
    Published {
        domain: "microchip.com",
        source: "Received-SPF header of a message by Christian Gromm to the driverdev list, 14 January 2020",
        record: "v=spf1 mx a:ushub1.microchip.com a:smtpout.microchip.com \
                 -exists:%{i}.spf.microchip.iphmx.com include:servers.mcsv.net \
                 include:mktomail.com include:spf.protection.outlook.com ~all",
        rules: &[],
    },
    Published {
        domain: "citrix.com",
        source: "Received-SPF header of messages by Andrew Cooper to xen-devel",
        record: "v=spf1 ip4:209.167.231.154 ip4:178.63.86.133 ip4:195.66.111.40/30 \
                 ip4:85.115.9.32/28 ip4:199.102.83.4 ip4:192.28.146.160 ip4:192.28.146.107 \
                 ip4:216.52.6.88 ip4:216.52.6.188 ip4:162.221.158.21 ip4:162.221.156.83 \
                 ip4:168.245.78.127 ~all",
        rules: &[],
    },
    Published {
        domain: "farmers.com",
        source: "a public data set of companies' domains on GitHub, field spf_record",
        record: "v=spf1 include:%{ir}.%{v}.%{d}.spf.has.pphosted.com -all",
        rules: &[],
    },
    Published {
        domain: "a customer of Valimail",
        source: "TXT records of a company, listed in a public repository on GitHub",
        record: "v=spf1 include:%{i}._ip.%{h}._ehlo.%{d}._spf.vali.email ~all",
        rules: &[],
    },
    Published {
        domain: "golang.org",
        source: "answer of nslookup in a comment of a Go program on GitHub (nslookupTXT)",
        record: "v=spf1 redirect=_spf.google.com",
        rules: &[],
    },
    Published {
        domain: "163.com",
        source: "answer of dig in an article on mail security by AnchoretY, GitHub",
        record: "v=spf1 include:spf.163.com -all",
        rules: &[],
    },
    Published {
        domain: "spf.163.com",
        source: "the same article",
        record: "v=spf1 include:a.spf.163.com include:b.spf.163.com include:c.spf.163.com \
                 include:d.spf.163.com include:e.spf.163.com -all",
        rules: &[],
    },
    Published {
        domain: "a.spf.163.com",
        source: "the same article",
        record: "v=spf1 ip4:220.181.12.0/22 ip4:220.181.31.0/24 ip4:123.125.50.0/24 \
                 ip4:220.181.72.0/24 ip4:123.58.178.0/24 ip4:123.58.177.0/24 \
                 ip4:113.108.225.0/24 ip4:218.107.63.0/24 ip4:123.58.189.128/25 \
                 ip4:123.126.96.0/24 ip4:123.126.97.0/24 -all",
        rules: &[],
    },
    Published {
        domain: "gonzalonazareno.org",
        source: "answer of dig in course notes on mail servers, GitHub",
        record: "v=spf1 ip4:5.39.73.79  ~all",
        rules: &[],
    },
    Published {
        domain: "bankbank.exposed",
        source: "answer of dig in a write-up of a capture-the-flag task, GitHub",
        record: "v=spf1 redirect=_spf.yandex.net ~all",
        rules: &["SPF-16"],
    },
    Published {
        domain: "beautifyafrica.app",
        source: "the project's document on its mail set-up, GitHub",
        record: "v=spf1 include:_spf.google.com include:mailgun.org ~all",
        rules: &[],
    },
    Published {
        domain: "cartercoleandassociates.com",
        source: "a migration note that quotes the live record, GitHub",
        record: "v=spf1 ip4:173.254.104.88 a mx include:websitewelcome.com ~all",
        rules: &[],
    },
    Published {
        domain: "domains hosted at kwebs.cloud",
        source: "the host's documentation of the zone entries its customers need, GitHub",
        record: "v=spf1 redirect=_spf.kwebs.cloud",
        rules: &[],
    },
    Published {
        domain: "expatsinromania.org",
        source: "answer of nslookup in a guide to Alibaba Cloud Direct Mail, GitHub",
        record: "v=spf1 include:spfdm-ap-southeast-1.aliyun.com -all",
        rules: &[],
    },
    Published {
        domain: "a custom MAIL FROM domain",
        source: "Amazon SES Developer Guide, using a custom MAIL FROM domain",
        record: "v=spf1 include:amazonses.com ~all",
        rules: &[],
    },
    Published {
        domain: "example.com",
        source: "an example of RFC 7208, as several parsers quote it in their tests",
        record: "v=spf1 mx -all exp=explain._spf.%{d}",
        rules: &[],
    },
    Published {
        domain: "example.com",
        source: "an example of RFC 7208, as above",
        record: "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all",
        rules: &[],
    },
];

#[test]
fn records_that_work_have_no_errors() {
    for published in PUBLISHED {
        let Published {
            domain,
            source,
            record,
            rules,
        } = published;
        let (read, findings) = Spf::parse(record);
        assert!(read.is_some(), "{domain} ({source}): {findings:?}");
        let found: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
        assert_eq!(&found, rules, "{domain} ({source})");
        assert!(
            findings
                .iter()
                .all(|finding| finding.severity < Severity::Error),
            "{domain}"
        );
    }
}

#[test]
fn they_print_as_they_were_published() {
    for published in PUBLISHED {
        let words: Vec<&str> = published.record.split_ascii_whitespace().collect();
        let read = Spf::parse(published.record).0;
        assert_eq!(read.map(|record| record.to_string()), Some(words.join(" ")));
    }
}

/// cartercoleandassociates.com has a second record, which the same note quotes.
#[test]
fn two_records_at_one_name_are_an_error() {
    let values = [
        "v=spf1 ip4:173.254.104.88 a mx include:websitewelcome.com ~all".into(),
        "v=spf1 include:spf.cloudus.oxcs.net ~all".into(),
    ];
    let findings = standards::spf::lint::lint_values(&values);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, "SPF-02");
}
