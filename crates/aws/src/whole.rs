//! Whether an answer in XML came whole.
//!
//! A body that ends too early is complete for HTTP where its length was announced by whoever cut it
//! off, and the SDK reads as far as it goes. A list that lost its end would then be the proof that
//! the rest is gone. So an answer counts only where its outermost element is closed, and a list only
//! where it says whether it goes on: the services' models require that (Route 53 API reference,
//! `ListResourceRecordSets`, "Response Elements"; CloudFront API reference, `DistributionList`).

use crate::quotas::Operation;

/// The lists whose answers must say whether they go on.
const PAGED: [&str; 4] = [
    "ListDistributions",
    "ListHostedZones",
    "ListOriginAccessControls",
    "ListResourceRecordSets",
];

/// The elements by which they say it.
const ENDS: [&str; 2] = ["IsTruncated", "MaxItems"];

/// An answer of which a part is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Incomplete {
    #[error("the answer ends before it is complete")]
    Unclosed,
    #[error("the answer has no `{0}`, which every list of this service has")]
    Without(&'static str),
}

/// Refuses an answer of which a part is missing. Other forms than XML have parsers that notice.
pub(crate) fn check(operation: &Operation, body: &[u8]) -> Result<(), Incomplete> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Ok(());
    };
    let Some(root) = root(text) else {
        return Ok(());
    };
    if !is_closed(text, root) {
        return Err(Incomplete::Unclosed);
    }
    let is_paged = PAGED.contains(&operation.name.as_str());
    let missing = ENDS
        .iter()
        .find(|element| is_paged && !text.contains(&format!("<{element}>")));
    missing.map_or(Ok(()), |element| Err(Incomplete::Without(element)))
}

/// The outermost element, from its name on; nothing where the text is no XML.
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

    fn checked(name: &str, body: &str) -> Result<(), Incomplete> {
        let operation = Operation {
            service: "Route 53".to_owned(),
            name: name.to_owned(),
        };
        check(&operation, body.as_bytes())
    }

    #[test]
    fn an_answer_is_whole_where_its_outermost_element_is_closed() {
        for whole in [
            "",
            "{\"certificates\": [",
            "<Done/>",
            "<Done xmlns=\"https://example.com/\"/>\n",
            "<?xml version=\"1.0\"?>\n<!-- a note -->\n<Tags><Tag/></Tags>\n",
        ] {
            assert_eq!(checked("GetChange", whole), Ok(()), "{whole}");
        }
        for cut in [
            "<",
            "<Tags",
            "<Tags><Tag/>",
            "<Tags><Tag></Tag>",
            "<Tags><Tag/></Tags",
            "<?xml version=\"1.0\"?>\n<Tags>",
        ] {
            assert_eq!(
                checked("GetChange", cut),
                Err(Incomplete::Unclosed),
                "{cut}"
            );
        }
    }

    #[test]
    fn a_list_says_whether_it_goes_on() {
        let lacks = Err(Incomplete::Without("IsTruncated"));
        let body = "<L><MaxItems>1</MaxItems></L>";
        assert_eq!(checked("ListHostedZones", body), lacks);
        assert_eq!(checked("ListTagsForResource", body), Ok(()));
    }
}
