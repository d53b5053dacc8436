//! Buckets, their policies and their objects.

use aws_sdk_s3::types::{Tag, Tagging, VersioningConfiguration};
use kinds::s3_bucket_policy::Grant;
use kinds::{s3_bucket, s3_bucket_policy, s3_object};
use model::{Observation, Ownership, ResourceId};
use sandbox::faults::{Fault, FaultKind};
use serde_json::json;

use super::stage::{ACCOUNT, Stage, tags};
use super::walk::Walk;

const REGION: &str = "eu-west-1";

fn id(kind: &str, name: &str) -> ResourceId {
    ResourceId::new(kind, "example.com", name)
}

fn bucket(name: &str) -> s3_bucket::Spec {
    s3_bucket::Spec {
        name: name.to_owned(),
        accepts_log_delivery: false,
        access_log: None,
        expire_days: None,
        tags: tags(&id("s3_bucket", "assets")),
    }
}

async fn log_bucket(stage: &Stage) -> Walk<'_> {
    let id = id("s3_bucket", "logs");
    let spec = s3_bucket::Spec {
        accepts_log_delivery: true,
        expire_days: Some(90),
        tags: tags(&id),
        ..bucket("suite-logs")
    };
    let mut logs = Walk::new(stage, &id, REGION, &spec).await;
    logs.create().await;
    let id = ResourceId::new("s3_bucket_policy", "example.com", "logs");
    let policy = s3_bucket_policy::Spec {
        bucket: "suite-logs".to_owned(),
        grant: Grant::AccessLogs(ACCOUNT.to_owned()),
    };
    Walk::new(stage, &id, REGION, &policy).await.create().await;
    logs
}

#[tokio::test(start_paused = true)]
async fn a_bucket_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let logs = log_bucket(&stage).await;
    let plain = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &plain).await;
    walk.create().await;

    let mut spec = plain.clone();
    spec.accepts_log_delivery = true;
    walk.change(&spec, &["accepts_log_delivery"]).await;
    spec.accepts_log_delivery = false;
    walk.change(&spec, &["accepts_log_delivery"]).await;
    let log = |prefix: &str| {
        Some(s3_bucket::AccessLog {
            bucket: "suite-logs".to_owned(),
            prefix: prefix.to_owned(),
        })
    };
    spec.access_log = log("s3/");
    walk.change(&spec, &["access_log"]).await;
    spec.access_log = log("access/");
    walk.change(&spec, &["access_log.prefix"]).await;
    spec.access_log = None;
    walk.change(&spec, &["access_log"]).await;
    spec.expire_days = Some(30);
    walk.change(&spec, &["expire_days"]).await;
    spec.expire_days = Some(31);
    walk.change(&spec, &["expire_days"]).await;
    spec.expire_days = None;
    walk.change(&spec, &["expire_days"]).await;
    spec.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&spec, &["tags.team"]).await;
    spec.tags.insert("team".to_owned(), "post".to_owned());
    walk.change(&spec, &["tags.team"]).await;
    spec.tags.remove("team");
    walk.change(&spec, &["tags.team"]).await;
    walk.replaces(&bucket("suite-other"), &["name"]).await;

    walk.delete().await;
    logs.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_bucket_s_drift_is_fixed() {
    let stage = Stage::new();
    let mut walk = Walk::new(
        &stage,
        &id("s3_bucket", "assets"),
        REGION,
        &bucket("suite-assets"),
    )
    .await;
    walk.create().await;
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let name = "suite-assets";
    let sent = s3.delete_public_access_block().bucket(name).send().await;
    sent.expect("unblocked");
    walk.fix(&["public_access_blocked"]).await;

    let off = VersioningConfiguration::builder()
        .status(aws_sdk_s3::types::BucketVersioningStatus::Suspended)
        .build();
    let put = s3
        .put_bucket_versioning()
        .bucket(name)
        .versioning_configuration(off);
    put.send().await.expect("suspended");
    walk.fix(&["versioned"]).await;

    let tag = Tag::builder().key("extra").value("1").build().unwrap();
    let tagging = Tagging::builder().tag_set(tag).build().unwrap();
    let put = s3.put_bucket_tagging().bucket(name).tagging(tagging);
    put.send().await.expect("tagged");
    let (_, _, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Foreign, "our tags are gone");
    walk.fix(&["tags.deploy:project", "tags.deploy:resource"])
        .await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_was_there_is_foreign_and_can_be_adopted() {
    let stage = Stage::new();
    let s3 = aws_sdk_s3::Client::new(&stage.sdk("us-east-1"));
    let made = s3.create_bucket().bucket("suite-assets").send().await;
    made.expect("a bucket");
    let location = Stage::location("us-east-1");
    let spec = bucket("suite-assets");
    let mut walk = Walk::anywhere(&stage, &id("s3_bucket", "assets"), Some(location), &spec);
    let (physical, _, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Foreign);
    walk.physical = Some(physical);
    walk.fix(&["versioned", "tags.deploy:project", "tags.deploy:resource"])
        .await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn a_bucket_of_somebody_else_is_neither_seen_nor_touched() {
    let stage = Stage::new();
    let config = stage
        .sandbox
        .sdk_config(super::stage::OTHER_ACCOUNT, "us-east-1");
    let s3 = aws_sdk_s3::Client::new(&config);
    let made = s3.create_bucket().bucket("suite-assets").send().await;
    made.expect("a bucket");
    let location = Stage::location("us-east-1");
    let spec = bucket("suite-assets");
    let walk = Walk::anywhere(&stage, &id("s3_bucket", "assets"), Some(location), &spec);
    let context = walk.context().await;
    let target = model::Target {
        id: walk.id.clone(),
        location: None,
        spec: walk.spec.clone(),
        physical: None,
    };
    let seen = stage.actor("s3_bucket").observe(&context, &target).await;
    let error = seen.unwrap_err();
    assert_eq!(error.class, model::ErrorClass::Denied);
    assert!(error.message.contains("may be somebody else's"), "{error}");
    let made = walk.try_create().await;
    assert_eq!(made.unwrap_err().class, model::ErrorClass::Conflict);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_goes_with_thousands_of_versions_and_markers() {
    let stage = Stage::with(|world| world.delays = sandbox::world::Delays::none());
    let mut walk = Walk::new(
        &stage,
        &id("s3_bucket", "assets"),
        REGION,
        &bucket("suite-assets"),
    )
    .await;
    walk.create().await;
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    for number in 0..1200 {
        let key = format!("{:03}", number % 400);
        let put = s3.put_object().bucket("suite-assets").key(&key);
        put.send().await.expect("an object");
    }
    for number in 0..400 {
        let key = format!("{number:03}");
        let delete = s3.delete_object().bucket("suite-assets").key(&key);
        delete.send().await.expect("a marker");
    }
    walk.delete().await;
}

/// A plan can have been made before S3 showed a bucket that an interrupted run had made.
#[tokio::test(start_paused = true)]
async fn a_bucket_that_the_plan_did_not_see_goes_all_the_same() {
    let stage = Stage::new();
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    assert_eq!(walk.leaving().await, Observation::Absent);
    walk.create().await;
    walk.delete().await;
    assert!(
        !stage
            .sandbox
            .world()
            .s3
            .buckets
            .contains_key("suite-assets")
    );
}

/// The plan shows what would be lost with a bucket. What comes after it, nobody has agreed to lose.
#[tokio::test(start_paused = true)]
async fn what_came_into_a_bucket_since_the_plan_keeps_it() {
    let stage = Stage::new();
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    walk.create().await;
    put(&stage, "shown", "one").await;
    walk.leaving().await;
    put(&stage, "later", "two").await;
    keeps_it(&walk, "later").await;
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_the_plan_did_not_see_keeps_what_others_put_there() {
    let stage = Stage::new();
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    assert_eq!(walk.leaving().await, Observation::Absent);
    walk.create().await;
    put(&stage, "theirs", "one").await;
    keeps_it(&walk, "theirs").await;
}

/// A delete marker hides an object, and loses nothing of it.
#[tokio::test(start_paused = true)]
async fn what_came_and_was_deleted_since_the_plan_keeps_a_bucket() {
    let stage = Stage::new();
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    walk.create().await;
    walk.leaving().await;
    put(&stage, "theirs", "one").await;
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let delete = s3.delete_object().bucket("suite-assets").key("theirs");
    delete.send().await.expect("a marker");
    keeps_it(&walk, "theirs").await;
}

/// While a bucket is not versioned, what is written takes the place of what the plan showed, under the same id.
#[tokio::test(start_paused = true)]
async fn what_was_overwritten_since_the_plan_keeps_a_bucket_that_is_not_versioned() {
    let stage = Stage::new();
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    walk.create().await;
    {
        let mut world = stage.sandbox.world();
        let bucket = world.s3.buckets.get_mut("suite-assets");
        bucket.expect("a bucket").versioning = None;
    }
    put(&stage, "theirs", "one").await;
    walk.leaving().await;
    put(&stage, "theirs", "two").await;
    keeps_it(&walk, "theirs").await;
}

/// A plan lists the first ten thousand versions of a bucket. Behind them, the time tells what came later.
#[tokio::test(start_paused = true)]
async fn what_came_into_a_bucket_behind_the_end_of_its_listing_keeps_it() {
    let stage = Stage::with(|world| world.delays = sandbox::world::Delays::none());
    let spec = bucket("suite-assets");
    let mut walk = Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &spec).await;
    walk.create().await;
    let modified = stage.sandbox.clock().now();
    for number in 0..10_500 {
        let mut world = stage.sandbox.world();
        let bucket = world.s3.buckets.get_mut("suite-assets");
        let version = sandbox::s3::Version {
            id: format!("v{number}"),
            modified,
            object: Some(sandbox::s3::Object::default()),
        };
        let objects = &mut bucket.expect("a bucket").objects;
        objects.insert(format!("bulk/{number:05}"), vec![version]);
    }
    stage.wait(60).await;
    walk.leaving().await;
    put(&stage, "theirs", "one").await;
    keeps_it(&walk, "theirs").await;
}

/// Puts an object into the bucket, as others do.
async fn put(stage: &Stage, key: &str, content: &str) {
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let content = aws_sdk_s3::primitives::ByteStream::from(content.as_bytes().to_vec());
    let put = s3.put_object().bucket("suite-assets").key(key);
    put.body(content).send().await.expect("an object");
}

/// The bucket stays, for the sake of this object, until a plan has shown it.
async fn keeps_it(walk: &Walk<'_>, key: &str) {
    let refused = walk.try_delete().await.unwrap_err();
    assert_eq!(refused.class, model::ErrorClass::Conflict, "{refused}");
    assert!(refused.message.contains(&format!("`{key}`")), "{refused}");
    {
        let world = walk.stage.sandbox.world();
        let bucket = &world.s3.buckets["suite-assets"];
        assert!(bucket.objects.contains_key(key));
    }
    walk.stage.wait(60).await;
    walk.leaving().await;
    walk.delete().await;
}

/// log delivery fills a bucket again that was emptied. It is emptied again, and nobody has to agree to lose
/// a log that came in between.
#[tokio::test(start_paused = true)]
async fn r_37_a_log_bucket_that_fills_again_is_emptied_again() {
    let stage = Stage::new();
    let walk = log_bucket(&stage).await;
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let deliver = |key: &str| s3.put_object().bucket("suite-logs").key(key).send();
    deliver("first").await.expect("a log");
    walk.leaving().await;
    let message = "The bucket you tried to delete is not empty";
    let filled = Fault::new(FaultKind::ErrorBefore).at("s3", "DeleteBucket");
    let filled = filled.nth(1).with(409, "BucketNotEmpty", message);
    stage.sandbox.world().faults.script = vec![filled];
    let early = walk.try_delete().await.unwrap_err();
    assert_eq!(early.class, model::ErrorClass::NotYet, "{early}");
    deliver("second").await.expect("a log");
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn a_bucket_policy_walks_through_its_states() {
    let stage = Stage::new();
    let name = "suite-assets";
    Walk::new(&stage, &id("s3_bucket", "assets"), REGION, &bucket(name))
        .await
        .create()
        .await;
    let spec = |grant| s3_bucket_policy::Spec {
        bucket: name.to_owned(),
        grant,
    };
    let policy_id = id("s3_bucket_policy", "assets");
    let logs = spec(Grant::AccessLogs(ACCOUNT.to_owned()));
    let mut walk = Walk::new(&stage, &policy_id, REGION, &logs).await;
    walk.create().await;

    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let put = async |document: &serde_json::Value| {
        let put = s3.put_bucket_policy().bucket(name);
        put.policy(document.to_string())
            .send()
            .await
            .expect("a policy");
    };
    // Another spelling of the same is no change.
    let mut document = logs.document();
    document["Statement"][0]["Action"] = json!(["s3:*"]);
    put(&document).await;
    walk.in_sync().await;
    let distribution = format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E2");
    let reading = spec(Grant::Reading(distribution.as_str().into()));
    walk.change(&reading, &["document.Statement"]).await;

    let mut document = reading.document();
    document["Statement"][0]["Action"] = json!("s3:GetObject");
    put(&document).await;
    walk.fix(&["document.Statement"]).await;
    walk.delete().await;

    // With its bucket gone it is absent, and can still be deleted.
    let gone = s3.delete_bucket().bucket(name).send().await;
    gone.expect("deleted");
    assert_eq!(walk.observe().await, Observation::Absent);
    walk.try_delete().await.expect("gone is gone");
}

#[tokio::test(start_paused = true)]
async fn an_object_walks_through_its_states() {
    let stage = Stage::new();
    Walk::new(
        &stage,
        &id("s3_bucket", "assets"),
        REGION,
        &bucket("suite-assets"),
    )
    .await
    .create()
    .await;
    super::cloudfront::distribution(&stage).await;
    let mut spec = s3_object::Spec {
        bucket: "suite-assets".to_owned(),
        key: ".well-known/mta-sts.txt".to_owned(),
        content: base64("version: STSv1\n"),
        media_type: "text/plain".to_owned(),
        cache_control: "max-age=60".to_owned(),
        host: super::cloudfront::HOST.to_owned(),
    };
    let object_id = id("s3_object", "policy");
    let mut walk = Walk::new(&stage, &object_id, REGION, &spec).await;
    walk.create().await;
    assert_eq!(invalidations(&stage), 0, "a new file is in no cache");

    spec.content = base64("version: STSv1\nmode: none\n");
    walk.change(&spec, &["sha256"]).await;
    assert_eq!(
        invalidations(&stage),
        1,
        "a repeated change is one invalidation"
    );
    spec.media_type = "text/plain; charset=utf-8".to_owned();
    walk.change(&spec, &["media_type"]).await;
    spec.cache_control = "max-age=30".to_owned();
    walk.change(&spec, &["cache_control"]).await;

    // The same content, later, is an invalidation of its own.
    stage.wait(120).await;
    let before = invalidations(&stage);
    let s3 = aws_sdk_s3::Client::new(&stage.sdk(REGION));
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"tampered");
    let put = s3
        .put_object()
        .bucket(&spec.bucket)
        .key(&spec.key)
        .body(body);
    put.send().await.expect("an object");
    walk.fix(&["sha256", "media_type", "cache_control"]).await;
    assert_eq!(invalidations(&stage), before + 1);

    // A later version of the same bytes is another version, and no difference.
    let again = s3
        .put_object()
        .bucket(&spec.bucket)
        .key(&spec.key)
        .content_type(&spec.media_type)
        .cache_control(&spec.cache_control)
        .body(aws_sdk_s3::primitives::ByteStream::from_static(
            b"version: STSv1\nmode: none\n",
        ));
    again.send().await.expect("an object");
    walk.in_sync().await;

    let elsewhere = s3_object::Spec {
        key: "other.txt".to_owned(),
        ..spec.clone()
    };
    walk.replaces(&elsewhere, &["key"]).await;
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_whose_outcome_is_not_known_is_made_again() {
    use sandbox::faults::{Fault, FaultKind};
    let stage = Stage::new();
    let bucket_id = id("s3_bucket", "assets");
    let mut walk = Walk::new(&stage, &bucket_id, REGION, &bucket("suite-assets")).await;
    walk.create().await;
    super::cloudfront::distribution(&stage).await;
    let mut spec = s3_object::Spec {
        bucket: "suite-assets".to_owned(),
        key: "logo.svg".to_owned(),
        content: base64("one"),
        media_type: "image/svg+xml".to_owned(),
        cache_control: "max-age=3600".to_owned(),
        host: super::cloudfront::HOST.to_owned(),
    };
    let mut walk = Walk::new(&stage, &id("s3_object", "logo"), REGION, &spec).await;
    walk.create().await;
    spec.content = base64("two");
    walk.ask(&spec);
    let diff = walk.diff().await;
    let fault = Fault::new(FaultKind::ErrorBefore).at("cloudfront", "CreateInvalidation");
    stage.sandbox.world().faults.script.push(fault);
    let error = walk.update(&diff).await.unwrap_err();
    // The object alone would look as if all were done.
    assert_eq!(error.class, model::ErrorClass::NotYet, "{error:?}");
    stage.sandbox.world().faults.script.clear();
    walk.update(&diff).await.expect("updated");
    assert_eq!(invalidations(&stage), 1);
    let puts = |stage: &Stage| stage.sandbox.stats().calls("s3", "PutObject");
    // `create` makes it twice; the update sends it once, as it was there already when asked again.
    assert_eq!(puts(&stage), 3);

    // A run that died may have died between the two: it asks again, whenever that is, and to CloudFront it is
    // the same invalidation.
    let asked = |stage: &Stage| {
        let stats = stage.sandbox.stats();
        stats.calls("cloudfront", "CreateInvalidation")
    };
    let before = asked(&stage);
    stage.wait(60).await;
    let context = walk.context().await;
    let actor = stage.actor("s3_object");
    let target = model::Target {
        id: id("s3_object", "logo"),
        location: Some(Stage::location(REGION)),
        spec: walk.spec.clone(),
        physical: walk.physical.clone(),
    };
    actor.resume(&context, &target).await.expect("resumed");
    assert_eq!(asked(&stage), before + 1);
    assert_eq!((invalidations(&stage), puts(&stage)), (1, 3));
}

/// How many invalidations there are.
fn invalidations(stage: &Stage) -> usize {
    let world = serde_json::to_value(stage.sandbox.world().cloudfront.clone()).unwrap();
    let mut count = 0;
    count_invalidations(&world, &mut count);
    count
}

fn count_invalidations(value: &serde_json::Value, count: &mut usize) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if name.trim_start_matches('~') == "invalidations" {
                    *count += field.as_object().map_or_else(
                        || field.as_array().map_or(0, Vec::len),
                        serde_json::Map::len,
                    );
                } else {
                    count_invalidations(field, count);
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                count_invalidations(item, count);
            }
        }
        _ => {}
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
