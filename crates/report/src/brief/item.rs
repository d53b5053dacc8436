//! One change in a line or a few.

use kinds::S3Object;
use model::{Action, MailImpact, Spec, Verb, reasons};
use serde_json::Value;
use standards::Strictness;

use crate::action_text::rewrite;
use crate::alike::ANY;
use crate::difference::{self, Piece};
use crate::fields::{self, Shown};
use crate::page::{Page, Part};
use crate::topic::Topic;
use crate::{value, words};

/// Records are labelled in so many columns, so that what they say lines up.
const LABEL_COLUMNS: usize = 8;

/// How far what is said about a change is below its sign.
const BELOW: usize = 4;

/// One change, or several that are told as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The topic that it is a part of.
    pub(crate) topic: Topic,
    verb: Verb,
    label: String,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// The thing that is there, or comes, or goes.
    Text(String),
    /// The fields that differ in it.
    Pieces(Vec<Piece>),
    /// Why, where that is no matter of course.
    Reason(String),
    /// The mail impact.
    Impact(MailImpact, Strictness, String),
    /// The preconditions that it waits for.
    Wait(String),
}

impl Item {
    /// Several changes in one: how many of what.
    pub(crate) fn folded(topic: Topic, verb: Verb, label: &str, text: String) -> Self {
        Self {
            topic,
            verb,
            label: label.to_owned(),
            lines: vec![Line::Text(text)],
        }
    }

    /// One action. `before` is the spec of the step before, for a later step of one resource.
    pub(crate) fn of(domain: &str, action: &Action, before: Option<&Spec>) -> Self {
        let spec = action.spec();
        let topic = Topic::of(domain, spec);
        let label = Topic::label(spec)
            .map_or_else(|| words::within_domain(&action.resource), str::to_owned);
        let mut lines = what(action, before);
        if !reasons::USUAL.contains(&action.reason.as_ref()) {
            lines.push(Line::Reason(action.reason.to_string()));
        }
        let impact = &action.impact;
        if shows_impact(topic, action) {
            let (mail, direction) = (impact.mail, impact.direction);
            let text = format!("mail impact: {}", words::impact(impact));
            lines.push(Line::Impact(mail, direction, text));
        }
        let waits = action.preconditions().iter();
        let waits: Vec<String> = waits.map(words::brief_precondition).collect();
        if !waits.is_empty() {
            lines.push(Line::Wait(format!("waits until {}", waits.join(", "))));
        }
        Self {
            topic,
            verb: action.verb(),
            label,
            lines,
        }
    }

    /// The same for whichever domain: what several have in common is told once.
    #[must_use]
    pub(crate) fn anywhere(&self, domain: &str) -> Self {
        let general = |text: &String| without_tokens(&text.replace(domain, ANY));
        let line = |line: &Line| match line {
            Line::Text(text) => Line::Text(general(text)),
            Line::Reason(text) => Line::Reason(general(text)),
            Line::Wait(text) => Line::Wait(general(text)),
            Line::Impact(mail, direction, text) => Line::Impact(*mail, *direction, general(text)),
            Line::Pieces(pieces) => Line::Pieces(
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Changed(from, to) => Piece::Changed(general(from), general(to)),
                        Piece::Added(text) => Piece::Added(general(text)),
                        Piece::Removed(text) => Piece::Removed(general(text)),
                    })
                    .collect(),
            ),
        };
        Self {
            label: general(&self.label),
            lines: self.lines.iter().map(line).collect(),
            ..self.clone()
        }
    }

    /// The key that tells it from other items.
    pub(crate) fn key(&self) -> String {
        format!(
            "{:?}",
            (self.topic, self.verb.to_string(), &self.label, &self.lines)
        )
    }

    /// Puts it on a page.
    pub(crate) fn show(&self, page: &mut Page<'_>, indent: usize) {
        let palette = *page.palette;
        let style = palette.verb(self.verb);
        let head = format!("{} {:<LABEL_COLUMNS$} ", words::sign(self.verb), self.label);
        // Long labels leave little room beside them: more of the same goes below.
        let is_short = self.label.chars().count() <= LABEL_COLUMNS;
        let beside = if is_short {
            indent + head.chars().count()
        } else {
            indent + BELOW
        };
        let below = indent + BELOW;
        let plain = anstyle::Style::new();
        let mut lines = self.lines.iter().peekable();
        match lines.peek() {
            Some(Line::Text(text)) => {
                page.folded(indent, &Part(style, &head), &Part(plain, text));
                lines.next();
            }
            Some(Line::Pieces(pieces)) => {
                self.pieces(page, indent, &head, pieces);
                lines.next();
            }
            _ => page.line(indent, &[Part(style, head.trim_end())]),
        }
        for line in lines {
            let (style, text) = match line {
                Line::Pieces(pieces) => {
                    self.pieces(page, beside, "", pieces);
                    continue;
                }
                Line::Text(text) => {
                    page.folded(beside, &Part(plain, ""), &Part(plain, text));
                    continue;
                }
                Line::Reason(text) => (palette.faint, text),
                Line::Impact(mail, direction, text) => (palette.impact(*mail, *direction), text),
                Line::Wait(text) => (palette.notice, text),
            };
            page.folded(below, &Part(style, ""), &Part(style, text));
        }
    }

    fn pieces(&self, page: &mut Page<'_>, indent: usize, head: &str, pieces: &[Piece]) {
        let palette = *page.palette;
        let style = palette.verb(self.verb);
        let signed: Vec<(String, Option<&str>)> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Changed(from, to) => (from.clone(), Some(to.as_str())),
                Piece::Added(text) => (format!("+ {text}"), None),
                Piece::Removed(text) => (format!("- {text}"), None),
            })
            .collect();
        let items = pieces
            .iter()
            .zip(&signed)
            .map(|(piece, (text, to))| match (piece, to) {
                (Piece::Added(_), _) => vec![Part(palette.good, text)],
                (_, Some(to)) => vec![
                    Part(palette.bad, text),
                    Part(palette.faint, " → "),
                    Part(palette.good, to),
                ],
                (_, None) => vec![Part(palette.bad, text)],
            })
            .collect();
        page.packed(indent, &Part(style, head), "  ", items);
    }
}

/// Whether an impact is worth a line. What comes is in the summary, unless it says where mail goes or
/// what becomes of it.
fn shows_impact(topic: Topic, action: &Action) -> bool {
    let comes = matches!(action.verb(), Verb::Create | Verb::Adopt);
    let is_told = match topic {
        Topic::Routing => true,
        Topic::Authentication => action.impact.direction != Strictness::Same,
        Topic::Transport | Topic::Branding | Topic::Sending | Topic::Hosting => {
            action.impact.direction == Strictness::Weaker
        }
    };
    action.impact.mail != MailImpact::None && (is_told || !comes)
}

/// The thing that an action makes, changes or removes.
fn what(action: &Action, before: Option<&Spec>) -> Vec<Line> {
    match (action.verb(), before) {
        (_, Some(before)) if action.diff().is_empty() => {
            let diff = before.kind().compare(action.spec(), before);
            differences(&diff.changes)
        }
        (verb, _)
            if matches!(verb, Verb::Create | Verb::Delete | Verb::Forget)
                || (verb == Verb::Adopt && action.diff().is_empty()) =>
        {
            whole(action)
        }
        _ => {
            let here = action.location.as_ref();
            let there = action.entry().map(|entry| entry.location.as_ref());
            match there.filter(|there| *there != here) {
                Some(there) => vec![Line::Pieces(vec![Piece::Changed(
                    words::place(there),
                    words::place(here),
                )])],
                None => policy(action).unwrap_or_else(|| differences(&action.diff().changes)),
            }
        }
    }
}

/// The values of a record, the lines of a policy, or where another resource is.
fn whole(action: &Action) -> Vec<Line> {
    let spec = action.spec();
    if kinds::record_of(spec).is_some() {
        let shown = fields::main(&value::printed(spec)).into_iter();
        let lines = shown.filter_map(|shown| match shown {
            Shown::Line { label, text } => Some(Line::Text(format!("{label}{text}"))),
            Shown::Field { .. } | Shown::Text(_) => None,
        });
        return lines.collect();
    }
    if let Some(object) = spec.get::<S3Object>().filter(|object| object.is_policy()) {
        let text = String::from_utf8_lossy(&object.bytes()).into_owned();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        return vec![Line::Text(lines.join("; "))];
    }
    vec![Line::Text(words::place(action.location.as_ref()))]
}

/// The lines in which a policy differs from the one that is served.
fn policy(action: &Action) -> Option<Vec<Line>> {
    let is_policy = action.spec().get::<S3Object>()?.is_policy();
    let (old, new) = rewrite(action).filter(|_| is_policy)?;
    let pieces = difference::of_policies(&old.lines()?, &new.lines()?);
    (!pieces.is_empty()).then(|| vec![Line::Pieces(pieces)])
}

fn differences(changes: &[model::Change]) -> Vec<Line> {
    let mut pieces = Vec::new();
    for change in changes {
        let (from, to) = (change.from.as_json(), change.to.as_json());
        if change.field == "values" {
            pieces.extend(difference::of_values(&texts(from), &texts(to)));
        } else {
            let from = value::shown(&change.field, from);
            let to = value::shown(&change.field, to);
            let field = words::field(&change.field);
            pieces.push(Piece::Changed(format!("{field}: {from}"), to));
        }
    }
    if pieces.is_empty() {
        Vec::new()
    } else {
        vec![Line::Pieces(pieces)]
    }
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.map(|item| value::shown("value", item)).collect()
}

/// `text` with long hexadecimal runs, which differ from domain to domain and tell a reader nothing, cut
/// to their length's mark.
fn without_tokens(text: &str) -> String {
    const TOKEN_MIN: usize = 20;
    let mut general = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, general: &mut String| {
        let is_token = run.len() >= TOKEN_MIN;
        general.push_str(if is_token { "…" } else { run });
        run.clear();
    };
    for character in text.chars() {
        if character.is_ascii_hexdigit() {
            run.push(character);
        } else {
            flush(&mut run, &mut general);
            general.push(character);
        }
    }
    flush(&mut run, &mut general);
    general
}
