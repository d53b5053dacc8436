//! DMARC records: no text panics, and what is printed reads back as the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dmarc::Dmarc;

fuzz_target!(|text: &str| {
    let (Some(value), _) = Dmarc::parse(text) else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(Dmarc::parse(&printed).0, Some(value), "{printed}");
});
