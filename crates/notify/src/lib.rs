//! Tells people of a run: what they know already, what is new, and how it reaches them.
//!
//! A [`Run`] is what a command found. [`tell`] compares it with what each receiver was told, which
//! stands in one object of the ledger's store, and sends one message to those for whom something is
//! new, has lasted a day or is over. The messages themselves are made by `report`.
//!
//! A message is sent before it is recorded, so that a run which dies between the two repeats it and
//! none is lost. The record is written by compare-and-swap, and what another run wrote in the meantime
//! is merged with it. The same object keeps when everything was last read anew, for runs that read so
//! from time to time only.

mod deliver;
mod https;
mod reading;
mod receiver;
mod run;
mod secret;
mod state;
mod stored;
mod tell;
#[cfg(test)]
mod tests;
mod topic;

pub use deliver::{Answer, Post, Publish, Request, Unsent};
pub use https::Https;
pub use reading::{Read, Reading, Readings};
pub use receiver::{Address, Receiver};
pub use run::{About, Item, Run};
pub use secret::Secret;
pub use stored::{readings, record_reading};
pub use tell::{Outcome, Told, Ways, tell, try_out};
pub use topic::Topic;
