//! Loading: files to text, text to trees, includes and defaults merged, trees to types, and the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use model::rules;
use standards::Finding;

use crate::domain::Domain;
use crate::files::{FileError, Files};
use crate::manifest::{IncludedFile, Ledger, Manifest, ManifestFile, Parked};
use crate::path;
use crate::position::{Located, Position, Source};
use crate::read::{Read, Reader};
use crate::report::{Report, in_order};
use crate::values::Pattern;
use crate::yaml::{self, Content, Key, Node};
use crate::{check, read};
use standards::dns::Name;
use standards::mail_uri::ReportUri;

/// The nodes that `defaults` may become when they are written out under every domain of a file:
/// ten thousand domains with a hundred nodes each.
const MERGED_NODES_MAX: usize = 1_000_000;
/// The keys of `defaults` that a parked domain takes; what it publishes is fixed.
const PARKED_KEYS: [&str; 6] = ["dns", "ttl", "adopt", "accept", "ignore", "tags"];

/// Loads the manifest at `path`, with all that it includes and names.
///
/// Every finding is reported, not the first. There is a manifest whenever all of it could be read,
/// so that `lint` can say more about it; with a finding of severity error it must not be planned.
pub fn load(path: &str, files: &dyn Files) -> (Option<Manifest>, Vec<Finding>) {
    let mut reader = Reader {
        files,
        read: BTreeMap::new(),
        report: Report::default(),
        partial: false,
    };
    let manifest = read_tree(path, &mut reader).and_then(|tree| build(&tree, &mut reader));
    if let Some(manifest) = &manifest {
        check::check(manifest, &mut reader.report);
    }
    // What could not be read is not in the manifest, and a plan without it would delete it.
    let manifest = manifest.filter(|_| reader.report.unreadable.is_empty());
    let findings = in_order(reader.report.into_findings(), path);
    (manifest, findings)
}

/// The tree of one file.
fn read_tree(path: &str, reader: &mut Reader<'_>) -> Option<Node> {
    let source = |text: String| Arc::new(Source::new(path.to_owned(), text));
    let start = |source: Arc<Source>| Position {
        source,
        line: 1,
        column: 1,
    };
    let bytes = match reader.files.read(path, yaml::SOURCE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) => {
            let reason = format!("`{path}` can't be read: {error}");
            let position = start(source(String::new()));
            let (rule, fix) = match error {
                FileError::TooLarge { .. } => {
                    (rules::MAN_05, "split it into files and `include` them")
                }
                _ => (rules::MAN_07, "name a manifest that is there"),
            };
            reader.report.add(rule, &position, reason, fix);
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => yaml::parse(&source(text), &mut reader.report),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let before = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            let position = Position {
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                source: source(text),
            };
            reader.report.add(
                rules::MAN_01,
                &position,
                "this is not UTF-8 text",
                "save the file as UTF-8",
            );
            None
        }
    }
}

/// The manifest of the main file's tree.
fn build(tree: &Node, reader: &mut Reader<'_>) -> Option<Manifest> {
    if matches!(tree.content, Content::Nothing) {
        let fix = "write a manifest with `deploy init DOMAIN`, or start from one that ships";
        reader.report.add(
            rules::MAN_13,
            &tree.position,
            "there is nothing in this manifest",
            fix,
        );
        return None;
    }
    let defaults = tree.get("defaults").cloned();
    let merged = with_defaults(tree, defaults.as_ref(), &mut reader.report)?;
    let file = ManifestFile::read(&merged, reader);
    // Includes are read even where this file has faults: all findings at once.
    let patterns = match tree.get("include") {
        Some(node) => Vec::<Located<Pattern>>::read(node, reader).unwrap_or_default(),
        None => Vec::new(),
    };
    let paths: BTreeSet<String> = patterns
        .iter()
        .flat_map(|pattern| expand(pattern, reader))
        .collect();
    let mut included = Vec::new();
    let mut whole = true;
    for path in paths {
        let tree = read_tree(&path, reader)
            .and_then(|tree| with_defaults(&tree, defaults.as_ref(), &mut reader.report));
        let file = tree.and_then(|tree| IncludedFile::read(&tree, reader));
        whole &= file.is_some();
        included.extend(file);
    }
    let file = file?;
    let mut domains = file.domains;
    let mut names = file.parked;
    for more in included {
        add_domains(&mut domains, more.domains, reader);
        names.extend(more.parked);
    }
    let parked = park(&domains, names, defaults.as_ref(), reader)?;
    let ledger = file.ledger.or_else(|| {
        let node = read::default_node(&tree.position, ".deploy/");
        Located::read(&node, reader).map(|path| Located {
            value: Ledger::Path(path),
            position: tree.position.clone(),
        })
    })?;
    whole.then_some(Manifest {
        project: file.project,
        accounts: file.accounts,
        ledger,
        quotas: file.quotas,
        notify: file.notify,
        domains,
        parked,
    })
}

/// The paths that a pattern stands for.
fn expand(pattern: &Located<Pattern>, reader: &mut Reader<'_>) -> Vec<String> {
    let position = &pattern.position;
    let resolved = match path::resolve(&position.source.path, pattern.as_str()) {
        Ok(resolved) => resolved,
        Err(reason) => {
            reader
                .report
                .add(rules::MAN_06, position, reason, path::FIX);
            return Vec::new();
        }
    };
    match reader.files.glob(&resolved) {
        Ok(paths) if paths.is_empty() => {
            let reason = format!("`{resolved}` matches no file");
            reader.report.add(
                rules::MAN_11,
                position,
                reason,
                "correct the pattern, or remove it",
            );
            Vec::new()
        }
        Ok(paths) => paths
            .into_iter()
            .filter(|path| *path != position.source.path)
            .collect(),
        Err(error) => {
            let reason = format!("`{resolved}` can't be listed: {error}");
            reader
                .report
                .add(rules::MAN_07, position, reason, "name files that are there");
            Vec::new()
        }
    }
}

/// The same tree with `defaults` merged under each of its domains, unless that is a bomb.
fn with_defaults(tree: &Node, defaults: Option<&Node>, report: &mut Report) -> Option<Node> {
    let mut tree = tree.clone();
    let Content::Map(entries) = &mut tree.content else {
        return Some(tree);
    };
    let defaults_size = defaults.map_or(0, Node::size);
    let domains = entries.iter_mut().filter(|(key, _)| key.text == "domains");
    for (key, node) in domains {
        let Content::Map(blocks) = &mut node.content else {
            continue;
        };
        if blocks.len().saturating_mul(defaults_size) > MERGED_NODES_MAX {
            let reason = format!(
                "`defaults` under each of these {} domains are more than {MERGED_NODES_MAX} values",
                blocks.len()
            );
            report.add(
                rules::MAN_05,
                &key.position,
                reason,
                "split the domains into files and `include` them",
            );
            return None;
        }
        for (_, block) in blocks {
            // A domain with nothing said about it is one that only has the defaults.
            if matches!(block.content, Content::Nothing) {
                block.content = Content::Map(Vec::new());
            }
            if let Some(defaults) = defaults {
                merge(block, defaults);
            }
        }
    }
    Some(tree)
}

/// Puts `base` under `node`: maps are merged, everything else is replaced, and a key with nothing takes the default away.
fn merge(node: &mut Node, base: &Node) {
    let (Content::Map(entries), Content::Map(base)) = (&mut node.content, &base.content) else {
        return;
    };
    let mut taken_away: Vec<String> = Vec::new();
    for (key, value) in base {
        match entries.iter_mut().find(|(known, _)| known.text == key.text) {
            None => entries.push((key.clone(), value.clone())),
            Some((_, own)) if matches!(own.content, Content::Nothing) => {
                taken_away.push(key.text.clone());
            }
            Some((_, own)) => merge(own, value),
        }
    }
    entries.retain(|(key, _)| !taken_away.contains(&key.text));
}

/// Adds what an included file brings, each domain once.
fn add_domains(
    domains: &mut IndexMap<Name, Located<Domain>>,
    more: IndexMap<Name, Located<Domain>>,
    reader: &mut Reader<'_>,
) {
    for (name, domain) in more {
        match domains.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(domain);
            }
            Entry::Occupied(entry) => {
                twice(entry.key(), &domain.position, &entry.get().position, reader);
            }
        }
    }
}

fn twice(name: &Name, again: &Position, first: &Position, reader: &mut Reader<'_>) {
    let reason = format!("the domain `{name}` is declared already, at {first}");
    reader
        .report
        .add(rules::MAN_15, again, reason, "keep one of the two");
}

/// The parked domains, made from their names and the defaults.
fn park(
    domains: &IndexMap<Name, Located<Domain>>,
    names: Vec<Located<Name>>,
    defaults: Option<&Node>,
    reader: &mut Reader<'_>,
) -> Option<IndexMap<Name, Located<Parked>>> {
    let mut parked: IndexMap<Name, Located<Parked>> = IndexMap::new();
    let Some(first) = names.first() else {
        return Some(parked);
    };
    let Some(defaults) = defaults.filter(|defaults| defaults.get("dns").is_some()) else {
        let reason = "nothing says where the DNS of parked domains is";
        reader.report.add(
            rules::MAN_16,
            &first.position,
            reason,
            "add `dns` to `defaults`",
        );
        return None;
    };
    let template = template(defaults, reader)?;
    for name in names {
        let declared = domains.get(&name.value).map(|domain| &domain.position);
        let declared = declared.or_else(|| parked.get(&name.value).map(|parked| &parked.position));
        if let Some(first) = declared {
            twice(&name, &name.position, &first.clone(), reader);
            continue;
        }
        let Located { value, position } = name;
        let template = template.clone();
        parked.insert(
            value,
            Located {
                value: template,
                position,
            },
        );
    }
    Some(parked)
}

/// The values that every parked domain takes from the defaults.
fn template(defaults: &Node, reader: &mut Reader<'_>) -> Option<Parked> {
    let Content::Map(entries) = &defaults.content else {
        return None;
    };
    let is_taken = |key: &Key| PARKED_KEYS.contains(&key.text.as_str());
    let node = Node {
        position: defaults.position.clone(),
        content: Content::Map(
            entries
                .iter()
                .filter(|(key, _)| is_taken(key))
                .cloned()
                .collect(),
        ),
    };
    let block = Domain::read(&node, reader)?;
    let rua = match defaults.get("dmarc").and_then(|dmarc| dmarc.get("rua")) {
        Some(node) => Vec::<Located<ReportUri>>::read(node, reader)?,
        None => Vec::new(),
    };
    Some(Parked {
        dns: block.dns,
        ttl: block.ttl,
        rua,
        adopt: block.adopt,
        accept: block.accept,
        ignore: block.ignore,
        tags: block.tags,
    })
}
