//! Values of a few words, which records and policies are made of: no text panics, and what is
//! printed reads back as the same value.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use standards::bimi::{self, HttpsUri, LocalPartPrefix};
use standards::dkim;
use standards::dmarc::{Policy, SizeLimit};
use standards::dns::RecordType;
use standards::mta_sts::{MaxAge, Mode, MxPattern, PolicyId};
use standards::spf::Network;

fn survives<T: FromStr + Display + Debug + PartialEq>(text: &str) {
    let Ok(value) = text.parse::<T>() else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(printed.parse::<T>().ok(), Some(value), "{printed}");
}

fuzz_target!(|text: &str| {
    survives::<HttpsUri>(text);
    survives::<LocalPartPrefix>(text);
    survives::<MaxAge>(text);
    survives::<Mode>(text);
    survives::<MxPattern>(text);
    survives::<Network>(text);
    survives::<Policy>(text);
    survives::<PolicyId>(text);
    survives::<RecordType>(text);
    survives::<SizeLimit>(text);
    survives::<bimi::Selector>(text);
    survives::<dkim::Selector>(text);
});
