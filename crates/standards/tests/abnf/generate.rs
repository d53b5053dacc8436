//! Texts of a grammar, and texts that are almost of one.

use fastrand::Rng;

use super::grammar::{Grammar, Node};

/// Repetitions beyond the least that a rule without a limit gets at most.
const MOST_MORE: usize = 2;

/// A text of `rule`, by chance.
pub(crate) fn text(grammar: &Grammar, rule: &str, rng: &mut Rng) -> Vec<u8> {
    let mut text = Vec::new();
    push(grammar, &Node::Rule(grammar.find(rule)), rng, &mut text);
    text
}

fn push(grammar: &Grammar, node: &Node, rng: &mut Rng, text: &mut Vec<u8>) {
    match node {
        Node::Alternatives(nodes) => push(grammar, &nodes[rng.usize(..nodes.len())], rng, text),
        Node::Sequence(nodes) => {
            for node in nodes {
                push(grammar, node, rng, text);
            }
        }
        Node::Repeated(node, least, most) => {
            let most = most.unwrap_or(least + MOST_MORE);
            for _ in 0..rng.usize(*least..=most) {
                push(grammar, node, rng, text);
            }
        }
        Node::Rule(number) => push(grammar, grammar.rule(*number), rng, text),
        Node::Except(number, words) => {
            let start = text.len();
            loop {
                push(grammar, grammar.rule(*number), rng, text);
                let found = &text[start..];
                let is_word = |word: &String| found.eq_ignore_ascii_case(word.as_bytes());
                if !words.iter().any(is_word) {
                    break;
                }
                text.truncate(start);
            }
        }
        Node::Text(octets, is_exact) => {
            let is_shouted = !is_exact && rng.u8(..) < 16;
            let start = text.len();
            text.extend(octets);
            if is_shouted {
                text[start..].make_ascii_uppercase();
            }
        }
        Node::Octet(range) => text.push(rng.u8(range.clone())),
    }
}

/// Octets that mutants get: what separates, what is almost that, and any other.
const INTERESTING: &[u8] = b" \t\r\n;:=,./!%{}-_*\"'\\@[]0aZ\x00\x7f\xc3";

/// `text` with one change, or a few.
pub(crate) fn mutant(text: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut mutant = text.to_vec();
    for _ in 0..rng.usize(1..=2) {
        change(&mut mutant, rng);
    }
    mutant
}

fn change(text: &mut Vec<u8>, rng: &mut Rng) {
    let octet = if rng.bool() {
        INTERESTING[rng.usize(..INTERESTING.len())]
    } else {
        rng.u8(b' '..=b'~')
    };
    let at = rng.usize(..=text.len());
    let end = (at + rng.usize(1..=6)).min(text.len());
    match rng.u8(..6) {
        0 => text.insert(at, octet),
        1 if at < text.len() => text[at] = octet,
        2 if at < text.len() => {
            text.remove(at);
        }
        3 => {
            text.drain(at..end);
        }
        4 => {
            let piece = text[at..end].to_vec();
            let place = rng.usize(..=text.len());
            text.splice(place..place, piece);
        }
        _ if at < text.len() => text[at] ^= 0x20,
        _ => {}
    }
}
