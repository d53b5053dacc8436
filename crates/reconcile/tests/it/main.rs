//! Whole runs, in a sandbox inside the process and under virtual time.

mod changed_by;
mod checks;
mod faulty_store;
mod fleet;
mod interleavings;
mod ledger_writes;
mod ledgers;
mod requests;
mod run;
mod runs;
mod shards;
mod stale_lists;
