//! Files and records of a kind that is to be found out: no bytes panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::checker::{check_file, check_record};

fuzz_target!(|file: &[u8]| {
    let now = "2026-11-24T00:00:00Z".parse().expect("a time");
    for name in ["-", "a.svg", "a.svgz", "a.pem", "mta-sts.txt"] {
        let checked = check_file(name, file, now);
        if let Some(canonical) = checked.and_then(|checked| checked.canonical) {
            check_record(&canonical);
        }
    }
});
