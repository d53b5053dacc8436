//! Documents and their shapes, without a client.

use super::schema::{Fault, complete};
use super::shapes::{DISTRIBUTION_CONFIG, INVALIDATION_BATCH};
use super::xml::Element;

fn parse(text: &str) -> Element {
    Element::parse(text.as_bytes()).expect("XML")
}

#[test]
fn a_document_reads_as_it_was_written() {
    let text =
        "<a xmlns=\"x\">\n  <b>1 &lt; 2 &amp; &#x41;</b>\n  <c/>\n  <d><![CDATA[<e>]]></d>\n</a>";
    let read = parse(text);
    assert_eq!(read.text_at("b"), "1 < 2 & A");
    assert_eq!(read.text_at("d"), "<e>");
    assert_eq!(read.child("c").map(|c| c.text.as_str()), Some(""));
    assert_eq!(parse(&read.document()), read);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in [
        "",
        "<a>",
        "<a></b>",
        "<a>&other;</a>",
        "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
        "text",
    ] {
        assert!(Element::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn faults_name_the_field() {
    let check = |text: &str, expected: Fault| {
        assert_eq!(
            complete(&parse(text), &INVALIDATION_BATCH),
            Err(expected),
            "{text}"
        );
    };
    check("<InvalidationBatch/>", Fault::Missing("Paths".to_owned()));
    check(
        "<InvalidationBatch><Path/></InvalidationBatch>",
        Fault::Unknown("Path".to_owned()),
    );
    check(
        "<InvalidationBatch><Paths><Quantity>2</Quantity><Items><Path>/a</Path></Items></Paths></InvalidationBatch>",
        Fault::Quantity("Paths".to_owned()),
    );
    check(
        "<InvalidationBatch><Paths><Quantity>some</Quantity></Paths></InvalidationBatch>",
        Fault::Value("Quantity".to_owned(), "some".to_owned()),
    );
}

#[test]
fn completing_twice_is_completing_once() {
    let smallest = parse(
        "<DistributionConfig><CallerReference>one</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>a</Id><DomainName>b.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity/></S3OriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>a</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy></DefaultCacheBehavior><Comment/><Enabled>true</Enabled></DistributionConfig>",
    );
    let once = complete(&smallest, &DISTRIBUTION_CONFIG).expect("complete");
    assert_eq!(complete(&once, &DISTRIBUTION_CONFIG), Ok(once.clone()));
    assert_eq!(once.text_at("PriceClass"), "PriceClass_All");
}
