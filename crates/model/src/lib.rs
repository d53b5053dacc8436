//! The vocabulary of deploy and the traits of a kind.
