//! Account limits: a plan that an account has no room for is refused before anything is made.

use tests::place::Place;

/// The example in a world in which accounts may hold this.
fn example_with(limits: &str) -> Place {
    let place = Place::of("example").in_calm();
    place.make_world(Some(&format!("limits: {limits}")));
    place.keep_calls();
    place
}

const NO_DISTRIBUTION: &str = "{ cloudfront: { distributions: 0 } }";
const SAID: &str = "CloudFront distributions: 0 of 0, 1 more wanted (CloudFront quotas)";

#[test]
fn what_an_account_has_no_room_for_is_refused_before_anything_is_made() {
    let place = example_with(NO_DISTRIBUTION);
    for ran in [place.run("plan", &[]), place.apply()] {
        ran.exits(4)
            .says("AWS-03")
            .says(SAID)
            .says("account web")
            .says("ask AWS for 1 more at https://console.aws.amazon.com/servicequotas/home/services/cloudfront/quotas/L-24B04930");
    }
    let changing = place.changing_calls();
    assert!(changing.is_empty(), "{changing:?}");
}

#[test]
fn the_room_of_zones_is_told_by_route_53() {
    let place = Place::with(
        r#"project: anycompany
accounts:
  dns: { id: "111111111111", role: mail-deploy }
defaults:
  dns: { route53: { account: dns, create: true } }
  dmarc: { p: none }
domains:
  example.com: {}
  example.org: {}
"#,
    )
    .in_calm();
    place.make_world(Some("limits: { route53: { zones: 1 } }"));
    place
        .run("plan", &[])
        .exits(4)
        .says("Route 53 hosted zones: 0 of 1, 2 more wanted (Route 53 quotas)")
        .says("ask AWS for 1 more at")
        .says("https://console.aws.amazon.com/servicequotas/home/services/route53/quotas");
}

#[test]
fn what_little_room_is_left_is_a_warning() {
    let place = example_with("{ cloudfront: { distributions: 1 } }");
    let said = "CloudFront distributions: 0 of 1, 1 more wanted (CloudFront quotas)";
    place.run("plan", &[]).exits(0).says(said);
    place.apply().exits(0);
    place.forget_history();
    // Nothing is made any more, so that no limit is asked for.
    place.run("plan", &[]).exits(0);
    let asked = place.calls();
    let asked = asked
        .iter()
        .filter(|call| call.operation == "ListServiceQuotas");
    assert_eq!(asked.count(), 0);
}

#[test]
fn the_manifest_says_what_aws_granted() {
    let place = example_with(NO_DISTRIBUTION);
    place.edit(
        "id: \"222222222222\", role: mail-deploy",
        "id: \"222222222222\", role: mail-deploy, limits: { distributions: 2000 }",
    );
    place.run("plan", &[]).exits(0);
    let asked = place.calls();
    let asked = asked
        .iter()
        .filter(|call| call.operation == "ListServiceQuotas");
    // That of the certificates and that of the buckets.
    assert_eq!(asked.count(), 2);
}

#[test]
fn a_role_that_may_not_ask_is_not_refused() {
    let denied = r#"{ "222222222222": { roles: { mail-deploy: { denied: ["servicequotas:ListServiceQuotas"] } } } }"#;
    let place = Place::of("example").in_calm();
    place.make_world(Some(&format!(
        "accounts: {denied}\nlimits: {NO_DISTRIBUTION}"
    )));
    // AWS's default stands, and has room.
    place.run("plan", &[]).exits(0);
}

/// A role of before this program asked for limits, in an account that is nearly full.
#[test]
fn aws_s_default_warns_and_does_not_refuse() {
    let held: Vec<String> = (0..500)
        .map(|number| {
            format!(r#"{{ account: "222222222222", aliases: [host{number}.example.org] }}"#)
        })
        .collect();
    let denied = r#"{ "222222222222": { roles: { mail-deploy: { denied: ["servicequotas:ListServiceQuotas"] } } } }"#;
    let place = Place::of("example").in_calm();
    place.make_world(Some(&format!(
        "accounts: {denied}\ndistributions: [{}]",
        held.join(", ")
    )));
    place
        .run("plan", &[])
        .exits(0)
        .says("CloudFront distributions: 500 of 500 by default, 1 more wanted");
}
