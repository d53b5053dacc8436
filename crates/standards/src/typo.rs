//! The word that was meant, most likely.

/// The longest word that is compared: no keyword comes near, and the comparison is quadratic.
const LONGEST: usize = 32;

/// A known word near one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'a> {
    /// The known word.
    pub word: &'a str,
    /// Whether nothing else can be meant: it differs in case or in a hyphen, or by one letter
    /// from this word alone.
    pub is_sure: bool,
}

/// The word among `known`, which are ASCII, that `written` stands for, most likely. A word of one
/// or two letters is near to every other, so that only its case counts.
///
/// ```
/// use standards::typo::nearest;
///
/// let near = nearest("rejct", ["none", "quarantine", "reject"]).expect("a near word");
/// assert!(near.word == "reject" && near.is_sure);
/// assert_eq!(nearest("x", ["y", "n"]), None);
/// ```
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Near<'a>> {
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    let length = written.chars().count();
    let letters = letters(written);
    let limit = if written.len() >= 5 { 2 } else { 1 };
    let mut near: Vec<(usize, &str)> = Vec::new();
    for word in known {
        // Most words are ruled out before the costly comparison, since a hostile record has
        // thousands: each insertion, deletion, exchange or swap changes the length, and the
        // letters that only one word has, by at most one.
        let is_far =
            length.abs_diff(word.len()) > limit || differing(letters, self::letters(word)) > limit;
        if is_far {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&fold(written), &fold(word));
        if distance == 0 {
            return Some(Near {
                word,
                is_sure: true,
            });
        }
        if distance <= limit && word.len().max(written.len()) > 2 {
            near.push((distance, word));
        }
    }
    near.sort_by_key(|(distance, _)| *distance);
    let (distance, word) = *near.first()?;
    let is_alone = near.get(1).is_none_or(|(next, _)| *next > distance);
    Some(Near {
        word,
        is_sure: distance == 1 && is_alone,
    })
}

/// A bit for each letter of a word, by its last six bits. Letters that share one make words look
/// nearer than they are.
fn letters(word: &str) -> u64 {
    let bit = |letter: char| 1 << (u32::from(folded(letter)) & 63);
    word.chars()
        .fold(0, |letters, letter| letters | bit(letter))
}

/// The letters that one word has and the other has not: the larger of both numbers.
fn differing(one: u64, other: u64) -> usize {
    let extra = (one & !other).count_ones();
    extra.max((other & !one).count_ones()) as usize
}

fn fold(word: &str) -> String {
    word.chars().map(folded).collect()
}

/// A letter in upper case, in which it shares its last six bits with no digit; and the hyphen as an
/// underscore.
fn folded(letter: char) -> char {
    match letter {
        '-' => '_',
        other => other.to_ascii_uppercase(),
    }
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
        check("éspf", &["aspf", "adkim"], Some(("aspf", true)));
        check("adkm", &["adkim", "adkem"], Some(("adkim", false)));
        check(&"a".repeat(40), &["a"], None);
    }
}
