//! Domain names, in both spellings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dns::Name;

fuzz_target!(|text: &str| {
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(&name.to_string()), Ok(name));
    }
    if let Ok(name) = Name::parse_route53(text) {
        assert_eq!(Name::parse_route53(&name.to_string()), Ok(name));
    }
});
