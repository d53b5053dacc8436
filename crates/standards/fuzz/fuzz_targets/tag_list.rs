//! Tag lists: every place is where its text stands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::tag_list::TagList;

fuzz_target!(|text: &str| {
    let list = TagList::parse(text);
    for tag in &list.tags {
        assert_eq!(&text[tag.name_span.clone()], tag.name);
        assert_eq!(&text[tag.value_span.clone()], tag.value);
    }
    for fault in &list.faults {
        assert_eq!(&text[fault.span.clone()], fault.text);
    }
});
