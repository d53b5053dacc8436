//! SPF records: no text panics, and what is printed reads back as the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::spf::Spf;

fuzz_target!(|text: &str| {
    let (Some(value), _) = Spf::parse(text) else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(Spf::parse(&printed).0, Some(value), "{printed}");
});
