//! The graph of a plan.

use std::borrow::Cow;

use model::{Action, ActionId, Edge, Level, Plan, ResourceId, Verb};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Content, Document};
use crate::graph::{edges, shown};

/// The changing actions, what they wait for, and why.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GraphDocument {
    nodes: Vec<Node>,
    edges: Vec<Arrow>,
}

/// An action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Node {
    /// Its number in the plan.
    id: ActionId,
    verb: Verb,
    resource: ResourceId,
}

/// An action that comes before another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Edge")]
struct Arrow {
    /// The number of what comes first.
    from: ActionId,
    /// The number of what comes after.
    to: ActionId,
    level: Level,
    reason: Cow<'static, str>,
}

impl Content for GraphDocument {
    const FORMAT: &'static str = "deploy.graph";
    const VERSION: u32 = 1;
}

/// The graph of `plan`.
pub fn graph_json(plan: &Plan) -> Document<GraphDocument> {
    let all = shown(plan);
    let nodes = plan
        .actions
        .iter()
        .filter(|action| all.contains(&action.id));
    Document::new(GraphDocument {
        nodes: nodes.map(node).collect(),
        edges: edges(plan).map(arrow).collect(),
    })
}

fn node(action: &Action) -> Node {
    Node {
        id: action.id,
        verb: action.verb(),
        resource: action.resource.clone(),
    }
}

fn arrow((action, edge): (&Action, &Edge)) -> Arrow {
    Arrow {
        from: edge.action,
        to: action.id,
        level: edge.level,
        reason: edge.reason.clone(),
    }
}
