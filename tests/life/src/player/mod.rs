//! Plays a life: the program in this process, under virtual time, in a sandbox.

mod ending;
mod patience;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use sandbox::Sandbox;
use sandbox::stats::Logged;
use sandbox::world::World;

use crate::hands::{self, Picked};
use crate::injection::{self, CALM};
use crate::kept::{self, Kept};
use crate::life::{Life, Meanwhile, Step, Trouble};
use crate::observer::{Fault, Flow, Observer};
use crate::pauses;
use crate::person::Elsewhere;
use crate::program::{self, Ended, Goal, Program};
use crate::refusals;
use crate::setup::{Dns, NAMES, RENUMBERED, Setup};
use crate::world::{ZoneAt, before};

/// How often the program is run for one apply or destroy. Kills and faults take the first runs.
const RUNS: usize = 12;

/// Between two runs: longer than any time to live, so that what a person did is seen.
const PAUSE: Duration = Duration::from_mins(65);

/// When every life begins.
const BIRTH: Timestamp = Timestamp::constant(1_767_600_000, 0);

/// The outcome of a life.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The promises that were broken. A life ends with the first step that shows something.
    pub faults: Vec<Fault>,
    /// Faults and kills that were injected.
    pub injected: u64,
    /// Runs of the program.
    pub runs: u64,
    /// Calls that the sandbox answered.
    pub calls: u64,
    /// The calls that change something, as long as the sandbox kept them.
    pub log: Vec<Logged>,
    /// How often the observer observed the world.
    pub sights: u64,
    /// Why plans were refused, each as often as it was.
    pub refused: Vec<String>,
    /// Applies and destroys that ended with everything done.
    pub done: u64,
    /// Applies and destroys that were killed, and that nobody ran again.
    pub given_up: u64,
}

/// Plays a life.
pub fn play(life: &Life) -> Played {
    // The pauses before repeated requests are drawn from it: two plays of a life are the same.
    fastrand::seed(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    let runtime = runtime.unwrap_or_else(|error| unreachable!("a runtime: {error}"));
    runtime.block_on(async {
        let mut player = Player::new(life).await;
        for step in &life.steps {
            player.step(step).await;
            if !player.played.faults.is_empty() {
                break;
            }
        }
        player.finish()
    })
}

/// Whether what a run sees need not be so, or no longer: reads fail or answer from a moment ago, or somebody else acts
/// while it is under way.
fn is_misled(trouble: &Trouble, run: usize) -> bool {
    run < CALM && trouble.misleads() || run == 0 && trouble.meanwhile.is_some()
}

/// A routing policy that others gave a record set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Routed {
    pub(crate) zone: ZoneAt,
    pub(crate) identifier: String,
}

pub(crate) struct Player {
    pub(crate) sandbox: Sandbox,
    /// The world as it would be without the program.
    pub(crate) shadow: World,
    /// The place to which the world is sent for each name.
    pub(crate) authority: BTreeMap<usize, Dns>,
    /// The names that others have delegated elsewhere.
    pub(crate) strayed: BTreeSet<usize>,
    /// The records that the person has published elsewhere.
    pub(crate) elsewhere: Elsewhere,
    /// The domains whose SPF and DMARC records a manifest takes over, as positions in the names.
    adopting: BTreeSet<usize>,
    /// The records of before that others gave another time to live, each with the one that it had.
    pub(crate) retimed: BTreeMap<Picked, u32>,
    /// The routing policies of others.
    pub(crate) routed: BTreeSet<Routed>,
    /// The zones in which others put an SPF record in the place of what stood at the apex. Where that was
    /// ours, a run takes it back, as the plan says.
    pub(crate) replaced: BTreeSet<ZoneAt>,
    /// Buckets with objects of others, and with tags of others.
    pub(crate) objects: BTreeSet<String>,
    /// Each with the time at which the bucket was made: one of the same name that came later has no
    /// tags of others.
    pub(crate) tagged: BTreeMap<String, Timestamp>,
    observer: Arc<Mutex<Observer>>,
    pub(crate) ledger: Kept,
    ledger_before: Kept,
    /// Whether the ledger was lost or rolled back in this life.
    pub(crate) lost_ledger: bool,
    /// Whether the lost ledger was about another manifest, or had more than the manifest leads to, or the one
    /// that is back is about another: what the manifest does not lead to can't be found again.
    pub(crate) forgot: bool,
    /// Whether others deleted an identity at SES, or made a hosted zone again: only the ledger knows the records
    /// of either then.
    pub(crate) only_on_record: bool,
    pub(crate) setup: Setup,
    setup_before: Setup,
    /// The domains that a manifest of this life has had, as positions in the names.
    pub(crate) applied: BTreeSet<usize>,
    /// The flows that stop for a while by what an apply was to do that was given up or refused.
    begun: BTreeSet<Flow>,
    /// The goal of the last apply or destroy, where it ended with everything done and nobody has acted since.
    reached: Option<Goal>,
    number: u64,
    played: Played,
}

impl Player {
    async fn new(life: &Life) -> Self {
        let first = life.steps.iter().find_map(|step| match step {
            Step::Apply(setup, _) => Some(setup.clone()),
            _ => None,
        });
        let setup = first.unwrap_or_default();
        let adopting = life.adopting();
        let world = before(&setup, &adopting);
        let clock = Clock::starting_at(BIRTH, 1.0);
        let observer = Observer::new(life.names(), world.clone(), BIRTH);
        let observer = Arc::new(Mutex::new(observer));
        let shadow = world.clone();
        let sandbox = Sandbox::new(world, clock);
        if setup.in_bucket {
            let project = program::open(&setup, &sandbox, Goal::All);
            let project = project.unwrap_or_else(|error| unreachable!("a manifest: {error}"));
            let made = Box::pin(reconcile::create_ledger(&project)).await;
            made.unwrap_or_else(|error| unreachable!("a bucket: {error}"));
        }
        let watched = Arc::clone(&observer);
        let seen = AtomicUsize::new(kept::writes(&sandbox.world()));
        sandbox.watch(move |world, now| {
            // Nobody outside sees a write of the ledger.
            let writes = kept::writes(world);
            if seen.swap(writes, Ordering::Relaxed) != writes {
                return;
            }
            let mut observer = watched.lock().unwrap_or_else(PoisonError::into_inner);
            observer.changed(world, now);
        });
        let authority = setup.domains.iter().map(|one| (one.name, one.dns));
        Self {
            authority: authority.collect(),
            sandbox,
            shadow,
            strayed: BTreeSet::new(),
            elsewhere: Elsewhere::default(),
            adopting,
            retimed: BTreeMap::new(),
            routed: BTreeSet::new(),
            replaced: BTreeSet::new(),
            objects: BTreeSet::new(),
            tagged: BTreeMap::new(),
            observer,
            ledger: Kept::new(setup.in_bucket),
            ledger_before: Kept::new(setup.in_bucket),
            lost_ledger: false,
            forgot: false,
            only_on_record: false,
            setup_before: setup.clone(),
            applied: BTreeSet::new(),
            setup,
            begun: BTreeSet::new(),
            reached: None,
            number: 0,
            played: Played::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sandbox.clock().now()
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// The place to which the world is sent for a name.
    pub(crate) fn authority_of(&self, name: usize) -> Dns {
        self.authority
            .get(&name)
            .copied()
            .unwrap_or(Dns::Account(0))
    }

    pub(crate) fn observer(&self) -> MutexGuard<'_, Observer> {
        self.observer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the observer a world that was changed by hand.
    pub(crate) fn observe(&self, world: &World, now: Timestamp) {
        self.observer().changed(world, now);
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Apply(setup, trouble) => {
                let mut setup = setup.clone();
                setup.declares_former |= self.setup.declares_former;
                let pauses = pauses::of_change(&self.setup, &setup);
                self.forgot |= self.lost_ledger && self.setup != setup;
                self.applied
                    .extend(setup.domains.iter().map(|domain| domain.name));
                self.setup_before = std::mem::replace(&mut self.setup, setup);
                self.bring_about(Goal::All, trouble, pauses).await;
            }
            Step::Destroy(trouble) => {
                self.bring_about(Goal::Nothing, trouble, BTreeSet::new())
                    .await;
            }
            Step::DestroyOne(place, trouble) => {
                let domains = &self.setup.domains;
                let domain = domains.get(place % domains.len().max(1));
                if let Some(goal) = domain.map(|domain| Goal::NothingOf(domain.name)) {
                    self.bring_about(goal, trouble, BTreeSet::new()).await;
                }
            }
            Step::Hand(hand) => {
                self.reached = None;
                hands::act(self, hand);
            }
            Step::Wait(minutes) => self.wait(Duration::from_mins(u64::from(*minutes))).await,
            Step::LoseLedger => {
                self.forgot |= self.has_more_on_record().await;
                self.replace_ledger(self.ledger.emptied());
            }
            Step::RollBackLedger => {
                self.replace_ledger(self.ledger_before.again());
                self.forgot |= self.setup != self.setup_before;
            }
        }
    }

    /// Whether the ledger has something that the manifest does not lead to: a policy that is let go slowly, or
    /// what is still to be removed.
    async fn has_more_on_record(&self) -> bool {
        let program = Program {
            setup: &self.setup,
            sandbox: &self.sandbox,
            ledger: &self.ledger,
            goal: Goal::All,
            is_misled: false,
        };
        let Ok((planned, _)) = program.records().await else {
            return false;
        };
        let mut actions = planned.plan.actions.iter();
        !planned.grace_periods.is_empty() || actions.any(|action| action.unwanted().is_some())
    }

    fn replace_ledger(&mut self, ledger: Kept) {
        ledger.put_back(&mut self.sandbox.world());
        self.ledger = ledger;
        self.lost_ledger = true;
    }

    async fn wait(&self, time: Duration) {
        self.sandbox.clock().sleep(time).await;
        let now = self.now();
        self.observer().advance(now);
    }

    /// Runs the program until everything is done, and a person does their part between the runs.
    async fn bring_about(&mut self, goal: Goal, trouble: &Trouble, mut pauses: BTreeSet<Flow>) {
        pauses.append(&mut self.begun);
        self.begin(goal, &pauses);
        let mut ended = None;
        let mut waits_for = String::new();
        let mut records_again = false;
        let mut named = Vec::new();
        let (mut run, mut limit) = (0, RUNS);
        while run < limit {
            // Who applies to have everything on record again publishes what that apply asks for.
            let goal = if records_again { Goal::All } else { goal };
            match self.run(goal, trouble, run).await {
                Ended::Killed if trouble.given_up => {
                    self.played.given_up += 1;
                    self.observer().given_up();
                    break;
                }
                Ended::Killed => {}
                // A person declares the former account too, as the finding says.
                Ended::Refused(why) if self.is_renumbered(&why) => {
                    self.setup.declares_former = true;
                }
                Ended::Refused(why) if !is_misled(trouble, run) => {
                    for what in refusals::unfounded(self, &why) {
                        self.fault("RefusedForCause", what);
                    }
                    self.played.refused.extend(why);
                    break;
                }
                Ended::Refused(_) => self.wait(PAUSE).await,
                Ended::Faulty(faults) => {
                    self.played.faults.extend(faults);
                    break;
                }
                Ended::Unrecorded(left) => {
                    named.extend(left);
                    self.observer().made_anew();
                    records_again = true;
                    // Everything is made anew, and then destroyed.
                    limit = 2 * RUNS;
                }
                Ended::Done(_) if records_again => records_again = false,
                Ended::Done(left) => {
                    named.extend(left);
                    ended = Some(named);
                    break;
                }
                Ended::Waiting(what) => {
                    let by_hand = self.do_by_hand(goal).await;
                    let for_policy = goal.destroys() || run >= CALM;
                    let mut pause = self.pause(for_policy, by_hand.grace_until, &what);
                    if by_hand.has_moved {
                        // What is left is read before resolvers are waited for.
                        pause = PAUSE;
                    }
                    self.wait(pause).await;
                    waits_for = what;
                }
            }
            run += 1;
            if run == limit && self.can_converge() && !self.is_unknown_holder(&waits_for) {
                let what = format!("not done after {run} runs: {waits_for}");
                self.fault("Converges", what);
            }
        }
        if ended.is_some() {
            self.played.done += 1;
        } else {
            self.begun = pauses;
        }
        self.reached = ended.is_some().then_some(goal);
        self.close(goal, ended).await;
    }

    /// Tells the observer what is about to be brought about.
    fn begin(&mut self, goal: Goal, pauses: &BTreeSet<Flow>) {
        self.ledger_before = self.ledger.copy(&self.sandbox.world());
        let now = self.now();
        self.observer().begin(self.declared(), now);
        self.observer().pauses(pauses.clone());
        self.observer().unknown(self.unknown());
        if let Goal::NothingOf(name) = goal
            && self.reached == Some(Goal::All)
        {
            self.observer().goes(NAMES[name]);
        }
    }

    /// Runs the program once. Where somebody else acts meanwhile, nothing that it says at its end need hold a
    /// moment later, and another run follows.
    async fn run(&mut self, goal: Goal, trouble: &Trouble, run: usize) -> Ended {
        injection::arm(&mut self.sandbox.world(), trouble, run);
        let meanwhile = trouble.meanwhile.as_ref().filter(|_| run == 0);
        let (setup, sandbox, ledger) = (
            self.setup.clone(),
            self.sandbox.clone(),
            self.ledger.clone(),
        );
        let program = Program {
            setup: &setup,
            sandbox: &sandbox,
            ledger: &ledger,
            goal,
            is_misled: is_misled(trouble, run),
        };
        let ended = tokio::select! {
            biased;
            ended = program.run() => ended,
            never = self.interrupt(meanwhile) => match never {},
        };
        self.played.runs += 1;
        injection::disarm(&mut sandbox.world());
        hands::follow(self, &sandbox.world());
        self.foreign();
        match ended {
            Ended::Done(_) if meanwhile.is_some() => Ended::Waiting("others acted".to_owned()),
            ended => ended,
        }
    }

    /// Lets somebody else act while a run is under way, which goes on.
    async fn interrupt(&mut self, meanwhile: Option<&Meanwhile>) -> Infallible {
        if let Some(Meanwhile { after, hand }) = meanwhile {
            let after = Duration::from_millis(u64::from(*after));
            self.wait(after).await;
            // Before the act, which the observer sees at once.
            self.observer().harmed(hand.harm());
            hands::act(self, hand);
        }
        std::future::pending().await
    }

    /// Whether a plan was refused because a name stands for another account than what is on record has,
    /// and the other one is not declared.
    fn is_renumbered(&self, why: &[String]) -> bool {
        let says = |reason: &String| {
            reason.starts_with(model::rules::PLAN_04.id) && reason.contains(RENUMBERED)
        };
        !self.setup.declares_former && why.iter().any(says)
    }

    /// Whether an apply or a destroy of this life has ended before everything was done: with a plan that was refused,
    /// or because it was given up.
    pub(crate) fn was_left_half_done(&self) -> bool {
        self.played.given_up > 0 || !self.played.refused.is_empty()
    }

    pub(crate) fn fault(&mut self, promise: &str, what: String) {
        self.played.faults.push(Fault {
            promise: promise.to_owned(),
            what,
        });
    }

    /// The domains for which the world reads a zone that the manifest does not name, and that the ledger that was lost
    /// may have been the last to know.
    fn unknown(&self) -> BTreeSet<String> {
        let domains = self.setup.domains.iter().filter(|_| self.forgot);
        let elsewhere = domains.filter(|domain| self.authority_of(domain.name) != domain.dns);
        elsewhere.map(|domain| domain.name().to_owned()).collect()
    }

    /// The instances of the manifest, as domain and place.
    fn declared(&self) -> BTreeSet<(String, String)> {
        let domains = self.setup.domains.iter();
        let all = domains.flat_map(|domain| {
            let instances = domain.ses.iter();
            instances.map(|one| (domain.name().to_owned(), self.setup.place(one)))
        });
        all.collect()
    }

    fn finish(mut self) -> Played {
        self.played.injected = self.sandbox.injected();
        self.played.calls = self.sandbox.stats().total();
        let mut log = self.sandbox.stats().log;
        log.retain(|call| call.changing && call.service != "sts");
        self.played.log = log;
        let sights = self.observer().sights();
        self.played.sights = sights;
        self.played
    }
}
