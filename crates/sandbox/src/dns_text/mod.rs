//! The texts of DNS: names, character strings, and the values of records. Route 53 and the public DNS
//! write them alike.

pub mod name;
pub mod strings;
pub(crate) mod value;
