//! The way of the probes of a run that only reads: the Internet, or the ports of a sandbox.

use model::Outside;

use crate::sandbox::Served;
use crate::{Error, Project};

/// The way of the probes of a read-only run.
pub enum Probe<'a> {
    /// The Internet.
    Internet(&'a dyn Outside),
    /// The ports of a sandbox, which listens on loopback as long as this is held.
    Served(Box<Served>),
}

impl Probe<'_> {
    /// The observer that asks.
    pub fn outside(&self) -> &dyn Outside {
        match self {
            Self::Internet(outside) => *outside,
            Self::Served(served) => served.observer(),
        }
    }
}

impl Project {
    /// The way of the probes of a read-only run. In a sandbox they ask its ports, and time is
    /// real from then on: on a paused clock, time jumps to the next time-out whenever the program
    /// waits for a socket.
    pub async fn probe(&self) -> Result<Probe<'_>, Error> {
        let Some(sandbox) = &self.sandbox else {
            return Ok(Probe::Internet(self.outside()));
        };
        self.resume_time();
        Ok(Probe::Served(Box::new(Served::start(sandbox).await?)))
    }
}
