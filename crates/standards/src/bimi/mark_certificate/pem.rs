//! The blocks of a PEM file, and where each stands (RFC 7468).

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block.
pub(super) struct Block {
    /// `CERTIFICATE` for certificates.
    pub(super) label: String,
    /// The content, decoded; `None` when it is not base64.
    pub(super) der: Option<Vec<u8>>,
    pub(super) span: Range<usize>,
}

/// Every block of `text`; what stands between blocks is a comment. A block that never ends has
/// no content.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(BEGIN).map(|offset| at + offset) {
        let (block, next) = read_block(text, begin);
        blocks.push(block);
        at = next;
    }
    blocks
}

/// The block that begins at byte `begin`, and where to look for the next one.
fn read_block(text: &str, begin: usize) -> (Block, usize) {
    let label_start = begin + BEGIN.len();
    let line_end = text[begin..]
        .find('\n')
        .map_or(text.len(), |offset| begin + offset);
    let label = text[label_start..line_end].trim_end();
    let label = label.strip_suffix(DASHES).unwrap_or(label).to_owned();
    let end_line = format!("{END}{label}{DASHES}");
    // A block that begins before this one ends means that the end was lost.
    let limit = text[line_end..]
        .find(BEGIN)
        .map_or(text.len(), |offset| line_end + offset);
    let Some(end) = text[line_end..limit]
        .find(&end_line)
        .map(|offset| line_end + offset)
    else {
        let block = Block {
            label,
            der: None,
            span: begin..line_end,
        };
        return (block, line_end);
    };
    let body: String = text[line_end..end].split_ascii_whitespace().collect();
    let block = Block {
        label,
        der: STANDARD.decode(body).ok(),
        span: begin..end + end_line.len(),
    };
    (block, end + end_line.len())
}
