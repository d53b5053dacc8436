//! A process that is paused now and then, for seconds or for minutes, as a laptop that sleeps is: its
//! requests to the ledger and to the world wait until it wakes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;
use ledger::{Content, Key, LedgerError, NotSwapped, Store, Stored, Version};

/// How long a lease serves, as in S3.
const LIFETIME: Duration = Duration::from_secs(90);
const RENEWAL: Duration = Duration::from_secs(20);

/// Numbers that are the same for one seed (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// When runs renewed their leases last.
pub(super) type Leases = Arc<Mutex<BTreeMap<String, Timestamp>>>;

/// A process, and the ledger as it reaches it.
#[derive(Clone)]
pub(super) struct Process {
    clock: Clock,
    chance: Arc<Mutex<Chance>>,
    wakes: Arc<Mutex<Timestamp>>,
    objects: ledger::Memory,
    leases: Leases,
}

impl Process {
    pub(super) fn new(seed: u64, clock: Clock, objects: ledger::Memory, leases: Leases) -> Self {
        Self {
            clock,
            chance: Arc::new(Mutex::new(Chance(seed))),
            wakes: Arc::new(Mutex::new(clock.now())),
            objects,
            leases,
        }
    }

    fn chance(&self, below: u64) -> u64 {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        chance.next(below)
    }

    /// Waits for a moment, and for as long as the process is paused.
    pub(super) async fn turn(&self) {
        let moment = Duration::from_millis(self.chance(400));
        self.clock.sleep(moment).await;
        if self.chance(25) == 0 {
            let pause = Duration::from_secs(self.chance(300));
            let mut wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
            *wakes = (*wakes).max(self.clock.now() + pause);
        }
        loop {
            let wakes = *self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
            let left = Duration::try_from(wakes.duration_since(self.clock.now()));
            match left {
                Ok(left) if !left.is_zero() => self.clock.sleep(left).await,
                _ => return,
            }
        }
    }
}

#[async_trait]
impl Store for Process {
    fn place(&self, key: &Key) -> String {
        self.objects.place(key)
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        self.turn().await;
        self.objects.list().await
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        self.turn().await;
        self.objects.read(key).await
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        self.turn().await;
        let version = self.objects.swap(key, expected, content).await?;
        if let Key::Run(run) = key {
            let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            leases.insert(run.clone(), self.clock.now());
        }
        Ok(version)
    }

    async fn hold(&self, _run: &str) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        self.turn().await;
        let leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |renewed: &Timestamp| self.clock.now().duration_since(*renewed).unsigned_abs();
        Ok(leases
            .get(run)
            .is_some_and(|renewed| age(renewed) <= LIFETIME))
    }

    fn heartbeat(&self) -> Option<Duration> {
        Some(RENEWAL)
    }
}
