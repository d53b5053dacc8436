//! Live checks over DNS, HTTPS and SMTP, as a stranger would make them.
//!
//! A [`Stranger`] looks at public DNS and at web and mail servers over the network, and takes
//! nothing on trust: whatever they answer, it ends in bounded time and memory.

mod stranger;

pub use stranger::{Stranger, StrangerError, View};
