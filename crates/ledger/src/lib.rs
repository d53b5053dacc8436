//! The durable record of what we did and own: documents, claims, leases, stores.
//!
//! A [`Journal`] writes an event before and after each call that changes something; folding the
//! events gives the [`Ledger`](model::Ledger). There is one document for each domain. A run claims the
//! documents that it changes, and every write is a compare-and-swap on the version that the run knows,
//! so that two runs cannot both believe that they hold one. The bytes are kept by a [`Store`]: a local
//! folder, or a bucket of S3.

mod error;
mod event;
mod folder;
mod journal;
mod lease;
mod memory;
mod neighbour;
mod owned;
mod s3;
mod store;
mod stored;
mod writer;

pub use error::{Holder, LedgerError};
pub use event::{Event, Line, fold};
pub use folder::Folder;
pub use journal::{Claim, Held, Journal};
pub use lease::Who;
pub use memory::Memory;
pub use neighbour::{Neighbour, neighbours};
pub use s3::Bucket;
pub use store::{Content, Key, NotSwapped, Store, Stored, Version};
pub use stored::FORMAT;
