//! A first hour on a real account: the smallest life of one domain, and what AWS answers there
//! otherwise than the sandbox does.
//!
//! | module | its part |
//! |---|---|
//! | `smallest` | the manifest of the life, its change, and what AWS charges for it |
//! | `life` | plan, apply, plan, change, drift, destroy, in the program's own words |
//! | `shape` | the form of an answer: its elements, and the words of its enumerations |
//! | `recording` | every exchange of a life, without secrets |
//! | `compare` | what one recording shows of an operation and the other does not |
//!
//! The life is played twice, with the program in this process: on the account, or on an emulator, and in
//! the sandbox. Identifiers, times and names differ between the two. So answers are compared by their
//! form: status and error code, elements, headers, and words that stand for themselves.

pub mod compare;
pub mod life;
pub mod recording;
pub mod shape;
pub mod smallest;
