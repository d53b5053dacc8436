//! The pure crates decide, and have no access to the world.

use std::collections::BTreeSet;

use super::Workspace;
use super::source::Source;
use crate::command::{Failure, cargo, output};
use crate::project::PURE;

/// Crates with a runtime, a socket or a clock, by the start of their names.
const IMPURE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "aws-",
    "hyper",
    "reqwest",
    "hickory-",
    "rustls",
    "axum",
    "tower",
    "mio",
    "socket2",
    "h2",
    "rand",
    "chrono",
    "tempfile",
    "walkdir",
    "dirs",
];

/// Text that must not be in the code of a pure crate.
const BACK_DOORS: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::",
    "Timestamp::now",
    "Zoned::now",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
];

/// No file system, environment, clock or socket in the code of pure crates.
pub(super) fn words(workspace: &Workspace) -> Vec<String> {
    let gated = gated_modules(workspace);
    let mut problems = Vec::new();
    for source in &workspace.sources {
        let pure = PURE
            .iter()
            .any(|name| source.path.starts_with(&format!("crates/{name}/src/")));
        if !pure || gated.contains(&source.path) {
            continue;
        }
        for (at, line) in source.lines() {
            for word in BACK_DOORS.iter().filter(|word| line.contains(*word)) {
                problems.push(format!(
                    "{}:{at}: `{word}` in a pure crate: take what it gives as an argument",
                    source.path
                ));
            }
        }
    }
    problems
}

/// The files of modules behind a feature.
fn gated_modules(workspace: &Workspace) -> BTreeSet<String> {
    let gated = |source: &Source| {
        let lines: Vec<&str> = source.text.lines().collect();
        let folder = source
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .to_owned();
        let pairs = lines
            .windows(2)
            .filter(|pair| pair[0].trim().starts_with("#[cfg(feature"));
        let names = pairs.filter_map(|pair| {
            let (_, name) = pair[1].split_once("mod ")?;
            name.strip_suffix(';').map(ToOwned::to_owned)
        });
        names
            .map(|name| format!("{folder}/{name}.rs"))
            .collect::<Vec<_>>()
    };
    workspace.sources.iter().flat_map(gated).collect()
}

/// No runtime in the normal dependencies of pure crates, however far down.
pub(super) fn dependencies(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for name in PURE {
        let tree = [
            "tree",
            "--package",
            name,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ];
        let tree = output(&mut cargo(&workspace.project.root, &tree))?;
        let crates: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let impure = crates.iter().filter(|found| is_impure(found));
        problems.extend(impure.map(|found| {
            format!(
                "crates/{name}: depends on {found}: see `cargo tree -p {name} -e normal -i {found}`"
            )
        }));
    }
    Ok(problems)
}

fn is_impure(name: &str) -> bool {
    IMPURE.iter().any(|impure| {
        name == *impure
            || (impure.ends_with('-') && name.starts_with(impure))
            || name
                .strip_prefix(impure)
                .is_some_and(|rest| rest.starts_with('-'))
    })
}
