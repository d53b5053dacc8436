//! Formatted text onto the end of a string, which can't fail as writing elsewhere can.

/// `write!` to a `String`.
macro_rules! put {
    ($text:expr, $($arg:tt)*) => {{
        use std::fmt::Write as _;
        // A string's `write_str` has no error to give.
        let _ = write!($text, $($arg)*);
    }};
}

/// `writeln!` to a `String`.
macro_rules! putln {
    ($text:expr, $($arg:tt)*) => {{
        use std::fmt::Write as _;
        // A string's `write_str` has no error to give.
        let _ = writeln!($text, $($arg)*);
    }};
}

pub(crate) use {put, putln};
