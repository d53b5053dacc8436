//! The seed's case A (A1 to A20) against `moto`: AWS as other people understood it, through
//! the built binary.
//!
//! Case A sends no mail, so no instance of SES is in these manifests. What moto lacks is in
//! [`LACKS`], by name. It has no name servers and no edges, so the preconditions that probe from outside are
//! accepted by their ids, and the run ends without `verify` (A16). A12 is decided offline.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use standards::mta_sts::{MtaStsRecord, PolicyId};
use tests::moto::Moto;
use tests::place::{Place, Ran};
use tests::served::Served;
use tests::tools;

/// The lacks of moto 5.2.5 among the calls that this program makes or relies on, and their consequences. A name that moto
/// has learnt makes the test fail: then it comes off the list, and its row is held to it.
const LACKS: &[(&str, &str)] = &[
    (
        "cloudfront GetDistribution: an origin's OriginAccessControlId",
        "A5: the control is made, and the distribution never shows that it has it: each plan asks for it again",
    ),
    (
        "cloudfront DeleteDistribution: refused while it is enabled",
        "A17: nothing shows that it was disabled first",
    ),
    (
        "cloudfront: answers under a distribution's names",
        "A4, A8, A9: STS-O01 and BIMI-X12 can't be seen; A16: nothing to verify",
    ),
    (
        "route53: answers to DNS queries",
        "A8: BIMI-X07 can't be seen; A10, A13: public DNS is the sandbox's; A16: nothing to verify",
    ),
    (
        "route53 ChangeResourceRecordSets: CREATE refused where a set is",
        "A14: a record that somebody else makes at the same moment is not noticed",
    ),
    (
        "route53 ChangeResourceRecordSets: CREATE of what was deleted",
        "A14: a record that somebody else deletes can't be put back; what moves here are files and buckets",
    ),
    (
        "s3 GetBucketVersioning: its root element",
        "A2: no bucket could be observed; moto_served.py puts it right",
    ),
    (
        "s3 PutBucketLogging: where a policy speaks of everybody",
        "A2: the bucket could not write its access log; moto_served.py puts it right",
    ),
    (
        "s3 CreateBucket: tags",
        "A2: a bucket would be without our tags until the second apply; moto_served.py gives it them",
    ),
    (
        "s3 CreateBucket: blocked public access and encryption",
        "A2: a bucket would be open until the second apply; moto_served.py closes it",
    ),
    (
        "s3 PutBucketPolicy: conditions",
        "A2: plain HTTP is refused by a policy that is only compared; moto_served.py takes it for met by nobody",
    ),
    (
        "acm DescribeCertificate: pending until its records are published",
        "A6, A13: the certificate is issued by the clock",
    ),
    (
        "acm ListCertificates: SubjectAlternativeNameSummaries",
        "A6: the certificate is found by the ledger, and not without one",
    ),
    (
        "s3 HeadBucket: ExpectedBucketOwner",
        "A2: somebody else's bucket of our name would be taken for ours",
    ),
    (
        "sts AssumeRole: refused without such a role",
        "A18: every account lets everybody in",
    ),
    (
        "sesv2 GetEmailIdentity: the tokens of Easy DKIM",
        NO_INSTANCE,
    ),
    ("sesv2 PutEmailIdentityDkimAttributes", NO_INSTANCE),
    ("sesv2 PutEmailIdentityDkimSigningAttributes", NO_INSTANCE),
    ("sesv2 PutEmailIdentityMailFromAttributes", NO_INSTANCE),
    ("sesv2 PutEmailIdentityFeedbackAttributes", NO_INSTANCE),
    (
        "sesv2 PutEmailIdentityConfigurationSetAttributes",
        NO_INSTANCE,
    ),
    ("sesv2 PutConfigurationSetDeliveryOptions", NO_INSTANCE),
    ("sesv2 PutConfigurationSetReputationOptions", NO_INSTANCE),
    ("sesv2 PutConfigurationSetSendingOptions", NO_INSTANCE),
    ("sesv2 PutConfigurationSetSuppressionOptions", NO_INSTANCE),
    ("sesv2 CreateConfigurationSetEventDestination", NO_INSTANCE),
    ("sesv2 UpdateConfigurationSetEventDestination", NO_INSTANCE),
    ("sesv2 DeleteConfigurationSetEventDestination", NO_INSTANCE),
    ("sesv2 GetConfigurationSetEventDestinations", NO_INSTANCE),
];

const NO_INSTANCE: &str = "B: an instance of SES can't be set up, and its records can't be known";

/// Preconditions that only an external observer can pass.
const RISKS: [&str; 3] = ["STS-O01", "BIMI-X07", "BIMI-X12"];

const MANIFEST: &str = r#"
project: anycompany

accounts:
  dns: { id: "111111111111", role: mail-deploy }
  web: { id: "222222222222", role: mail-deploy }

domains:
  example.com:
    dns: { route53: { account: dns } }
    hosting: { account: web, region: us-east-1, assets_host: bimi-assets, log_retention: 90d }
    mx: [10 inbound-smtp.us-east-1.amazonaws.com]
    bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }
    mta_sts: { policy: ../assets/.well-known/mta-sts.txt }
    tls_rpt: { rua: ["mailto:tlsrpt@example.com", "mailto:second@example.com"] }
    dmarc: { p: quarantine, sp: quarantine, rua: ["mailto:dmarc@example.com"] }
    spf: { include: [amazonses.com], all: softfail }
    accept: { VMC-02: a test certificate }
  example.org:
    dns: { route53: { account: dns } }
    hosting: { account: web, region: eu-west-1 }
    mta_sts: { mode: testing, max_age: 8d }
    tls_rpt: { rua: ["mailto:tlsrpt@example.com"] }
    adopt: true
"#;

const BY_HAND: &str = r#"
project: anycompany

accounts:
  web: { id: "222222222222", role: mail-deploy }

domains:
  example.org:
    dns: manual
    hosting: { account: web, region: us-east-1 }
    mx: [10 mx.example.org]
    mta_sts: { mode: testing }
    tls_rpt: { rua: ["mailto:tlsrpt@example.org"] }
"#;

/// A manifest, the AWS that it meets, and the DNS that an external observer would ask.
struct Stage {
    place: Place,
    moto: Moto,
    public: Served,
}

impl Stage {
    fn of(manifest: &str) -> Self {
        let place = Place::with(manifest).in_calm();
        // As A20 says: the example, renamed.
        let policy = place.read("assets/.well-known/mta-sts.txt.example");
        place.write("assets/.well-known/mta-sts.txt", &policy);
        let public = Served::start(sandbox::world::World::calm()).expect("loopback ports");
        let stage = Self {
            place,
            moto: Moto::start(),
            public,
        };
        stage.publish("mx.example.org", "A", &["192.0.2.25"]);
        stage.publish("example.org", "MX", &["10 mx.example.org."]);
        stage
    }

    fn publish(&self, name: &str, rtype: &str, values: &[&str]) {
        let mut world = self.public.sandbox().world();
        world
            .dns
            .publish(name, rtype, values, Timestamp::UNIX_EPOCH)
            .expect("a name");
    }

    fn environment(&self) -> [(&'static str, &str); 7] {
        [
            ("AWS_ENDPOINT_URL", self.moto.endpoint()),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "anything"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
    }

    fn run(&self, command: &str, options: &[&str]) -> Ran {
        let resolver = self.public.dns().to_string();
        let always = [command, self.place.manifest(), "--resolver", &resolver];
        self.place
            .deploy_in(&self.environment(), &[&always[..], options].concat())
    }

    fn apply(&self) -> Ran {
        self.apply_waiting("1m")
    }

    fn apply_waiting(&self, time: &str) -> Ran {
        let mut options = vec!["--yes", "--no-verify", "--wait", time];
        options.extend(RISKS.iter().flat_map(|rule| ["--accept-risk", rule]));
        self.run("apply", &options)
    }

    fn script(&self, command: &str) -> Value {
        let printed = tools::ask_script("against_moto.py", &[command], &self.environment());
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}:\n{printed}"))
    }

    /// The pending changes, by resource: the verb, and the fields of an update.
    fn pending(&self) -> BTreeMap<String, (String, Vec<String>)> {
        let plan = self.run("plan", &["--json"]).exits(0).json();
        let actions = plan["actions"].as_array().expect("a list").clone();
        let changing = actions.iter().filter(|action| action["verb"] != "none");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        changing
            .map(|action| {
                let changes = action["changes"].as_array();
                let fields = changes
                    .into_iter()
                    .flatten()
                    .map(|change| text(&change["field"]));
                (
                    text(&action["resource"]),
                    (text(&action["verb"]), fields.collect()),
                )
            })
            .collect()
    }
}

#[test]
fn what_moto_lacks_is_listed_by_name() {
    let stage = Stage::of(MANIFEST);
    let sought = stage.script("lacks");
    let sought = sought.as_object().expect("a map");
    let listed: BTreeMap<&str, &str> = LACKS.iter().copied().collect();
    for (name, lacking) in sought {
        assert!(
            listed.contains_key(name.as_str()),
            "`{name}` is not in LACKS"
        );
        assert_eq!(
            lacking, true,
            "moto does `{name}` now: take it off LACKS, and hold the rows to it"
        );
    }
    assert_eq!(sought.len(), listed.len(), "each name is searched for");
}

#[test]
fn case_a_is_in_place_and_goes_away_again() {
    let stage = Stage::of(MANIFEST);
    stage.script("prepare");
    let before = stage.script("read");
    a15(&stage);
    // moto doesn't show the origin access control (LACKS), so the look at the end finds it missing.
    stage.apply().exits(5).says("access_control");
    let world = stage.script("read");
    a02(&world);
    a03(&world);
    a04_and_a20(&stage, &world);
    a05(&world);
    a06(&world);
    a07(&world);
    a08_a09_and_a11(&world);
    a10_a18_and_a19(&world);
    a14(&before, &world);
    nothing_else_is_pending(&stage);
    what_moved_is_found_and_fixed(&stage);
    a17(&stage, &before);
}

/// The one bucket whose name has both words in it.
fn bucket<'w>(world: &'w Value, domain: &str, purpose: &str) -> (&'w String, &'w Value) {
    let buckets = world["buckets"].as_object().expect("a map");
    let mut found = buckets
        .iter()
        .filter(|(name, _)| name.contains(&domain.replace('.', "-")) && name.contains(purpose));
    let bucket = found.next().expect("a bucket");
    assert!(found.next().is_none(), "one for each purpose");
    bucket
}

/// The configuration of the distribution that has this name.
fn distribution<'w>(world: &'w Value, alias: &str) -> &'w Value {
    let all = world["distributions"].as_array().expect("a list");
    let mut configs = all.iter().map(|one| &one["DistributionConfig"]);
    let has_alias = |config: &&Value| {
        let aliases = config["Aliases"]["Items"].as_array();
        aliases.is_some_and(|aliases| aliases.contains(&json!(alias)))
    };
    configs.find(has_alias).expect("a distribution")
}

fn records<'w>(world: &'w Value, name_and_type: &str) -> Vec<&'w str> {
    let zones = world["zones"].as_object().expect("a map");
    let found = zones
        .values()
        .find_map(|zone| zone[name_and_type].as_array());
    let values = found.unwrap_or_else(|| panic!("no {name_and_type}"));
    let mut values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    values.sort_unstable();
    values
}

fn a15(stage: &Stage) {
    let plan = stage.run("plan", &[]).exits(0);
    plan.says("(known after apply)").says("receiving");
    stage.run("apply", &[]).exits(2).says("--yes");
}

fn a02(world: &Value) {
    let (_, assets) = bucket(world, "example.com", "assets");
    let blocked = assets["blocked"].as_object().expect("a map");
    assert_eq!(blocked.len(), 4);
    assert!(blocked.values().all(|flag| flag == true), "{blocked:?}");
    let rule = &assets["encryption"]["Rules"][0]["ApplyServerSideEncryptionByDefault"];
    assert_eq!(rule["SSEAlgorithm"], "AES256");
    assert_eq!(assets["versioning"], "Enabled");
    let ownership = &assets["ownership"]["Rules"][0]["ObjectOwnership"];
    assert_eq!(ownership, "BucketOwnerEnforced");
    assert_eq!(assets["tags"]["deploy:project"], "anycompany");
    let (logs, _) = bucket(world, "example.com", "logs");
    assert_eq!(assets["logging"]["TargetBucket"], **logs);
    let policy: Value = serde_json::from_str(assets["policy"].as_str().expect("a policy"))
        .expect("a policy in JSON");
    let plain = &policy["Statement"][0];
    assert_eq!(plain["Effect"], "Deny");
    assert_eq!(plain["Condition"]["Bool"]["aws:SecureTransport"], "false");
    let only = &policy["Statement"][1];
    assert_eq!(only["Principal"]["Service"], "cloudfront.amazonaws.com");
    let arns: Vec<&Value> = world["distributions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["ARN"])
        .collect();
    assert!(arns.contains(&&only["Condition"]["StringEquals"]["AWS:SourceArn"]));
}

fn a03(world: &Value) {
    let (_, logs) = bucket(world, "example.com", "logs");
    let rule = &logs["lifecycle"][0];
    assert_eq!(rule["Status"], "Enabled");
    assert_eq!(rule["Expiration"]["Days"], 90);
    let policy = logs["policy"].as_str().expect("a policy");
    assert!(policy.contains("logging.s3.amazonaws.com"), "{policy}");
    let (name, _) = bucket(world, "example.com", "logs");
    let log = &distribution(world, "mta-sts.example.com")["Logging"];
    assert_eq!(log["Enabled"], true);
    assert_eq!(log["Bucket"], format!("{name}.s3.amazonaws.com"));
}

fn a04_and_a20(stage: &Stage, world: &Value) {
    let (_, assets) = bucket(world, "example.com", "assets");
    let check = |key: &str, media_type: &str, cache_control: &str, body: &str| {
        let object = &assets["objects"][key];
        assert_eq!(object["media_type"], media_type, "{key}");
        assert_eq!(object["cache_control"], cache_control, "{key}");
        assert_eq!(object["body"], body, "{key}");
    };
    let file = |path: &str| stage.place.read(&format!("assets/{path}"));
    let certificate = "application/pem-certificate-chain";
    check(
        "logo.svg",
        "image/svg+xml",
        "max-age=3600",
        &file("logo.svg"),
    );
    check(
        "bimi_vmc.pem",
        certificate,
        "max-age=3600",
        &file("bimi_vmc.pem"),
    );
    let policy = file(".well-known/mta-sts.txt");
    check(
        ".well-known/mta-sts.txt",
        "text/plain",
        "max-age=60",
        &policy,
    );
}

fn a05(world: &Value) {
    let config = distribution(world, "mta-sts.example.com");
    let aliases = &config["Aliases"]["Items"];
    assert_eq!(
        *aliases,
        json!(["bimi-assets.example.com", "mta-sts.example.com"])
    );
    let viewer = &config["DefaultCacheBehavior"]["ViewerProtocolPolicy"];
    assert_eq!(viewer, "https-only");
    let certificate = &config["ViewerCertificate"];
    assert_eq!(certificate["MinimumProtocolVersion"], "TLSv1.2_2021");
    assert_eq!(config["IsIPV6Enabled"], true);
    assert_eq!(config["Enabled"], true);
    let (assets, _) = bucket(world, "example.com", "assets");
    let origin = &config["Origins"]["Items"][0]["DomainName"];
    assert_eq!(*origin, format!("{assets}.s3.us-east-1.amazonaws.com"));
    // One for each domain. Which origin has it, moto doesn't show (LACKS).
    let controls = world["controls"].as_array().expect("a list");
    assert_eq!(controls.len(), 2);
    for control in controls {
        assert_eq!(control["SigningBehavior"], "always");
        assert_eq!(control["SigningProtocol"], "sigv4");
        assert_eq!(control["OriginAccessControlOriginType"], "s3");
    }
}

fn a06(world: &Value) {
    let certificates = world["certificates"].as_array().expect("a list");
    let of = |host: &str| {
        let mut all = certificates.iter();
        all.find(|one| one["DomainName"] == host)
            .expect("a certificate")
    };
    assert_eq!(certificates.len(), 2, "one for each domain");
    let certificate = of("bimi-assets.example.com");
    let names = certificate["SubjectAlternativeNames"].as_array();
    assert!(names.is_some_and(|names| names.contains(&json!("mta-sts.example.com"))));
    for certificate in [certificate, of("mta-sts.example.org")] {
        let arn = certificate["CertificateArn"].as_str().expect("an ARN");
        assert!(
            arn.starts_with("arn:aws:acm:us-east-1:222222222222:"),
            "{arn}"
        );
        assert_eq!(certificate["Status"], "ISSUED");
        let validation = certificate["DomainValidationOptions"].as_array();
        for option in validation.expect("a list") {
            assert_eq!(option["ValidationMethod"], "DNS");
            let record = &option["ResourceRecord"];
            let name = record["Name"].as_str().expect("a name");
            // In another account's zone.
            let published = records(world, &format!("{} CNAME", name.trim_end_matches('.')));
            let value = record["Value"].as_str().expect("a value");
            assert_eq!(published.len(), 1, "{published:?}");
            assert_eq!(
                published[0].trim_end_matches('.'),
                value.trim_end_matches('.')
            );
        }
    }
    let used = &distribution(world, "mta-sts.example.com")["ViewerCertificate"];
    assert_eq!(used["ACMCertificateArn"], certificate["CertificateArn"]);
}

fn a07(world: &Value) {
    let distributions = world["distributions"].as_array().expect("a list");
    let names: Vec<&str> = distributions
        .iter()
        .filter_map(|one| one["DomainName"].as_str())
        .collect();
    for host in ["bimi-assets.example.com", "mta-sts.example.com"] {
        for rtype in ["A", "AAAA"] {
            let alias = records(world, &format!("{host} {rtype}"));
            assert_eq!(alias.len(), 1, "{alias:?}");
            assert!(names.contains(&alias[0].trim_end_matches('.')), "{alias:?}");
        }
    }
}

/// The `_mta-sts` value that announces what is in the domain's bucket.
fn announcement(world: &Value, domain: &str) -> String {
    let (_, assets) = bucket(world, domain, "assets");
    let policy = &assets["objects"][".well-known/mta-sts.txt"]["body"];
    let policy = policy.as_str().expect("a policy").as_bytes();
    format!("\"{}\"", MtaStsRecord::new(PolicyId::of(policy)))
}

fn a08_a09_and_a11(world: &Value) {
    assert_eq!(
        records(world, "default._bimi.example.com TXT"),
        [
            "\"v=BIMI1; l=https://bimi-assets.example.com/logo.svg; a=https://bimi-assets.example.com/bimi_vmc.pem\""
        ]
    );
    assert_eq!(
        records(world, "_mta-sts.example.com TXT"),
        [announcement(world, "example.com")]
    );
    assert_eq!(
        records(world, "_dmarc.example.com TXT"),
        ["\"v=DMARC1; p=quarantine; sp=quarantine; rua=mailto:dmarc@example.com\""]
    );
    assert_eq!(
        records(world, "_smtp._tls.example.org TXT"),
        ["\"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\""]
    );
}

fn a10_a18_and_a19(world: &Value) {
    // Made from what example.org publishes, with a mode and an age of its own, in another region.
    let (_, assets) = bucket(world, "example.org", "assets");
    assert_eq!(assets["region"], "eu-west-1");
    assert_eq!(
        assets["objects"][".well-known/mta-sts.txt"]["body"],
        "version: STSv1\r\nmode: testing\r\nmx: mx.example.org\r\nmax_age: 691200\r\n"
    );
    let announced = announcement(world, "example.org");
    assert_eq!(
        records(world, "_mta-sts.example.org TXT"),
        [announced.as_str()]
    );
    assert_ne!(announced, announcement(world, "example.com"));
}

/// The former resources are as they were, beside or under ours.
fn a14(before: &Value, world: &Value) {
    for same in ["www.example.com A", "_smtp._tls.example.com TXT"] {
        assert_eq!(records(world, same), records(before, same), "{same}");
    }
    assert_eq!(
        records(world, "example.com TXT"),
        [
            "\"site-verification=1\"",
            "\"v=spf1 include:amazonses.com ~all\""
        ]
    );
}

/// The changes that remain pending of a distribution (LACKS).
fn control_is_not_shown() -> (String, Vec<String>) {
    ("update".to_owned(), vec!["access_control".to_owned()])
}

fn nothing_else_is_pending(stage: &Stage) {
    let expected = ["example.com", "example.org"].map(|domain| {
        let distribution = format!("cloudfront_distribution/{domain}/assets");
        (distribution, control_is_not_shown())
    });
    assert_eq!(stage.pending(), expected.into());
}

fn what_moved_is_found_and_fixed(stage: &Stage) {
    stage.script("meddle");
    let moved = [
        "s3_bucket/example.com/assets",
        "s3_object/example.com/mta-sts-policy",
    ];
    let drift = stage.run("drift", &["--json"]).exits(3).json();
    let pending = stage.pending();
    for resource in moved {
        assert!(drift.to_string().contains(resource), "{drift}");
        assert_eq!(pending[resource].0, "update");
    }
    assert_eq!(pending.len(), 4, "{pending:?}");
    stage.apply().exits(5);
    nothing_else_is_pending(stage);
    let world = stage.script("read");
    a02(&world);
    a04_and_a20(stage, &world);
    // CloudFront is to forget what somebody else had put there.
    assert_eq!(world["invalidated"], json!(["/.well-known/mta-sts.txt"]));
}

fn a17(stage: &Stage, before: &Value) {
    // A TLS-RPT text stood there, as the manifest has it, before the first apply. No record says whose
    // it is, so it stays and is named.
    let ran = stage.run("destroy", &["--yes"]).exits(0);
    ran.says("_smtp._tls.example.com TXT")
        .says("nothing that is known to be ours is left");
    assert_eq!(stage.script("read"), *before);
}

#[test]
fn a13_without_route_53_the_records_are_printed_and_apply_resumes() {
    let stage = Stage::of(BY_HAND);
    stage
        .apply_waiting("1s")
        .exits(5)
        .says("_mta-sts.example.org");
    let mut rounds = 0;
    while stage
        .pending()
        .keys()
        .any(|resource| resource.starts_with("published_record/"))
    {
        rounds += 1;
        assert!(rounds < 5, "{:#?}", stage.pending());
        publish_what_is_printed(&stage);
        stage.apply_waiting("1s").exits(5);
    }
    let pending: Vec<_> = stage.pending().into_values().collect();
    assert_eq!(pending, [control_is_not_shown()]);
}

/// As the operator of a provider's DNS would.
fn publish_what_is_printed(stage: &Stage) {
    let printed = stage.run("records", &["--json"]).exits(0).json();
    assert!(
        printed.to_string().contains(".acm-validations.aws"),
        "{printed}"
    );
    for record in printed["records"].as_array().expect("a list") {
        let text = |key: &str| record[key].as_str().expect("a text");
        let values = record["values"].as_array().expect("a list");
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        stage.publish(text("name"), text("type"), &values);
    }
}
