//! How far each action of a plan is, and which are free to start.

use std::collections::{BTreeMap, BTreeSet};

use model::{Action, ActionId, Level, Plan, Step};

use super::ActionOutcome;

/// How far an action is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    Idle,
    Acting,
    /// Its call has returned, and it is on its way to being ready.
    Done,
    Over(ActionOutcome),
}

/// The actions of a plan, each with the edges that still hold it back. Every change of a stage
/// concerns the edges of one action alone: a plan of a thousand domains has more than a hundred thousand.
pub(super) struct Board<'p> {
    plan: &'p Plan,
    stages: Vec<Stage>,
    /// How many edges hold an action back.
    held_by: Vec<usize>,
    /// The actions that wait for another, each with how much of it.
    waiting: Vec<Vec<(ActionId, Level)>>,
    /// Idle actions that nothing holds back and that go out alone, by their rank.
    free: BTreeSet<(u64, ActionId)>,
    /// Those that go out in batches.
    free_for_batches: Vec<ActionId>,
    ranks: Vec<u64>,
    /// Idle actions of each batch key.
    batches: BTreeMap<&'p str, BTreeSet<ActionId>>,
}

impl<'p> Board<'p> {
    pub(super) fn new(plan: &'p Plan, ranks: Vec<u64>) -> Self {
        let count = plan.actions.len();
        let mut board = Self {
            plan,
            stages: vec![Stage::Idle; count],
            held_by: vec![0; count],
            waiting: vec![Vec::new(); count],
            free: BTreeSet::new(),
            free_for_batches: Vec::new(),
            ranks,
            batches: BTreeMap::new(),
        };
        for action in &plan.actions {
            board.held_by[action.id] = action.after.len();
            for edge in &action.after {
                board.waiting[edge.action].push((action.id, edge.level));
            }
            if action.after.is_empty() {
                board.let_free(action.id);
            }
            if let Some(key) = &action.batch {
                let batch = board.batches.entry(key).or_default();
                batch.insert(action.id);
            }
        }
        board
    }

    pub(super) fn stage(&self, id: ActionId) -> &Stage {
        &self.stages[id]
    }

    /// The actions that are free for a batch; each is given out once.
    pub(super) fn take_free_for_batches(&mut self) -> Vec<ActionId> {
        std::mem::take(&mut self.free_for_batches)
    }

    /// The first action that is free and goes out alone; it is given out once.
    pub(super) fn next_free(&mut self) -> Option<ActionId> {
        self.free.pop_first().map(|(_, id)| id)
    }

    /// Whether somebody waits for this action to be ready, or apply itself does.
    pub(super) fn must_be_ready(&self, id: ActionId) -> bool {
        let waits = |(other, level): &(ActionId, Level)| {
            // An unchanged follower has nothing to do, and must not make the run wait.
            *level == Level::Ready && self.plan.actions[*other].changes()
        };
        self.plan.actions[id].wait() || self.waiting[id].iter().any(waits)
    }

    /// The idle actions of a batch key that are held back.
    pub(super) fn waiting_with(&self, key: &str) -> impl Iterator<Item = ActionId> {
        let batch = self.batches.get(key).into_iter().flatten().copied();
        batch.filter(|id| self.held_by[*id] > 0)
    }

    /// The actions that wait for another and have something to do.
    pub(super) fn followers(&self, id: ActionId) -> impl Iterator<Item = ActionId> + Clone {
        let waiting = self.waiting[id].iter().map(|(other, _)| *other);
        waiting.filter(|other| self.plan.actions[*other].changes())
    }

    /// All that comes after one of these.
    pub(super) fn descendants(&self, of: impl Iterator<Item = ActionId>) -> BTreeSet<ActionId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<ActionId> = of.collect();
        while let Some(id) = open.pop() {
            let waiting = self.waiting[id].iter().map(|(other, _)| *other);
            open.extend(waiting.filter(|other| found.insert(*other)));
        }
        found
    }

    /// Whether an action deletes its resource.
    pub(super) fn removes(&self, id: ActionId) -> bool {
        matches!(self.plan.actions[id].step, Step::Delete(_))
    }

    /// The actions that hold another back.
    pub(super) fn blockers(&self, id: ActionId) -> impl Iterator<Item = ActionId> {
        let edges = self.plan.actions[id].after.iter();
        let holding = edges.filter(|edge| !is_met(&self.stages[edge.action], edge.level));
        holding.map(|edge| edge.action)
    }

    /// The call of an action is about to be made.
    pub(super) fn acting(&mut self, id: ActionId) {
        self.set(id, Stage::Acting);
    }

    /// The call of an action has returned, and it is on its way to being ready.
    pub(super) fn done(&mut self, id: ActionId) {
        self.set(id, Stage::Done);
    }

    /// An action is over, and with it those that can no longer start. Gives all of them.
    pub(super) fn over(
        &mut self,
        id: ActionId,
        outcome: ActionOutcome,
    ) -> Vec<(ActionId, ActionOutcome)> {
        let mut over = Vec::new();
        let mut next = vec![(id, outcome)];
        // A list in place of recursion: one failed zone can end every action of a fleet.
        while let Some((id, outcome)) = next.pop() {
            if matches!(self.stages[id], Stage::Over(_)) {
                continue;
            }
            self.set(id, Stage::Over(outcome.clone()));
            // An action that is over holds nobody back any more.
            for (other, level) in std::mem::take(&mut self.waiting[id]) {
                if self.stages[other] == Stage::Idle && is_lost(&outcome, level) {
                    next.push((other, skipped(&self.plan.actions[other], id)));
                }
            }
            over.push((id, outcome));
        }
        over
    }

    fn set(&mut self, id: ActionId, stage: Stage) {
        let before = std::mem::replace(&mut self.stages[id], stage);
        // Whatever it becomes, it is no longer idle: it must neither start again nor hold up a batch.
        self.free.remove(&(self.ranks[id], id));
        if let Some(key) = &self.plan.actions[id].batch
            && let Some(batch) = self.batches.get_mut(key.as_str())
        {
            batch.remove(&id);
        }
        let mut freed = Vec::new();
        for (other, level) in &self.waiting[id] {
            if is_met(&self.stages[id], *level) && !is_met(&before, *level) {
                self.held_by[*other] -= 1;
                if self.held_by[*other] == 0 && self.stages[*other] == Stage::Idle {
                    freed.push(*other);
                }
            }
        }
        for id in freed {
            self.let_free(id);
        }
    }

    fn let_free(&mut self, id: ActionId) {
        if self.plan.actions[id].batch.is_some() {
            self.free_for_batches.push(id);
        } else {
            self.free.insert((self.ranks[id], id));
        }
    }

    /// How each action ended.
    pub(super) fn outcomes(self) -> Vec<ActionOutcome> {
        let outcome = |stage| match stage {
            Stage::Over(outcome) => outcome,
            Stage::Done => ActionOutcome::Done,
            // The operator stopped the run, or the ledger could no longer be written.
            Stage::Idle | Stage::Acting => ActionOutcome::NotBegun,
        };
        self.stages.into_iter().map(outcome).collect()
    }
}

/// Whether an edge no longer holds back.
fn is_met(stage: &Stage, level: Level) -> bool {
    match (stage, level) {
        // What is waited for by itself only, and has not come, is done all the same.
        (Stage::Over(ActionOutcome::Done), _)
        | (Stage::Done | Stage::Over(ActionOutcome::Waiting(_)), Level::Done) => true,
        _ => false,
    }
}

/// Whether an edge will hold back for ever.
fn is_lost(outcome: &ActionOutcome, level: Level) -> bool {
    match outcome {
        ActionOutcome::Done => false,
        // Its call is through, and such an edge asks for no more than that.
        ActionOutcome::Waiting(_) => level == Level::Ready,
        _ => true,
    }
}

/// How an action ends that can no longer start. Unchanged things are not skipped: there was nothing
/// to do for them.
fn skipped(action: &Action, cause: ActionId) -> ActionOutcome {
    if action.changes() {
        ActionOutcome::Skipped(cause)
    } else {
        ActionOutcome::Done
    }
}
