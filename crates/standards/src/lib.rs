//! The email standards as types: parse, print, lint.

pub mod bimi;
pub mod dkim;
pub mod dmarc;
pub mod dns;
mod fields;
pub mod finding;
mod host;
pub mod mail_uri;
pub mod mta_sts;
mod owner;
mod quote;
pub mod rules;
mod single;
pub mod spf;
pub mod tag_list;
#[cfg(test)]
mod test_support;
pub mod tls_rpt;

pub use finding::{Finding, Place, Severity};
