//! `deploy doctor`: each world that is broken in one way has exactly that finding, what was not seen
//! is not called good, and nothing is ever changed. And `deploy iam`: what it prints is enough.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::iam::actions;
use sandbox::world::World;
use serde_json::Value;
use tests::place::{Place, Ran};
use tests::repository;
use tests::served::Served;

/// The manifests that ship, by their names.
const SHIPPED: [&str; 6] = [
    "example",
    "two-accounts-one-region",
    "two-accounts-two-regions",
    "one-account-two-regions",
    "manual-dns",
    "fleet",
];

/// The checks of the doctor with `outcome`: whose, the rule, and what it was about.
fn said(ran: &Ran, outcome: &str) -> Vec<(String, String, String)> {
    let report = ran.json();
    let checks = report["checks"].as_array().expect("a list");
    let text = |check: &Value, field: &str| check[field].as_str().unwrap_or_default().to_owned();
    checks
        .iter()
        .filter(|check| check["outcome"] == outcome)
        .map(|check| {
            let whose = text(check, "account") + &text(check, "domain");
            (whose, text(check, "rule"), text(check, "what"))
        })
        .collect()
}

/// Runs the doctor, who must change nothing.
#[track_caller]
fn doctor(place: &Place, options: &[&str]) -> Ran {
    place.make_world(None);
    place.keep_calls();
    let before = place.world().dump();
    let ran = place.run("doctor", &[&["--json"], options].concat());
    assert!(!place.calls().is_empty(), "{}", ran.stderr);
    let changing = place.changing_calls();
    assert!(changing.is_empty(), "{changing:?}");
    assert_eq!(place.world().dump(), before);
    ran
}

/// The doctor finds these in the world, whose rules and places are given, and nothing else.
#[track_caller]
fn finds(place: &Place, expect: &[(&str, &str, &str)]) -> Ran {
    let ran = doctor(place, &[]);
    let found = said(&ran, "finding");
    let found: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|(whose, rule, what)| (whose.as_str(), rule.as_str(), what.as_str()))
        .collect();
    assert_eq!(found, expect, "{}", ran.stdout);
    ran.exits(if expect.is_empty() { 0 } else { 3 })
}

/// The example in a world that has this in addition.
fn example_in(world: &str) -> Place {
    let place = Place::of("example");
    place.make_world(Some(world));
    place
}

#[test]
fn the_shipped_manifests_are_well_in_a_fresh_sandbox() {
    for name in SHIPPED {
        let place = Place::of(name);
        let ran = finds(&place, &[]);
        assert_eq!(ran.json()["well"], true);
        // Only what no one can know before there is a distribution could not be seen.
        for (_, rule, what) in said(&ran, "unseen") {
            assert_eq!(rule, "PLAN-09", "{name}: {what}");
        }
    }
}

#[test]
fn it_is_well_after_an_apply_and_knows_what_is_ours() {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    let ran = finds(&place, &[]);
    assert!(said(&ran, "unseen").is_empty(), "{}", ran.stdout);
    ran.says("our distribution");
}

#[test]
fn a_person_reads_a_line_for_each_check() {
    let place = Place::of("example");
    let ran = place.run("doctor", &[]).exits(0);
    ran.says("account web (222222222222)")
        .says("ok DNS-08 example.com NS")
        .says("Nothing was changed.");
}

#[test]
fn a_target_is_read_alone() {
    let place = Place::of("fleet");
    let all = doctor(&place, &[]);
    let report = all.json();
    let checks = report["checks"].as_array().expect("a list");
    let domain = checks.iter().find_map(|check| check["domain"].as_str());
    let domain = domain.expect("a domain");
    let ran = doctor(&place, &["--target", domain]).exits(0);
    let domains: BTreeSet<String> = said(&ran, "good")
        .into_iter()
        .map(|(whose, ..)| whose)
        .filter(|whose| whose.contains('.'))
        .collect();
    assert_eq!(domains, BTreeSet::from([domain.to_owned()]));
    place
        .run("doctor", &["--target", "nobody.example"])
        .exits(2);
}

#[test]
fn a_role_that_is_missing() {
    let place = example_in("{}");
    place.change_world(|world, _| {
        let account = world.sts.accounts.get_mut("222222222222");
        account.expect("the account").roles.clear();
    });
    let ran = finds(&place, &[("web", "PLAN-04", "credentials")]);
    // Nothing else is said of an account that nobody entered, and nothing of it is called good.
    let good = said(&ran, "good");
    assert!(good.iter().all(|(whose, ..)| whose != "web"), "{good:?}");
    let unseen = said(&ran, "unseen");
    assert!(unseen.iter().all(|(_, rule, _)| rule == "PLAN-09"));
}

#[test]
fn a_role_that_wants_another_external_id() {
    let place = example_in(
        r#"accounts: { "444444444444": { roles: { mail-deploy: { external_id: other } } } }"#,
    );
    finds(&place, &[("operations", "PLAN-04", "credentials")]);
}

#[test]
fn credentials_of_another_account() {
    // The sandbox that is served has no bucket for a ledger.
    let place = Place::with(OWN_CREDENTIALS).in_folder();
    let mut world = World::default();
    for account in ["333333333333", "666666666666"] {
        world.sts.seed_account(account, &[]);
    }
    let served = Served::start(world).expect("a sandbox with ports");
    let environment = served.aws_environment("666666666666");
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let ran = place.deploy_in(&environment, &["doctor", place.manifest(), "--json"]);
    let ran = ran.exits(3);
    assert_eq!(
        said(&ran, "finding"),
        [(
            "own".to_owned(),
            "PLAN-03".to_owned(),
            "credentials".to_owned()
        )],
        "{}",
        ran.stdout
    );
    assert_eq!(served.sandbox().stats().changes().count(), 0);
    ran.says("666666666666");
}

/// Doctor with the credentials of a role of IAM Identity Center, which may not do this.
fn as_a_person(denied: &[&str]) -> Ran {
    const ROLE: &str = "AWSReservedSSO_Admin_0123456789abcdef";
    let place = Place::with(&OWN_CREDENTIALS.replace("\" } }", "\", profile: person } }"));
    // Its world is served, and has no bucket for a ledger.
    let place = place.in_folder();
    let mut world = World::default();
    world.sts.seed_account("333333333333", &[]);
    let role = sandbox::sts::Role {
        path: Some("/aws-reserved/sso.amazonaws.com/eu-west-1/".to_owned()),
        denied: denied.iter().map(|action| (*action).to_owned()).collect(),
        ..sandbox::sts::Role::default()
    };
    let account = world.sts.accounts.get_mut("333333333333");
    account
        .expect("the account")
        .roles
        .insert(ROLE.to_owned(), role);
    let served = Served::start(world).expect("a sandbox with ports");
    let whole =
        format!("arn:aws:iam::333333333333:role/aws-reserved/sso.amazonaws.com/eu-west-1/{ROLE}");
    place.write(
        "aws.ini",
        &format!("[profile person]\nrole_arn = {whole}\ncredential_source = Environment\n"),
    );
    let config = place.path().join("aws.ini").display().to_string();
    let mut environment = served.aws_environment("333333333333").to_vec();
    environment.push(("AWS_CONFIG_FILE", config));
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    place.deploy_in(&environment, &["doctor", place.manifest(), "--json"])
}

/// A session does not show the path of its role, without which IAM does not know it.
#[test]
fn r_22_a_role_of_identity_center_is_simulated_by_its_whole_name() {
    let ran = as_a_person(&[]);
    let unseen = said(&ran, "unseen");
    let permissions = unseen.iter().filter(|(_, rule, _)| rule == "AWS-02");
    assert_eq!(permissions.count(), 0, "{}", ran.stdout);
    let ran = as_a_person(&["iam:GetRole"]);
    let unseen = said(&ran, "unseen");
    let permissions = unseen.iter().filter(|(_, rule, _)| rule == "AWS-02");
    assert!(permissions.count() > 0, "{}", ran.stdout);
    ran.says("allow iam:GetRole");
}

const OWN_CREDENTIALS: &str = "project: own
accounts: { own: { id: \"333333333333\" } }
domains:
  example.com:
    dns: { route53: { account: own } }
    mx: [10 inbound-smtp.us-east-1.amazonaws.com]
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    spf: { include: [amazonses.com], all: softfail }
";

fn denied(account: &str, action: &str) -> Place {
    example_in(&format!(
        r#"accounts: {{ "{account}": {{ roles: {{ mail-deploy: {{ denied: ["{action}"] }} }} }} }}"#
    ))
}

#[test]
fn a_role_without_a_permission() {
    let place = denied("222222222222", "s3:PutObject");
    finds(&place, &[("web", "AWS-02", "permissions for s3")])
        .says("not allowed: s3:PutObject on arn:aws:s3:::")
        .says("deploy iam");
    // So it is: the call that was foreseen to fail is refused.
    place.apply().exits(1).says("s3:PutObject");
}

#[test]
fn a_role_that_may_not_read() {
    let place = denied("222222222222", "cloudfront:ListDistributions");
    let ran = finds(&place, &[("web", "AWS-02", "permissions for cloudfront")]);
    ran.says("cloudfront:ListDistributions (refused when it was tried)");
}

#[test]
fn a_role_that_may_not_ask_iam_is_not_called_good() {
    let place = denied("222222222222", "iam:SimulatePrincipalPolicy");
    let ran = finds(&place, &[]);
    let unseen = said(&ran, "unseen");
    let services: Vec<&str> = unseen
        .iter()
        .filter(|(_, rule, _)| rule == "AWS-02")
        .map(|(_, _, what)| what.as_str())
        .collect();
    assert_eq!(
        services,
        [
            "permissions for acm",
            "permissions for cloudfront",
            "permissions for s3",
            "permissions for tag"
        ]
    );
    ran.says("allow iam:SimulatePrincipalPolicy");
}

#[test]
fn a_role_that_may_not_count_is_not_called_good() {
    let place = denied("222222222222", "s3:ListAllMyBuckets");
    let ran = finds(&place, &[]);
    let unseen = said(&ran, "unseen");
    let expect = ("web", "AWS-03", "S3 buckets");
    assert!(
        unseen
            .iter()
            .any(|(whose, rule, what)| expect == (whose, rule, what)),
        "{unseen:?}"
    );
}

#[test]
fn a_zone_that_is_missing() {
    let place = example_in("{}");
    // The world has the zone in the account that the manifest said when it was made.
    place.edit(
        "route53: { account: dns }",
        "route53: { account: marketing }",
    );
    finds(
        &place,
        &[("example.com", "PLAN-07", "hosted zone of example.com")],
    );
}

#[test]
fn a_zone_that_nobody_is_sent_to() {
    let place =
        example_in(r#"zones: [{ account: "111111111111", name: example.com, delegated: false }]"#);
    finds(&place, &[("example.com", "DNS-08", "example.com NS")]).says("delegated to nobody");
}

#[test]
fn two_zones_of_one_name() {
    let place = example_in(
        r#"zones:
  - { account: "111111111111", name: example.com }
  - { account: "111111111111", name: example.com, delegated: false }"#,
    );
    finds(
        &place,
        &[("example.com", "PLAN-11", "hosted zone of example.com")],
    );
}

#[test]
fn caa_that_forbids_amazon() {
    let place = example_in(
        r#"zones:
  - account: "111111111111"
    name: example.com
    records: [{ name: example.com, type: CAA, values: ['0 issue "letsencrypt.org"'] }]"#,
    );
    finds(
        &place,
        &[
            ("example.com", "DNS-13", "bimi-assets.example.com CAA"),
            ("example.com", "DNS-13", "mta-sts.example.com CAA"),
        ],
    );
}

#[test]
fn a_name_that_another_distribution_of_the_account_has() {
    let place = example_in(
        r#"distributions: [{ account: "222222222222", aliases: [mta-sts.example.com] }]"#,
    );
    let alias = (
        "example.com",
        "PLAN-09",
        "mta-sts.example.com at CloudFront",
    );
    finds(&place, &[alias]).says("of account web has it, and is not ours");
}

#[test]
fn a_name_that_leads_to_somebody_else_s_distribution() {
    let place = example_in(
        r#"zones:
  - account: "111111111111"
    name: example.com
    records: [{ name: mta-sts.example.com, type: CNAME, values: [d111111abcdef8.cloudfront.net] }]"#,
    );
    let alias = (
        "example.com",
        "PLAN-09",
        "mta-sts.example.com at CloudFront",
    );
    finds(&place, &[alias]).says("d111111abcdef8.cloudfront.net");
}

#[test]
fn an_account_that_ses_does_not_let_send() {
    let ses = |standing: &str| {
        example_in(&format!(
            r#"ses: [{{ account: "444444444444", region: eu-west-1, {standing} }}]"#
        ))
    };
    let rule = |rule| ("operations", rule, "SES in eu-west-1");
    finds(&ses("production: false"), &[rule("SES-25")]).says("verified recipients only");
    finds(&ses("enforcement: PROBATION"), &[rule("SES-26")]).says("under review");
    finds(
        &ses("enforcement: SHUTDOWN, sending: false"),
        &[rule("SES-26")],
    )
    .says("paused");
    finds(&ses("sending: false"), &[rule("SES-26")]).says("switched off");
}

#[test]
fn a_finding_that_the_manifest_accepts_weighs_nothing() {
    let place =
        example_in(r#"ses: [{ account: "444444444444", region: eu-west-1, production: false }]"#);
    place.edit(
        "    accept:\n",
        "    accept:\n      SES-25: the request for production access is on its way\n",
    );
    let ran = doctor(&place, &[]).exits(0);
    let report = ran.json();
    assert_eq!(report["well"], true);
    assert_eq!(report["summary"]["findings"], 1);
    ran.says("the request for production access is on its way");
}

/// The same request of IAM over a socket, with a person's own credentials and no role.
#[test]
fn it_asks_iam_over_the_wire() {
    // The sandbox that is served has no bucket for a ledger.
    let place = Place::with(OWN_CREDENTIALS).in_folder();
    let mut world = World::default();
    world.sts.seed_account("333333333333", &[]);
    world
        .seed_zone("333333333333", "example.com", true)
        .expect("a name");
    let served = Served::start(world).expect("a sandbox with ports");
    let environment = served.aws_environment("333333333333");
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let dns = served.dns().to_string();
    // Whoever names where the hosts are has all name servers behind the resolver.
    let options = ["--json", "--resolver", &dns, "--connect", "127.0.0.1:9"];
    let arguments = [&["doctor", place.manifest()], &options[..]].concat();
    let ran = place.deploy_in(&environment, &arguments).exits(0);
    let ran = ran.says("actions allowed, says IAM");
    assert!(said(&ran, "unseen").is_empty(), "{}", ran.stdout);
    let stats = served.sandbox().stats();
    assert!(stats.calls("iam", "SimulatePrincipalPolicy") > 0);
    assert_eq!(stats.changes().count(), 0);
}

#[test]
fn a_quota_that_is_near() {
    let held: Vec<String> = (0..450)
        .map(|number| {
            format!(r#"{{ account: "222222222222", aliases: [host{number}.example.org] }}"#)
        })
        .collect();
    let place = example_in(&format!("distributions: [{}]", held.join(", ")));
    finds(&place, &[("web", "AWS-03", "CloudFront distributions")])
        .says("450 of 500, 1 more wanted");
}

#[test]
fn a_clock_that_is_wrong() {
    let place = example_in("clock_skew: 20m");
    let ran = finds(&place, &[("", "AWS-01", "clock")]);
    ran.says("s behind AWS's, which refuses");
    finds(&example_in("clock_skew: -90s"), &[("", "AWS-01", "clock")]).says("ahead of AWS's");
    finds(&example_in("clock_skew: 20s"), &[]);
}

/// A hundred and twenty domains share sixteen origin access controls, of which AWS allows a hundred;
/// and each costs one call of Route 53, for its name servers.
#[test]
fn a_fleet_is_read_in_few_calls() {
    let domains: Vec<String> = (0..120)
        .map(|number| format!("  d{number}.example.org: {{}}\n"))
        .collect();
    let domains = domains.concat();
    let place = Place::with(&format!("{FLEET}{domains}")).in_calm();
    finds(&place, &[]);
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for call in place.calls() {
        *calls.entry(call.operation).or_default() += 1;
    }
    assert_eq!(calls["GetHostedZone"], 120);
    assert_eq!(calls["ListHostedZones"], 2);
    let others: usize = calls.values().sum::<usize>() - 122;
    assert!(others < 60, "{calls:?}");
}

const FLEET: &str = "project: big
accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  web:  { id: \"222222222222\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }
defaults:
  dns: { route53: { account: dns } }
  hosting: { account: web, region: eu-west-1 }
  mx: [10 inbound-smtp.eu-west-1.amazonaws.com]
  mta_sts: { mode: testing, max_age: 7d }
  tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }
  dmarc: { p: quarantine, sp: quarantine, rua: [\"mailto:dmarc@example.com\"] }
  spf: { all: softfail }
  ses: [{ account: mail, region: eu-west-1, mail_from: mail }]
domains:
";

/// The actions that `deploy iam` prints, by account id.
fn printed(place: &Place) -> BTreeMap<String, BTreeSet<String>> {
    let ran = place.deploy(&["iam", place.manifest()]).exits(0);
    let report = ran.json();
    let accounts = report["accounts"].as_object().expect("accounts");
    let of = |account: &Value| {
        let statements = account["policy"]["Statement"].as_array().expect("a list");
        let actions = statements.iter().flat_map(|statement| {
            let actions = statement["Action"].as_array().expect("a list");
            actions
                .iter()
                .map(|one| one.as_str().expect("text").to_owned())
        });
        let id = account["account_id"].as_str().expect("an id").to_owned();
        (id, actions.collect())
    };
    accounts.values().map(of).collect()
}

/// Lets each role do what `deploy iam` prints for it, and nothing else.
fn restrict(place: &Place) {
    let ran = place.deploy(&["iam", place.manifest()]).exits(0);
    let report = ran.json();
    place.change_world(|world, _| {
        for account in report["accounts"].as_object().expect("accounts").values() {
            let Some(role) = account["role"].as_str() else {
                continue;
            };
            let policy = serde_json::from_value(account["policy"].clone());
            let id = account["account_id"].as_str().expect("an id");
            let account = world.sts.accounts.get_mut(id).expect("the account");
            let name = role.rsplit('/').next().expect("a name");
            let role = account.roles.get_mut(name).expect("the role");
            role.policy = Some(policy.expect("a policy"));
        }
    });
}

/// Resources and conditions count in the sandbox as they do at AWS.
#[test]
fn the_life_of_each_shipped_manifest_passes_with_the_printed_policies() {
    for name in SHIPPED {
        let place = Place::of(name);
        place.make_world(None);
        restrict(&place);
        // Nobody publishes the records of a manual domain here.
        let done = if name == "manual-dns" { 5 } else { 0 };
        let applied = place.apply().exits(done);
        assert!(
            !applied.stdout.contains("not authorized"),
            "{}",
            applied.stdout
        );
        let ran = place.run("doctor", &[]);
        assert!(
            !ran.stdout.contains("does not allow"),
            "{name}: {}",
            ran.stdout
        );
        place.run("drift", &[]);
        let mut options = vec!["--yes", "--now"];
        if name == "fleet" {
            options.extend(["--domains", "12"]);
        }
        // What nobody was told to publish is not waited for.
        let ran = place.run("destroy", &options).exits(0);
        assert!(
            !ran.stderr.contains("not authorized"),
            "{name}: {}",
            ran.stderr
        );
    }
}

#[test]
fn no_call_is_made_that_the_printed_policy_does_not_allow() {
    for name in SHIPPED {
        let place = Place::of(name);
        let allowed = printed(&place);
        place.make_world(None);
        place.keep_calls();
        if name == "manual-dns" {
            // Nobody publishes the records here: it ends incomplete, its calls are made.
            place.apply();
        } else {
            place.apply().exits(0);
        }
        place.run("doctor", &[]);
        place.run("drift", &[]);
        place.run("destroy", &["--yes", "--now"]);
        let calls = place.calls();
        assert!(calls.len() > 50, "{name}: {} calls", calls.len());
        for call in calls {
            for action in actions(&call.service, &call.operation) {
                let actions = allowed.get(&call.account);
                assert!(
                    actions.is_some_and(|actions| actions.contains(&action)),
                    "{name}: {} needs {action} in {}",
                    call.operation,
                    call.account
                );
            }
        }
    }
}

/// The policies in the guide are those that are printed.
#[test]
fn the_guide_shows_the_policies_of_the_example() {
    // The guide shows those of the manifest as it ships, without a bucket.
    let place = Place::of("example").in_folder();
    let ran = place.deploy(&["iam", place.manifest()]).exits(0);
    let report = ran.json();
    let guide = repository::text("docs/guide/permissions.md");
    for (name, account) in report["accounts"].as_object().expect("accounts") {
        let policy = serde_json::to_string_pretty(&account["policy"]).expect("JSON");
        assert!(
            guide.contains(&policy),
            "docs/guide/permissions.md does not show the policy of {name}:\n{policy}"
        );
    }
}
