//! Whole runs, in a sandbox inside the process and under virtual time.

mod checks;
mod fleet;
mod ledgers;
mod requests;
mod run;
mod runs;
