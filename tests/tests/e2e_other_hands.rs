//! Changes by others at AWS or in DNS, before or after us, and the program's answer to them.

use sandbox::faults::{Fault, FaultKind};
use sandbox::s3::{Bucket, Object, Version};
use sandbox::world::World;
use serde_json::{Value, json};
use tests::place::{Place, Ran};

/// The account of the hosted zone in these manifests.
const DNS: &str = "111111111111";

/// A manifest of one domain with these lines under it.
fn manifest(domain: &str) -> String {
    format!(
        "project: shop\n\
         accounts:\n  \
           dns: {{ id: \"111111111111\", role: mail-deploy }}\n  \
           web: {{ id: \"222222222222\", role: mail-deploy }}\n  \
           mail: {{ id: \"333333333333\", role: mail-deploy }}\n\
         domains:\n  \
           example.com:\n    \
             dns: {{ route53: {{ account: dns }} }}\n{domain}"
    )
}

/// A folder with [`manifest`], and a world in which its zone has these TXT records.
fn published(domain: &str, records: &[(&str, &str)]) -> Place {
    let place = Place::with(&manifest(domain));
    place.make_world(None);
    place.change_world(|world, _| {
        for (name, value) in records {
            seed(world, name, "TXT", &[&format!("\"{value}\"")]);
        }
    });
    place
}

/// Puts a record set into the zone of the account `dns`.
fn seed(world: &mut World, name: &str, rtype: &str, values: &[&str]) {
    let zone = zone(world);
    world
        .seed_records(&zone, name, (rtype, 300), values)
        .expect("a name");
}

fn zone(world: &World) -> String {
    let zone = world.route53.zones_of(DNS).next();
    zone.expect("a zone").id.clone()
}

/// Runs what must change nothing, and says what it printed.
#[track_caller]
fn changes_nothing(place: &Place, run: impl FnOnce() -> Ran) -> Ran {
    place.keep_calls();
    let before = place.world().dump();
    let ran = run();
    assert!(place.changing_calls().is_empty(), "{}", ran.stderr);
    assert_eq!(place.world().dump(), before);
    ran
}

/// A folder with [`manifest`], applied.
fn applied(domain: &str) -> Place {
    let place = Place::with(&manifest(domain));
    place.make_world(None);
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.advance("5m");
    place
}

/// Edits the world as the JSON that it is kept as.
fn edit(place: &Place, change: impl FnOnce(&mut Value)) {
    place.change_world(|world, _| {
        let mut json = serde_json::to_value(&*world).expect("JSON");
        change(&mut json);
        *world = serde_json::from_value(json).expect("a world");
    });
}

const SITE: &str = "    hosting: { account: web, region: eu-west-1 }\n    \
    mx: [10 mx1.example.com]\n    mta_sts: { mode: testing }\n";

const DMARC: &str = "    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }\n";

mod one_record_of_a_protocol {
    use super::*;

    #[test]
    fn a_dmarc_record_with_spaces_around_its_version_stands_in_the_way() {
        let other = "v = DMARC1 ; p=reject; rua=mailto:dmarc@example.com";
        let place = published(DMARC, &[("_dmarc.example.com", other)]);
        changes_nothing(&place, || place.apply().exits(4))
            .says("PLAN-01")
            .says(other);
        place.edit(DMARC, &format!("{DMARC}    adopt: true\n"));
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let live = place.world().later(60).resolve("_dmarc.example.com", "TXT");
        assert_eq!(live, ["\"v=DMARC1; p=none; rua=mailto:dmarc@example.com\""]);
    }

    #[test]
    fn a_tls_report_record_with_a_space_before_its_semicolon_stands_in_the_way() {
        let other = "v=TLSRPTv1 ; rua=mailto:old@example.com";
        let tls_rpt = "    tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }\n";
        let place = published(tls_rpt, &[("_smtp._tls.example.com", other)]);
        changes_nothing(&place, || place.apply().exits(4))
            .says("PLAN-01")
            .says(other);
    }

    /// `v=spf10` is not SPF (RFC 7208 section 4.5), so it stands beside ours untouched.
    #[test]
    fn what_only_begins_like_a_version_is_left_beside_ours() {
        let other = "v=spf10 include:example.net";
        let place = published(
            "    spf: { include: [amazonses.com], all: softfail }\n",
            &[("example.com", other)],
        );
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let live = place.world().later(60).resolve("example.com", "TXT");
        assert_eq!(
            live,
            [
                "\"v=spf1 include:amazonses.com ~all\"".to_owned(),
                format!("\"{other}\"")
            ]
        );
    }
}

mod attributes_of_an_identity {
    use super::*;

    const SENDING: &str = "    ses:\n      - { account: mail, region: eu-west-1 }\n";

    /// Somebody set what they name, and took a new key length today.
    fn meddled(with: &[(&str, Value)]) -> Place {
        let place = applied(SENDING);
        edit(&place, |world| {
            let places = world["ses"]["places"].as_object_mut().expect("places");
            let mail = places
                .values_mut()
                .find(|place| place["identities"] != json!({}));
            let identity = &mut mail.expect("the place")["identities"]["example.com"];
            for (pointer, value) in with {
                *identity.pointer_mut(pointer).expect("a field") = value.clone();
            }
        });
        place.change_world(|world, now| {
            let mut json = serde_json::to_value(&world.ses).expect("JSON");
            for place in json["places"].as_object_mut().expect("places").values_mut() {
                if let Some(identity) = place.pointer_mut("/identities/example.com/dkim") {
                    identity["length_changed"] = json!(now);
                }
            }
            world.ses = serde_json::from_value(json).expect("SES");
        });
        place
    }

    fn shorter() -> (&'static str, Value) {
        ("/dkim/next_length", json!("RSA_1024_BIT"))
    }

    /// The drift that is told of the identity.
    fn drifted(place: &Place) -> String {
        place.run("drift", &[]).stdout
    }

    #[test]
    fn r_35_a_key_length_that_waits_a_day_does_not_keep_an_identity_from_signing() {
        let place = meddled(&[shorter(), ("/dkim/enabled", json!(false))]);
        assert!(
            drifted(&place).contains("signing: yes"),
            "{}",
            drifted(&place)
        );
        place
            .run("apply", &["--yes", "--no-verify"])
            .exits(1)
            .says("once per day")
            .says("Only the key length waits for it");
        let left = drifted(&place);
        assert!(!left.contains("signing: yes"), "{left}");
        assert!(left.contains("key length"), "{left}");
        place.advance("25h");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        place.run("drift", &[]).exits(0);
    }

    #[test]
    fn a_key_length_that_waits_a_day_does_not_keep_feedback_off() {
        let place = meddled(&[shorter(), ("/feedback", json!(false))]);
        place.run("apply", &["--yes", "--no-verify"]).exits(1);
        let left = drifted(&place);
        assert!(!left.contains("feedback"), "{left}");
    }

    #[test]
    fn an_attribute_that_the_role_may_not_set_does_not_keep_the_others_back() {
        let place = meddled(&[("/dkim/enabled", json!(false)), ("/feedback", json!(false))]);
        let denied = Fault::new(FaultKind::ErrorBefore)
            .at("ses", "PutEmailIdentityDkimAttributes")
            .with(403, "AccessDeniedException", "not authorized");
        place.change_world(|world, _| world.faults.script = vec![denied.clone()]);
        place
            .run("apply", &["--yes", "--no-verify"])
            .exits(1)
            .says("PutEmailIdentityDkimAttributes");
        let left = drifted(&place);
        assert!(!left.contains("feedback"), "{left}");
        assert!(left.contains("signing: yes"), "{left}");
    }
}

mod objects_of_others {
    use super::*;

    /// Puts an empty file into a bucket, as somebody else would, or the marker of its deletion.
    fn put(place: &Place, bucket: &str, key: &str, is_there: bool) {
        place.change_world(|world, now| {
            let mut buckets = world.s3.buckets.iter_mut();
            let (_, bucket) = buckets
                .find(|(name, _)| name.contains(bucket))
                .expect("one");
            let object = is_there.then(Object::default);
            let id = format!("v{}", bucket.objects.len());
            let versions = bucket.objects.entry(key.to_owned()).or_default();
            versions.push(Version {
                id,
                modified: now,
                object,
            });
        });
    }

    fn moves(place: &Place) {
        place.edit("region: eu-west-1 }", "region: eu-central-1 }");
    }

    #[test]
    fn a_file_of_others_keeps_its_bucket_when_hosting_moves_until_the_loss_is_accepted() {
        let place = applied(SITE);
        put(&place, "-assets-", "press/brand-book.pdf", true);
        moves(&place);
        place
            .run("plan", &[])
            .exits(4)
            .says("PLAN-20")
            .says("press/brand-book.pdf");
        changes_nothing(&place, || place.apply().exits(4)).says("--accept-risk PLAN-20");
        let accepted = ["--yes", "--no-verify", "--accept-risk", "PLAN-20"];
        place.run("apply", &accepted).exits(0);
        let world = place.world();
        assert!(
            world
                .buckets()
                .all(|bucket| bucket.region == "eu-central-1")
        );
    }

    #[test]
    fn an_older_version_below_a_delete_marker_of_others_is_theirs_too() {
        let place = applied(SITE);
        put(&place, "-assets-", "report.pdf", true);
        put(&place, "-assets-", "report.pdf", false);
        changes_nothing(&place, || place.destroy().exits(4))
            .says("PLAN-20")
            .says("report.pdf");
    }

    #[test]
    fn an_older_version_of_a_file_that_the_manifest_dropped_is_ours() {
        let place = Place::of("example");
        place.make_world(None);
        place.apply().exits(0);
        place.edit(", certificate: ../assets/bimi_vmc.pem", "");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        place.destroy().exits(0);
    }

    #[test]
    fn what_lies_beside_the_logs_is_theirs_and_the_logs_are_not() {
        let place = applied(SITE);
        put(&place, "-logs-", "cloudfront/E1.2026-11-24.gz", true);
        put(&place, "-logs-", "analysis/monthly.csv", true);
        let ran = changes_nothing(&place, || place.destroy().exits(4));
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            text.contains("analysis/") && !text.contains("E1.2026"),
            "{text}"
        );
        place.change_world(|world, _| {
            for bucket in world.s3.buckets.values_mut() {
                bucket.objects.remove("analysis/monthly.csv");
            }
        });
        place.destroy().exits(0);
    }
}

mod a_routing_policy_on_our_record {
    use super::*;

    fn weighed(domain: &str, name: &str, rtype: &str) -> Place {
        let place = applied(domain);
        place.change_world(|world, _| {
            let zone = zone(world);
            world
                .weigh_records(&zone, name, rtype, "x")
                .expect("a name");
        });
        place
    }

    /// Drift, plan, apply and destroy all see it, and none of them changes anything.
    fn is_seen_by_all(place: &Place) {
        place.run("drift", &[]).exits(3).says("routing policy");
        place.run("plan", &[]).exits(4).says("PLAN-10");
        changes_nothing(place, || place.apply().exits(4)).says("routing policy (`x`)");
        changes_nothing(place, || place.destroy().exits(4)).says("routing policy (`x`)");
    }

    #[test]
    fn on_a_text_is_seen_by_drift_plan_and_destroy_alike() {
        is_seen_by_all(&weighed(DMARC, "_dmarc.example.com", "TXT"));
    }

    #[test]
    fn on_an_alias_is_seen_by_drift_plan_and_destroy_alike() {
        is_seen_by_all(&weighed(SITE, "mta-sts.example.com", "A"));
    }

    /// Others' values with a routing policy at a name that we share nothing of are not ours.
    #[test]
    fn on_another_name_is_nobodys_matter() {
        let place = published(DMARC, &[("other.example.com", "v=1")]);
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        place.change_world(|world, _| {
            let zone = zone(world);
            let weighed = world.weigh_records(&zone, "other.example.com", "TXT", "x");
            weighed.expect("a name");
        });
        place.run("drift", &[]).exits(0);
        place.destroy().exits(0).says("nothing of ours is left");
    }
}

mod a_zone_that_nobody_asks {
    use super::*;

    fn named(seed: impl FnOnce(&mut World) -> String) -> Place {
        let place = Place::with(&manifest(DMARC));
        place.make_world(None);
        let mut id = String::new();
        place.change_world(|world, _| id = seed(world));
        place.edit(
            "dns: { route53: { account: dns } }",
            &format!("dns: {{ route53: {{ account: dns, zone: {id} }} }}"),
        );
        place
    }

    #[test]
    fn a_private_zone_is_refused_by_plan_and_doctor() {
        let place = named(|world| world.seed_private_zone(DNS, "example.com").expect("a name"));
        changes_nothing(&place, || place.apply().exits(4))
            .says("PLAN-07")
            .says("is private");
        let doctor = place.run("doctor", &[]);
        assert_ne!(doctor.code, 0);
        doctor.says("PLAN-07").says("is private");
    }

    #[test]
    fn a_zone_of_another_name_is_refused_by_plan_and_doctor() {
        let place = named(|world| world.seed_zone(DNS, "example.org", true).expect("a name"));
        changes_nothing(&place, || place.apply().exits(4))
            .says("PLAN-07")
            .says("is of example.org");
        let doctor = place.run("doctor", &[]);
        assert_ne!(doctor.code, 0);
        doctor.says("is of example.org");
    }

    #[test]
    fn a_private_zone_of_the_name_that_nobody_names_is_passed_over() {
        let place = Place::with(&manifest(DMARC));
        place.make_world(None);
        place.change_world(|world, _| {
            world.seed_private_zone(DNS, "example.com").expect("a name");
        });
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let live = place.world().later(60).resolve("_dmarc.example.com", "TXT");
        assert_eq!(live.len(), 1);
    }
}

mod a_distribution_that_changes {
    use super::*;

    fn changed(change: impl FnOnce(&mut Value)) -> Place {
        let place = applied(SITE);
        edit(&place, |world| {
            let accounts = world["cloudfront"]["accounts"].as_object_mut();
            let mut accounts = accounts.expect("accounts").values_mut();
            let account = accounts.next().expect("one");
            let distributions = account["distributions"].as_object_mut();
            let mut distributions = distributions.expect("distributions").values_mut();
            let distribution = distributions.next().expect("one");
            let before = distribution.clone();
            change(distribution);
            // CloudFront gives every configuration a version of its own.
            if *distribution != before {
                let revision = distribution["~revision"].as_u64().expect("a revision");
                distribution["~revision"] = (revision + 1).into();
            }
        });
        place
    }

    /// Somebody chose another security policy.
    fn accepting(policy: &str) -> Place {
        changed(|distribution| {
            let text = distribution.to_string();
            let other = text.replace("\"TLSv1.2_2021\"", &format!("\"{policy}\""));
            assert_ne!(other, text);
            *distribution = serde_json::from_str(&other).expect("JSON");
        })
    }

    #[test]
    fn r_48_a_stricter_security_policy_stays_and_a_weaker_one_is_drift() {
        for stricter in ["TLSv1.3_2025", "TLSv2.0_2031"] {
            let place = accepting(stricter);
            place.run("drift", &[]).exits(0);
            place.run("plan", &["--exit-code"]).exits(0);
        }
        let place = accepting("TLSv1.1_2016");
        place.run("drift", &[]).exits(3).says("TLSv1.1_2016");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        place.run("drift", &[]).exits(0);
    }

    #[test]
    fn r_42_an_update_is_waited_for_until_every_edge_has_it() {
        let place = changed(|_| {});
        place.edit(
            "mx: [10 mx1.example.com]",
            "mx: [10 mx1.example.com]\n    tags: { team: mail }",
        );
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        // Hosting that moves changes the distribution's origin.
        place.edit("region: eu-west-1 }", "region: eu-central-1 }");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let world = place.world();
        let mut all = world.world.cloudfront.all();
        let mut world = place.world();
        assert!(all.next().is_some());
        world
            .fetch("mta-sts.example.com", "/.well-known/mta-sts.txt")
            .expect("the policy, at once");
    }
}

mod names_that_are_too_long {
    use super::*;

    const LABEL: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn of(label: &str) -> Place {
        let site = format!(
            "{SITE}    bimi: {{ logo: ../assets/logo.svg }}\n    \
             dmarc: {{ p: quarantine, rua: [\"mailto:d@{label}.example.com\"] }}\n"
        );
        let text = manifest(&site).replace("  example.com:", &format!("  {label}.example.com:"));
        Place::with(&text)
    }

    #[test]
    fn r_20_the_shorter_host_goes_first_into_the_certificate() {
        let place = of(LABEL);
        place.make_world(None);
        place.run("lint", &[]).exits(0);
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let world = place.world();
        let mut certificates = world
            .world
            .acm
            .certificates
            .values()
            .flat_map(|all| all.values());
        let certificate = certificates.next().expect("one");
        let json = serde_json::to_value(certificate).expect("JSON").to_string();
        assert!(
            json.contains(&format!("mta-sts.{LABEL}.example.com")),
            "{json}"
        );
    }

    #[test]
    fn r_20_lint_refuses_a_certificate_of_which_every_name_is_too_long() {
        let place = of(&format!("{LABEL}aaaaaaaaa"));
        place
            .deploy(&["lint", place.manifest()])
            .exits(2)
            .says("MAN-20");
    }
}

mod renamed {
    use super::*;

    #[test]
    fn a_host_that_is_renamed_is_said_to_be_and_the_removal_of_its_old_name_is_planned() {
        let site = format!(
            "{SITE}    bimi: {{ logo: ../assets/logo.svg }}\n    \
             dmarc: {{ p: quarantine, rua: [\"mailto:d@example.com\"] }}\n"
        );
        let place = applied(&site);
        place.edit(
            "region: eu-west-1 }",
            "region: eu-west-1, assets_host: img }",
        );
        let plan = place.run("plan", &["--full"]).says("renamed");
        assert!(
            !plan.stdout.contains("deleted by somebody else"),
            "{}",
            plan.stdout
        );
        let removed = plan
            .stdout
            .lines()
            .filter(|line| line.trim().starts_with("- route53_record_set assets."));
        assert_eq!(removed.count(), 2, "{}", plan.stdout);
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let world = place.world().later(60);
        assert!(world.resolve("bimi-assets.example.com", "A").is_empty());
        assert!(!world.resolve("img.example.com", "A").is_empty());
        place.run("plan", &["--exit-code"]).exits(0);
        place.destroy();
    }

    #[test]
    fn a_selector_that_is_renamed_leaves_no_record_behind() {
        let site = format!(
            "{SITE}    bimi: {{ logo: ../assets/logo.svg }}\n    \
             dmarc: {{ p: quarantine, rua: [\"mailto:d@example.com\"] }}\n"
        );
        let place = applied(&site);
        place.edit("bimi: { logo", "bimi: { selector: brand, logo");
        let plan = place.run("plan", &[]);
        assert!(
            !plan.stdout.contains("deleted by somebody else"),
            "{}",
            plan.stdout
        );
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let world = place.world().later(60);
        assert!(world.resolve("default._bimi.example.com", "TXT").is_empty());
        assert_eq!(world.resolve("brand._bimi.example.com", "TXT").len(), 1);
        place.run("plan", &["--exit-code"]).exits(0);
    }
}

mod taken {
    use super::*;

    #[test]
    fn r_43_an_alias_of_somebody_else_is_named_with_its_holder() {
        let place = Place::with(&manifest(SITE));
        place.make_world(Some(
            "distributions: [{ account: \"555555555555\", aliases: [mta-sts.example.com] }]\n",
        ));
        place
            .run("apply", &["--yes", "--no-verify"])
            .exits(1)
            .says("PLAN-09")
            .says("has mta-sts.example.com");
        // The holder lets it go, and the run goes on from there.
        place.change_world(|world, _| world.cloudfront.lose("mta-sts.example.com"));
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let mut world = place.world();
        let policy = world.fetch("mta-sts.example.com", "/.well-known/mta-sts.txt");
        policy.expect("the policy");
    }

    #[test]
    fn a_bucket_of_somebody_else_is_said_to_be_perhaps_theirs() {
        let place = Place::with(&manifest(SITE));
        place.make_world(Some(
            "buckets: [{ account: \"555555555555\", name: shop-example-com-assets-6312dd15, region: eu-west-1 }]\n",
        ));
        let ran = changes_nothing(&place, || place.apply().exits(1)).says("may be somebody else's");
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!text.contains("grant the permission"), "{text}");
    }
}

mod tags_and_statements_of_others {
    use super::*;

    #[test]
    fn r_58_what_belongs_to_a_stack_is_adopted_at_the_operators_risk_only() {
        adopts_from_a_stack(false);
    }

    /// S3 has answered both ways: that AWS's own tags must not be sent, and that they must not be missing.
    #[test]
    fn r_21_the_tags_of_a_stack_are_sent_where_s3_asks_for_them() {
        adopts_from_a_stack(true);
    }

    fn adopts_from_a_stack(are_tags_required: bool) {
        let place = Place::with(&manifest(&format!("    adopt: true\n{SITE}")));
        place.make_world(Some(
            "buckets: [{ account: \"222222222222\", name: shop-example-com-assets-6312dd15, region: eu-west-1, tags: { \"aws:cloudformation:stack-name\": MailStack } }]\n",
        ));
        place.change_world(|world, _| world.s3.system_tags_required = are_tags_required);
        changes_nothing(&place, || place.apply().exits(4))
            .says("PLAN-22")
            .says("the CloudFormation stack `MailStack`")
            .says("DeletionPolicy: Retain");
        let accepting = ["--yes", "--no-verify", "--accept-risk", "PLAN-22"];
        place.run("apply", &accepting).exits(0);
        place.run("plan", &["--exit-code"]).exits(0);
        let mut world = place.world();
        let tags = assets(&mut world.world).tags.clone().unwrap_or_default();
        assert_eq!(tags["aws:cloudformation:stack-name"], "MailStack");
        assert_eq!(tags["deploy:project"], "shop");
    }

    /// The bucket of the domain's assets.
    fn assets(world: &mut World) -> &mut Bucket {
        let mut buckets = world.s3.buckets.iter_mut();
        let assets = buckets.find(|(name, _)| name.contains("-assets-"));
        assets.expect("one").1
    }

    fn tagged() -> Place {
        let place = applied(SITE);
        place.change_world(|world, _| {
            let tags = assets(world).tags.get_or_insert_default();
            tags.insert("CostCenter".to_owned(), "42".to_owned());
        });
        place
    }

    /// CloudFront may read objects that a key of KMS encrypts only where the key's policy says so, and
    /// objects keep the key that they were written with.
    #[test]
    fn r_50_a_bucket_encrypted_with_a_key_of_kms_is_drift_and_is_put_back() {
        let place = applied(SITE);
        place.change_world(|world, _| {
            assets(world).encryption.algorithm = "aws:kms".to_owned();
        });
        place.run("drift", &[]).exits(3).says("encrypted");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        let mut world = place.world();
        assert_eq!(assets(&mut world.world).encryption.algorithm, "AES256");
    }

    fn cost_center(place: &Place) -> Option<String> {
        let mut world = place.world();
        let tags = assets(&mut world.world).tags.as_ref();
        tags?.get("CostCenter").cloned()
    }

    #[test]
    fn r_21_a_tag_of_others_is_no_drift_and_stays() {
        let place = tagged();
        place.run("drift", &[]).exits(0);
        place.run("plan", &["--exit-code"]).exits(0);
        place.edit("    mx: [", "    tags: { team: mail }\n    mx: [");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        assert_eq!(cost_center(&place).as_deref(), Some("42"));
        place.edit("    tags: { team: mail }\n", "");
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        assert_eq!(cost_center(&place).as_deref(), Some("42"));
        place.run("plan", &["--exit-code"]).exits(0);
    }

    #[test]
    fn r_21_a_statement_of_others_stays_beside_ours_and_after_us() {
        let place = applied(SITE);
        let theirs = json!({
            "Sid": "Audit", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::666666666666:root"},
            "Action": "s3:GetObject", "Resource": "*",
        });
        place.change_world(|world, _| {
            let bucket = assets(world);
            let policy = bucket.policy.as_deref().expect("a policy");
            let mut policy: Value = serde_json::from_str(policy).expect("JSON");
            policy["Statement"]
                .as_array_mut()
                .expect("a list")
                .push(theirs.clone());
            bucket.policy = Some(policy.to_string());
        });
        place.run("drift", &[]).exits(0);
        place.run("plan", &["--exit-code"]).exits(0);
    }
}

mod a_creation_that_is_refused_in_its_middle {
    use super::*;

    /// Denies an operation once: the next run goes on, and destroy leaves nothing.
    fn is_ours(domain: &str, service: &str, operation: &str) {
        let place = Place::with(&manifest(domain));
        place.make_world(None);
        let before = place.world().dump();
        let denied = Fault::new(FaultKind::ErrorBefore)
            .at(service, operation)
            .with(403, "AccessDenied", "denied by a service control policy")
            .nth(1);
        place.change_world(|world, _| world.faults.script = vec![denied.clone()]);
        place.run("apply", &["--yes", "--no-verify"]).exits(1);
        assert_ne!(place.world().dump(), before);
        place.change_world(|world, _| world.faults.script.clear());
        let again = place.copy();
        again.run("apply", &["--yes", "--no-verify"]).exits(0);
        again.run("plan", &["--exit-code"]).exits(0);
        place.destroy();
        place.advance("2h");
        place.destroy().exits(0);
        assert_eq!(place.world().dump(), before);
    }

    #[test]
    fn r_02_e1_a_bucket_is_ours_from_its_first_call() {
        is_ours(SITE, "s3", "PutBucketVersioning");
    }

    #[test]
    fn r_02_e1_an_identity_is_ours_from_its_first_call() {
        let sending = "    ses:\n      - { account: mail, region: eu-west-1, feedback: false }\n";
        is_ours(sending, "ses", "PutEmailIdentityFeedbackAttributes");
    }

    #[test]
    fn r_02_e1_a_configuration_set_is_ours_from_its_first_call() {
        let sending = "    ses:
      - account: mail
        region: eu-west-1
        configuration_set:
          name: main
          events: [{ name: bounces, types: [bounce], sns: \"arn:aws:sns:eu-west-1:222222222222:bounces\" }]
";
        is_ours(sending, "ses", "CreateConfigurationSetEventDestination");
    }
}
