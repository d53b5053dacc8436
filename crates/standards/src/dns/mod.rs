//! DNS names, values and record sets, compared by what they mean.

pub mod caa;
pub mod dnssec;
mod memory;
pub mod mx;
pub mod name;
pub mod questions;
pub mod record;
pub mod record_set;
mod registered;
pub mod resolver;
pub mod tlsa;
pub mod txt;
pub mod zone;
mod zone_file;

pub use caa::{Caa, CaaError};
pub use memory::MemoryResolver;
pub use mx::{Mx, MxError};
pub use name::{Name, NameError};
pub use record::{RecordError, RecordType, RecordValue, Soa, UnknownType};
pub use record_set::RecordSet;
pub use registered::registered_domain;
pub use resolver::{NoAnswer, Resolver};
pub use tlsa::{Tlsa, TlsaError};
pub use txt::{Presentation, Txt, TxtError};
pub use zone::Zone;
pub use zone_file::{ZoneFileError, ZoneFileFault};
