//! Key records: no text panics, and what is printed reads back as the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dkim::DkimKey;

fuzz_target!(|text: &str| {
    let (Some(value), _) = DkimKey::parse(text) else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(DkimKey::parse(&printed).0, Some(value), "{printed}");
});
