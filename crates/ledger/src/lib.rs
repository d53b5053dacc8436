//! The durable record of what we did and own: journal, snapshot, lock, stores.
//!
//! A [`Journal`] writes an event before and after each call that changes something; folding the
//! events gives the [`Ledger`](model::Ledger). It writes through a [`Store`], of which there is one:
//! a local folder. Another store is a file beside `folder.rs`.

mod event;
mod folder;
mod journal;
mod stored;

pub use event::{Event, Line, fold};
pub use folder::Folder;
pub use journal::{Holder, Journal, LedgerError, Store};
pub use stored::FORMAT;
