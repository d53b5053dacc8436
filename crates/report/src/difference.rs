//! The parts of a value in which the old and the new differ, the old in its place.

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Piece {
    /// This became that.
    Changed(String, String),
    /// This came.
    Added(String),
    /// This went.
    Removed(String),
}

/// How the values of a record differ. One value that became another is compared part by part: the tags
/// of a policy, the terms of an SPF record.
pub(crate) fn of_values(old: &[String], new: &[String]) -> Vec<Piece> {
    let gone: Vec<&String> = old.iter().filter(|value| !new.contains(value)).collect();
    let come: Vec<&String> = new.iter().filter(|value| !old.contains(value)).collect();
    if let ([from], [to]) = (gone.as_slice(), come.as_slice()) {
        return of_text(from, to);
    }
    let gone = gone.into_iter().cloned().map(Piece::Removed);
    let come = come.into_iter().cloned().map(Piece::Added);
    gone.chain(come).collect()
}

fn of_text(old: &str, new: &str) -> Vec<Piece> {
    let is_spf = |text: &str| text.starts_with("v=spf1");
    let is_tags = |text: &str| text.starts_with("v=") && text.contains(';');
    let pieces = match (old, new) {
        (old, new) if is_spf(old) && is_spf(new) => of_parts(&terms(old), &terms(new)),
        (old, new) if is_tags(old) && is_tags(new) => of_parts(&tags(old), &tags(new)),
        _ => Vec::new(),
    };
    // No part differs where only the order or the spelling does: the whole is shown.
    if pieces.is_empty() {
        return vec![Piece::Changed(old.to_owned(), new.to_owned())];
    }
    pieces
}

/// How an MTA-STS policy differs from the one before it, line by line.
pub(crate) fn of_policies(old: &[&str], new: &[&str]) -> Vec<Piece> {
    of_parts(&keyed(old), &keyed(new))
}

/// The lines of a policy by their keys. A policy has `mx` as often as it likes.
fn keyed<'a>(lines: &[&'a str]) -> Vec<Named<'a>> {
    let lines = lines.iter().filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_once(':') {
            Some((key, _)) if key.trim() != "mx" => (key, *line),
            _ => (*line, *line),
        })
        .collect()
}

/// A part of a value by its name.
type Named<'a> = (&'a str, &'a str);

fn tags(text: &str) -> Vec<Named<'_>> {
    let tags = text.split(';').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(|tag| (tag.split('=').next().unwrap_or(tag).trim_end(), tag))
        .collect()
}

/// The terms of an SPF record. `all` is one term whatever its sign.
fn terms(text: &str) -> Vec<Named<'_>> {
    let terms = text.split_whitespace();
    terms
        .map(|term| match term.trim_start_matches(['+', '-', '~', '?']) {
            "all" => ("all", term),
            _ => (term, term),
        })
        .collect()
}

fn of_parts(old: &[Named<'_>], new: &[Named<'_>]) -> Vec<Piece> {
    let named = |parts: &[Named<'_>], name: &str| -> Option<String> {
        let mut parts = parts.iter();
        Some(parts.find(|(other, _)| *other == name)?.1.to_owned())
    };
    let mut pieces = Vec::new();
    for (name, text) in old {
        match named(new, name) {
            Some(now) if now == *text => {}
            Some(now) => pieces.push(Piece::Changed((*text).to_owned(), now)),
            None => pieces.push(Piece::Removed((*text).to_owned())),
        }
    }
    let come = new.iter().filter(|(name, _)| named(old, name).is_none());
    pieces.extend(come.map(|(_, text)| Piece::Added((*text).to_owned())));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[&str], new: &[&str]) -> Vec<String> {
        let owned = |values: &[&str]| -> Vec<String> {
            values.iter().map(|value| (*value).to_owned()).collect()
        };
        let pieces = of_values(&owned(old), &owned(new)).into_iter();
        pieces
            .map(|piece| match piece {
                Piece::Changed(from, to) => format!("{from} → {to}"),
                Piece::Added(text) => format!("+{text}"),
                Piece::Removed(text) => format!("-{text}"),
            })
            .collect()
    }

    #[test]
    fn only_the_tags_that_differ_are_shown() {
        let seen = shown(
            &["v=DMARC1; p=none; rua=mailto:a@example.com; pct=5"],
            &["v=DMARC1; p=reject; rua=mailto:a@example.com; sp=none"],
        );
        assert_eq!(seen, ["p=none → p=reject", "-pct=5", "+sp=none"]);
    }

    #[test]
    fn terms_of_spf_come_and_go_and_all_changes() {
        let seen = shown(
            &["v=spf1 include:a.example include:b.example ~all"],
            &["v=spf1 include:a.example include:c.example -all"],
        );
        assert_eq!(
            seen,
            ["-include:b.example", "~all → -all", "+include:c.example"]
        );
    }

    #[test]
    fn lines_of_a_policy_change_and_its_hosts_come_and_go() {
        let old = ["version: STSv1", "mode: testing", "mx: a", "mx: b"];
        let new = ["version: STSv1", "mode: enforce", "mx: b", "mx: c"];
        let changed = Piece::Changed("mode: testing".to_owned(), "mode: enforce".to_owned());
        let gone = Piece::Removed("mx: a".to_owned());
        let come = Piece::Added("mx: c".to_owned());
        assert_eq!(of_policies(&old, &new), [changed, gone, come]);
    }

    #[test]
    fn values_of_a_set_come_and_go() {
        let seen = shown(&["10 a", "20 b"], &["10 a", "10 c", "20 d"]);
        assert_eq!(seen, ["-20 b", "+10 c", "+20 d"]);
        assert_eq!(shown(&["10 a"], &["20 a"]), ["10 a → 20 a"]);
    }

    #[test]
    fn what_differs_in_spelling_alone_is_shown_whole() {
        let seen = shown(&["v=spf1  -all"], &["v=spf1 -all"]);
        assert_eq!(seen, ["v=spf1  -all → v=spf1 -all"]);
    }
}
