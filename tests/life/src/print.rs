//! Prints a life as the Rust of a test.

use crate::life::Life;

/// The life as an expression, for `tests/life/tests/found/`.
pub fn rust(life: &Life) -> String {
    // `Debug` prints every list as an array, and all lists of a life are vectors. rustfmt does the rest.
    format!("{life:?}").replace('[', "vec![")
}
