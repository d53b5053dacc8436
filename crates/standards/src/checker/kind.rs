//! The kind of a text or a file, from its name and its first bytes.

use super::Kind;

/// How records begin. Case, quotes and spaces are overlooked here, since each kind's parser
/// says more of them than that nothing is known of the text.
const VERSIONS: [(&str, Kind); 13] = [
    ("v=spf", Kind::Spf),
    ("spf1", Kind::Spf),
    ("spf2.0/", Kind::Spf),
    ("v=dkim", Kind::DkimKey),
    ("dkim1;", Kind::DkimKey),
    ("v=dmarc", Kind::Dmarc),
    ("dmarc1;", Kind::Dmarc),
    ("v=sts", Kind::MtaStsRecord),
    ("stsv1;", Kind::MtaStsRecord),
    ("v=tlsrpt", Kind::TlsRpt),
    ("tlsrptv1;", Kind::TlsRpt),
    ("v=bimi", Kind::Bimi),
    ("bimi1;", Kind::Bimi),
];
/// The longest of [`VERSIONS`].
const LONGEST: usize = 9;
/// The number of tags of a record in which a version is sought: no standard has more.
const MOST_TAGS: usize = 16;
/// Characters of base64 that no shorter key has: Ed25519 takes 44.
const SHORTEST_KEY: usize = 40;

/// The kind of the decoded TXT value `text`.
pub(super) fn of_record(text: &str) -> Option<Kind> {
    let first = of_version(text);
    // The version may stand behind the other tags.
    let of_tag = || text.split(';').skip(1).take(MOST_TAGS).find_map(of_version);
    first
        .or_else(of_tag)
        .or_else(|| is_bare_key(text).then_some(Kind::DkimKey))
}

/// The kind whose version `text` begins with, whatever stands around it.
fn of_version(text: &str) -> Option<Kind> {
    let is_around = |c: &char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '\u{ab}' | '\u{bb}' | '\u{feff}')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2018}'..='\u{201f}' | '\u{2060}')
    };
    let start: String = text
        .chars()
        .filter(|character| !is_around(character))
        .map(|character| if character == ':' { '=' } else { character })
        .take(LONGEST)
        .collect();
    let start = start.to_ascii_lowercase();
    let mut versions = VERSIONS.iter();
    let known = versions.find(|(version, _)| start.starts_with(version));
    known.map(|(_, kind)| *kind)
}

/// Whether `text` is a key record without a version: it has a `p=` that looks like a key.
fn is_bare_key(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let values = text
        .split(';')
        .filter_map(|tag| tag.trim().strip_prefix("p="));
    values.into_iter().any(|value| {
        let key: String = value.split_whitespace().collect();
        key.len() >= SHORTEST_KEY && key.chars().all(is_base64)
    })
}

/// The kind of the file `name`, which holds `file`; nothing where it can hold records only. The
/// name decides first: a policy that a server answers with an error page is a broken policy.
pub(super) fn of_file(name: &str, file: &[u8]) -> Option<Kind> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let name = name.to_ascii_lowercase();
    let has_suffix = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    if has_suffix(&[".svg", ".svgz"]) {
        return Some(Kind::Logo);
    } else if has_suffix(&[".pem", ".crt", ".cer"]) {
        return Some(Kind::MarkCertificate);
    } else if has_suffix(&["mta-sts.txt"]) {
        return Some(Kind::MtaStsPolicy);
    }
    let start = start_of(file);
    if is_html(file) {
        None
    } else if start.starts_with(b"<") || file.starts_with(&GZIP) {
        Some(Kind::Logo)
    } else if start.starts_with(b"-----BEGIN") {
        Some(Kind::MarkCertificate)
    } else if has_policy_key(file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file)) {
        Some(Kind::MtaStsPolicy)
    } else {
        None
    }
}

/// Whether `file` is a web page, as servers answer in place of a file that they do not have.
pub fn is_html(file: &[u8]) -> bool {
    let start = start_of(file).to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

fn start_of(file: &[u8]) -> &[u8] {
    let body = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let start = body.trim_ascii_start();
    &start[..start.len().min(64)]
}

/// Whether the first line that is no comment has a key of a policy (RFC 8461 §3.2), which may come
/// in any order.
fn has_policy_key(file: &[u8]) -> bool {
    let mut lines = file.split(|octet| matches!(octet, b'\n' | b'\r')).take(16);
    let line = lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"));
    let line = line.unwrap_or_default();
    let is_separator = |octet: &u8| matches!(octet, b':' | b'=');
    let Some(at) = line.iter().position(is_separator) else {
        return false;
    };
    let key = line[..at].trim_ascii().to_ascii_lowercase();
    let value = line[at + 1..].trim_ascii().to_ascii_lowercase();
    match &*key {
        b"version" | b"mode" | b"mx" | b"max_age" if line[at] == b':' => true,
        // With an equals sign, many files have such a line: the value has to be a policy's, too.
        b"version" => value.starts_with(b"stsv"),
        b"mode" => [&b"enforce"[..], b"testing", b"none"].contains(&&*value),
        _ => false,
    }
}
