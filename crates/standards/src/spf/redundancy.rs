//! SPF-25: terms that decide nothing which another one does not.

use std::collections::BTreeMap;

use super::parse::Located;
use super::{Mechanism, Network, Qualifier, Term};
use crate::finding::FOREMOST;
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding};

/// SPF-25, for terms with a domain.
pub(super) fn lint_repetition(located: &[Located], text: &str, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, Qualifier> = BTreeMap::new();
    let mut told = 0;
    for one in located {
        let Term::Directive(qualifier, mechanism) = &one.term else {
            continue;
        };
        // A second `all` is never reached, which SPF-16 says.
        if matches!(mechanism, Mechanism::Ip(_) | Mechanism::All) {
            continue;
        }
        let mut term = mechanism.to_string();
        // A macro in capitals stands for the escaped value (RFC 7208 §7.3).
        if !term.contains('%') {
            term.make_ascii_lowercase();
        }
        if let Some(first) = seen.get(&term) {
            told += 1;
            if told > FOREMOST {
                break;
            }
            let reason = format!("{} is there already", quote(&term));
            findings.push(superfluous(reason, one, text, first == qualifier));
        } else {
            seen.insert(term, *qualifier);
        }
    }
}

/// SPF-25, for networks: one pass over them in order of address, in which the networks
/// that cover the present one are on the stack.
pub(super) fn lint_coverage(located: &[Located], text: &str, findings: &mut Vec<Finding>) {
    let mut networks: Vec<(usize, Qualifier, Network)> = located
        .iter()
        .enumerate()
        .filter_map(|(index, one)| match one.term {
            Term::Directive(qualifier, Mechanism::Ip(network)) => Some((index, qualifier, network)),
            _ => None,
        })
        .collect();
    networks.sort_by_key(|(index, _, network)| (network.sort_key(), *index));
    let mut covered = BTreeMap::new();
    let mut stack: Vec<(usize, Qualifier, Network)> = Vec::new();
    for (index, qualifier, network) in networks {
        while stack
            .last()
            .is_some_and(|(_, _, wide)| !wide.covers(network))
        {
            stack.pop();
        }
        // An exception stands before the network it is taken from, and means otherwise.
        if let Some((first, meant, wide)) = stack.last()
            && (*first < index || *meant == qualifier)
        {
            let is_same = *first < index && *meant == qualifier;
            covered.insert(index, (network, *wide, is_same));
        }
        stack.push((index, qualifier, network));
    }
    let told = covered.into_iter().take(FOREMOST);
    findings.extend(told.map(|(index, (network, wide, is_same))| {
        let reason = format!("{network} is covered by {wide}");
        superfluous(reason, &located[index], text, is_same)
    }));
}

/// SPF-25 for a term that another one covers. Its removal is sure where the other one comes before
/// it and says the same: then it is never reached. Terms come after the version and a space.
fn superfluous(reason: String, one: &Located, text: &str, is_same: bool) -> Finding {
    let finding = Finding::new(rules::SPF_25, reason)
        .fix(format!("remove {}", quote(&text[one.span.clone()])))
        .at(one.span.clone());
    let edit = Edit::remove(one.span.start - 1..one.span.end);
    finding.with_meant(edit, is_same)
}
