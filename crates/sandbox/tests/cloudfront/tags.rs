//! Tags of distributions.

use aws_sdk_cloudfront::types::{DistributionConfigWithTags, Tag, TagKeys, Tags};

use crate::cloudfront;
use crate::common::cloudfront::{client, smallest};
use crate::common::{TWO, code};

fn tag(key: &str, value: &str) -> Tags {
    let tag = Tag::builder().key(key).value(value);
    Tags::builder().items(tag.build().expect("a tag")).build()
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_listed_and_removed() {
    let (sandbox, cloudfront) = cloudfront();
    let config = smallest("one").build().expect("a configuration");
    let both = DistributionConfigWithTags::builder()
        .distribution_config(config)
        .tags(tag("project", "anycompany"));
    let made = cloudfront
        .create_distribution_with_tags()
        .distribution_config_with_tags(both.build());
    let made = made.send().await.expect("a distribution");
    let made = made.distribution.expect("one");
    let arn = made.arn();
    let put = |tags| cloudfront.tag_resource().resource(arn).tags(tags).send();
    put(tag("stage", "test")).await.expect("tagged");
    let keys = TagKeys::builder().items("project").build();
    let untag = cloudfront.untag_resource().resource(arn).tag_keys(keys);
    untag.send().await.expect("untagged");
    let held = |arn: &str| cloudfront.list_tags_for_resource().resource(arn).send();
    assert_eq!(
        held(arn).await.expect("tags").tags(),
        Some(&tag("stage", "test"))
    );
    let foreign = client(&sandbox, TWO).list_tags_for_resource().resource(arn);
    assert_eq!(code(foreign.send().await), "AccessDenied");
    let none = arn.replace(made.id(), "E0000000000000");
    assert_eq!(code(held(&none).await), "NoSuchResource");
    assert_eq!(code(put(tag("aws:x", "")).await), "InvalidTagging");
}
