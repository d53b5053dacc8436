//! Published records, and the manifest that is drafted from it.

mod fixtures;
mod properties;
mod snapshots;
mod world;
