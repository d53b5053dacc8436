//! The ledger of a life, which outlives the runs of the program: in memory, or in a bucket of the world.
//! In a bucket, the kills and faults of a run befall the ledger's own calls too.

use std::collections::BTreeMap;
use std::time::Duration;

use ledger::{Journal, Memory, Who};
use model::Ledger;
use reconcile::{Error, Project};
use sandbox::s3::Version;
use sandbox::stats::Logged;
use sandbox::world::World;

/// The account that has nothing but the bucket, by name and number.
pub(crate) const ACCOUNT: (&str, &str) = ("ledger", "888888888888");

/// The bucket.
const BUCKET: &str = "ledger-of-a-life";

/// How long a run waits for one that was killed: until its lease is over.
const TURN: Duration = Duration::from_mins(5);

/// A ledger, or what one held at some time.
#[derive(Clone)]
pub(crate) enum Kept {
    InMemory(Memory),
    InBucket(BTreeMap<String, Vec<Version>>),
}

/// The lines of the manifest that say where the ledger is.
pub(crate) fn yaml() -> String {
    format!(
        "ledger: {{ s3: {{ account: {}, bucket: {BUCKET}, region: eu-west-1 }} }}",
        ACCOUNT.0
    )
}

/// Takes the ledger out of a world. Who destroys leaves it.
pub(crate) fn take_out(world: &mut World) {
    world.s3.buckets.remove(BUCKET);
}

/// How often the ledger was written: the bucket keeps every version.
pub(crate) fn writes(world: &World) -> usize {
    let bucket = world.s3.buckets.get(BUCKET).into_iter();
    bucket
        .flat_map(|one| one.objects.values())
        .map(Vec::len)
        .sum()
}

/// Whether a bucket holds the ledger.
pub(crate) fn is_it(bucket: &str) -> bool {
    bucket == BUCKET
}

/// Whether a call is to the ledger.
pub(crate) fn is_to_it(call: &Logged) -> bool {
    call.account == ACCOUNT.1
}

impl Kept {
    pub(crate) fn new(is_in_bucket: bool) -> Self {
        if is_in_bucket {
            Self::InBucket(BTreeMap::new())
        } else {
            Self::InMemory(Memory::default())
        }
    }

    /// The same with nothing in it.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(matches!(self, Self::InBucket(_)))
    }

    /// Its content as it is now, which later writes do not change.
    pub(crate) fn copy(&self, world: &World) -> Self {
        match self {
            Self::InMemory(memory) => Self::InMemory(memory.copy()),
            Self::InBucket(_) => {
                let bucket = world.s3.buckets.get(BUCKET);
                Self::InBucket(bucket.map(|one| one.objects.clone()).unwrap_or_default())
            }
        }
    }

    /// The same once more: whoever writes to one does not change the other.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::InMemory(memory) => Self::InMemory(memory.copy()),
            Self::InBucket(objects) => Self::InBucket(objects.clone()),
        }
    }

    /// Puts back into the world what it holds.
    pub(crate) fn put_back(&self, world: &mut World) {
        if let Self::InBucket(objects) = self
            && let Some(bucket) = world.s3.buckets.get_mut(BUCKET)
        {
            bucket.objects.clone_from(objects);
        }
    }

    /// Reads it, as a command does that changes nothing.
    pub(crate) async fn read(&self, project: &Project) -> Result<Ledger, Error> {
        match self {
            Self::InMemory(_) => Ok(self.open(project).await?.ledger()),
            Self::InBucket(_) => project.ledger().await,
        }
    }

    /// Opens it for a run.
    pub(crate) async fn open(&self, project: &Project) -> Result<Journal, Error> {
        match self {
            Self::InMemory(memory) => {
                let kinds = project.engine.kinds();
                let store = Box::new(memory.clone());
                Ok(Journal::open(store, kinds, project.clock, Who::default()).await?)
            }
            Self::InBucket(_) => {
                let opened = project.journal_when_free(Who::default(), TURN, &|_| ());
                opened.await
            }
        }
    }
}
