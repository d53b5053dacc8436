//! Mark certificates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::bimi::MarkCertificate;

fuzz_target!(|file: &[u8]| {
    let _ = MarkCertificate::parse(file);
});
