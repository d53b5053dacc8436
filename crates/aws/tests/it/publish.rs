//! Topics of SNS: what they take, and what they say of what they do not take.

use model::ErrorClass;
use sandbox::Sandbox;

use crate::stand::{clock, in_sandbox, world_denying};

const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:mail";

/// A world with a topic, in which the role is denied these actions.
fn sandbox(denied: &[&str]) -> Sandbox {
    let mut world = world_denying(denied);
    world.sns.add_topic(TOPIC);
    Sandbox::new(world, clock())
}

async fn publish(
    sandbox: &Sandbox,
    topic: &str,
    (subject, text): (&str, &str),
) -> Result<(), (ErrorClass, String)> {
    let session = in_sandbox(sandbox).await;
    let published = aws::publish(&session, topic, subject, text).await;
    published.map_err(|error| (error.class, error.message))
}

/// The limits are those of the API reference of `Publish`.
#[tokio::test(start_paused = true)]
async fn a_topic_takes_what_is_within_its_limits() {
    let sandbox = sandbox(&[]);
    let full = "x".repeat(262_144 - 100);
    let subject = "s".repeat(100);
    assert_eq!(publish(&sandbox, TOPIC, (&subject, &full)).await, Ok(()));
    let utf8 = "Drift: „p=none“ & <more>\nand a line";
    assert_eq!(publish(&sandbox, TOPIC, ("Drift", utf8)).await, Ok(()));
    {
        let world = sandbox.world();
        let published = world.sns.published(TOPIC);
        assert_eq!(published.len(), 2);
        assert_eq!(published[1].message, utf8);
    }
    let check = async |topic: &str, subject: &str, text: &str, expect: &str| {
        let refused = publish(&sandbox, topic, (subject, text)).await;
        let (class, message) = refused.expect_err(expect);
        assert!(message.contains(expect), "{class:?} {message}");
    };
    check(TOPIC, &subject, &format!("{full}x"), "Message too long").await;
    check(TOPIC, "Drift", "", "Empty message").await;
    check(TOPIC, &"s".repeat(101), "x", "Subject").await;
    check(TOPIC, "two\nlines", "x", "Subject").await;
    check(TOPIC, "Umläute", "x", "Subject").await;
    let gone = "arn:aws:sns:us-east-1:111111111111:gone";
    check(gone, "Drift", "x", "Topic does not exist").await;
    let abroad = "arn:aws:sns:eu-west-1:111111111111:mail";
    check(abroad, "Drift", "x", "TopicArn").await;
    let foreign = "arn:aws:sns:us-east-1:222222222222:mail";
    check(
        foreign,
        "Drift",
        "x",
        "not authorized to perform: SNS:Publish",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_role_that_may_not_publish_is_told_so() {
    let sandbox = sandbox(&["sns:Publish"]);
    let refused = publish(&sandbox, TOPIC, ("Drift", "x")).await;
    let (class, message) = refused.expect_err("a refusal");
    assert_eq!(class, ErrorClass::Denied);
    assert!(message.contains("sns:Publish"), "{message}");
}
