//! SMTP TLS reporting.

use standards::Finding;
use standards::tls_rpt::{TlsRpt, check_presence, check_record_owner};

use crate::{cases, name};

const GOOD: &str = "v=TLSRPTv1; rua=mailto:a@example.com";

fn record(text: &str) -> Vec<Finding> {
    TlsRpt::parse(text).1
}

fn uri(uri: &str) -> Vec<Finding> {
    record(&format!("v=TLSRPTv1; rua={uri}"))
}

fn external(uri: &str) -> Vec<Finding> {
    let record = TlsRpt::parse(&format!("v=TLSRPTv1; rua={uri}"))
        .0
        .expect("a record");
    record.note_external_hosts(&name("example.com"))
}

fn owner(owner: &str) -> Option<Finding> {
    check_record_owner(&name(owner), &name("example.com"))
}

cases! {
    "RPT-01": fails(owner("_tls.example.com")), passes(owner("_smtp._tls.example.com"));
    "RPT-02": fails(record("v=tlsrptv1; rua=mailto:a@example.com")), passes(record(GOOD));
    "RPT-03": fails(record("v=TLSRPTv1; rua=")), passes(record(GOOD));
    "RPT-04": fails(uri("http://example.com/")), passes(uri("https://example.com/"));
    "RPT-05": fails(uri("mailto:a@example.com!10m")), passes(uri("mailto:a%2110m@example.com"));
    "RPT-06": fails(uri("mailto:a@")), passes(uri("mailto:a@example.com"));
    "RPT-08": fails(record("v=TLSRPTv1; rua=mailto:a@example.com; x=y")), passes(record(GOOD));
    "RPT-11": fails(external("mailto:a@example.net")), passes(external("mailto:a@t.example.com"));
    "RPT-12": fails(check_presence(true, false, false)), passes(check_presence(true, false, true));
}
