//! Domains of which the same is said: it is said once.

use std::collections::BTreeMap;

use crate::page::{Page, Part};
use crate::words;

/// The placeholder for the name of each of several domains.
pub(crate) const ANY: &str = "<domain>";

/// The line in place of something that is folded.
pub(crate) const UNFOLD: &str = "`--full` lists them";

/// Puts together the domains that have the same key, in the order in which each key comes first. What
/// is said of the first of them goes with them.
pub(crate) fn together<'a, T>(
    domains: impl Iterator<Item = (&'a str, String, T)>,
) -> Vec<(Vec<&'a str>, T)> {
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut all: Vec<(Vec<&str>, T)> = Vec::new();
    for (domain, key, said) in domains {
        let position = *at.entry(key).or_insert_with(|| {
            all.push((Vec::new(), said));
            all.len() - 1
        });
        all[position].0.push(domain);
    }
    all
}

/// `example.com`, or `200 domains: a.example, b.example, …` in so many columns.
pub(crate) fn title(domains: &[&str], columns: usize) -> String {
    let [first, others @ ..] = domains else {
        return String::new();
    };
    if others.is_empty() {
        return (*first).to_owned();
    }
    let count = words::counted(domains.len(), "domain");
    let mut title = format!("{count}: {first}");
    let mut shown = 1;
    for domain in others {
        let more = ", …".chars().count();
        if title.chars().count() + 2 + domain.chars().count() + more > columns {
            break;
        }
        title.push_str(", ");
        title.push_str(domain);
        shown += 1;
    }
    if shown < domains.len() {
        title.push_str(", …");
    }
    title
}

/// The title on a page, with what is told of each of the domains, and how to unfold them.
pub(crate) fn heading(page: &mut Page<'_>, domains: &[&str], of_one: &str) {
    let palette = *page.palette;
    let beside = match (domains.len(), of_one) {
        (1, "") => String::new(),
        (1, of_one) => format!("  {of_one}"),
        (_, "") => format!("  {UNFOLD}"),
        (_, of_one) => format!("  {of_one} each, {UNFOLD}"),
    };
    let room = palette.width.saturating_sub(beside.chars().count());
    let title = title(domains, room);
    page.line(
        0,
        &[Part(palette.strong, &title), Part(palette.faint, &beside)],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_with_one_key_come_together_where_the_first_stands() {
        let all = [("a", "x", 1), ("b", "y", 2), ("c", "x", 3)];
        let all = all.map(|(domain, key, said)| (domain, key.to_owned(), said));
        let folded = together(all.into_iter());
        assert_eq!(folded, [(vec!["a", "c"], 1), (vec!["b"], 2)]);
    }

    #[test]
    fn a_title_names_as_many_as_there_is_room_for() {
        assert_eq!(title(&["a.example"], 5), "a.example");
        let three = ["a.example", "b.example", "c.example"];
        assert_eq!(
            title(&three, 80),
            "3 domains: a.example, b.example, c.example"
        );
        assert_eq!(title(&three, 36), "3 domains: a.example, b.example, …");
    }
}
