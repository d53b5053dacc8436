//! Everything that is printed: data on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use anstream::stream::RawStream;
use report::{Detail, Palette, escape};
use serde::Serialize;
use terminal_size::{Height, Width};

use crate::live;
use crate::log::Log;

/// Prints. Colour follows the terminal and `NO_COLOR`.
#[derive(Debug)]
pub(crate) struct Printer {
    /// Whether data is printed as JSON.
    pub(crate) json: bool,
    /// Whether progress is left out.
    pub(crate) is_quiet: bool,
    /// Whether the log goes to standard error, where bars would tear its lines.
    pub(crate) logs: bool,
    /// How much of a plan is shown.
    pub(crate) detail: Detail,
    /// Why data could not be written, if it could not.
    failure: OnceLock<io::Error>,
}

#[expect(clippy::unused_self, reason = "whoever prints holds the printer")]
impl Printer {
    /// Prints data as text, or as JSON.
    pub(crate) fn new(json: bool, detail: Detail, log: &Log) -> Self {
        Self {
            json,
            is_quiet: log.quiet,
            logs: log.verbose > 0,
            detail,
            failure: OnceLock::new(),
        }
    }

    /// Why data could not be written, if it could not. A reader that went away (`| head`) is no
    /// failure of ours.
    pub(crate) fn failure(&self) -> Option<&io::Error> {
        let failure = self.failure.get();
        failure.filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    /// The colours for standard output.
    pub(crate) fn palette(&self) -> Palette {
        let out = std::io::stdout();
        palette(&out, terminal_size::terminal_size_of(&out))
    }

    /// The colours for standard error.
    pub(crate) fn note_palette(&self) -> Palette {
        note_palette()
    }

    /// Prints data, as it is.
    pub(crate) fn data(&self, text: &str) {
        if let Err(error) = write(io::stdout().lock(), text) {
            // The first failure is the cause of those after it.
            let _ = self.failure.set(error);
        }
    }

    /// Prints data as JSON.
    pub(crate) fn value(&self, value: &impl Serialize) {
        self.data(&report::json_text(value));
    }

    /// Prints a text of ours for people, folded to the terminal.
    pub(crate) fn note(&self, text: &str) {
        note(text);
    }

    /// Prints a line of progress: one, for logs.
    pub(crate) fn progress(&self, text: &str) {
        if !self.is_quiet {
            say(text);
        }
    }

    /// Whether a person watches bars.
    pub(crate) fn is_watched(&self) -> bool {
        std::io::stderr().is_terminal() && !self.json && !self.is_quiet && !self.logs
    }

    /// Asks a person to type `expected`. No terminal, no answer.
    pub(crate) fn confirm(&self, question: &str, expected: &str) -> Option<bool> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        // A terminal that is gone can't answer either. The lock ends before the answer is read: who is
        // asked may press Ctrl-C, and is told what is open.
        let mut stderr = std::io::stderr().lock();
        write!(stderr, "{question} ")
            .and_then(|()| stderr.flush())
            .ok()?;
        drop(stderr);
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).ok()?;
        Some(answer.trim() == expected)
    }
}

/// Prints a text of ours for people, folded to the terminal.
pub(crate) fn note(text: &str) {
    say(&report::folded(text, &note_palette()));
}

fn note_palette() -> Palette {
    let out = io::stderr();
    palette(&out, terminal_size::terminal_size_of(&out))
}

fn say(text: &str) {
    // Where nobody can be told of anything, nobody can be told of that.
    let _ = live::above(|| write(io::stderr().lock(), text));
}

/// The colours that a stream shows, and as many columns as its terminal has.
fn palette(out: &impl RawStream, size: Option<(Width, Height)>) -> Palette {
    let palette = match anstream::AutoStream::choice(out) {
        anstream::ColorChoice::Never => Palette::plain(),
        _ => Palette::coloured(),
    };
    match size {
        Some((Width(columns), _)) => palette.in_columns(columns.into()),
        None => palette,
    }
}

fn write(mut out: impl Write, text: &str) -> io::Result<()> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(out, "{text}{end}")?;
    out.flush()
}

/// An error and its causes, one a line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    escape(&report::causes(error))
}
