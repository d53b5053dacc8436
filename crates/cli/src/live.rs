//! The lines at the bottom of a terminal that change in their place while a run goes on. Nothing else
//! moves there: what is said in the meantime stands above them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::Width;

/// How often the lines are drawn again.
const AGAIN: Duration = Duration::from_millis(120);

/// The lines that are shown now. There is one terminal.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Lines are shown as long as this is held.
pub(crate) struct Live(bool);

impl Live {
    /// Shows what `text` gives for so many columns, again and again, if a person watches.
    pub(crate) fn show(
        is_watched: bool,
        text: impl Fn(usize) -> String + Send + Sync + Clone + 'static,
    ) -> Self {
        if !is_watched {
            return Self(false);
        }
        let style = ProgressStyle::with_template("{text}").map(|style| {
            style.with_key("text", move |_: &_, out: &mut dyn std::fmt::Write| {
                // A terminal that can't show a line can't show an error about it.
                let _ = out.write_str(&text(columns()));
            })
        });
        let Ok(style) = style else {
            return Self(false);
        };
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style);
        bar.enable_steady_tick(AGAIN);
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
        Self(true)
    }

    /// Whether a person watches them.
    pub(crate) fn is_shown(&self) -> bool {
        self.0
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if self.0
            && let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            bar.finish_and_clear();
        }
    }
}

/// Writes something to the terminal, above the lines where there are any.
pub(crate) fn above<T>(write: impl FnOnce() -> T) -> T {
    match &*SHOWN.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// How wide the terminal is now: it may have been made narrower.
fn columns() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    size.map_or(report::WIDTH, |(Width(columns), _)| columns.into())
}
