//! Whether an answer came whole.
//!
//! A body that ends too early is complete for HTTP where its length was announced by whoever cut it
//! off, and the SDK reads as far as it goes. A list that lost its end would then be the proof that
//! the rest is gone. So an answer in XML counts only where its outermost element is closed, and a list only
//! where it says whether it goes on. What reads something answers with something: the SDK takes an empty body
//! for an answer without fields, and a list without fields for one without entries.

use std::borrow::Cow;

use crate::quotas::Operation;

/// The elements by which a list of Route 53 or CloudFront says whether it goes on. The services' models require
/// them (Route 53 API reference, `ListResourceRecordSets`, "Response Elements"; CloudFront API reference,
/// `DistributionList`).
const REQUIRED: &[&str] = &["IsTruncated", "MaxItems"];

/// The lists of which the SDK reads a last page where the element that says so is missing. The other lists of
/// these services have a token for the next page, whose absence proves nothing.
const PAGED: &[(&str, &[&str])] = &[
    ("ListDistributions", REQUIRED),
    ("ListHostedZones", REQUIRED),
    ("ListOriginAccessControls", REQUIRED),
    ("ListResourceRecordSets", REQUIRED),
    // S3's model requires nothing; every answer has it (S3 API reference, "Response Elements").
    ("ListObjectVersions", &["IsTruncated"]),
    ("ListObjectsV2", &["IsTruncated"]),
];

/// An answer of which a part is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Incomplete {
    #[error("the answer is empty")]
    Empty,
    #[error("the answer ends before it is complete")]
    Unclosed,
    #[error("the answer has no `{0}`, which every list of this service has")]
    Without(&'static str),
}

/// Refuses an answer of which a part is missing. A JSON text that was cut has a parser that notices.
pub(crate) fn check(operation: &Operation, body: &[u8]) -> Result<(), Incomplete> {
    // The content of an object is no answer of a service, and has any form.
    if operation.name == "GetObject" {
        return Ok(());
    }
    // A body can end within a character.
    let text = String::from_utf8_lossy(body);
    if text.trim().is_empty() {
        let is_whole = !has_content(operation);
        return is_whole.then_some(()).ok_or(Incomplete::Empty);
    }
    if !text.trim_start().starts_with('<') {
        return Ok(());
    }
    let text = without_comments(&text).ok_or(Incomplete::Unclosed)?;
    if !root(&text).is_some_and(|root| is_closed(&text, root)) {
        return Err(Incomplete::Unclosed);
    }
    let paged = PAGED.iter().find(|(name, _)| *name == operation.name);
    let mut elements = paged.into_iter().flat_map(|(_, elements)| *elements);
    let missing = elements.find(|element| !text.contains(&format!("<{element}>")));
    missing.map_or(Ok(()), |element| Err(Incomplete::Without(element)))
}

/// Whether every answer of an operation has a body. A HEAD has none, and what changes something may have none.
fn has_content(operation: &Operation) -> bool {
    let reads = ["Describe", "Get", "List"];
    reads.iter().any(|verb| operation.name.starts_with(verb))
}

/// The text without its comments, which may contain anything that looks like an element; nothing where one is
/// not closed.
fn without_comments(text: &str) -> Option<Cow<'_, str>> {
    let mut rest = text;
    let mut kept = Cow::Borrowed("");
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept += before;
        rest = comment.split_once("-->")?.1;
    }
    Some(kept + rest)
}

/// The outermost element, from its name on.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!") {
        rest = rest.split_once('>')?.1.trim_start();
    }
    rest.strip_prefix('<')
}

fn is_closed(text: &str, root: &str) -> bool {
    let name = root.split(|letter: char| letter.is_whitespace() || "/>".contains(letter));
    let name = name.into_iter().next().unwrap_or_default();
    let text = text.trim_end();
    let opens = root.split_once('>');
    let is_empty = opens.is_some_and(|(tag, after)| tag.ends_with('/') && after.trim().is_empty());
    is_empty || text.ends_with(&format!("</{name}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, body: impl AsRef<[u8]>) -> Result<(), Incomplete> {
        let operation = Operation {
            service: "Route 53".to_owned(),
            name: name.to_owned(),
        };
        check(&operation, body.as_ref())
    }

    #[test]
    fn an_answer_is_whole_where_its_outermost_element_is_closed() {
        for whole in [
            "{\"certificates\": [",
            "<Done/>",
            "<Done xmlns=\"https://example.com/\"/>\n",
            "<?xml version=\"1.0\"?>\n<!-- a <note> -->\n<Tags><Tag/></Tags>\n",
            "<Tags><Tag/></Tags>\n<!-- from a cache -->\n",
        ] {
            assert_eq!(checked("GetChange", whole), Ok(()), "{whole}");
        }
        for cut in [
            "<",
            "<?xml",
            "<Tags",
            "<Tags><Tag/>",
            "<Tags><Tag></Tag>",
            "<Tags><Tag/></Tags",
            "<?xml version=\"1.0\"?>\n",
            "<?xml version=\"1.0\"?>\n<Tags>",
            "<!-- a note",
            "<Tags><!-- once: <Tags></Tags>",
        ] {
            let said = checked("GetChange", cut);
            assert_eq!(said, Err(Incomplete::Unclosed), "{cut}");
        }
    }

    #[test]
    fn an_answer_that_ends_within_a_character_is_cut() {
        let whole = "<Tags><Tag>\u{e9}</Tag></Tags>";
        let cut = &whole.as_bytes()[..12];
        assert!(std::str::from_utf8(cut).is_err());
        assert_eq!(checked("GetChange", cut), Err(Incomplete::Unclosed));
        // An answer in Latin-1 is whole, whatever its letters.
        assert_eq!(checked("GetChange", b"<Tags>\xe9</Tags>"), Ok(()));
    }

    #[test]
    fn what_reads_answers_with_something() {
        for name in ["DescribeCertificate", "GetChange", "ListCertificates"] {
            for nothing in ["", " \n"] {
                assert_eq!(checked(name, nothing), Err(Incomplete::Empty), "{name}");
            }
        }
        for name in ["DeleteBucket", "HeadObject", "PutBucketPolicy"] {
            assert_eq!(checked(name, ""), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_list_says_whether_it_goes_on() {
        let lacks = Err(Incomplete::Without("IsTruncated"));
        let body = "<L><MaxItems>1</MaxItems></L>";
        assert_eq!(checked("ListHostedZones", body), lacks);
        assert_eq!(checked("ListObjectVersions", body), lacks);
        assert_eq!(checked("ListTagsForResource", body), Ok(()));
        let commented = "<L><!-- <IsTruncated>false</IsTruncated> --><MaxItems>1</MaxItems></L>";
        assert_eq!(checked("ListHostedZones", commented), lacks);
    }
}
