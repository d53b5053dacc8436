//! Whole runs, in a sandbox inside the process and under virtual time.

mod changed_by;
mod checks;
mod every_call;
mod faulty_store;
mod fleet;
mod interleavings;
mod ledger_writes;
mod ledgers;
mod requests;
mod run;
mod runs;
mod scene;
mod shards;
mod stale_lists;
