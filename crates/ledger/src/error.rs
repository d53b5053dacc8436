//! Why the ledger could not be read or written.

use std::time::Duration;

use jiff::Timestamp;

use crate::stored::{FORMAT, Unreadable};

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system failed.
    #[error("{what} {path}")]
    Io {
        /// The attempt: `could not read`.
        what: &'static str,
        /// Which file.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// S3 refused, or could not be reached.
    #[error("{what} {place}: {reason}")]
    Remote {
        /// The attempt: `could not read`.
        what: &'static str,
        /// Which object.
        place: String,
        /// Why, in AWS's words, and what helps.
        reason: String,
    },
    /// A line that can't be read.
    #[error("{path}:{line}: not a line of a ledger: {reason}")]
    Malformed {
        /// Which file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// Written by a newer program.
    #[error("{path} has format {found}, and this program reads up to {FORMAT}: use a newer deploy")]
    Newer {
        /// Which file.
        path: String,
        /// Its format.
        found: u32,
    },
    /// Another run holds a document.
    #[error("{document} is held by {holder}")]
    Held {
        /// The document: a domain, mostly.
        document: String,
        /// The run, and who runs it.
        holder: Box<Holder>,
    },
    /// A document changed since it was read, and with it perhaps the plan.
    #[error(
        "the ledger of {document} changed since this run read it, so that its plan may be wrong: \
         nothing more is changed; run this again"
    )]
    Moved {
        /// The document.
        document: String,
    },
    /// This run held a document, and has lost it.
    #[error(
        "another run has taken {document} over from this one, or it was unlocked: nothing more is \
         changed; what was under way is settled by the next run"
    )]
    Lost {
        /// The document.
        document: String,
    },
    /// This run could not say for too long that it is alive.
    #[error(
        "this run could not renew its lease for {} s, so that another one may take over: nothing more \
         is changed; run this again",
        silent.as_secs()
    )]
    Expired {
        /// For how long.
        silent: Duration,
    },
    /// Another ledger is where this one was to move.
    #[error(
        "there is another ledger at {place}, or what an interrupted move left there and this one has outgrown: nothing was moved; rename what is there, then run this again"
    )]
    Occupied {
        /// Its document.
        place: String,
    },
    /// The ledger is elsewhere.
    #[error("the ledger moved from here to {to}: say so in the manifest, under `ledger:`")]
    Gone {
        /// Its place now.
        to: String,
    },
}

/// A run that holds a document, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The run's id.
    pub run: String,
    /// The person who runs it.
    pub who: String,
    /// On which machine.
    pub host: String,
    /// Its page in a CI system.
    pub link: Option<String>,
    /// The command.
    pub command: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` of {} on {}", self.command, self.who, self.host)?;
        if let Some(since) = self.since {
            write!(f, " since {}", since.strftime("%Y-%m-%d %H:%M UTC"))?;
        }
        if let Some(link) = &self.link {
            write!(f, ", {link}")?;
        }
        write!(
            f,
            " (run {}): wait with --lock-timeout 10m, or, when that run is dead, \
             `deploy ledger unlock`",
            self.run
        )
    }
}

impl LedgerError {
    pub(crate) fn unreadable(path: String, line: usize, error: Unreadable) -> Self {
        match error {
            Unreadable::Newer(found) => Self::Newer { path, found },
            Unreadable::Torn(reason) | Unreadable::Malformed(reason) => {
                Self::Malformed { path, line, reason }
            }
        }
    }
}
