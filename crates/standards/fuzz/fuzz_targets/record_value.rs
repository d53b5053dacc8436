//! Values of every record type, in both presentations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::dns::{Presentation, RecordType, RecordValue};

const KINDS: [RecordType; 9] = [
    RecordType::A,
    RecordType::Aaaa,
    RecordType::Caa,
    RecordType::Cname,
    RecordType::Mx,
    RecordType::Ns,
    RecordType::Ptr,
    RecordType::Soa,
    RecordType::Txt,
];

fuzz_target!(|text: &str| {
    for kind in KINDS {
        for presentation in [Presentation::Route53, Presentation::ZoneFile] {
            let value = RecordValue::observe(kind, text, presentation);
            if let Ok(read) = RecordValue::parse(kind, text, presentation) {
                assert_eq!(read, value);
                let printed = value.print(presentation);
                let again = RecordValue::parse(kind, &printed, presentation);
                assert_eq!(again.ok(), Some(value), "{printed}");
            }
        }
    }
});
