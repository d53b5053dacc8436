//! Live checks over DNS, HTTPS and SMTP, as an external observer makes them.
//!
//! An [`Observer`] probes public DNS and web and mail servers over the network, and takes
//! nothing on trust: whatever they answer, it ends in bounded time and memory.
//!
//! [`published`] reads what a domain publishes, whoever deployed it, and [`overview`] judges it.
//!
//! [`verify`] compares what any [`model::Outside`] sees with what is [`Expected`] of one domain,
//! and [`verify_all`] does so for a fleet; [`drift`] makes those checks alone that say that something
//! moved. Each [`Check`] is of a rule of `model::rules`. [`registrations`] asks registries until when domains
//! are registered.
//!
//! ```
//! use standards::dns::{Name, RecordType};
//! use verify::{Expected, Record};
//!
//! let domain = Name::parse("example.com")?;
//! let mut expected = Expected::of(domain.clone());
//! expected.records.push(Record {
//!     name: domain.child("_dmarc")?,
//!     rtype: RecordType::Txt,
//!     values: vec!["v=DMARC1; p=reject".to_owned()],
//!     ttl: 300,
//!     alone: false,
//! });
//! # Ok::<(), standards::dns::NameError>(())
//! ```

mod authority_first;
mod checks;
mod expected;
mod in_time;
mod notes;
mod observer;
mod options;
mod overview;
mod public_dns;
mod published;
mod registration;
mod run;
mod validity;

pub use authority_first::AuthorityFirst;
pub use expected::{
    Certificate, Expected, File, HostedZone, Instance, InstancePart, Mark, Record, Tracking,
};
pub use in_time::InTime;
pub use model::check::{About, Check, CheckOutcome, Verdict};
pub use observer::{Observer, ObserverError, Proxies, View, tls};
pub use options::Options;
pub use overview::overview;
pub use public_dns::PublicDns;
pub use published::{NothingPublished, published};
pub use registration::{Registered, registrations};
pub use run::{drift, verify, verify_all};
pub use validity::Validity;
