//! The part of the world that the service works on and depends on.

use super::State;
use crate::delays::Delays;
use crate::dns::Dns;

/// The part of the world that SES works on and depends on.
pub trait Environment: Dns {
    /// SES's own state.
    fn ses(&self) -> &State;
    /// SES's own state, to change it.
    fn ses_mut(&mut self) -> &mut State;
    /// How long things take.
    fn delays(&self) -> &Delays;
}
