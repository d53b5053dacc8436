//! The public DNS of the sandbox's world, as an external observer would see it.
//!
//! Who answers for a name is decided from the top: a table of delegations, as registries keep
//! it, says which name servers a domain has. A Route 53 zone answers if its own servers are
//! among them, whatever other zones of the same name there are. The rest of the Internet is a
//! set of zones elsewhere with plain records, and AWS answers for its own names.

mod answer;
mod answers;
mod aws_names;
pub mod elsewhere;
mod face;
mod lookup;
mod registrations;
mod senders;
mod servers;
mod state;
pub mod transfer;

pub use answers::{AwsNames, Dns, Lookup, Record};
pub use lookup::PublicDns;
pub(crate) use lookup::{End, Trace};

pub use state::{Registration, State};

#[cfg(test)]
mod tests;
