//! DNS names, values and record sets, compared by what they mean.

pub mod mx;
pub mod name;
pub mod resolver;
pub mod txt;

pub use mx::{Mx, MxError};
pub use name::{Name, NameError};
pub use resolver::{NoAnswer, Resolver};
pub use txt::{Presentation, Txt, TxtError};
