//! The checks, a file for each subject.
//!
//! A check looks through the eyes of the scene, compares, and notes what it saw. What another
//! file reports already is not reported again: one fault has one finding.

pub(crate) mod bimi;
pub(crate) mod caa;
pub(crate) mod delegation;
pub(crate) mod dkim;
pub(crate) mod dmarc;
pub(crate) mod mail_hosts;
pub(crate) mod mta_sts;
pub(crate) mod records;
pub(crate) mod spf;
pub(crate) mod tls_rpt;
pub(crate) mod wildcards;

#[cfg(test)]
mod tests;

use standards::Finding;
use standards::dns::{Name, NoAnswer};

use crate::expected::Expected;
use crate::eyes::Eyes;
use crate::run::Options;

/// One domain under the eyes of a stranger.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) expected: &'a Expected,
    pub(crate) eyes: &'a Eyes<'a>,
    pub(crate) options: &'a Options,
}

impl<'a> Scene<'a> {
    pub(crate) fn domain(&self) -> &'a Name {
        &self.expected.domain
    }
}

/// LIVE-02: a question that nobody answered.
pub(crate) fn unanswered(error: &NoAnswer) -> Finding {
    Finding::new("LIVE-02", format!("{}: {}", error.name, error.reason))
}

/// Values as one short line.
pub(crate) fn shown<T: AsRef<str>>(values: &[T]) -> String {
    const SHOWN: usize = 4;
    const LONGEST: usize = 120;
    if values.is_empty() {
        return "nothing".to_owned();
    }
    let short = |value: &T| {
        let value = value.as_ref();
        match value.char_indices().nth(LONGEST) {
            None => value.to_owned(),
            Some((cut, _)) => format!("{}…", &value[..cut]),
        }
    };
    let mut line: Vec<String> = values.iter().take(SHOWN).map(short).collect();
    if values.len() > SHOWN {
        line.push(format!("and {} more", values.len() - SHOWN));
    }
    line.join(", ")
}
