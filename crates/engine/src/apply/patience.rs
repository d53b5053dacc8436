//! For how long a refused call is made again, and why.

use jiff::Timestamp;
use model::{ErrorClass, KindError};

/// Since when a call is refused with one code. Some codes mean "not yet" for a minute, and something
/// else after it.
#[derive(Default)]
pub(super) struct Patience(Option<(Option<String>, Timestamp)>);

impl Patience {
    /// Whether the code has been met for longer than it means "not yet".
    pub(super) fn is_over(&mut self, error: &KindError, now: Timestamp) -> bool {
        let since = match &self.0 {
            Some((code, since)) if *code == error.code => *since,
            _ => now,
        };
        self.0 = Some((error.code.clone(), since));
        let limit = error.patience.filter(|_| error.class == ErrorClass::NotYet);
        limit.is_some_and(|limit| now.duration_since(since).unsigned_abs() > limit)
    }
}

/// Why a call has to be made again later. AWS's words are marked as such.
pub(super) fn reason(error: &KindError) -> String {
    match &error.code {
        Some(code) => format!(
            "{}, which AWS refuses for now ({code}: {})",
            error.operation, error.message
        ),
        None => error.message.clone(),
    }
}
