//! The crates of the program as a graph.

use crate::project::{PURE, Project};

/// Crates that are built after the program and are no part of it.
const LEFT_OUT: &[&str] = &["tests", "xtask"];

/// The crates, and which is built from which.
pub(super) struct Graph {
    pub(super) crates: Vec<Crate>,
    /// Pairs of positions in `crates`: the user, and what it is built from. Without those that
    /// follow from others.
    pub(super) arrows: Vec<Arrow>,
}

/// A crate of the program.
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) nature: Nature,
}

/// The access that a crate has to the world.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// None: no runtime, no clock, no files.
    Pure,
    /// None, except for the half that a feature brings.
    Half,
    /// The network, the clock or files.
    Acting,
    /// All of it: the program itself.
    Binary,
}

/// A direct dependency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) optional: bool,
}

impl Graph {
    pub(super) fn of(project: &Project) -> Self {
        let members = project.members.iter();
        let mut members: Vec<_> = members
            .filter(|member| !LEFT_OUT.contains(&member.name.as_str()))
            .collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let position = |name: &str| members.iter().position(|member| member.name == name);
        let mut arrows = Vec::new();
        for (from, member) in members.iter().enumerate() {
            arrows.extend(member.built_from.iter().filter_map(|built_from| {
                Some(Arrow {
                    from,
                    to: position(&built_from.name)?,
                    optional: built_from.optional,
                })
            }));
        }
        let crates = members.iter().map(|member| Crate {
            name: member.name.clone(),
            description: member.description.trim_end_matches('.').to_owned(),
            nature: nature(
                &member.name,
                member.built_from.iter().any(|built| built.optional),
            ),
        });
        Self {
            crates: crates.collect(),
            arrows: reduced(&arrows),
        }
    }

    /// The layer of each crate, from 0 at the bottom: one above the highest that it is built from.
    pub(super) fn layers(&self) -> Vec<usize> {
        let mut layers = vec![0; self.crates.len()];
        // Each round settles at least one layer.
        for _ in &self.crates {
            for arrow in &self.arrows {
                layers[arrow.from] = layers[arrow.from].max(layers[arrow.to] + 1);
            }
        }
        layers
    }
}

fn nature(name: &str, has_optional_half: bool) -> Nature {
    match (name, PURE.contains(&name)) {
        ("cli", _) => Nature::Binary,
        (_, false) => Nature::Acting,
        (_, true) if has_optional_half => Nature::Half,
        (_, true) => Nature::Pure,
    }
}

/// The arrows without those whose end is reached by a longer way too.
fn reduced(arrows: &[Arrow]) -> Vec<Arrow> {
    let follows = |arrow: &&Arrow| {
        let others = arrows
            .iter()
            .filter(|other| other.from == arrow.from && other.to != arrow.to);
        others
            .into_iter()
            .any(|other| reaches(arrows, other.to, arrow.to))
    };
    arrows
        .iter()
        .filter(|arrow| !follows(arrow))
        .copied()
        .collect()
}

fn reaches(arrows: &[Arrow], from: usize, to: usize) -> bool {
    from == to
        || arrows
            .iter()
            .any(|arrow| arrow.from == from && reaches(arrows, arrow.to, to))
}

#[cfg(test)]
mod tests {
    use super::{Arrow, reduced};

    fn arrow(from: usize, to: usize) -> Arrow {
        Arrow {
            from,
            to,
            optional: false,
        }
    }

    #[test]
    fn an_arrow_that_follows_from_others_is_left_out() {
        let arrows = [arrow(2, 1), arrow(1, 0), arrow(2, 0), arrow(3, 0)];
        let left: Vec<(usize, usize)> = reduced(&arrows).iter().map(|a| (a.from, a.to)).collect();
        assert_eq!(left, [(2, 1), (1, 0), (3, 0)]);
    }
}
