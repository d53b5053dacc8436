//! Quoted character strings: how TXT, SPF and CAA write octets.

use std::fmt::Write as _;

/// Which digits follow the backslash of an escaped octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// Route 53: `\100` is `@`.
    Octal,
    /// Zone files (RFC 1035, section 5.1): `\064` is `@`.
    Decimal,
}

/// Why a value is not a list of quoted strings, in Route 53's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StringProblem {
    /// Something stands outside quotes, or a quote is not closed.
    #[error("InvalidCharacterString (Value should be enclosed in quotation marks)")]
    NotQuoted,
    /// A string of more than 255 octets.
    #[error("CharacterStringTooLong (Value is too long)")]
    TooLong,
    /// A control character or something that is not ASCII, not escaped.
    #[error("UnsupportedCharacter (Value contains unsupported characters)")]
    Unsupported,
}

/// Reads `"one" "two"`; Route 53 does not need the space between.
pub fn read(text: &str, escapes: Escapes) -> Result<Vec<Vec<u8>>, StringProblem> {
    let mut strings = Vec::new();
    let mut rest = text.trim().bytes();
    loop {
        match rest.next() {
            None => break,
            Some(b' ' | b'\t') => {}
            Some(b'"') => strings.push(read_one(&mut rest, escapes)?),
            Some(_) => return Err(StringProblem::NotQuoted),
        }
    }
    if strings.is_empty() {
        return Err(StringProblem::NotQuoted);
    }
    Ok(strings)
}

fn read_one(
    rest: &mut impl Iterator<Item = u8>,
    escapes: Escapes,
) -> Result<Vec<u8>, StringProblem> {
    let mut octets = Vec::new();
    loop {
        match rest.next().ok_or(StringProblem::NotQuoted)? {
            b'"' => break,
            b'\\' => octets.push(read_escape(rest, escapes)?),
            byte @ 0x20..=0x7e => octets.push(byte),
            _ => return Err(StringProblem::Unsupported),
        }
    }
    if octets.len() > 255 {
        return Err(StringProblem::TooLong);
    }
    Ok(octets)
}

/// Reads what follows a backslash: three digits, or a character that stands for itself.
pub(crate) fn read_escape(
    rest: &mut impl Iterator<Item = u8>,
    escapes: Escapes,
) -> Result<u8, StringProblem> {
    let first = rest.next().ok_or(StringProblem::NotQuoted)?;
    if !first.is_ascii_digit() {
        return match first {
            0x20..=0x7e => Ok(first),
            _ => Err(StringProblem::Unsupported),
        };
    }
    let radix = match escapes {
        Escapes::Octal => 8,
        Escapes::Decimal => 10,
    };
    let mut value = 0;
    for digit in [Some(first), rest.next(), rest.next()] {
        let digit = digit.and_then(|digit| char::from(digit).to_digit(radix));
        value = value * radix + digit.ok_or(StringProblem::Unsupported)?;
    }
    u8::try_from(value).map_err(|_| StringProblem::Unsupported)
}

/// Writes strings as zone files do.
pub fn write(strings: &[Vec<u8>]) -> String {
    let quoted = strings.iter().map(|octets| {
        let mut text = String::from("\"");
        for &byte in octets {
            match byte {
                b'"' | b'\\' => {
                    text.push('\\');
                    text.push(char::from(byte));
                }
                0x20..=0x7e => text.push(char::from(byte)),
                _ => {
                    let _ = write!(text, "\\{byte:03}");
                }
            }
        }
        text.push('"');
        text
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_escapes_become_decimal_ones() {
        let strings = read(r#""a\100b" "\"q\"\\" "\303\274""#, Escapes::Octal).expect("strings");
        assert_eq!(strings[0], b"a@b");
        assert_eq!(write(&strings), r#""a@b" "\"q\"\\" "\195\188""#);
        assert_eq!(read(&write(&strings), Escapes::Decimal), Ok(strings));
    }

    #[test]
    fn strings_take_quotes_and_at_most_255_octets() {
        for (text, problem) in [
            ("v=spf1 -all".to_owned(), StringProblem::NotQuoted),
            (r#""open"#.to_owned(), StringProblem::NotQuoted),
            (String::new(), StringProblem::NotQuoted),
            (format!("\"{}\"", "a".repeat(256)), StringProblem::TooLong),
            ("\"ü\"".to_owned(), StringProblem::Unsupported),
            (r#""\9""#.to_owned(), StringProblem::Unsupported),
        ] {
            assert_eq!(read(&text, Escapes::Octal), Err(problem), "{text}");
        }
        assert!(read(&format!("\"{}\"", "a".repeat(255)), Escapes::Octal).is_ok());
        assert_eq!(read(r#""a""b""#, Escapes::Octal).map(|s| s.len()), Ok(2));
    }
}
