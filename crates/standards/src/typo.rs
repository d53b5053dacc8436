//! The word that was meant, most likely.

/// The longest word that is compared: no keyword comes near, and the comparison is quadratic.
const LONGEST: usize = 32;

/// A known word near one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Near<'a> {
    /// The known word.
    pub(crate) word: &'a str,
    /// Whether nothing else can be meant: it differs in case or in a hyphen, or by one letter
    /// from this word alone.
    pub(crate) is_sure: bool,
}

/// The word among `known` that `written` stands for, most likely. A word of one or two letters
/// is near to every other, so that only its case counts.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<Near<'a>> {
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    let folded = fold(written);
    let same = known.clone().into_iter().find(|word| fold(word) == folded);
    if let Some(word) = same {
        return Some(Near {
            word,
            is_sure: true,
        });
    }
    let distances = known.into_iter().map(|word| {
        let distance = strsim::damerau_levenshtein(&folded, &fold(word));
        (distance, word)
    });
    let limit = if folded.len() >= 5 { 2 } else { 1 };
    let mut near: Vec<(usize, &str)> = distances
        .filter(|(distance, word)| *distance <= limit && word.len().max(folded.len()) > 2)
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    let (distance, word) = *near.first()?;
    let is_alone = near.get(1).is_none_or(|(next, _)| *next > distance);
    Some(Near {
        word,
        is_sure: distance == 1 && is_alone,
    })
}

fn fold(word: &str) -> String {
    word.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_near_and_far() {
        let check = |written: &str, known: &[&'static str], expect: Option<(&str, bool)>| {
            let near = nearest(written, known.iter().copied());
            assert_eq!(
                near.map(|near| (near.word, near.is_sure)),
                expect,
                "{written}"
            );
        };
        let policies = ["none", "quarantine", "reject"];
        check("rejct", &policies, Some(("reject", true)));
        check("Reject", &policies, Some(("reject", true)));
        check("jerect", &policies, Some(("reject", false)));
        check("qaurantine", &policies, Some(("quarantine", true)));
        check("block", &policies, None);
        check("", &policies, None);
        check("K", &["k", "p"], Some(("k", true)));
        check("x", &["k", "p"], None);
        check("max-age", &["max_age", "mode"], Some(("max_age", true)));
        check("nmx", &["mx", "mode"], Some(("mx", true)));
        check("ra", &["a", "all"], None);
        check("adkm", &["adkim", "adkem"], Some(("adkim", false)));
        check(&"a".repeat(40), &["a"], None);
    }
}
