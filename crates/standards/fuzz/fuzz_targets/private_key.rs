//! Private key files of signers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dkim::public_half;

fuzz_target!(|text: &str| {
    let _ = public_half(text);
});
