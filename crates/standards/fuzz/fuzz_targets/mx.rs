//! MX values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dns::Mx;

fuzz_target!(|text: &str| {
    if let Ok(mx) = text.parse::<Mx>() {
        assert_eq!(mx.to_string().parse(), Ok(mx));
    }
});
