//! The findings of a run, for people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::MailImpact;
use model::plan::sha256;
use report::Line;
use standards::Severity;

/// The key of a run that failed, whatever it was about.
const FAILURE: &str = "run";

/// One thing that a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name among those of the command, the same in each run.
    pub(crate) key: String,
    /// The domain that it is about; nothing where it is about several.
    pub(crate) domain: Option<String>,
    /// The line that people are told. A line of severity `Info` is a note: it is told once.
    pub(crate) line: Line,
    /// A hash of what it is: another one is told as a change.
    pub(crate) fingerprint: String,
}

impl Item {
    /// An item that is the same as long as `details` are.
    pub fn new(key: &str, domain: Option<&str>, line: Line, details: &str) -> Self {
        let (severity, mail) = (line.severity, line.mail);
        let mut fingerprint = sha256(format!("{severity} {mail} {details}").as_bytes());
        fingerprint.truncate(16);
        Self {
            key: key.to_owned(),
            domain: domain.map(str::to_owned),
            line,
            fingerprint,
        }
    }

    /// The item of a run that failed: nothing is known but why.
    pub fn failure(command: &str, reason: &str) -> Self {
        let line = Line {
            severity: Severity::Error,
            mail: MailImpact::None,
            subject: format!("deploy {command}"),
            text: reason.to_owned(),
        };
        Self::new(FAILURE, None, line, reason)
    }

    pub(crate) fn is_note(&self) -> bool {
        self.line.severity == Severity::Info
    }
}

/// The domains that a run compared: what was told of them and is not there any more is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// All of the project.
    All,
    /// Those of `--target`.
    Domains(BTreeSet<String>),
    /// None: it failed before.
    Nothing,
}

impl About {
    pub(crate) fn covers(&self, key: &str, domain: Option<&str>) -> bool {
        match self {
            Self::All => true,
            // Whatever a run is about, the one before that failed is over when this one did not.
            Self::Domains(_) if key == FAILURE => true,
            Self::Domains(domains) => domain.is_some_and(|domain| domains.contains(domain)),
            Self::Nothing => false,
        }
    }
}

/// The findings of a run, for people.
#[derive(Clone, Debug)]
pub struct Run {
    /// The project's name.
    pub project: String,
    /// The command: `drift`.
    pub command: &'static str,
    /// The domains that it compared.
    pub about: About,
    /// When it began.
    pub begun: Timestamp,
    /// Its findings.
    pub items: Vec<Item>,
    /// Its changes, in words, if it changed something.
    pub done: Option<String>,
    /// The command to go on with.
    pub next: String,
    /// The page of the run, where a CI system has one.
    pub link: Option<String>,
}
