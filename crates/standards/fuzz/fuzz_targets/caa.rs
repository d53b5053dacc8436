//! CAA values, in both presentations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dns::{Caa, Presentation};

fuzz_target!(|text: &str| {
    for presentation in [Presentation::Route53, Presentation::ZoneFile] {
        if let Ok(caa) = Caa::parse(text, presentation) {
            let printed = caa.print(presentation);
            assert_eq!(Caa::parse(&printed, presentation), Ok(caa), "{printed}");
        }
    }
});
