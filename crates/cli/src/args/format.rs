//! `--format`: the forms in which commands print their data. `--json` is the short form of
//! `--format json`.

use clap::ValueEnum;

/// The forms of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// The forms of a run that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The forms of what was probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a comment or a ticket
    Markdown,
    /// JUnit XML, for build servers
    Junit,
    /// One page in one file
    Html,
}

impl ResultFormat {
    /// The form where `--json` may be given in its place.
    pub(crate) fn or_json(self, is_json: bool) -> Self {
        if is_json { Self::Json } else { self }
    }
}

/// The forms of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// For programs
    Json,
}
