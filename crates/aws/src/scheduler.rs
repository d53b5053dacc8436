//! Holds requests back until AWS's quota has room, so that they flow at the limit and are not
//! throttled.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use model::AccountId;
use tokio::sync::oneshot;

use crate::class::Class;
use crate::quotas::{Limit, Operation, Quota, Scope};
use crate::token_bucket::Bucket;

/// How long a poll lets others go first. Without an end, a fleet whose changes last longer than
/// `--wait` would not observe anything to be ready before it gave up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shortest wait between two readings of a queue, which is tokio's resolution.
const TICK: Duration = Duration::from_millis(1);

/// Which bucket: the limit, and the region or operation where that tells buckets apart.
type Key = (&'static str, String, String);

/// Keeps the buckets of every account, and a queue before them.
#[derive(Clone, Debug)]
pub struct Scheduler {
    clock: Clock,
    overrides: Arc<BTreeMap<String, Quota>>,
    /// How many runs share the quotas, this one included.
    sharers: NonZeroU32,
    accounts: Arc<Mutex<BTreeMap<AccountId, Queue>>>,
}

/// The requests of one account that wait, and the buckets that they wait for.
#[derive(Debug, Default)]
struct Queue {
    buckets: BTreeMap<Key, Bucket>,
    tickets: Vec<Ticket>,
    numbers: u64,
}

/// A request that waits.
#[derive(Debug)]
struct Ticket {
    number: u64,
    class: Class,
    rank: u64,
    since: Timestamp,
    charges: Vec<(Key, f64)>,
    granted: oneshot::Sender<()>,
}

impl Ticket {
    /// Its place: by urgency, then by rank, then in order of arrival.
    fn place(&self, now: Timestamp) -> (Class, u64, u64) {
        let waited = now.duration_since(self.since).unsigned_abs();
        let class = if waited > PATIENCE {
            Class::Plain
        } else {
            self.class
        };
        (class, self.rank, self.number)
    }
}

/// A request on its way: whose it is, and what it draws from.
#[derive(Clone, Debug)]
pub(crate) struct Draw<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a Operation,
    pub(crate) class: Class,
    pub(crate) rank: u64,
    pub(crate) charges: &'a [(&'static Limit, f64)],
}

impl Draw<'_> {
    fn keys(&self) -> Vec<(Key, f64)> {
        let key = |limit: &Limit| {
            let region = match limit.scope {
                Scope::Account => String::new(),
                Scope::Region | Scope::Each => self.region.to_owned(),
            };
            let operation = match limit.scope {
                Scope::Each => self.operation.name.clone(),
                Scope::Account | Scope::Region => String::new(),
            };
            (limit.name, region, operation)
        };
        let charges = self.charges.iter();
        charges.map(|(limit, cost)| (key(limit), *cost)).collect()
    }
}

impl Scheduler {
    /// A scheduler by this clock, with the manifest's overrides, of one of so many runs.
    pub fn new(clock: Clock, overrides: BTreeMap<String, Quota>, sharers: NonZeroU32) -> Self {
        Self {
            clock,
            sharers,
            overrides: Arc::new(overrides),
            accounts: Arc::default(),
        }
    }

    /// The clock it goes by.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Waits until there is room for a request, and takes it.
    pub(crate) async fn acquire(&self, draw: &Draw<'_>) {
        if draw.charges.is_empty() {
            return;
        }
        let (number, mut granted) = self.enter(draw);
        let _leaves = Leaves {
            scheduler: self,
            account: draw.account,
            number,
        };
        while let Some(wait) = self.advance(draw.account, number) {
            tokio::select! {
                biased;
                // Whoever wakes first serves the whole queue: a request whose task is not polled for
                // a while must not keep those behind it from theirs.
                _ = &mut granted => return,
                () = self.clock.sleep(wait.max(TICK)) => {}
            }
        }
    }

    fn enter(&self, draw: &Draw<'_>) -> (u64, oneshot::Receiver<()>) {
        let now = self.clock.now();
        self.with(draw.account, |queue| {
            for (limit, (key, _)) in draw.charges.iter().zip(draw.keys()) {
                let overridden = self.overrides.get(limit.0.name);
                let fresh = || Bucket::new(limit.0, overridden, self.sharers, now);
                queue.buckets.entry(key).or_insert_with(fresh);
            }
            queue.numbers += 1;
            let (granted, receiver) = oneshot::channel();
            queue.tickets.push(Ticket {
                number: queue.numbers,
                class: draw.class,
                rank: draw.rank,
                since: now,
                charges: draw.keys(),
                granted,
            });
            (queue.numbers, receiver)
        })
    }

    /// Lets everybody through for whom there is room. Gives how long ticket `number` has still to
    /// wait, and nothing when it went through.
    fn advance(&self, account: &AccountId, number: u64) -> Option<Duration> {
        let now = self.clock.now();
        self.with(account, |queue| {
            queue.serve(now);
            queue.wait(number, now)
        })
    }

    /// Slows the buckets down that a throttled request drew from.
    pub(crate) fn throttled(&self, draw: &Draw<'_>, granted: Timestamp) {
        let now = self.clock.now();
        self.with(draw.account, |queue| {
            for (key, _) in draw.keys() {
                if let Some(bucket) = queue.buckets.get_mut(&key) {
                    bucket.throttled(granted, now);
                }
            }
        });
    }

    fn with<T>(&self, account: &AccountId, work: impl FnOnce(&mut Queue) -> T) -> T {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        work(accounts.entry(account.clone()).or_default())
    }
}

impl Queue {
    fn serve(&mut self, now: Timestamp) {
        for bucket in self.buckets.values_mut() {
            bucket.refill(now);
            bucket.contended = false;
        }
        self.tickets.sort_by_key(|ticket| ticket.place(now));
        // A request that waits keeps those behind it from the buckets that it waits for, and from no
        // others: else a cheap one would always overtake a batch of records.
        let mut held: BTreeSet<Key> = BTreeSet::new();
        let mut waiting = Vec::new();
        for ticket in std::mem::take(&mut self.tickets) {
            let buckets = &self.buckets;
            let goes = ticket.charges.iter().all(|(key, cost)| {
                let room = |bucket: &Bucket| bucket.has_room(ticket.class, *cost);
                !held.contains(key) && buckets.get(key).is_some_and(room)
            });
            if goes {
                self.take(&ticket);
                // The receiver is gone where the request was given up, which costs it its tokens.
                let _ = ticket.granted.send(());
                continue;
            }
            self.hold(&ticket, now, &mut held);
            waiting.push(ticket);
        }
        self.tickets = waiting;
    }

    /// Marks the buckets that a waiting request lacks tokens of. A poll that has used its half up
    /// waits for no tokens: what is there is for whoever comes.
    fn hold(&mut self, ticket: &Ticket, now: Timestamp, held: &mut BTreeSet<Key>) {
        let within = |(key, cost): &(Key, f64)| {
            let bucket = self.buckets.get(key);
            bucket.is_none_or(|bucket| bucket.is_within_half(ticket.class, *cost))
        };
        if !ticket.charges.iter().all(within) {
            return;
        }
        for (key, cost) in &ticket.charges {
            if ticket.place(now).0 == Class::Plain {
                held.insert(key.clone());
            }
            if let Some(bucket) = self.buckets.get_mut(key) {
                bucket.contended |= !bucket.has_tokens(*cost);
            }
        }
    }

    fn take(&mut self, ticket: &Ticket) {
        for (key, cost) in &ticket.charges {
            if let Some(bucket) = self.buckets.get_mut(key) {
                bucket.take(ticket.class, *cost);
            }
        }
    }

    fn wait(&self, number: u64, now: Timestamp) -> Option<Duration> {
        let ticket = self.tickets.iter().find(|ticket| ticket.number == number)?;
        let place = ticket.place(now);
        let ahead = |key: &Key| -> f64 {
            let before = self.tickets.iter().filter(|other| other.place(now) < place);
            let charges = before.flat_map(|other| &other.charges);
            charges
                .filter(|(other, _)| other == key)
                .map(|(_, cost)| cost)
                .sum()
        };
        let waits = ticket.charges.iter().filter_map(|(key, cost)| {
            let bucket = self.buckets.get(key)?;
            Some(bucket.wait(ticket.class, *cost, ahead(key)))
        });
        waits.max()
    }
}

/// Takes a request out of its queue when its future is dropped.
struct Leaves<'a> {
    scheduler: &'a Scheduler,
    account: &'a AccountId,
    number: u64,
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.scheduler.with(self.account, |queue| {
            queue.tickets.retain(|ticket| ticket.number != self.number);
        });
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    struct Stand {
        clock: Clock,
        scheduler: Scheduler,
    }

    impl Stand {
        fn new() -> Self {
            Self::shared(1)
        }

        /// That of one of so many runs.
        fn shared(sharers: u32) -> Self {
            let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
            let sharers = NonZeroU32::new(sharers).expect("a run");
            let scheduler = Scheduler::new(clock, BTreeMap::new(), sharers);
            Self { clock, scheduler }
        }

        /// Waits for a request, and gives the second at which it went.
        async fn send(&self, account: &str, region: &str, class: Class, call: &str) -> f64 {
            self.send_ranked((account, region), (class, 0), call).await
        }

        /// The same with a rank.
        async fn send_ranked(
            &self,
            (account, region): (&str, &str),
            (class, rank): (Class, u64),
            call: &str,
        ) -> f64 {
            let (service, name) = call.split_once(':').expect("a service and an operation");
            let operation = Operation {
                service: service.to_owned(),
                name: name.to_owned(),
            };
            let charges = operation.charges(1.0);
            let account = format!("{account:0>12}").parse().expect("an account id");
            let draw = Draw {
                account: &account,
                region,
                operation: &operation,
                class,
                rank,
                charges: &charges,
            };
            self.scheduler.acquire(&draw).await;
            let passed = self.clock.now().duration_since(Timestamp::UNIX_EPOCH);
            passed.as_secs_f64()
        }
    }

    /// The second at which the last of a hundred and fifty requests went.
    async fn last_of_many(stand: Stand) -> f64 {
        let all =
            (0..150).map(|_| stand.send("1", "us-east-1", Class::Plain, "Route 53:GetChange"));
        join_all(all).await.into_iter().fold(0.0, f64::max)
    }

    #[tokio::test(start_paused = true)]
    async fn requests_flow_at_the_limit_after_the_burst() {
        // Fifty at once, then a hundred at ten a second.
        let last = last_of_many(Stand::new()).await;
        assert!((last - 10.0).abs() < 0.1, "{last}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_several_runs_takes_its_part_of_a_limit() {
        // A quarter of the fifty at once, then the rest at a quarter of ten a second.
        let last = last_of_many(Stand::shared(4)).await;
        assert!((last - (150.0 - 12.5) / 2.5).abs() < 1.0, "{last}");
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_and_regions_do_not_wait_for_each_other() {
        let stand = Stand::new();
        let send = |account, region| stand.send(account, region, Class::Plain, "SESv2:GetAccount");
        assert!(send("1", "us-east-1").await < 0.01);
        assert!(send("2", "us-east-1").await < 0.01);
        assert!(send("1", "eu-west-1").await < 0.01);
        assert!(send("1", "us-east-1").await > 0.9);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_of_a_run_go_before_those_that_came_before_them() {
        let stand = Stand::new();
        let send = |rank| {
            let place = ("1", "us-east-1");
            stand.send_ranked(place, (Class::Plain, rank), "SESv2:CreateEmailIdentity")
        };
        let (_, late, early) = tokio::join!(send(3), send(2), send(1));
        assert!(early < late, "{early} and {late}");
    }

    #[tokio::test(start_paused = true)]
    async fn changes_go_before_polls_that_came_first() {
        let stand = Stand::new();
        let polls =
            (0..20).map(|_| stand.send("1", "us-east-1", Class::Poll, "SESv2:GetEmailIdentity"));
        let change = stand.send("1", "us-east-1", Class::Plain, "SESv2:CreateEmailIdentity");
        let (polls, change) = tokio::join!(join_all(polls), change);
        assert!(change < 1.2, "{change}");
        let last = polls.into_iter().fold(0.0, f64::max);
        assert!(last > 20.0, "{last}");
    }

    #[tokio::test(start_paused = true)]
    async fn polls_go_on_at_half_the_rate_where_changes_never_end() {
        let stand = Stand::new();
        let polls =
            (0..10).map(|_| stand.send("1", "us-east-1", Class::Poll, "SESv2:GetEmailIdentity"));
        let changes = (0..300)
            .map(|_| stand.send("1", "us-east-1", Class::Plain, "SESv2:CreateEmailIdentity"));
        let (polls, _) = tokio::join!(join_all(polls), join_all(changes));
        let last = polls.into_iter().fold(0.0, f64::max);
        // They wait a minute, and then take every second place.
        assert!((60.0..90.0).contains(&last), "{last}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_whose_task_is_not_polled_holds_nobody_up() {
        let stand = Stand::new();
        let _ = stand
            .send("1", "us-east-1", Class::Plain, "SESv2:GetAccount")
            .await;
        let mut idle = Box::pin(stand.send("1", "us-east-1", Class::Plain, "SESv2:GetAccount"));
        assert!(futures::poll!(&mut idle).is_pending());
        let next = stand
            .send("1", "us-east-1", Class::Plain, "SESv2:GetAccount")
            .await;
        // Nobody was awake to take the token of the first second, and it ran over.
        assert!(next < 3.1, "{next}");
        drop(idle);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_given_up_leaves_the_queue() {
        let stand = Stand::new();
        let _ = stand
            .send("1", "us-east-1", Class::Plain, "SESv2:GetAccount")
            .await;
        let mut idle = Box::pin(stand.send("1", "us-east-1", Class::Plain, "SESv2:GetAccount"));
        assert!(futures::poll!(&mut idle).is_pending());
        drop(idle);
        let next = stand
            .send("1", "us-east-1", Class::Plain, "SESv2:GetAccount")
            .await;
        assert!(next < 1.1, "{next}");
    }
}
