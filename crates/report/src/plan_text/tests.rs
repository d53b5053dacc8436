//! A plan on a terminal, as snapshots, and what must never be on one.

use base64::Engine as _;
use insta::assert_snapshot;
use std::sync::Arc;

use kinds::{CloudfrontDistribution, cloudfront_distribution};
use model::rules;
use model::{
    Action, Change, Diff, Effect, Impact, Resource, Side, Spec, Status, Step, Unwanted, Wanted,
};
use proptest::prelude::*;
use serde_json::json;
use standards::{Finding, Place};

use super::*;
use crate::test_support::{
    LOGO, applied, applied_from, applied_of, desired, edit_spec, estimate, example, first_plan,
    fleet, planned,
};

#[test]
fn the_first_plan_of_the_example_shows_everything() {
    let plan = first_plan(&example().0);
    assert_snapshot!("example", lasting(&plan));
}

/// Resources that are there as asked for, in the ledger, with some edits on what was seen.
fn second_plan(edit: impl Fn(&mut Vec<Arc<Resource>>)) -> Plan {
    let (mut wanted, ledger, actual) = applied();
    edit(&mut wanted);
    planned(&wanted, &ledger, &actual)
}

fn text(plan: &Plan) -> String {
    plan_text(plan, &estimate(plan), &Palette::plain(), Detail::Full)
}

/// The text without its digest, which changes with every detail of every kind.
fn lasting(plan: &Plan) -> String {
    text(plan).replace(&plan.digest(), "(64 digits)")
}

#[test]
fn a_plan_without_changes_says_so() {
    assert_snapshot!(lasting(&second_plan(|_| {})), @"
    No changes. 7 resources are as the manifest asks.
    Digest: (64 digits)
    ");
}

/// A change of the policy from testing to enforced, with other hosts.
fn enforced() -> Plan {
    let (mut wanted, ledger, actual) = applied_of(&["mta-sts-policy"]);
    let policy = "version: STSv1\r\nmode: enforce\r\nmx: *.example.net\r\nmax_age: 604800\r\n";
    edit_spec(&mut wanted[0], |spec| {
        spec["content"] = base64::engine::general_purpose::STANDARD
            .encode(policy)
            .into();
    });
    planned(&wanted, &ledger, &actual)
}

/// The policy that senders will read, against the one that they read now.
#[test]
fn a_text_that_changes_is_shown_line_by_line() {
    assert_snapshot!(lasting(&enforced()), @"
    example.com  1 change
      ~ s3_object mta-sts-policy  web us-east-1  differs from the manifest
          SHA-256: 46d6813cc3cf… → 8bde7b252001…
          | version: STSv1
          - mode: testing
          - mx: inbound-smtp.us-east-1.amazonaws.com
          + mode: enforce
          + mx: *.example.net
          | max_age: 604800
          mail impact: receiving, stricter: senders refuse to deliver where TLS or the MX host is not as
                       the policy says; senders refuse to deliver to
                       inbound-smtp.us-east-1.amazonaws.com; the policy allows *.example.net too

    Accounts: web (222222222222)
    Plan: 1 to update, 0 unchanged.
    Mail impact: 1 change can affect receiving (1 stricter).
    Calls: 2 (cloudfront 1, s3 1), less than a second.
    Digest: (64 digits)
    ");
}

/// In the short form, only what differs.
#[test]
fn a_policy_that_changes_shows_the_lines_that_differ() {
    let text = brief(&enforced(), 100);
    assert!(text.contains("mode: testing → mode: enforce"), "{text}");
    assert!(!text.contains("SHA-256"), "{text}");
}

#[test]
fn changes_deletions_and_their_mail_impact_are_shown() {
    let plan = second_plan(|resources| {
        resources.retain(|resource| resource.id.name != "mx");
        for resource in resources.iter_mut() {
            let (kind, name) = (resource.id.kind.clone(), resource.id.name.clone());
            edit_spec(resource, |spec| match name.as_str() {
                "dmarc" => spec["record"]["values"] = json!(["v=DMARC1; p=none"]),
                "spf" => {
                    let includes: Vec<String> = (1..6)
                        .map(|n| format!("include:spf{n}.example.net"))
                        .collect();
                    let value = format!("v=spf1 include:amazonses.com {} ~all", includes.join(" "));
                    spec["record"]["values"] = json!([value]);
                }
                "logo" => spec["content"] = json!("PHN2Zz48L3N2Zz4="),
                "logs" if kind == "s3_bucket" => spec["expire_days"] = json!(30),
                _ => {}
            });
        }
    });
    assert_snapshot!(lasting(&plan), @"
    example.com  5 changes, where no reason is shown: differs from the manifest
      ~ s3_bucket logs            web us-east-1
          expire days: 90 → 30
      ~ s3_object logo            web us-east-1
          SHA-256: 1bfe78225302… → b12e0d83ce23…
          mail impact: branding: mail shows another logo, or one with another certificate
      ~ route53_record_set spf    dns us-east-1
          example.com TXT
          values: v=spf1 include:amazonses.com ~all
                → v=spf1 include:amazonses.com include:spf1.example.net include:spf2.example.net
                  include:spf3.example.net include:spf4.example.net include:spf5.example.net ~all
          mail impact: sending: mail from include:spf1.example.net and include:spf2.example.net and
                       include:spf3.example.net and include:spf4.example.net and
                       include:spf5.example.net passes SPF too; everybody within 1 h
      ~ route53_record_set dmarc  dns us-east-1
          _dmarc.example.com TXT
          values: v=DMARC1; p=quarantine; sp=quarantine; rua=mailto:dmarc@example.com → v=DMARC1; p=none
          mail impact: sending, weaker: receivers are asked to deliver mail that fails DMARC, where it
                       was quarantine; everybody within 1 h
      - route53_record_set mx     dns us-east-1  no longer declared
          example.com 3600 MX 10 inbound-smtp.us-east-1.amazonaws.com
          mail impact: receiving, weaker: senders find no host for example.com: its mail is returned, or
                       goes to the address of the name; everybody within 1 h

    Accounts: dns (111111111111), web (222222222222)
    Plan: 4 to update, 1 to delete, 2 unchanged.
    Mail impact: 1 change can affect receiving (1 weaker), 2 sending (1 weaker), 1 branding.
    Calls: about 7 (cloudfront 1, route53 4, s3 2), less than a second.
    Digest: (64 digits)
    ");
}

#[test]
fn what_moves_shows_where_from_and_what_goes_there() {
    let mut plan = second_plan(|resources| {
        resources.retain(|resource| resource.id.kind == "s3_bucket");
        for location in resources
            .iter_mut()
            .filter_map(|resource| Arc::make_mut(resource).location.as_mut())
        {
            location.region = "eu-west-1".into();
        }
    });
    plan.actions
        .retain(|action| action.resource.kind == "s3_bucket");
    assert_snapshot!(lasting(&plan), @"
    example.com  2 changes
      ± s3_bucket logs  web eu-west-1  moves to another account or region
          location: web us-east-1 → web eu-west-1
          name: anycompany-example-com-logs-12e6e74e  accepts log delivery: yes  expire days: 90
          tags: deploy:project, deploy:resource
      - s3_bucket logs  web us-east-1  no longer declared
          name at AWS: anycompany-example-com-logs-12e6e74e

    Accounts: web (222222222222)
    Plan: 1 to replace, 1 to delete, 0 unchanged.
    Calls: 6 (s3 6), less than a second.
    Digest: (64 digits)
    ");
}

#[test]
fn what_is_refused_and_what_a_person_publishes_is_counted_apart() {
    let mut plan = second_plan(|_| {});
    let unchanged = plan.actions.len();
    refuse(&mut plan.actions[0]);
    for (action, deletes) in plan.actions[1..].iter_mut().zip([false, true]) {
        action.location = None;
        redo(action, deletes);
    }
    let expected = format!(
        "1 to publish by hand, 1 to take out by \
         hand, 1 refused, {} unchanged.",
        unchanged - 3
    );
    assert_eq!(super::counts(&plan), expected);
}

#[test]
fn a_plan_fits_on_a_narrow_terminal() {
    let plan = first_plan(&example().0);
    for columns in [60, 80, 100] {
        let palette = Palette::plain().in_columns(columns);
        let text = plan_text(&plan, &estimate(&plan), &palette, Detail::Full);
        // Titles have columns of their own, and are cut by nobody.
        let is_title = |line: &&str| line.starts_with("  +") || line.starts_with("  >");
        let mut lines = text.lines().filter(|line| !is_title(line)).skip(1);
        let long = lines.find(|line| line.chars().count() > columns.max(72));
        assert_eq!(long, None, "in {columns} columns");
    }
}

#[test]
fn findings_come_first_and_say_that_apply_refuses() {
    let mut plan = second_plan(|_| {});
    let place = Place::Named {
        name: "route53_record_set/example.com/spf".to_owned(),
        within: Some("dns".to_owned()),
    };
    plan.findings.push(
        Finding::new(
            rules::PLAN_01,
            "`example.com` has TXT v=spf1 -all\u{1b}[31m, and the manifest asks for another",
        )
        .in_place(place),
    );
    assert_snapshot!(lasting(&plan), @r"
    error[PLAN-01]: `example.com` has TXT v=spf1 -all\u{1b}[31m, and the manifest asks for another
     --> route53_record_set/example.com/spf in dns
     = remove the other value, or set `adopt` to take it over

    1 error. `deploy explain PLAN-01` says why it matters.

    Plan: 7 unchanged.
    Calls: none.
    Digest: (64 digits)
    1 error above stands in the way: apply refuses until it is fixed.
    ");
}

fn wanted(action: &Action) -> Wanted {
    action.wanted().expect("a desired resource").clone()
}

fn refuse(action: &mut Action) {
    action.step = Step::RefuseChange(wanted(action), None);
}

/// Makes of an unchanged resource one that is created, or deleted.
fn redo(action: &mut Action, deletes: bool) {
    let wanted = wanted(action);
    action.step = if deletes {
        let entry = wanted.entry.expect("an entry");
        Step::Delete(Unwanted::of(&entry, wanted.spec))
    } else {
        Step::Create(wanted)
    };
}

/// Puts text of somebody else wherever an action has text: a creation, an update or a deletion.
fn take_over(action: &mut Action, hostile: &str, diff: Diff) {
    let wanted = Wanted {
        spec: Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
            comment: hostile.to_owned(),
            ..cloudfront_distribution::Spec::default()
        }),
        diff,
        ..wanted(action)
    };
    action.step = match action.id % 3 {
        0 => Step::Create(wanted),
        1 => Step::Update(wanted, hostile.into()),
        _ => {
            let (_, ledger, _) = applied();
            let mut entry = Arc::clone(ledger.entries().next().expect("an entry"));
            Arc::make_mut(&mut entry).status = Status::Settled(hostile.into());
            Step::Delete(Unwanted::of(&entry, wanted.spec))
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_line_holds_a_control_character_of_others(hostile in any::<String>()) {
        let mut plan = first_plan(&example().0);
        plan.findings.push(Finding::new(rules::PLAN_01, hostile.clone()).fix(hostile.clone()));
        for action in &mut plan.actions {
            action.reason = hostile.clone().into();
            action.resource.name.clone_from(&hostile);
            action.impact = Impact::new(MailImpact::Sending, hostile.clone());
            let diff = Diff {
                changes: vec![Change {
                    field: hostile.clone(),
                    from: Side::of(&hostile),
                    to: Side::of(&(&hostile, 1)),
                    effect: Effect::InPlace,
                }],
            };
            take_over(action, &hostile, diff);
        }
        let plain = text(&plan);
        prop_assert!(!plain.replace('\n', "").chars().any(char::is_control));
        let long = plain.lines().find(|line| line.chars().count() > 4 * crate::WIDTH);
        prop_assert_eq!(long.filter(|_| hostile.chars().count() < 20), None);
        // Our own styles are the only escape sequences in colour.
        let colours = Palette::coloured();
        let coloured = plan_text(&plan, &estimate(&plan), &colours, Detail::Full);
        prop_assert_eq!(without_styles(&coloured), plain);
    }
}

/// `text` without `ESC [ … m`.
fn without_styles(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split('\u{1b}').enumerate() {
        let rest = if at == 0 {
            part
        } else {
            part.split_once('m').map_or("", |(_, rest)| rest)
        };
        plain.push_str(rest);
    }
    plain
}

/// The brief plan, in so many columns.
fn brief(plan: &Plan, columns: usize) -> String {
    let palette = Palette::plain().in_columns(columns);
    let text = plan_text(plan, &estimate(plan), &palette, Detail::Brief);
    for line in text.lines() {
        let width = line.chars().count();
        assert!(
            width <= columns.min(crate::WIDTH),
            "{width} columns: {line}"
        );
    }
    text.replace(&plan.digest(), "(64 digits)")
}

fn lines_at_most(text: &str, most: usize) {
    let lines = text.lines().count();
    assert!(lines <= most, "{lines} lines of at most {most}:\n{text}");
}

#[test]
fn the_first_plan_of_one_domain_fits_a_screen() {
    let plan = first_plan(&example().0);
    for columns in [80, 120] {
        let text = brief(&plan, columns);
        lines_at_most(&text, 50);
        assert_snapshot!(format!("one_domain_{columns}"), text);
    }
}

#[test]
fn the_first_plan_of_twelve_domains_says_once_what_they_have_in_common() {
    let plan = first_plan(&desired(&fleet(12, "quarantine", LOGO)).0);
    for columns in [80, 120] {
        let text = brief(&plan, columns);
        lines_at_most(&text, 120);
        assert_snapshot!(format!("twelve_domains_{columns}"), text);
    }
}

/// The plan of a fleet whose DMARC policy changes in `defaults`.
fn tightened(domains: usize) -> Plan {
    let (resources, _) = desired(&fleet(domains, "quarantine", ""));
    let (_, ledger, actual) = applied_from(resources, &["zone", "mx", "spf", "dmarc", "tls-rpt"]);
    let (mut wanted, _) = desired(&fleet(domains, "reject", ""));
    wanted.retain(|resource| ledger.entry(&resource.id).is_some());
    for resource in &mut wanted {
        let known = |_: &model::OutputRef| Some("Z0123456789EXAMPLE".to_owned());
        let resolved = resource.spec.resolved(&known);
        Arc::make_mut(resource).spec = resolved;
    }
    planned(&wanted, &ledger, &actual)
}

#[test]
fn a_change_in_defaults_of_200_domains_is_ten_lines() {
    let plan = tightened(200);
    for columns in [80, 120] {
        let text = brief(&plan, columns);
        lines_at_most(&text, 10);
        assert_snapshot!(format!("two_hundred_domains_{columns}"), text);
    }
}

#[test]
fn a_comment_about_200_domains_is_whole() {
    for plan in [
        tightened(200),
        first_plan(&desired(&fleet(200, "reject", "")).0),
    ] {
        let text = crate::plan_markdown(&plan, &estimate(&plan));
        assert!(
            text.chars().count() < 65_536 && !text.contains("Not shown here"),
            "{text}"
        );
    }
}
