//! The runs that change something: what was planned, what was seen before it, and what became of it.
//! What did not come about is null.

use model::{KindError, ResourceId, Verb};
use schemars::JsonSchema;
use serde::Serialize;

use super::{ChecksDocument, Content, Document, DriftDocument, FindingsDocument, PlanDocument};

/// The parts that every run that changes something has.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Run {
    /// The plan.
    pub plan: Option<Document<PlanDocument>>,
    /// How each action of the plan ended, in its order.
    pub outcomes: Option<Vec<Outcome>>,
    /// How long it took.
    pub elapsed_seconds: Option<f64>,
}

/// A run of `deploy apply`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApplyDocument {
    /// The run itself.
    #[serde(flatten)]
    pub run: Run,
    /// The findings from outside before the question.
    pub findings: Option<Document<FindingsDocument>>,
    /// The checks at the end.
    pub checks: Option<Document<ChecksDocument>>,
}

/// A run of `deploy destroy`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DestroyDocument {
    /// The run itself.
    #[serde(flatten)]
    pub run: Run,
    /// The resources that are left.
    pub left: Option<Left>,
}

/// A run of `deploy drift --repair`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RepairDocument {
    /// The run itself.
    #[serde(flatten)]
    pub run: Run,
    /// The drift that is seen after it.
    pub drift: Option<Document<DriftDocument>>,
}

/// The resources that are left after a destroy.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Left {
    /// How many resources are still in the ledger.
    pub recorded: usize,
    /// Resources that stand and are ours, a line each.
    pub ours: Vec<String>,
    /// Resources that stand, of which nobody knows whose they are.
    pub origin_unknown: Vec<String>,
    /// Resources that stand and are somebody else's.
    pub of_others: Vec<String>,
}

/// How an action ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The verb of the action.
    pub verb: Verb,
    /// The resource of the action.
    pub resource: ResourceId,
    /// The end.
    pub outcome: OutcomeWord,
    /// More about it.
    pub detail: Option<OutcomeDetail>,
}

/// The end of an action.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// It is done.
    Done,
    /// Its call failed.
    Failed,
    /// A precondition was not met.
    Refused,
    /// It waits for something.
    Waiting,
    /// Another action ended otherwise, which it comes after.
    Skipped,
    /// The run was stopped before it.
    NotBegun,
}

/// More about the end of an action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OutcomeDetail {
    /// The call that failed.
    Call(KindError),
    /// The precondition that was not met.
    Precondition {
        /// The id of its rule.
        rule: String,
        /// The observation.
        seen: String,
    },
    /// Why it failed, what is waited for, or the resource that it was skipped for.
    Text(String),
}

impl Content for ApplyDocument {
    const FORMAT: &'static str = "deploy.apply";
    const VERSION: u32 = 2;
}

impl Content for DestroyDocument {
    const FORMAT: &'static str = "deploy.destroy";
    const VERSION: u32 = 2;
}

impl Content for RepairDocument {
    const FORMAT: &'static str = "deploy.repair";
    const VERSION: u32 = 2;
}
