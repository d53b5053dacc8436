//! Whether a text follows a grammar: every way to read it is followed at once.

use std::collections::HashMap;
use std::rc::Rc;

use super::grammar::{Grammar, Node};

/// The positions at which a piece of the text can end, in order, each once.
type Ends = Vec<usize>;

/// Whether the whole of `text` is a `rule` of `grammar`.
pub(crate) fn matches(grammar: &Grammar, rule: &str, text: &[u8]) -> bool {
    let mut matcher = Matcher {
        grammar,
        text,
        known: HashMap::new(),
    };
    matcher.rule(grammar.find(rule), 0).contains(&text.len())
}

struct Matcher<'a> {
    grammar: &'a Grammar,
    text: &'a [u8],
    known: HashMap<(usize, usize), Rc<Ends>>,
}

impl Matcher<'_> {
    fn rule(&mut self, number: usize, at: usize) -> Rc<Ends> {
        if let Some(ends) = self.known.get(&(number, at)) {
            return Rc::clone(ends);
        }
        let grammar = self.grammar;
        let ends = Rc::new(self.node(grammar.rule(number), at));
        self.known.insert((number, at), Rc::clone(&ends));
        ends
    }

    fn node(&mut self, node: &Node, at: usize) -> Ends {
        match node {
            Node::Alternatives(nodes) => {
                let mut ends = Ends::new();
                for node in nodes {
                    ends.extend(self.node(node, at));
                }
                each_once(ends)
            }
            Node::Sequence(nodes) => {
                let mut ends = vec![at];
                for node in nodes {
                    ends = self.after(&ends, node);
                    if ends.is_empty() {
                        break;
                    }
                }
                ends
            }
            Node::Repeated(node, least, most) => self.repeated(node, *least, *most, at),
            Node::Rule(number) => (*self.rule(*number, at)).clone(),
            Node::Except(number, words) => {
                let ends = self.rule(*number, at);
                let is_free = |end: &usize| {
                    let found = &self.text[at..*end];
                    !words
                        .iter()
                        .any(|word| found.eq_ignore_ascii_case(word.as_bytes()))
                };
                ends.iter().copied().filter(is_free).collect()
            }
            Node::Text(text, is_exact) => {
                let end = at + text.len();
                let is_there = self.text.get(at..end).is_some_and(|found| {
                    found == text || !is_exact && found.eq_ignore_ascii_case(text)
                });
                Vec::from_iter(is_there.then_some(end))
            }
            Node::Octet(range) => {
                let is_there = self.text.get(at).is_some_and(|octet| range.contains(octet));
                Vec::from_iter(is_there.then_some(at + 1))
            }
        }
    }

    /// The ends of `node` after any of `starts`.
    fn after(&mut self, starts: &[usize], node: &Node) -> Ends {
        if let [start] = starts {
            return self.node(node, *start);
        }
        let mut ends = Ends::new();
        for start in starts {
            ends.extend(self.node(node, *start));
        }
        each_once(ends)
    }

    fn repeated(&mut self, node: &Node, least: usize, most: Option<usize>, at: usize) -> Ends {
        let mut reached = vec![at];
        for _ in 0..least {
            reached = self.after(&reached, node);
        }
        let mut ends = reached.clone();
        let mut rounds = most.map(|most| most - least);
        while !reached.is_empty() && rounds != Some(0) {
            reached = self.after(&reached, node);
            reached.retain(|end| !ends.contains(end));
            ends.extend(&reached);
            rounds = rounds.map(|rounds| rounds - 1);
        }
        each_once(ends)
    }
}

fn each_once(mut ends: Ends) -> Ends {
    ends.sort_unstable();
    ends.dedup();
    ends
}
