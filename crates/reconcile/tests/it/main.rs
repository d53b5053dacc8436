//! Whole runs, in a sandbox inside the process and under virtual time.

mod checks;
mod run;
mod runs;
