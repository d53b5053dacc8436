//! DNS names, values and record sets, compared by what they mean.

pub mod caa;
pub mod mx;
pub mod name;
pub mod record;
pub mod record_set;
pub mod resolver;
pub mod tlsa;
pub mod txt;
pub mod zone;

pub use caa::{Caa, CaaError};
pub use mx::{Mx, MxError};
pub use name::{Name, NameError};
pub use record::{RecordError, RecordType, RecordValue, Soa, UnknownType};
pub use record_set::RecordSet;
pub use resolver::{NoAnswer, Resolver};
pub use tlsa::{Tlsa, TlsaError};
pub use txt::{Presentation, Txt, TxtError};
pub use zone::Zone;
