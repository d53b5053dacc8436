//! `cargo xtask picture`: the crates and what each is built from, as a drawing.
//!
//! The drawing is made from the manifests of the crates, so that it cannot be out of date. Crates are
//! in layers: each stands above everything that it is built from. An arrow that follows from others
//! is left out, which leaves about two a crate.

mod graph;
mod layout;
mod svg;

use crate::generated::Generated;
use crate::project::Project;
use graph::Graph;

/// The drawing as it must be in the repository.
pub(crate) fn drawn(project: &Project) -> Generated {
    let graph = Graph::of(project);
    let layout = layout::of(&graph);
    Generated {
        path: "docs/architecture.svg".to_owned(),
        text: svg::print(&graph, &layout),
    }
}
