//! Colours by what they mean, or none at all.

use anstyle::{AnsiColor, Style};
use model::{MailImpact, Verb};
use standards::{Severity, Strictness};

use crate::WIDTH;

/// The least that lines are folded to.
const WIDTH_MIN: usize = 60;

/// One style a meaning, and how wide a line is. [`Palette::plain`] has no colours, for pipes, files and
/// `NO_COLOR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The columns that text is laid out for.
    pub width: usize,
    /// Creations, and what is good.
    pub good: Style,
    /// Changes, and what deserves attention.
    pub change: Style,
    /// Removals, and what is wrong.
    pub bad: Style,
    /// Notices.
    pub notice: Style,
    /// Emphasis: it is read first.
    pub strong: Style,
    /// Details: they may be skipped.
    pub faint: Style,
}

impl Palette {
    /// No colours.
    pub fn plain() -> Self {
        Self {
            width: WIDTH,
            good: Style::new(),
            change: Style::new(),
            bad: Style::new(),
            notice: Style::new(),
            strong: Style::new(),
            faint: Style::new(),
        }
    }

    /// The same for a terminal of so many columns: narrower than [`WIDTH`] where it must be, but never
    /// so narrow that nothing fits.
    #[must_use]
    pub fn in_columns(self, columns: usize) -> Self {
        let width = columns.clamp(WIDTH_MIN, WIDTH);
        Self { width, ..self }
    }

    /// The sixteen colours that every terminal has, so that its own theme decides how they look.
    pub fn coloured() -> Self {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        Self {
            width: WIDTH,
            good: colour(AnsiColor::Green),
            change: colour(AnsiColor::Yellow),
            bad: colour(AnsiColor::Red),
            notice: colour(AnsiColor::Cyan),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
        }
    }

    /// The style of what `verb` does.
    pub(crate) fn verb(&self, verb: Verb) -> Style {
        match verb {
            Verb::Create => self.good,
            Verb::Update => self.change,
            Verb::Replace | Verb::Delete => self.bad,
            Verb::Adopt => self.notice,
            Verb::Forget | Verb::None => self.faint,
        }
    }

    /// The style of a mail impact: what takes something away stands out.
    pub(crate) fn impact(&self, mail: MailImpact, direction: Strictness) -> Style {
        match (mail, direction) {
            (MailImpact::None | MailImpact::Branding, _) | (_, Strictness::Same) => self.change,
            (_, Strictness::Stricter | Strictness::Weaker) => self.bad,
        }
    }

    /// The style of a finding's weight.
    pub(crate) fn severity(&self, severity: Severity) -> Style {
        let style = match severity {
            Severity::Error => self.bad,
            Severity::Warn => self.change,
            Severity::Info => self.notice,
        };
        if style.is_plain() {
            style
        } else {
            style.bold()
        }
    }
}
