//! TXT values, in both presentations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dns::{Presentation, Txt};

fuzz_target!(|text: &str| {
    for presentation in [Presentation::Route53, Presentation::ZoneFile] {
        if let Ok(txt) = Txt::parse(text, presentation) {
            let printed = txt.print(presentation);
            assert_eq!(Txt::parse(&printed, presentation), Ok(txt), "{printed}");
        }
    }
});
