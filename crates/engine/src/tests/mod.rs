//! The engine against an actor without AWS: plans of resources of a kind made for these tests, a world
//! in memory, and a ledger in memory that outlives the runs.

mod actor;
mod kind;
mod process;
mod stage;
mod steps;
mod store;
mod table;
mod writers;
