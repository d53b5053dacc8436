//! Report URIs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::mail_uri::ReportUri;

fuzz_target!(|text: &str| {
    if let Ok(uri) = text.parse::<ReportUri>() {
        assert_eq!(uri.to_string().parse(), Ok(uri));
    }
    let _ = ReportUri::mailto(text);
});
