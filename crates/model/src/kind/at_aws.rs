//! The halves of a kind that call AWS: one looks, the other changes.

use async_trait::async_trait;

use super::{Kind, Target};
use crate::{Diff, ErrorClass, KindError, Observation, PhysicalId, State};

/// The half of a kind that looks, without touching. `C` is what it looks through.
///
/// It has two questions, because AWS answers them by different requests: what a resource is, which is
/// asked once in a plan, and how far it is, which is asked again and again.
#[async_trait]
pub trait Observe<C: Sync>: Kind {
    /// One observation. A physical id, when there is one, says which; else the spec does.
    async fn observe(
        &self,
        context: &C,
        target: &Target<Self::Spec>,
    ) -> Result<Observation<Self::State>, KindError>;
    /// The same question where the ledger has what was `recorded` when it was last observed or
    /// changed. A kind that can see in a wide read that nothing changed since answers from the record;
    /// what a wide read lacks and the ledger has is asked for by itself before it counts as absent.
    async fn confirm(
        &self,
        context: &C,
        target: &Target<Self::Spec>,
        _recorded: &Self::State,
    ) -> Result<Observation<Self::State>, KindError> {
        self.observe(context, target).await
    }

    /// Whether it is ready yet, or gone yet: what was seen last, with everything in it that
    /// [`Kind::readiness`] asks for brought up to date.
    async fn status(
        &self,
        context: &C,
        target: &Target<Self::Spec>,
        _seen: &Self::State,
    ) -> Result<Observation<Self::State>, KindError> {
        self.observe(context, target).await
    }

    /// The same question about a resource that is to go: whether it is there, and what its deletion would
    /// take along. How it is set up goes with it, so that a kind need not ask for what is on record.
    async fn observe_leaving(
        &self,
        context: &C,
        target: &Target<Self::Spec>,
        recorded: Option<&Self::State>,
    ) -> Result<Observation<Self::State>, KindError> {
        match recorded {
            Some(recorded) => self.confirm(context, target, recorded).await,
            None => self.observe(context, target).await,
        }
    }
}

/// The arguments of an update besides its target.
#[derive(Clone, Debug)]
pub struct Update<'a, S> {
    /// The fields that differ.
    pub diff: &'a Diff,
    /// The spec that the ledger has from the last time.
    pub owned: Option<S>,
}

/// One change of a batch.
#[derive(Clone, Debug)]
pub struct BatchItem<S, B> {
    /// The resource; nothing is asked for any more when it is being deleted.
    pub target: Target<Option<S>>,
    /// The spec that the ledger has from the last time.
    pub owned: Option<S>,
    /// The values that were there before us, to put back on deletion.
    pub before: Option<B>,
    /// Whether conflicting values of others are taken over.
    pub adopt: bool,
    /// Whether a run that died left its intent open: what it did may still be on its way.
    pub open: bool,
}

/// The end of a call that makes or changes a resource: its result, or why there is none.
pub type Called<B> = Result<CallResult<B>, KindError>;

/// The result of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct CallResult<B> {
    /// AWS's name.
    pub physical: PhysicalId,
    /// The values that were there before, when something of somebody else was taken over.
    pub before: Option<B>,
    /// Whether others had deleted it since the plan was made, so that it was made anew: what there was before it
    /// went with it, and is not put back.
    pub is_made_again: bool,
    /// The state that it is in now, where AWS's answer to the change says it, so that it need not be
    /// asked for.
    pub state: Option<State>,
}

impl<B> CallResult<B> {
    /// The same with the state that AWS's answer shows.
    #[must_use]
    pub fn in_state<K: Kind<Before = B>>(self, state: K::State) -> Self {
        Self {
            state: Some(State::of::<K>(state)),
            ..self
        }
    }
}

impl<B> From<PhysicalId> for CallResult<B> {
    fn from(physical: PhysicalId) -> Self {
        Self {
            physical,
            before: None,
            is_made_again: false,
            state: None,
        }
    }
}

/// The half of a kind that changes. Every call is repeatable: to create what exists and to delete
/// what is gone both succeed.
#[async_trait]
pub trait Mutate<C: Sync>: Observe<C> {
    /// Makes it.
    async fn create(&self, context: &C, target: &Target<Self::Spec>) -> Called<Self::Before>;

    /// Changes what differs.
    async fn update(
        &self,
        context: &C,
        target: &Target<Self::Spec>,
        update: &Update<'_, Self::Spec>,
    ) -> Called<Self::Before>;

    /// Finishes what an interrupted run began, where nothing differs any more: the part that no
    /// observation shows.
    async fn resume(&self, _context: &C, _target: &Target<Self::Spec>) -> Result<(), KindError> {
        Ok(())
    }

    /// Removes it, and everything in it. `NotYet` when it must be asked again later.
    async fn delete(&self, context: &C, target: &Target<Self::Spec>) -> Result<(), KindError>;

    /// Carries out several changes of one batch key at once, all or nothing.
    async fn change(
        &self,
        _context: &C,
        _items: &[BatchItem<Self::Spec, Self::Before>],
    ) -> Result<Vec<CallResult<Self::Before>>, KindError> {
        Err(KindError::new(
            ErrorClass::Invalid,
            Self::NAME,
            "this kind has no batches",
        ))
    }
}
