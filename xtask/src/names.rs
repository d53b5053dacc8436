//! Identifiers in the text of Rust files.

/// Identifiers and keywords of a line.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// `s3_bucket` → `S3Bucket`.
pub(crate) fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::{camel, words};

    #[test]
    fn words_are_whole_identifiers() {
        let found: Vec<&str> = words("pub fn a_b(c: &D) -> E1;").collect();
        assert_eq!(found, ["pub", "fn", "a_b", "c", "D", "E1"]);
    }

    #[test]
    fn types_are_in_camel_case() {
        assert_eq!(camel("s3_bucket"), "S3Bucket");
    }
}
