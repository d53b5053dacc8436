//! MTA-STS policies: what is printed reads back as the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::mta_sts::MtaStsPolicy;

fuzz_target!(|file: &[u8]| {
    let (Some(policy), _) = MtaStsPolicy::parse(file) else {
        return;
    };
    let printed = policy.to_string();
    assert_eq!(
        MtaStsPolicy::parse(printed.as_bytes()).0,
        Some(policy),
        "{printed}"
    );
});
