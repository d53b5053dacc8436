//! The written form of what a schedule keeps from run to run, and how it is read and swapped.

use ledger::{Content, Key, LedgerError, NotSwapped, Store, Version};
use model::plan::sha256;
use serde::{Deserialize, Serialize};

use crate::reading::{Read, Readings};
use crate::state::State;

const FORMAT: &str = "deploy.notify";
const VERSION: u32 = 2;

/// How often a record is merged with what other runs wrote in the meantime.
const ATTEMPTS: u32 = 16;

/// All that is kept from run to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The news that people were told.
    pub(crate) told: State,
    /// The readings of the world.
    pub(crate) readings: Readings,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    /// How many times it was written: no two contents are equal, by which the store tells whose
    /// write an object is.
    number: u64,
    told: State,
    /// Version 1 has none.
    #[serde(default)]
    readings: Readings,
    /// A folder tells contents apart by their length and their last bytes, so that these have to
    /// depend on everything before them.
    hash: String,
}

/// The record as it was read, and the version that the next write replaces.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) kept: Kept,
    number: u64,
    version: Option<Version>,
}

/// Why it can't be read.
fn unreadable(store: &dyn Store, why: &str) -> String {
    format!("{}: {why}", store.place(&Key::Notified))
}

pub(crate) async fn read(store: &dyn Store) -> Result<Held, String> {
    let found = store.read(&Key::Notified).await;
    let found = found.map_err(|error: LedgerError| report::causes(&error))?;
    let Some(found) = found else {
        return Ok(Held::default());
    };
    let document: Document = serde_json::from_slice(&found.bytes).map_err(|error| {
        unreadable(
            store,
            &format!("it is not what this program wrote: {error}"),
        )
    })?;
    if document.format != FORMAT || !(1..=VERSION).contains(&document.version) {
        return Err(unreadable(
            store,
            "it is of another version of this program",
        ));
    }
    Ok(Held {
        kept: Kept {
            told: document.told,
            readings: document.readings,
        },
        number: document.number,
        version: Some(found.version),
    })
}

fn print(kept: &Kept, number: u64) -> serde_json::Result<Vec<u8>> {
    let mut document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        number,
        told: kept.told.clone(),
        readings: kept.readings.clone(),
        hash: String::new(),
    };
    document.hash = sha256(&serde_json::to_vec(&document)?);
    serde_json::to_vec(&document)
}

/// Changes the record, on top of whatever others wrote since `held` was read. Gives what was written,
/// and whether somebody else told people something in between.
pub(crate) async fn change(
    store: &dyn Store,
    mut held: Held,
    change: &(dyn Fn(&mut Kept) + Sync),
) -> Result<(Kept, bool), String> {
    let told = held.kept.told.clone();
    for _ in 0..ATTEMPTS {
        let is_raced = held.kept.told != told;
        let mut kept = held.kept.clone();
        change(&mut kept);
        if kept == held.kept && held.version.is_some() {
            return Ok((kept, is_raced));
        }
        let bytes = print(&kept, held.number + 1).map_err(|error| report::causes(&error))?;
        let content = Content {
            bytes: &bytes,
            kept: None,
        };
        match store
            .swap(&Key::Notified, held.version.as_ref(), content)
            .await
        {
            Ok(_) => return Ok((kept, is_raced)),
            Err(NotSwapped::Moved) => held = read(store).await?,
            Err(NotSwapped::Failed(error)) => return Err(report::causes(&error)),
        }
    }
    Err(unreadable(store, "other runs wrote it again and again"))
}

/// The readings on record.
///
/// # Errors
/// Why the store does not tell them.
pub async fn readings(store: &dyn Store) -> Result<Readings, String> {
    Ok(read(store).await?.kept.readings)
}

/// Records what a run read, on top of whatever other runs recorded meanwhile.
///
/// # Errors
/// Why it could not be recorded.
pub async fn record_reading(store: &dyn Store, made: &Read) -> Result<(), String> {
    let held = read(store).await?;
    let merge = |kept: &mut Kept| made.merge_into(&mut kept.readings);
    change(store, held, &merge).await.map(drop)
}
