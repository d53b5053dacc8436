//! Compressed logos: the two octets that make a file gzip are given.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::bimi::Svg;

fuzz_target!(|file: &[u8]| {
    let file = [b"\x1f\x8b", file].concat();
    let _ = Svg::parse(&file);
});
