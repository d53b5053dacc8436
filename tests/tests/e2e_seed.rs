//! Each row of what the seed has to do, by its number, through the built binary, on the world that it left
//! behind.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use sandbox::cloudfront::Distribution;
use sandbox::s3::Bucket;
use serde_json::Value;
use tests::place::{Moment, Place, Ran};

/// A manifest that was applied once, for all tests that only look.
struct Applied {
    place: Place,
    ran: Ran,
    world: Moment,
}

fn apply(name: &str) -> Applied {
    let place = Place::of(name);
    place.make_world(None);
    place.keep_calls();
    let ran = place.apply().exits(0);
    // What was changed last reaches the name servers within a minute.
    let world = place.world().later(120);
    Applied { place, ran, world }
}

fn example() -> &'static Applied {
    static APPLIED: OnceLock<Applied> = OnceLock::new();
    APPLIED.get_or_init(|| apply("example"))
}

fn two_accounts_one_region() -> &'static Applied {
    static APPLIED: OnceLock<Applied> = OnceLock::new();
    APPLIED.get_or_init(|| apply("two-accounts-one-region"))
}

fn two_accounts_two_regions() -> &'static Applied {
    static APPLIED: OnceLock<Applied> = OnceLock::new();
    APPLIED.get_or_init(|| apply("two-accounts-two-regions"))
}

fn one_account_two_regions() -> &'static Applied {
    static APPLIED: OnceLock<Applied> = OnceLock::new();
    APPLIED.get_or_init(|| apply("one-account-two-regions"))
}

fn fleet() -> &'static Applied {
    static APPLIED: OnceLock<Applied> = OnceLock::new();
    APPLIED.get_or_init(|| apply("fleet"))
}

impl Applied {
    /// The one bucket whose name has this word in it.
    fn bucket(&self, word: &str) -> &Bucket {
        let mut found = self.world.world.s3.buckets.iter();
        let (_, bucket) = found
            .find(|(name, _)| name.contains(word))
            .expect("a bucket");
        bucket
    }

    fn distribution(&self) -> &Distribution {
        let all: Vec<_> = self.world.world.cloudfront.all().collect();
        assert_eq!(all.len(), 1);
        all[0]
    }

    /// The identity of example.com that SES has under `<account>/<region>`.
    fn identity(&self, place: &str) -> Value {
        let ses = self.world.owned()["ses"]["places"].clone();
        ses[place]["identities"]["example.com"].clone()
    }

    fn tokens(&self, place: &str) -> Vec<String> {
        let tokens = self.identity(place)["dkim"]["tokens"].clone();
        serde_json::from_value(tokens).expect("tokens")
    }

    fn txt(&self, name: &str) -> Vec<String> {
        let values = self.world.resolve(name, "TXT");
        values
            .iter()
            .map(|value| value.trim_matches('"').to_owned())
            .collect()
    }
}

const MARKETING: &str = "333333333333/us-east-1";
const OPERATIONS: &str = "444444444444/eu-west-1";

#[test]
fn a01_one_binary_calls_the_apis_directly_and_leaves_nothing_running() {
    let calls = example().place.calls();
    let services: BTreeSet<&str> = calls.iter().map(|call| call.service.as_str()).collect();
    let expected = ["acm", "cloudfront", "route53", "s3", "ses", "sts"];
    // Tags over all services, and how much the accounts may hold.
    let about_all = ["tagging", "servicequotas"];
    assert!(services.is_superset(&expected.into()), "{services:?}");
    let others: Vec<_> = services
        .iter()
        .filter(|service| !expected.contains(service) && !about_all.contains(service))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn a02_asset_bucket_is_private_encrypted_versioned_logged_and_tagged() {
    let bucket = serde_json::to_value(example().bucket("assets")).expect("JSON");
    for block in [
        "block_public_acls",
        "ignore_public_acls",
        "block_public_policy",
        "restrict_public_buckets",
    ] {
        assert_eq!(bucket["public_access_block"][block], true, "{block}");
    }
    assert_eq!(bucket["encryption"]["algorithm"], "AES256");
    assert_eq!(bucket["versioning"], "Enabled");
    assert_eq!(bucket["ownership"], "BucketOwnerEnforced");
    assert_eq!(bucket["tags"]["deploy:project"], "anycompany");
    let logs = bucket["logging"]["bucket"].as_str().expect("a log bucket");
    assert!(logs.contains("logs"), "{logs}");
    let policy: Value = serde_json::from_str(bucket["policy"].as_str().expect("a policy"))
        .expect("a policy in JSON");
    let plain = &policy["Statement"][0];
    assert_eq!(plain["Effect"], "Deny");
    assert_eq!(plain["Condition"]["Bool"]["aws:SecureTransport"], "false");
    let only = &policy["Statement"][1];
    assert_eq!(only["Principal"]["Service"], "cloudfront.amazonaws.com");
    assert_eq!(
        only["Condition"]["StringEquals"]["AWS:SourceArn"],
        example().distribution().arn
    );
}

#[test]
fn a03_log_bucket_expires_logs_after_ninety_days_and_takes_both_kinds() {
    let bucket = example().bucket("logs");
    let lifecycle = serde_json::to_value(bucket.lifecycle.as_ref()).expect("JSON");
    let rule = &lifecycle["configuration"]["rules"][0];
    assert_eq!(rule["status"], "Enabled");
    assert_eq!(rule["expiration"]["days"], 90);
    let policy = bucket.policy.as_deref().expect("a policy");
    assert!(policy.contains("logging.s3.amazonaws.com"), "{policy}");
    // CloudFront writes its logs by ACL, which the owner-enforced setting would refuse.
    let config = &example().distribution().config;
    assert!(config.is_true("Logging/Enabled"));
    assert!(config.text_at("Logging/Bucket").contains("-logs-"));
    assert!(!bucket.enforces_owner());
}

#[test]
fn a04_files_are_uploaded_with_media_type_and_cache_control() {
    let bucket = example().bucket("assets");
    let check = |key: &str, media_type: &str, cache_control: &str, body: &[u8]| {
        let (_, object) = bucket.current(key).expect("an object");
        assert_eq!(object.content_type(), media_type, "{key}");
        assert_eq!(object.headers["cache-control"], cache_control, "{key}");
        assert!(object.body.bytes() == body, "{key}");
    };
    let logo = example().place.read("assets/logo.svg");
    let certificate = example().place.read("assets/bimi_vmc.pem");
    check("logo.svg", "image/svg+xml", "max-age=3600", logo.as_bytes());
    check(
        "bimi_vmc.pem",
        "application/pem-certificate-chain",
        "max-age=3600",
        certificate.as_bytes(),
    );
    check(
        ".well-known/mta-sts.txt",
        "text/plain",
        "max-age=60",
        b"version: STSv1\r\nmode: testing\r\nmx: inbound-smtp.us-east-1.amazonaws.com\r\nmax_age: 604800\r\n",
    );
}

#[test]
fn a04_files_are_checked_before_they_are_uploaded() {
    let place = Place::of("example");
    let logo = place.read("assets/logo.svg");
    place.write(
        "assets/logo.svg",
        &logo.replace("</svg>", "<script>alert(1)</script></svg>"),
    );
    place.apply().exits(2).says("script");
}

#[test]
fn a05_distribution_is_https_only_with_access_control_tls_1_2_and_ipv6() {
    let distribution = example().distribution();
    let config = &distribution.config;
    let aliases: Vec<&str> = distribution.aliases().collect();
    assert_eq!(aliases, ["bimi-assets.example.com", "mta-sts.example.com"]);
    let text = |path: &str| config.text_at(path);
    assert_eq!(
        text("DefaultCacheBehavior/ViewerProtocolPolicy"),
        "https-only"
    );
    assert_eq!(
        text("ViewerCertificate/MinimumProtocolVersion"),
        "TLSv1.2_2021"
    );
    assert!(config.is_true("IsIPV6Enabled"));
    assert!(config.is_true("Enabled"));
    let origin = &config.items("Origins")[0];
    let control = origin.text_at("OriginAccessControlId");
    let controls = &example().world.world.cloudfront.accounts["222222222222"];
    assert!(controls.origin_access_controls.contains_key(control));
    assert_eq!(origin.text_at("S3OriginConfig/OriginAccessIdentity"), "");
    assert_eq!(distribution.status(), "Deployed");
}

#[test]
fn a06_certificate_in_us_east_1_for_both_names_is_validated_by_dns_in_another_account() {
    let certificates = &example().world.world.acm.certificates["222222222222/us-east-1"];
    assert_eq!(certificates.len(), 1);
    let certificate = certificates.values().next().expect("a certificate");
    assert_eq!(
        certificate.names,
        ["bimi-assets.example.com", "mta-sts.example.com"]
    );
    assert_eq!(certificate.status.as_str(), "ISSUED");
    assert_eq!(certificate.method.as_str(), "DNS");
    // The zone is not in the account of the certificate.
    let writes = example().place.changing_calls();
    assert!(
        writes
            .iter()
            .filter(|call| call.service == "route53")
            .all(|call| call.account == "111111111111")
    );
}

#[test]
fn a06_an_existing_certificate_can_be_named_instead() {
    let maker = apply("example");
    let certificates = &maker.world.world.acm.certificates["222222222222/us-east-1"];
    let arn = certificates.keys().next().expect("a certificate").clone();
    let place = Place::of("example");
    place.make_world(None);
    place.change_world(|world, _| world.acm = maker.world.world.acm.clone());
    place.edit(
        "log_retention: 90d }",
        &format!("log_retention: 90d, certificate: \"{arn}\" }}"),
    );
    place.apply().exits(0);
    let world = place.world();
    let distribution = world.world.cloudfront.all().next().expect("one");
    let used = distribution
        .config
        .text_at("ViewerCertificate/ACMCertificateArn");
    assert_eq!(used, arn);
    let mut certificates = world.world.acm.certificates.values();
    assert_eq!(
        certificates.next().map(std::collections::BTreeMap::len),
        Some(1)
    );
    place.destroy().exits(0);
    let left = place.world().world.acm.certificates;
    assert!(
        left["222222222222/us-east-1"].contains_key(&arn),
        "it was there before us"
    );
}

#[test]
fn a07_both_hosts_have_a_and_aaaa_aliases() {
    for host in ["bimi-assets.example.com", "mta-sts.example.com"] {
        for rtype in ["A", "AAAA"] {
            assert!(
                !example().world.resolve(host, rtype).is_empty(),
                "{host} {rtype}"
            );
        }
    }
}

#[test]
fn a08_bimi_record_names_logo_and_certificate_and_both_are_served() {
    assert_eq!(
        example().txt("default._bimi.example.com"),
        [
            "v=BIMI1; l=https://bimi-assets.example.com/logo.svg; a=https://bimi-assets.example.com/bimi_vmc.pem"
        ]
    );
    let mut world = example().world.clone();
    for file in ["logo.svg", "bimi_vmc.pem"] {
        let served = world.fetch("bimi-assets.example.com", &format!("/{file}"));
        let local = example().place.read(&format!("assets/{file}"));
        assert_eq!(served, Ok(local.into_bytes()), "{file}");
    }
}

#[test]
fn a08_without_a_certificate_there_is_no_a_tag_and_the_selector_is_free() {
    let place = Place::of("example");
    place.edit(
        "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }",
        "bimi: { logo: ../assets/logo.svg, selector: brand }",
    );
    place.apply().exits(0);
    let world = place.world().later(120);
    let [record] = &world.resolve("brand._bimi.example.com", "TXT")[..] else {
        panic!("one record");
    };
    assert!(
        record.contains("l=https://bimi-assets.example.com/logo.svg"),
        "{record}"
    );
    assert!(!record.contains("pem"), "{record}");
}

#[test]
fn a08_a_domain_can_decline_to_have_a_logo() {
    let place = Place::of("example");
    place.edit(
        "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }",
        "bimi: { decline: true }",
    );
    place.apply().exits(0);
    let world = place.world().later(120);
    assert_eq!(
        world.resolve("default._bimi.example.com", "TXT"),
        ["\"v=BIMI1; l=; a=;\""]
    );
}

#[test]
fn a09_policy_id_follows_from_the_policy() {
    let id = |applied: &Applied| applied.txt("_mta-sts.example.com").join(" ");
    let first = id(example());
    assert!(first.starts_with("v=STSv1; id="), "{first}");
    // The same policy has the same id, in another world and at another time.
    let again = apply("example");
    assert_eq!(id(&again), first);
    again.place.edit("max_age: 7d", "max_age: 8d");
    again.place.apply().exits(0);
    let later = again.place.world().later(120);
    let changed = later.resolve("_mta-sts.example.com", "TXT");
    assert!(!changed[0].contains(&first), "{changed:?}");
}

#[test]
fn a10_policy_is_made_from_the_published_mx_when_the_manifest_names_none() {
    let place = Place::of("example");
    place.edit("    mx: [10 inbound-smtp.us-east-1.amazonaws.com]\n", "");
    place.apply().exits(0);
    let mut world = place.world().later(120);
    let mx = world.resolve("example.com", "MX");
    assert_eq!(mx, ["10 mail.example.com"], "what is published stays");
    assert_eq!(
        world.fetch("mta-sts.example.com", "/.well-known/mta-sts.txt"),
        Ok(
            b"version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\nmax_age: 604800\r\n"
                .to_vec()
        )
    );
}

#[test]
fn a11_tls_reports_go_to_several_addresses_and_https() {
    assert_eq!(
        example().txt("_smtp._tls.example.com"),
        ["v=TLSRPTv1; rua=mailto:tlsrpt@example.com"]
    );
    let place = Place::of("example");
    place.edit(
        "rua: [\"mailto:tlsrpt@example.com\"]",
        "rua: [\"mailto:a@example.com\", \"https://reports.example.com/tls\"]",
    );
    place.apply().exits(0);
    assert_eq!(
        place
            .world()
            .later(120)
            .resolve("_smtp._tls.example.com", "TXT"),
        ["\"v=TLSRPTv1; rua=mailto:a@example.com,https://reports.example.com/tls\""]
    );
}

#[test]
fn a12_rules_are_checked_with_the_place_in_the_manifest() {
    let check = |from: &str, to: &str, rule: &str| {
        let place = Place::of("example");
        place.edit(from, to);
        let ran = place.run("apply", &["--yes"]).exits(2).says(rule);
        assert!(
            ran.stderr.contains("deploy/example.yaml:"),
            "{}",
            ran.stderr
        );
    };
    check(
        "p: quarantine, sp: quarantine,",
        "p: none, sp: none,",
        "BIMI-X01",
    );
    check(
        "p: quarantine, sp: quarantine,",
        "p: quarantine, sp: none,",
        "sp",
    );
    check(
        "p: quarantine, sp: quarantine,",
        "p: quarantin,",
        "quarantin",
    );
    check(
        "mode: testing, max_age: 7d",
        "policy: nowhere.txt",
        "nowhere.txt",
    );
}

#[test]
fn a13_without_route_53_the_records_are_printed_and_apply_resumes() {
    let place = Place::of("manual-dns");
    let first = place.apply().exits(5);
    for record in [
        "default._bimi.example.org",
        "_mta-sts.example.org",
        "_smtp._tls.example.org",
        "v=TLSRPTv1; rua=mailto:tlsrpt@example.org",
    ] {
        first.clone().says(record);
    }
    // The certificate is requested, and its validation records are known by now.
    let world = place.world();
    let certificates = &world.world.acm.certificates["222222222222/us-east-1"];
    assert_eq!(certificates.len(), 1);
    let plan = place.run("plan", &[]);
    plan.says(".acm-validations.aws");
}

#[test]
fn a14_identical_records_are_adopted_without_a_change_and_others_when_asked() {
    let world = r#"
zones:
  - account: "111111111111"
    name: example.com
    records:
      - { name: _smtp._tls.example.com, type: TXT, ttl: 3600, values: ["v=TLSRPTv1; rua=mailto:tlsrpt@example.com"] }
      - { name: mta-sts.example.com, type: A, ttl: 60, values: [192.0.2.7] }
      - { name: example.com, type: TXT, ttl: 300, values: ["v=spf1 include:amazonses.com ~all"] }
"#;
    let place = Place::of("example");
    place.make_world(Some(world));
    place.apply().exits(4).says("192.0.2.7");
    place.edit(
        "    spf: { include:",
        "    adopt: true\n    spf: { include:",
    );
    place.apply().exits(0);
    let now = place.world().later(120);
    assert_ne!(now.resolve("mta-sts.example.com", "A"), ["192.0.2.7"]);
    place.destroy().exits(0);
    assert_eq!(
        place.world().later(120).resolve("mta-sts.example.com", "A"),
        ["192.0.2.7"],
        "what was there before is back"
    );
    let left = |name: &str| place.world().later(120).resolve(name, "TXT");
    let tls_rpt = "\"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\"";
    assert_eq!(left("_smtp._tls.example.com"), [tls_rpt]);
    // Also where only the time to live was another.
    let spf = "\"v=spf1 include:amazonses.com ~all\"";
    assert_eq!(left("example.com"), [spf]);
}

#[test]
fn a15_plan_shows_reasons_and_mail_impact_and_apply_wants_a_yes() {
    let place = Place::of("example");
    let plan = place.run("plan", &[]).exits(0);
    plan.says(
        "waits until https://mta-sts.example.com/.well-known/mta-sts.txt is served (STS-O01)",
    )
    .says("(known after apply)");
    let before = place.world().dump();
    place.run("apply", &[]).exits(2).says("--yes");
    assert_eq!(place.world().dump(), before);
}

#[test]
fn a16_verify_probes_from_outside_and_names_what_is_not_there() {
    let applied = apply("example");
    let place = &applied.place;
    place.advance("5m");
    place.run("verify", &["--json"]).exits(0).json();
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let wrong = world.seed_records(
            &zone,
            "_mta-sts.example.com",
            ("TXT", 60),
            &["\"v=STSv1; id=another;\""],
        );
        wrong.expect("a name");
    });
    place
        .run("verify", &[])
        .exits(3)
        .says("_mta-sts.example.com TXT");
}

#[test]
fn a17_destroy_empties_and_deletes_both_buckets() {
    let applied = apply("example");
    let place = &applied.place;
    // Logs have arrived, and somebody has put a file beside ours.
    place.change_world(|world, _| {
        let policy = world.s3.buckets.iter().find_map(|(name, bucket)| {
            let versions = bucket.objects.get(".well-known/mta-sts.txt")?;
            name.contains("assets").then(|| versions.clone())
        });
        let versions = policy.expect("the policy");
        for (name, bucket) in &mut world.s3.buckets {
            let key = if name.contains("logs") {
                "cloudfront/1.gz"
            } else {
                "more.txt"
            };
            bucket.objects.insert(key.to_owned(), versions.clone());
        }
    });
    // The file is somebody else's, and goes only where its loss is accepted.
    place.destroy().exits(4).says("PLAN-20").says("more.txt");
    place
        .run("destroy", &["--yes", "--accept-risk", "PLAN-20"])
        .exits(0);
    assert_eq!(place.world().buckets().count(), 0);
}

#[test]
fn a18_many_domains_in_many_accounts() {
    let world = &fleet().world;
    let domains: BTreeSet<String> = world
        .world
        .cloudfront
        .all()
        .flat_map(Distribution::aliases)
        .filter_map(|alias| alias.strip_prefix("mta-sts.").map(str::to_owned))
        .collect();
    // One of the ten receives no mail here, and has no policy to host.
    assert_eq!(domains.len(), 9, "{domains:?}");
    let identities = world.owned()["ses"]["places"].to_string();
    // Ten domains, one of which sends from two regions.
    assert_eq!(identities.matches("\"Easy\"").count(), 11);
    for parked in ["example-old.com", "example-typo.com"] {
        assert_eq!(world.resolve(parked, "MX"), ["0 ."]);
        assert_eq!(world.resolve(parked, "TXT"), ["\"v=spf1 -all\""]);
    }
    assert!(fleet().ran.stdout.contains("example-old.com"));
}

#[test]
fn a19_each_domain_has_a_policy_of_its_own() {
    let place = Place::of("fleet");
    let text = place.read(place.manifest());
    // example.net is strict with its senders for longer than the others.
    place.write(
        place.manifest(),
        &text.replace(
            "\n  example.net:\n",
            "\n  example.net:\n    mta_sts: { mode: testing, max_age: 30d }\n",
        ),
    );
    place
        .run(
            "apply",
            &[
                "--yes",
                // Reports go to example.com, which is not there yet.
                "--no-verify",
                "--target",
                "example.net",
                "--target",
                "example.org",
            ],
        )
        .exits(0);
    let mut world = place.world().later(120);
    let mut policy = |domain: &str| {
        let bytes = world.fetch(&format!("mta-sts.{domain}"), "/.well-known/mta-sts.txt");
        String::from_utf8(bytes.expect("a policy")).expect("UTF-8")
    };
    assert!(policy("example.net").contains("max_age: 2592000"));
    assert!(policy("example.org").contains("max_age: 604800"));
    let id = |domain: &str| world.resolve(&format!("_mta-sts.{domain}"), "TXT");
    assert_ne!(id("example.net"), id("example.org"));
}

#[test]
fn a20_an_example_policy_ships_and_can_be_the_policy() {
    let place = Place::of("example");
    let example = place.read("assets/.well-known/mta-sts.txt.example");
    place.write("assets/.well-known/mta-sts.txt", &example);
    place.edit(
        "mta_sts: { mode: testing, max_age: 7d }",
        "mta_sts: { policy: ../assets/.well-known/mta-sts.txt }",
    );
    place.apply().exits(0);
    let mut world = place.world().later(120);
    let served = world
        .fetch("mta-sts.example.com", "/.well-known/mta-sts.txt")
        .expect("a policy");
    let served = String::from_utf8(served).expect("UTF-8");
    assert!(served.lines().eq(example.lines()), "{served}");
}

/// The common state of every pair of instances: both are verified in every way (B11).
#[track_caller]
fn verified(applied: &Applied, places: [&str; 2]) {
    for place in places {
        let identity = applied.identity(place);
        assert_eq!(identity["verification"]["status"], "Success", "{place}");
        assert_eq!(identity["dkim"]["check"]["status"], "Success", "{place}");
        assert_eq!(
            identity["mail_from"]["check"]["status"], "Success",
            "{place}"
        );
    }
}

#[test]
fn b01_two_accounts_in_one_region() {
    verified(
        two_accounts_one_region(),
        ["333333333333/us-east-1", "444444444444/us-east-1"],
    );
}

#[test]
fn b02_two_accounts_in_two_regions() {
    verified(
        two_accounts_two_regions(),
        ["333333333333/us-east-1", "444444444444/eu-west-1"],
    );
}

#[test]
fn b03_one_account_in_two_regions() {
    verified(
        one_account_two_regions(),
        ["333333333333/eu-west-1", "333333333333/us-east-1"],
    );
}

#[test]
fn b04_domain_tokens_share_one_record_set_a_value_for_each_instance_beside_foreign_ones() {
    let place = Place::of("example");
    place.make_world(Some(
        r#"
zones:
  - account: "111111111111"
    name: example.com
    records:
      - { name: _amazonses.example.com, type: TXT, ttl: 600, values: [somebody-elses-token] }
"#,
    ));
    place.apply().exits(0);
    let values = place
        .world()
        .later(120)
        .resolve("_amazonses.example.com", "TXT");
    assert_eq!(values.len(), 3, "{values:?}");
    assert!(values.contains(&"\"somebody-elses-token\"".to_owned()));
    // One instance leaves: its value goes, the others stay.
    place.edit(
        "      - { account: operations, region: eu-west-1, mail_from: mail2, domain_token: true }\n",
        "",
    );
    place.apply().exits(0);
    let fewer = place
        .world()
        .later(120)
        .resolve("_amazonses.example.com", "TXT");
    assert_eq!(fewer.len(), 2, "{fewer:?}");
    assert!(fewer.iter().all(|value| values.contains(value)));
    assert!(fewer.contains(&"\"somebody-elses-token\"".to_owned()));
}

#[test]
fn b05_three_dkim_records_for_each_instance_known_in_the_plan() {
    let plan = Place::of("example");
    let plan = plan.run("plan", &["--full"]).exits(0).stdout;
    let rows = plan.lines().filter(|line| line.contains(".dkim.")).count();
    assert_eq!(rows, 6);
    let tokens = [example().tokens(MARKETING), example().tokens(OPERATIONS)].concat();
    assert_eq!(tokens.len(), 6);
    for token in tokens {
        let name = format!("{token}._domainkey.example.com");
        assert_eq!(
            example().world.resolve(&name, "CNAME"),
            [format!("{token}.dkim.amazonses.com")]
        );
    }
}

#[test]
fn b06_dmarc_is_published_once() {
    assert_eq!(
        two_accounts_one_region().txt("_dmarc.example.com"),
        ["v=DMARC1; p=none; rua=mailto:dmarc@example.com"]
    );
}

#[test]
fn b07_mail_from_in_one_region_is_shared_until_the_last_instance_is_gone() {
    let applied = apply("two-accounts-one-region");
    let shared = |world: &Moment| {
        (
            world.resolve("mail.example.com", "MX"),
            world.resolve("mail.example.com", "TXT"),
        )
    };
    let expected = (
        vec!["10 feedback-smtp.us-east-1.amazonses.com".to_owned()],
        vec!["\"v=spf1 include:amazonses.com ~all\"".to_owned()],
    );
    assert_eq!(shared(&applied.world), expected);
    let place = &applied.place;
    place.edit(
        "      - { account: transactional, region: us-east-1, mail_from: mail, domain_token: true }\n",
        "",
    );
    place.apply().exits(0);
    assert_eq!(shared(&place.world().later(120)), expected);
    place.destroy().exits(0);
    assert_eq!(shared(&place.world().later(120)), (vec![], vec![]));
}

#[test]
fn b08_mail_from_in_two_regions_has_two_names() {
    let world = &two_accounts_two_regions().world;
    assert_eq!(
        world.resolve("mail1.example.com", "MX"),
        ["10 feedback-smtp.us-east-1.amazonses.com"]
    );
    assert_eq!(
        world.resolve("mail2.example.com", "MX"),
        ["10 feedback-smtp.eu-west-1.amazonses.com"]
    );
    for name in ["mail1.example.com", "mail2.example.com"] {
        assert_eq!(
            world.resolve(name, "TXT"),
            ["\"v=spf1 include:amazonses.com ~all\""]
        );
    }
    let place = Place::of("two-accounts-two-regions");
    place.edit("mail_from: mail2", "mail_from: mail1");
    place
        .apply()
        .exits(2)
        .says("deploy/two-accounts-two-regions.yaml:");
}

#[test]
fn b09_behaviour_when_the_mx_is_not_found_is_the_manifests_choice() {
    let behaviour = |applied: &Place, place: &str| {
        let dump = applied.world().owned();
        dump["ses"]["places"][place]["identities"]["example.com"]["mail_from"]["on_mx_failure"]
            .clone()
    };
    assert_eq!(behaviour(&example().place, MARKETING), "UseDefaultValue");
    let place = Place::of("example");
    place.edit(
        "mail_from: mail1,",
        "mail_from: mail1, on_mx_failure: reject,",
    );
    place.apply().exits(0);
    assert_eq!(behaviour(&place, MARKETING), "RejectMessage");
    assert_eq!(behaviour(&place, OPERATIONS), "UseDefaultValue");
}

#[test]
fn b10_records_have_the_variants_that_providers_need() {
    let records = |option: &[&str]| example().place.run("records", option).exits(0).stdout;
    let bind = records(&["--format", "bind"]);
    assert!(bind.contains("_amazonses"), "{bind}");
    let tokens = |text: &str| text.matches("amazonses:").count();
    assert_eq!(tokens(&bind), 0);
    assert_eq!(
        tokens(&records(&["--format", "bind", "--amazonses-prefix"])),
        2
    );
    let bare = records(&["--format", "bind", "--no-underscore"]);
    assert!(!bare.contains("_amazonses"), "{bare}");
    let relative = records(&["--json", "--relative"]);
    assert!(records(&["--json"]).contains("\"_dmarc.example.com"));
    assert!(relative.contains("\"_dmarc\""), "{relative}");
}

#[test]
fn b11_apply_waits_until_each_instance_is_verified_in_every_way() {
    verified(example(), [MARKETING, OPERATIONS]);
    let ran = &example().ran;
    ran.clone().says("waited for SES verification");
}

#[test]
fn b12_accounts_and_regions_are_just_names_in_the_manifest() {
    let place = Place::of("two-accounts-two-regions");
    let text = place.read(place.manifest());
    let text = text
        .replace("transactional", "berlin")
        .replace("444444444444", "555555555555")
        .replace("eu-west-1", "eu-central-1");
    place.write(place.manifest(), &text);
    place.apply().exits(0);
    let dump = place.world().owned();
    let places: Vec<&String> = dump["ses"]["places"]
        .as_object()
        .expect("places")
        .keys()
        .collect();
    assert_eq!(
        places,
        ["333333333333/us-east-1", "555555555555/eu-central-1"]
    );
}
