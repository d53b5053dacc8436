//! One message to people about a run, in the form of each service that carries it.
//!
//! A message is data. Each form escapes what is untrusted by its own rules and cuts it to its own
//! limits; none of them knows a URL or a key.

mod cloudevents;
mod discord;
mod google_chat;
mod lines;
mod pagerduty;
mod plain;
mod slack;
mod sns;
mod teams;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use jiff::Timestamp;
use model::MailImpact;
use standards::Severity;

use crate::{escape, words};

pub use cloudevents::cloudevents;
pub use discord::discord;
pub use google_chat::google_chat;
pub use lines::{check_line, drift_line, finding_line, foreseen_line};
pub use pagerduty::{dedup_key, pagerduty_resolve, pagerduty_trigger};
pub use slack::slack;
pub use sns::sns;
pub use teams::teams;

/// How many lines a message has: the worst.
const LINES_MAX: usize = 10;
/// The most bytes of a line's subject and of its text, before a form escapes them.
const SUBJECT_MAX: usize = 160;
const TEXT_MAX: usize = 360;

/// One message about a run.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The project's name.
    pub project: &'a str,
    /// The command that ran: `drift`.
    pub command: &'a str,
    /// Everything that is wrong or worth knowing, the worst first.
    pub lines: &'a [Line],
    /// The subjects of what was told and is over.
    pub over: &'a [String],
    /// The changes of the run, in words, if it changed something.
    pub done: Option<&'a str>,
    /// The command to go on with.
    pub next: &'a str,
    /// The page of the run, where a CI system has one.
    pub link: Option<&'a str>,
    /// When the run began.
    pub at: Timestamp,
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How bad it is.
    pub severity: Severity,
    /// The mail that it reaches.
    pub mail: MailImpact,
    /// Its subject. Untrusted.
    pub subject: String,
    /// Its state. Untrusted.
    pub text: String,
}

/// The tone of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something is wrong.
    Bad,
    /// Something is worth knowing.
    Note,
    /// A fault is over.
    Good,
}

impl Message<'_> {
    fn tone(&self) -> Tone {
        let worst = self.lines.iter().map(|line| line.severity).max();
        match worst {
            Some(Severity::Error | Severity::Warn) => Tone::Bad,
            Some(Severity::Info) => Tone::Note,
            None if self.over.is_empty() => Tone::Note,
            None => Tone::Good,
        }
    }

    /// `anycompany: deploy drift: 2 errors, 1 warning`. It is ASCII, and at most 100 characters.
    fn title(&self) -> String {
        let count = |severity| {
            let lines = self.lines.iter();
            lines.filter(|line| line.severity == severity).count()
        };
        let counts = [
            (count(Severity::Error), "error"),
            (count(Severity::Warn), "warning"),
            (count(Severity::Info), "note"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<String> = counts
            .map(|(count, what)| words::counted(*count, what))
            .collect();
        if !self.over.is_empty() {
            parts.push(format!("{} over", self.over.len()));
        }
        if parts.is_empty() {
            parts.push("done".to_owned());
        }
        let title = format!(
            "{}: deploy {}: {}",
            self.project,
            self.command,
            parts.join(", ")
        );
        cut(&title, 100)
    }

    /// The page of the run, if it is one that can stand in every form.
    fn page(&self) -> Option<&str> {
        let is_plain = |link: &&str| {
            let mut characters = link.chars();
            link.starts_with("https://")
                && link.len() <= 1024
                && characters.all(|c| c.is_ascii_graphic() && !"<>|()\"`\\".contains(c))
        };
        self.link.filter(is_plain)
    }

    /// The lines of the message, and how many there are besides.
    fn worst(&self) -> (Vec<Line>, usize) {
        let lines = self.lines.iter().take(LINES_MAX).map(Line::bounded);
        (lines.collect(), self.lines.len().saturating_sub(LINES_MAX))
    }

    /// The subjects of what is over, as far as the message has them, and how many there are besides.
    fn ended(&self) -> (Vec<String>, usize) {
        let over = self.over.iter().take(LINES_MAX);
        let over = over.map(|subject| cut(&escape(subject), SUBJECT_MAX));
        (over.collect(), self.over.len().saturating_sub(LINES_MAX))
    }

    /// The command to go on with, where something is wrong.
    fn next(&self) -> Option<String> {
        let is_wrong = self.tone() == Tone::Bad;
        is_wrong.then(|| cut(&escape(self.next), SUBJECT_MAX))
    }

    /// The changes of the run.
    fn done(&self) -> Option<String> {
        self.done.map(|done| cut(&escape(done), TEXT_MAX))
    }
}

impl Line {
    /// The same without control characters, cut to what a message takes of it.
    fn bounded(&self) -> Self {
        Self {
            subject: cut(&escape(&self.subject), SUBJECT_MAX),
            text: cut(&escape(&self.text), TEXT_MAX),
            ..self.clone()
        }
    }

    /// `error, mail impact: sending`.
    fn weight(&self) -> String {
        let mut weight = match self.severity {
            Severity::Error => "error",
            Severity::Warn => "warning",
            Severity::Info => "note",
        }
        .to_owned();
        if self.mail != MailImpact::None {
            let _ = write!(weight, ", mail impact: {}", self.mail);
        }
        weight
    }
}

/// The text, or as much of it as `bytes_max` bytes hold, with a sign that something is missing.
pub(crate) fn cut(text: &str, bytes_max: usize) -> String {
    const SIGN: &str = "...";
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes_max.saturating_sub(SIGN.len()));
    format!("{}{SIGN}", &text[..end])
}

/// `and 3 more`, where there are more.
fn and_more(more: usize) -> Option<String> {
    (more > 0).then(|| format!("and {more} more"))
}
