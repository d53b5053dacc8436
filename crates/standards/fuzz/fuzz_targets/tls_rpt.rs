//! TLS-RPT records: no text panics, and what is printed reads back as the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::tls_rpt::TlsRpt;

fuzz_target!(|text: &str| {
    let (Some(value), _) = TlsRpt::parse(text) else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(TlsRpt::parse(&printed).0, Some(value), "{printed}");
});
