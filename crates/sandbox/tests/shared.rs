//! Tests over all services: tags, faults, stale answers, the memory between
//! commands, and the endpoint on a port.

mod common;

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

use aws_sdk_acm::Client as Acm;
use aws_sdk_cloudfront::Client as CloudFront;
use aws_sdk_cloudfront::types as cf;
use aws_sdk_resourcegroupstagging::Client as Tagging;
use aws_sdk_resourcegroupstagging::types::TagFilter;
use aws_sdk_route53::Client as Route53;
use aws_sdk_route53::types::ResourceRecordSet;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::types::{Tag as S3Tag, Tagging as S3Tagging};
use aws_sdk_sesv2::Client as Ses;
use aws_sdk_sesv2::types::Tag as SesTag;
use clock::Clock;
use common::cloudfront::{
    AccessControl, Answered, ask_delete, create, create_access_control, get, origin, origins,
    serving, update,
};
use common::route53::{accept, alias, send, set};
use common::s3::create_bucket;
use common::{
    ONE, TWO, acm, cloudfront, code, config, killed, route53, s3, sandbox, sandbox_with, wait,
    without_retries,
};
use jiff::Timestamp;
use sandbox::faults::{Fault, FaultKind, Seeded};
use sandbox::quotas::{Quotas, Rate, TABLE};
use sandbox::stats::Logged;
use sandbox::web::HttpsError;
use sandbox::world::{Delays, World};
use sandbox::{Kept, Sandbox};

/// A bucket, an SES identity and a zone, each with the tag `project = mail`.
async fn tag_three(sandbox: &Sandbox) {
    let config = config(sandbox, ONE, "us-east-1");
    let s3 = S3::new(&config);
    create_bucket(&s3, "mail-assets").await;
    let tag = S3Tag::builder()
        .key("project")
        .value("mail")
        .build()
        .expect("a tag");
    let tagging = S3Tagging::builder().tag_set(tag).build().expect("tags");
    s3.put_bucket_tagging()
        .bucket("mail-assets")
        .tagging(tagging)
        .send()
        .await
        .expect("tagged");
    let tag = SesTag::builder()
        .key("project")
        .value("mail")
        .build()
        .expect("a tag");
    Ses::new(&config)
        .create_email_identity()
        .email_identity("example.com")
        .tags(tag)
        .send()
        .await
        .expect("an identity");
    let route53 = Route53::new(&config);
    let zone = route53
        .create_hosted_zone()
        .name("example.com")
        .caller_reference("1")
        .send()
        .await
        .expect("a zone");
    let zone = zone.hosted_zone.expect("a zone").id;
    let tag = aws_sdk_route53::types::Tag::builder()
        .key("project")
        .value("mail")
        .build();
    let change = route53
        .change_tags_for_resource()
        .resource_id(zone.trim_start_matches("/hostedzone/"))
        .add_tags(tag);
    change
        .resource_type(aws_sdk_route53::types::TagResourceType::Hostedzone)
        .send()
        .await
        .expect("tagged");
}

async fn tagged(sandbox: &Sandbox, account: &str, region: &str, value: &str) -> Vec<String> {
    let filter = TagFilter::builder().key("project").values(value).build();
    let client = Tagging::new(&config(sandbox, account, region));
    let mut pages = client
        .get_resources()
        .tag_filters(filter)
        .resources_per_page(2)
        .into_paginator()
        .send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        arns.extend(
            page.resource_tag_mapping_list()
                .iter()
                .filter_map(|found| found.resource_arn.clone()),
        );
    }
    arns
}

#[tokio::test(start_paused = true)]
async fn resources_of_all_services_are_found_by_their_tags() {
    let sandbox = sandbox();
    tag_three(&sandbox).await;
    let found = tagged(&sandbox, ONE, "us-east-1", "mail").await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("arn:aws:route53:::hostedzone/Z"),
        "{found:?}"
    );
    assert_eq!(found[1], "arn:aws:s3:::mail-assets");
    assert_eq!(
        found[2],
        "arn:aws:ses:us-east-1:111111111111:identity/example.com"
    );
    assert!(tagged(&sandbox, ONE, "us-east-1", "other").await.is_empty());
    assert!(tagged(&sandbox, ONE, "eu-west-1", "mail").await.is_empty());
    assert!(tagged(&sandbox, TWO, "us-east-1", "mail").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn resources_are_found_by_type() {
    let sandbox = sandbox();
    tag_three(&sandbox).await;
    let client = Tagging::new(&config(&sandbox, ONE, "us-east-1"));
    let found = client
        .get_resources()
        .resource_type_filters("ses:identity")
        .resource_type_filters("s3")
        .send()
        .await;
    assert_eq!(found.expect("a page").resource_tag_mapping_list().len(), 2);
    let arns = client
        .get_resources()
        .resource_arn_list("arn:aws:s3:::mail-assets")
        .resource_type_filters("s3")
        .send();
    assert_eq!(code(arns.await), "InvalidParameterException");
    let page = client.get_resources().pagination_token("nobody gave this");
    assert_eq!(code(page.send().await), "PaginationTokenExpiredException");
}

/// API reference, `GetResources`: `ResourceARNList` excludes pagination.
#[tokio::test(start_paused = true)]
async fn resources_that_are_asked_for_by_name_come_in_one_page() {
    let sandbox = sandbox_with(|world| world.quotas = Quotas::none());
    let config = config(&sandbox, ONE, "us-east-1");
    let ses = Ses::new(&config);
    let mut arns = Vec::new();
    for number in 0..60 {
        let tag = SesTag::builder().key("project").value("mail").build();
        let name = format!("{number}.example.com");
        let request = ses.create_email_identity().email_identity(&name);
        let made = request.tags(tag.expect("a tag")).send().await;
        made.expect("an identity");
        arns.push(format!("arn:aws:ses:us-east-1:{ONE}:identity/{name}"));
    }
    let client = Tagging::new(&config);
    let by_name = || {
        client
            .get_resources()
            .set_resource_arn_list(Some(arns.clone()))
    };
    let page = by_name().send().await.expect("a page");
    assert_eq!(page.resource_tag_mapping_list().len(), 60);
    assert_eq!(page.pagination_token(), Some(""));
    let paged = by_name().resources_per_page(50).send().await;
    assert_eq!(code(paged), "InvalidParameterException");
    let everything = client.get_resources().send().await.expect("a page");
    assert_eq!(everything.resource_tag_mapping_list().len(), 50);
}

/// Writes one TXT record into a zone; gives `Code: message`, or `no error`.
async fn change(sandbox: &Sandbox, zone: &str, action: &str) -> String {
    let client = Route53::new(&without_retries(sandbox, ONE));
    let set = set("a.example.com", "TXT", 60, &["\"a\""]);
    send(&client, zone, vec![route53::change(action, set)]).await
}

async fn records(sandbox: &Sandbox, zone: &str) -> usize {
    let listed = Route53::new(&config(sandbox, ONE, "us-east-1"))
        .list_resource_record_sets()
        .hosted_zone_id(zone);
    listed
        .send()
        .await
        .expect("records")
        .resource_record_sets
        .len()
}

fn with_zone(script: Vec<Fault>) -> (Sandbox, String) {
    let mut zone = String::new();
    let sandbox = sandbox_with(|world| {
        zone = world.seed_zone(ONE, "example.com", true).expect("a name");
        world.faults.script = script;
        world.quotas = Quotas::none();
    });
    (sandbox, zone)
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_answers_from_before_the_last_change() {
    let stale = Fault::new(FaultKind::StaleRead)
        .at("route53", "ListResourceRecordSets")
        .nth(1);
    let (sandbox, zone) = with_zone(vec![stale]);
    change(&sandbox, &zone, "CREATE").await;
    assert_eq!(records(&sandbox, &zone).await, 2);
    assert_eq!(records(&sandbox, &zone).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_time_out_after_the_effect_is_ambiguous_to_the_caller_alone() {
    let fault = Fault::new(FaultKind::TimeOutAfter).at("route53", "ChangeResourceRecordSets");
    let (sandbox, zone) = with_zone(vec![fault]);
    let result = change(&sandbox, &zone, "CREATE").await;
    assert!(result.contains("Timeout"), "{result}");
    assert_eq!(records(&sandbox, &zone).await, 3);
    let stats = sandbox.stats();
    let changed = stats.changes().next().expect("a change");
    assert!(changed.took_effect);
    assert_eq!(changed.result, "no answer");
}

#[tokio::test(start_paused = true)]
async fn a_fault_before_the_effect_leaves_no_effect() {
    let faults = vec![
        Fault::new(FaultKind::ErrorBefore).at_changes().nth(1),
        Fault::new(FaultKind::Throttle).at_changes().nth(2),
        Fault::new(FaultKind::TimeOutBefore).at_changes().nth(3),
    ];
    let (sandbox, zone) = with_zone(faults);
    let mut results = Vec::new();
    for _ in 0..4 {
        results.push(change(&sandbox, &zone, "CREATE").await);
    }
    assert!(results[0].starts_with("InternalFailure"), "{results:?}");
    assert_eq!(results[1], "Throttling: Rate exceeded");
    assert!(results[2].contains("Timeout"), "{results:?}");
    assert_eq!(results[3], "no error");
}

#[tokio::test(start_paused = true)]
async fn seeded_faults_are_the_same_on_every_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (sandbox, zone) = with_zone(vec![]);
        sandbox.world().faults.seeded = Some(Seeded {
            seed: 1,
            percent: 30,
            kinds: vec![FaultKind::Throttle],
        });
        for _ in 0..20 {
            change(&sandbox, &zone, "UPSERT").await;
            wait(&sandbox, 60).await;
        }
        runs.push(
            sandbox
                .stats()
                .log
                .into_iter()
                .map(|logged| (logged.at, logged.result))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(runs[0], runs[1]);
    let throttled = runs[0]
        .iter()
        .filter(|(_, result)| result == "Throttling")
        .count();
    assert!((1..15).contains(&throttled), "{throttled} of 20");
}

#[tokio::test(start_paused = true)]
async fn a_world_is_as_it_was_before_when_everything_made_is_deleted() {
    let (sandbox, zone) = with_zone(vec![]);
    let config = config(&sandbox, ONE, "us-east-1");
    let before = sandbox.world().dump();
    change(&sandbox, &zone, "CREATE").await;
    let (s3, ses) = (S3::new(&config), Ses::new(&config));
    create_bucket(&s3, "mail-assets").await;
    let create = ses.create_email_identity().email_identity("example.com");
    create.send().await.expect("an identity");
    wait(&sandbox, 3600).await;
    assert_ne!(sandbox.world().dump(), before);
    change(&sandbox, &zone, "DELETE").await;
    let delete = s3.delete_bucket().bucket("mail-assets");
    delete.send().await.expect("deleted");
    let delete = ses.delete_email_identity().email_identity("example.com");
    delete.send().await.expect("deleted");
    assert_eq!(sandbox.world().dump(), before);
    wait(&sandbox, 3600).await;
    assert_eq!(sandbox.world().dump(), before);
}

const HOST: &str = "mta-sts.example.com";
/// The bucket of the policy.
const BUCKET: &str = "assets";
/// The key of the policy.
const POLICY: &str = ".well-known/mta-sts.txt";

/// A name that serves an MTA-STS policy: a bucket, a certificate, and a distribution in front.
struct PolicyHost {
    sandbox: Sandbox,
    zone: String,
    certificate: String,
    /// The record that proves the certificate's name.
    validation: ResourceRecordSet,
    control: AccessControl,
    distribution: Answered,
}

impl PolicyHost {
    /// Makes all of it but the alias in the zone.
    async fn make(sandbox: &Sandbox, zone: &str) -> Self {
        let acm = acm::client(sandbox, ONE, "us-east-1");
        let certificate = acm::request(&acm, &[HOST]).await;
        wait(sandbox, 2).await;
        let (name, value) = acm::records(&acm::describe(&acm, &certificate).await).remove(0);
        let validation = set(&name, "CNAME", 60, &[&value]);
        change_set(sandbox, zone, "CREATE", validation.clone()).await;
        wait(sandbox, 71).await;
        let cloudfront = cloudfront::client(sandbox, ONE);
        let control = create_access_control(&cloudfront, "mail").await;
        let distribution = serving("mail", HOST, &certificate);
        let distribution = distribution.origins(origins(origin(&control.id)));
        let distribution = create(&cloudfront, distribution).await;
        let host = Self {
            sandbox: sandbox.clone(),
            zone: zone.to_owned(),
            certificate,
            validation,
            control,
            distribution,
        };
        host.put_policy().await;
        host
    }

    /// Puts the policy into a bucket that the distribution may read.
    async fn put_policy(&self) {
        let s3 = self.s3();
        create_bucket(&s3, BUCKET).await;
        let body = b"version: STSv1\r\n".to_vec();
        let put = s3.put_object().bucket(BUCKET).key(POLICY);
        let put = put.content_type("text/plain").body(body.into());
        put.send().await.expect("an object");
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
            "Condition": { "StringEquals": { "AWS:SourceArn": self.distribution.arn() } },
        }] });
        let put = s3.put_bucket_policy().bucket(BUCKET);
        let put = put.policy(policy.to_string()).send().await;
        put.expect("a policy");
    }

    fn s3(&self) -> S3 {
        s3::client(&self.sandbox, ONE, "us-east-1")
    }

    /// Leads the name to the distribution.
    async fn publish(&self) {
        self.change_alias("CREATE").await;
    }

    /// Takes the name and the distribution away, and the record that proves the certificate's name.
    async fn take_down(&self) {
        self.change_alias("DELETE").await;
        let cloudfront = cloudfront::client(&self.sandbox, ONE);
        let last = get(&cloudfront, self.distribution.id()).await;
        let disabled = update(&cloudfront, &last, last.disabled()).await;
        wait(&self.sandbox, 170).await;
        ask_delete(&cloudfront, &disabled).await.expect("deleted");
        let delete = cloudfront.delete_origin_access_control();
        let delete = delete.id(&self.control.id).if_match(&self.control.etag);
        delete.send().await.expect("deleted");
        let validation = self.validation.clone();
        change_set(&self.sandbox, &self.zone, "DELETE", validation).await;
    }

    /// Deletes what is left when it was taken down: the certificate, the policy and the bucket.
    async fn clear(&self) {
        let acm = acm::client(&self.sandbox, ONE, "us-east-1");
        let delete = acm.delete_certificate().certificate_arn(&self.certificate);
        delete.send().await.expect("deleted");
        let s3 = self.s3();
        let delete = s3.delete_object().bucket(BUCKET).key(POLICY);
        delete.send().await.expect("deleted");
        let delete = s3.delete_bucket().bucket(BUCKET);
        delete.send().await.expect("deleted");
    }

    async fn change_alias(&self, action: &str) {
        let domain = self.distribution.domain_name();
        let set = alias(HOST, "A", "Z2FDTNDATAQYW2", domain);
        change_set(&self.sandbox, &self.zone, action, set).await;
    }
}

/// Changes one record set of the zone.
async fn change_set(sandbox: &Sandbox, zone: &str, action: &str, set: ResourceRecordSet) {
    let client = route53::client(sandbox, ONE);
    accept(&client, zone, vec![route53::change(action, set)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_host_goes_up_is_fetched_from_outside_and_comes_down_without_a_trace() {
    let (sandbox, zone) = with_zone(vec![]);
    let before = sandbox.world().dump();
    let start = sandbox.clock().now();
    let url = format!("https://{HOST}/.well-known/mta-sts.txt");
    let host = PolicyHost::make(&sandbox, &zone).await;
    assert!(matches!(
        sandbox.https(&url).await,
        Err(HttpsError::NoAddress { .. })
    ));
    host.publish().await;
    wait(&sandbox, 170).await;
    let fetched = sandbox.https(&url).await.expect("an answer");
    assert_eq!(
        (fetched.status.as_u16(), &fetched.body[..]),
        (200, &b"version: STSv1\r\n"[..])
    );
    let lasted = sandbox.clock().now().duration_since(start).as_secs();
    assert!((243..260).contains(&lasted), "{lasted} s");

    let text = serde_json::to_string(&*sandbox.world()).expect("JSON");
    let again: World = serde_json::from_str(&text).expect("the same world");
    assert_eq!(again.dump(), sandbox.world().dump());

    host.take_down().await;
    host.clear().await;
    assert_eq!(sandbox.world().dump(), before);
}

fn kept(folder: &Path) -> Sandbox {
    let clock = |saved: Option<Timestamp>| {
        saved.map_or_else(common::clock, |time| Clock::starting_at(time, 1.0))
    };
    Sandbox::open_at(folder, clock, || {
        let mut world = World {
            quotas: Quotas::none(),
            ..World::calm()
        };
        tag_owner(&mut world);
        world
    })
    .expect("a folder")
}

fn tag_owner(world: &mut World) {
    world.sts.seed_account(ONE, &[]);
}

#[tokio::test(start_paused = true)]
async fn everything_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = kept(folder.path());
    tag_three(&first).await;
    let before = first.world().dump();
    let left = killed(folder.path());
    let second = kept(left.path());
    assert_eq!(second.world().dump(), before);
    assert_eq!(second.stats().counts, first.stats().counts);
    assert_eq!(tagged(&second, ONE, "us-east-1", "mail").await.len(), 3);
    drop(second);
    Sandbox::reset(left.path()).expect("reset");
    assert_eq!(kept(left.path()).stats().total(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_by_hand_survives_a_kill_with_the_next_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = kept(folder.path());
    let zone = first.world().seed_zone(ONE, "example.com", true);
    let zone = zone.expect("a zone");
    change(&first, &zone, "CREATE").await;
    change(&first, &zone, "UPSERT").await;
    let second = kept(killed(folder.path()).path());
    assert_eq!(second.world().dump(), first.world().dump());
    assert_eq!(records(&second, &zone).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_kept_sandbox_is_opened_by_one_at_a_time_and_read_by_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = kept(folder.path());
    tag_three(&first).await;
    let again = Sandbox::open(folder.path(), 1.0, World::default);
    let error = again.expect_err("it is open").to_string();
    assert!(error.contains("in use by another command"), "{error}");
    let seen = Kept::read(folder.path()).expect("a folder");
    let seen = seen.expect("a world");
    assert_eq!(seen.stats.counts, first.stats().counts);
    assert_eq!(seen.world.dump(), first.world().dump());
    drop(first);
    assert_eq!(kept(folder.path()).world().dump(), seen.world.dump());
}

/// The journal is carried out again after a kill: the world must come out as it was, to the last
/// counter, whatever was called.
#[tokio::test(start_paused = true)]
async fn a_world_that_is_made_again_from_its_calls_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = kept(folder.path());
    let zone = sandbox.world().seed_zone(ONE, "example.com", true);
    let zone = zone.expect("a zone");
    let host = PolicyHost::make(&sandbox, &zone).await;
    host.publish().await;
    let same = || {
        let left = Kept::read(folder.path()).expect("a folder");
        let mut left = left.expect("a world");
        left.world.advance(sandbox.clock().now());
        let print = |world: &World| serde_json::to_value(world).expect("JSON");
        assert_eq!(print(&left.world), print(&sandbox.world()));
    };
    same();
    host.take_down().await;
    same();
}

#[tokio::test]
async fn the_endpoint_on_a_port_answers_each_service_by_its_signature() {
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::calm()
    };
    tag_owner(&mut world);
    let sandbox = Sandbox::new(world, Clock::real());
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(sandbox.clone().serve_aws(listener));
    let config = config(&sandbox, ONE, "us-east-1")
        .into_builder()
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let me = aws_sdk_sts::Client::new(&config)
        .get_caller_identity()
        .send()
        .await
        .expect("an identity");
    assert_eq!(me.account(), Some(ONE));
    Ses::new(&config)
        .create_email_identity()
        .email_identity("example.com")
        .send()
        .await
        .expect("an identity");
    let zones = Route53::new(&config)
        .list_hosted_zones()
        .send()
        .await
        .expect("zones");
    assert!(zones.hosted_zones().is_empty());
    let s3 = S3::from_conf(
        aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build(),
    );
    s3.create_bucket()
        .bucket("mail-assets")
        .send()
        .await
        .expect("a bucket");
    let put = s3
        .put_object()
        .bucket("mail-assets")
        .key("a file.txt")
        .body(b"text".to_vec().into());
    put.send().await.expect("an object");
    let got = s3
        .get_object()
        .bucket("mail-assets")
        .key("a file.txt")
        .send()
        .await
        .expect("the object");
    assert_eq!(got.body.collect().await.expect("a body").to_vec(), b"text");
    assert_eq!(
        code(s3.head_bucket().bucket("mail-other").send().await),
        "NotFound"
    );
}

/// In the environment of a process that is to be killed: where it keeps its world.
const KILLED_IN: &str = "SANDBOX_KILLED_IN";

/// Serves a world that is kept in `folder`, until somebody kills the process.
async fn serve_until_killed(folder: &Path) {
    let fresh = || {
        let mut world = World::calm();
        tag_owner(&mut world);
        world
    };
    let sandbox = Sandbox::open(folder, 1.0, fresh).expect("a folder");
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    println!("\nlistening on {address}");
    sandbox.serve_aws(listener).await.expect("it serves");
}

/// The test starts itself again as the process that serves, makes things over the socket, and kills
/// it with SIGKILL: nothing is dropped or flushed.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_has_kept_all_that_it_answered() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment says which of the two processes this is"
    )]
    if let Ok(folder) = std::env::var(KILLED_IN) {
        return serve_until_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "--nocapture"])
        .arg("a_server_that_is_killed_has_kept_all_that_it_answered")
        .env(KILLED_IN, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
        .expect("it says where it listens");
    let caller = Sandbox::new(World::calm(), Clock::real());
    let config = config(&caller, ONE, "us-east-1")
        .into_builder()
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    let create = S3::from_conf(s3.build())
        .create_bucket()
        .bucket("mail-assets");
    create.send().await.expect("a bucket");
    let route53 = Route53::new(&config);
    let create = route53.create_hosted_zone().name("example.com");
    let create = create.caller_reference("first").send().await;
    create.expect("a zone");
    server.kill().expect("killed");
    server.wait().expect("dead");

    let again = Sandbox::open(folder.path(), 1.0, || unreachable!("a world was kept"));
    let again = again.expect("the same world");
    let config = common::config(&again, ONE, "us-east-1");
    let buckets = S3::new(&config).list_buckets().send().await;
    assert_eq!(buckets.expect("a list").buckets().len(), 1);
    let zones = Route53::new(&config).list_hosted_zones().send().await;
    assert_eq!(zones.expect("a list").hosted_zones().len(), 1);
    assert_eq!(again.stats().calls("s3", "CreateBucket"), 1);
}

/// Puts up a policy host and an identity, and takes the host down: what was called, the world
/// at its height and at the end, and the time.
async fn up_and_down() -> (Vec<Logged>, [String; 2], Timestamp) {
    let (sandbox, zone) = with_zone(vec![]);
    sandbox.world().quotas = Quotas::default();
    let host = Box::pin(PolicyHost::make(&sandbox, &zone)).await;
    host.publish().await;
    let ses = Ses::new(&config(&sandbox, ONE, "us-east-1"));
    let create = ses.create_email_identity().email_identity("example.com");
    create.send().await.expect("an identity");
    wait(&sandbox, 170).await;
    let print = || serde_json::to_string(&*sandbox.world()).expect("JSON");
    let height = print();
    Box::pin(host.take_down()).await;
    let log = sandbox.stats().log;
    (log, [height, print()], sandbox.clock().now())
}

#[tokio::test(start_paused = true)]
async fn every_run_has_the_same_calls_ids_and_times_and_nothing_is_retried() {
    let first = up_and_down().await;
    let second = up_and_down().await;
    assert_eq!(first.0, second.0);
    assert_eq!(first.1, second.1);
    assert_eq!(first.2, second.2);
    // The SDK waits for lengths of chance before it tries again. It does so after failures alone.
    let failed: Vec<&Logged> = first.0.iter().filter(|call| call.result != "ok").collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn tags_are_found_on_everything_that_can_have_them() {
    let (sandbox, zone) = with_zone(vec![]);
    let config = config(&sandbox, ONE, "us-east-1");
    let host = PolicyHost::make(&sandbox, &zone).await;
    let tag = aws_sdk_acm::types::Tag::builder()
        .key("project")
        .value("mail");
    let acm = Acm::new(&config);
    let add = acm
        .add_tags_to_certificate()
        .certificate_arn(&host.certificate);
    let add = add.tags(tag.build().expect("a tag")).send().await;
    add.expect("tagged");
    let tag = cf::Tag::builder().key("project").value("mail");
    let tags = cf::Tags::builder().items(tag.build().expect("a tag"));
    let cloudfront = CloudFront::new(&config);
    let add = cloudfront.tag_resource().resource(host.distribution.arn());
    add.tags(tags.build()).send().await.expect("tagged");
    let tag = SesTag::builder().key("project").value("mail");
    let create = Ses::new(&config)
        .create_configuration_set()
        .configuration_set_name("mail");
    let create = create.tags(tag.build().expect("a tag")).send().await;
    create.expect("a set");
    let found = tagged(&sandbox, ONE, "us-east-1", "mail").await;
    let set = format!("arn:aws:ses:us-east-1:{ONE}:configuration-set/mail");
    let certificate = host.certificate.as_str();
    assert_eq!(found, [certificate, host.distribution.arn(), &set]);
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_not_here_is_refused_in_each_services_words() {
    let sandbox = sandbox();
    let config = config(&sandbox, ONE, "us-east-1");
    let sts = aws_sdk_sts::Client::new(&config)
        .get_access_key_info()
        .access_key_id("AKIAIOSFODNN7EXAMPLE");
    assert_eq!(code(sts.send().await), "InvalidAction");
    let s3 = S3::new(&config);
    let create = s3.create_bucket().bucket("mail-assets");
    create.send().await.expect("a bucket");
    let inventory = s3.list_bucket_inventory_configurations();
    let inventory = inventory.bucket("mail-assets").send().await;
    assert_eq!(code(inventory), "NotImplemented");
    let cloudfront = CloudFront::new(&config).list_key_groups();
    assert_eq!(code(cloudfront.send().await), "UnknownOperationException");
    let acm = Acm::new(&config).get_account_configuration();
    assert_eq!(code(acm.send().await), "UnknownOperationException");
    let route53 = Route53::new(&config).list_health_checks();
    assert_eq!(code(route53.send().await), "UnknownOperationException");
    // A REST path that leads nowhere: nobody knows what to ask permission for.
    let ses = Ses::new(&config).list_contact_lists();
    assert_eq!(code(ses.send().await), "AccessDeniedException");
    let v1 = aws_sdk_ses::Client::new(&config).list_receipt_filters();
    assert_eq!(code(v1.send().await), "InvalidAction");
    let tagging = Tagging::new(&config).get_tag_keys();
    assert_eq!(code(tagging.send().await), "UnknownOperationException");
}

#[tokio::test(start_paused = true)]
async fn malformed_input_is_refused_in_each_services_words() {
    let sandbox = sandbox();
    let config = config(&sandbox, ONE, "us-east-1");
    let sts = aws_sdk_sts::Client::new(&config).assume_role();
    let sts = sts.role_arn("a").role_session_name("deploy").send().await;
    assert_eq!(code(sts), "ValidationError");
    let bucket = S3::new(&config).create_bucket().bucket("No_Name");
    assert_eq!(code(bucket.send().await), "InvalidBucketName");
    let arn = Acm::new(&config)
        .describe_certificate()
        .certificate_arn("a");
    assert_eq!(code(arn.send().await), "ValidationException");
    let invalidation = CloudFront::new(&config).list_distributions().max_items(-1);
    assert_eq!(code(invalidation.send().await), "InvalidArgument");
    let zones = Route53::new(&config).list_hosted_zones().max_items(0);
    assert_eq!(code(zones.send().await), "InvalidInput");
    let identity = Ses::new(&config).create_email_identity();
    let identity = identity.email_identity("no domain").send().await;
    assert_eq!(code(identity), "BadRequestException");
    let many = (0..101).map(|number| format!("d{number}.example.com"));
    let v1 = aws_sdk_ses::Client::new(&config).get_identity_dkim_attributes();
    let v1 = v1.set_identities(Some(many.collect())).send().await;
    assert_eq!(code(v1), "ValidationError");
    let tagging = Tagging::new(&config)
        .get_resources()
        .resources_per_page(101);
    assert_eq!(code(tagging.send().await), "InvalidParameterException");
}

/// `status code` of an error.
fn refusal<T, E>(
    result: Result<
        T,
        aws_smithy_runtime_api::client::result::SdkError<
            E,
            aws_smithy_runtime_api::client::orchestrator::HttpResponse,
        >,
    >,
) -> String
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = result
        .as_ref()
        .err()
        .and_then(|error| error.raw_response())
        .map_or(200, |answer| answer.status().as_u16());
    format!("{status} {}", code(result))
}

#[tokio::test(start_paused = true)]
async fn r_26_each_service_throttles_in_its_own_words() {
    let sandbox = sandbox_with(|world| {
        let once = Rate {
            rate: 0.001,
            burst: 0.5,
        };
        world.quotas.rates = TABLE
            .iter()
            .map(|quota| (quota.name.to_owned(), once))
            .collect();
    });
    let config = without_retries(&sandbox, ONE);
    let sts = aws_sdk_sts::Client::new(&config).get_caller_identity();
    assert_eq!(refusal(sts.send().await), "400 Throttling");
    let s3 = S3::new(&config).list_buckets();
    assert_eq!(refusal(s3.send().await), "503 SlowDown");
    let cloudfront = CloudFront::new(&config).list_distributions();
    assert_eq!(refusal(cloudfront.send().await), "400 Throttling");
    let acm = Acm::new(&config).list_certificates();
    assert_eq!(refusal(acm.send().await), "400 ThrottlingException");
    let route53 = Route53::new(&config).list_hosted_zones();
    assert_eq!(refusal(route53.send().await), "400 Throttling");
    let ses = Ses::new(&config).get_account();
    assert_eq!(refusal(ses.send().await), "429 TooManyRequestsException");
    let v1 = aws_sdk_ses::Client::new(&config).get_send_quota();
    assert_eq!(refusal(v1.send().await), "400 Throttling");
    let tagging = Tagging::new(&config).get_resources();
    assert_eq!(refusal(tagging.send().await), "400 ThrottledException");
    let counts = sandbox.stats().counts[ONE].clone();
    assert_eq!(counts["s3"]["ListBuckets"]["SlowDown"], 1);
    assert_eq!(counts["ses"].len(), 2);
}
