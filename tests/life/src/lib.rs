//! A simulation of whole lives of domains, which looks for the next fault.
//!
//! A seed gives a life: a manifest that is applied, what it is changed to, what other hands do, time,
//! kills and faults. The life is played with the program in this process, in a sandbox and under
//! virtual time. An observer that knows nothing of the program observes the world at every moment,
//! and compares it with the promises. A life that breaks one is made smaller and printed.
//!
//! | module | its part |
//! |---|---|
//! | `setup`, `life` | manifests and lives as data |
//! | `draw`, `known` | lives from seeds, without what is known to fail |
//! | `player`, `program`, `injection` | plays a life: runs of the program, their kills and faults, and what happens between them |
//! | `kept` | the ledger of a life, in memory or in a bucket |
//! | `calls` | the calls of a run, compared with its plan and with each other |
//! | `world`, `hands`, `person` | the world before, what others change, what a person does by hand |
//! | `pauses` | the flows that stop by what a manifest asks for |
//! | `observer` | what is seen from outside, and what must never be seen |
//! | `shadow`, `difference` | the world as it would be without the program, and what differs |
//! | `shrink`, `print` | a failing life made small, and printed as a test |
//!
//! `docs/simulation.md` says how to run it and how to go on.

mod calls;
pub mod difference;
pub mod draw;
mod hands;
mod injection;
mod kept;
pub mod known;
pub mod life;
pub mod observer;
mod pauses;
mod person;
pub mod player;
pub mod print;
mod program;
mod refusals;
pub mod setup;
mod shadow;
pub mod shrink;
pub mod valid;
mod world;
