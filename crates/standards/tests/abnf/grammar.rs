//! ABNF as a value (RFC 5234, RFC 7405): read from the text of the standards.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The meaning of a rule.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// One of these, by any of them.
    Alternatives(Vec<Node>),
    /// All of these, in order.
    Sequence(Vec<Node>),
    /// This, at least and at most so often.
    Repeated(Box<Node>, usize, Option<usize>),
    /// The rule with this number.
    Rule(usize),
    /// The rule with this number, but none of these words, in any case of letters.
    Except(usize, Vec<String>),
    /// These octets; letters in any case unless the text is written with `%s`.
    Text(Vec<u8>, bool),
    /// One octet of this range.
    Octet(RangeInclusive<u8>),
}

/// Rules by their number.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    rules: Vec<Option<Node>>,
    numbers: BTreeMap<String, usize>,
}

impl Grammar {
    /// The rules of these texts. A rule of a later text takes the place of an earlier one.
    pub(crate) fn read(texts: &[&str]) -> Self {
        let mut grammar = Self::default();
        for text in texts {
            for rule in rules(text) {
                let (name, elements) = rule.split_once('=').expect("a rule");
                let number = grammar.number(name.trim());
                let mut reader = Reader {
                    rest: elements.trim(),
                    grammar: &mut grammar,
                };
                let node = reader.alternatives();
                assert_eq!(reader.rest, "", "{name} is not read to its end");
                grammar.rules[number] = Some(node);
            }
        }
        for (name, number) in &grammar.numbers {
            assert!(grammar.rules[*number].is_some(), "{name} has no rule");
        }
        grammar
    }

    /// The number of the rule `name`; names have no case.
    pub(crate) fn number(&mut self, name: &str) -> usize {
        let next = self.rules.len();
        let number = *self.numbers.entry(name.to_lowercase()).or_insert(next);
        if number == next {
            self.rules.push(None);
        }
        number
    }

    /// The number of a rule that is there.
    pub(crate) fn find(&self, name: &str) -> usize {
        self.numbers[&name.to_lowercase()]
    }

    pub(crate) fn rule(&self, number: usize) -> &Node {
        self.rules[number].as_ref().expect("a rule")
    }
}

/// The rules of a text, each in one line and without comments. A line that begins with white
/// space goes on with the rule before.
fn rules(text: &str) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut is_quoted = false;
        let end = line.find(|character| {
            is_quoted ^= character == '"';
            character == ';' && !is_quoted
        });
        let line = &line[..end.unwrap_or(line.len())];
        match rules.last_mut() {
            _ if line.trim().is_empty() => {}
            Some(rule) if line.starts_with(' ') => rule.push_str(line),
            _ => rules.push(line.to_owned()),
        }
    }
    rules
}

struct Reader<'a> {
    rest: &'a str,
    grammar: &'a mut Grammar,
}

impl<'a> Reader<'a> {
    fn alternatives(&mut self) -> Node {
        let mut nodes = vec![self.sequence()];
        while self.skip("/") {
            nodes.push(self.sequence());
        }
        single(nodes, Node::Alternatives)
    }

    fn sequence(&mut self) -> Node {
        let mut nodes = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['/', ')', ']']) {
            nodes.push(self.repetition());
        }
        single(nodes, Node::Sequence)
    }

    /// `n*m element`, `*element`, `n element`, `element`.
    fn repetition(&mut self) -> Node {
        let least = self.number();
        let has_star = self.skip_exactly("*");
        let most = if has_star { self.number() } else { least };
        let node = self.element();
        if !has_star && least.is_none() {
            return node;
        }
        Node::Repeated(Box::new(node), least.unwrap_or(0), most)
    }

    fn element(&mut self) -> Node {
        if self.skip("(") {
            let node = self.alternatives();
            assert!(self.skip(")"), "a group is not closed: {}", self.rest);
            return node;
        }
        if self.skip("[") {
            let node = self.alternatives();
            assert!(self.skip("]"), "an option is not closed: {}", self.rest);
            return Node::Repeated(Box::new(node), 0, Some(1));
        }
        if let Some(text) = self.rest.strip_prefix('<') {
            let (text, rest) = text.split_once('>').expect("a closed prose value");
            self.rest = rest.trim_start();
            let (name, words) = text.split_once(" but not: ").expect("an exception");
            let words = words.split(' ').map(str::to_owned).collect();
            return Node::Except(self.grammar.number(name), words);
        }
        let is_exact = self.skip_exactly("%s");
        if let Some(text) = self.rest.strip_prefix('"') {
            let (text, rest) = text.split_once('"').expect("a closed text");
            self.rest = rest.trim_start();
            return Node::Text(text.as_bytes().to_vec(), is_exact);
        }
        if self.skip_exactly("%x") {
            return self.octets();
        }
        let name = self.take(|c| c.is_ascii_alphanumeric() || c == '-');
        assert!(!name.is_empty(), "no element: {}", self.rest);
        self.rest = self.rest.trim_start();
        Node::Rule(self.grammar.number(name))
    }

    /// `41`, `41-5A` or `0D.0A`.
    fn octets(&mut self) -> Node {
        let text = self.take(|c| c.is_ascii_hexdigit() || c == '-' || c == '.');
        self.rest = self.rest.trim_start();
        let octet = |digits: &str| u8::from_str_radix(digits, 16).expect("an octet");
        match text.split_once('-') {
            Some((first, last)) => Node::Octet(octet(first)..=octet(last)),
            None => Node::Text(text.split('.').map(octet).collect(), true),
        }
    }

    fn number(&mut self) -> Option<usize> {
        self.take(|c| c.is_ascii_digit()).parse().ok()
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip_exactly(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip(&mut self, text: &str) -> bool {
        let is_there = self.skip_exactly(text);
        self.rest = self.rest.trim_start();
        is_there
    }
}

fn single(mut nodes: Vec<Node>, several: impl Fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        1 => nodes.remove(0),
        _ => several(nodes),
    }
}
