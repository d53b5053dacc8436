//! Logos.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::bimi::Svg;

fuzz_target!(|file: &[u8]| {
    let _ = Svg::parse(file);
});
