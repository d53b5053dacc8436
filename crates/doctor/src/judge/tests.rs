//! Facts in, checks out: a row for each thing that can be wrong.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kinds::ses_account::Standing;
use model::check::{Check, CheckOutcome};
use model::rules;
use standards::dns::Name;
use standards::{Finding, Severity};

use super::judge;
use crate::facts::{
    AccountFacts, DomainFacts, Entry, Facts, Host, Hosting, Permissions, PointsTo, Simulated,
    Unseen, Usage, ZoneFacts,
};
use crate::quotas::{BUCKETS, DISTRIBUTIONS};

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn unseen() -> Unseen {
    Unseen::new("nobody let us", "let us")
}

fn servers(texts: &[&str]) -> BTreeSet<Name> {
    texts.iter().map(|text| name(text)).collect()
}

/// One account and one domain in which everything is well.
fn well() -> Facts {
    let account = AccountFacts {
        name: "web".into(),
        id: "222222222222".parse().expect("an account id"),
        entry: Entry::Entered("arn:aws:sts::222222222222:assumed-role/x/deploy".to_owned()),
        permissions: vec![Permissions {
            service: "s3".to_owned(),
            needed: BTreeSet::from(["s3:PutObject"]),
            refused: BTreeSet::new(),
            simulated: Some(Ok(Simulated {
                allowed: 1,
                ..Simulated::default()
            })),
        }],
        usage: vec![Usage {
            granted: None,
            quota: BUCKETS,
            place: String::new(),
            held: Ok(3),
            wanted: 2,
        }],
        standings: vec![(
            "eu-west-1".into(),
            Ok(Standing {
                production: true,
                review: None,
                sending: true,
                enforcement: "HEALTHY".to_owned(),
                per_day: 50_000.0,
                per_second: 14.0,
                sent: 0.0,
            }),
        )],
    };
    let host = Host {
        name: name("mta-sts.example.com"),
        caa: Some(Ok(Vec::new())),
        hosting: Some(Hosting {
            account: "web".into(),
            holder: Ok(Some(("E1".to_owned(), true))),
            points_to: Ok(PointsTo::Nowhere),
        }),
    };
    let domain = DomainFacts {
        name: name("example.com"),
        zone: ZoneFacts::Found {
            account: "web".into(),
            id: "Z1".to_owned(),
            name: name("example.com"),
            servers: servers(&["ns1.awsdns.com"]),
            delegated: Ok(servers(&["ns1.awsdns.com"])),
        },
        hosts: vec![host],
    };
    Facts {
        skew: Ok(SignedDuration::ZERO),
        accounts: vec![account],
        domains: vec![domain],
    }
}

/// Everything that is not good, as `rule word`, when `change` has been done to facts that are well.
#[track_caller]
fn check(change: impl FnOnce(&mut Facts), expect: &[(&str, &str)]) -> Vec<Check> {
    let mut facts = well();
    change(&mut facts);
    let mut checks = judge(&facts);
    checks.retain(|check| !check.is_good());
    let found: Vec<(&str, &str)> = checks
        .iter()
        .map(|check| match &check.outcome {
            CheckOutcome::Finding(finding) => (check.rule.as_ref(), severity(finding.severity)),
            _ => (check.rule.as_ref(), "unseen"),
        })
        .collect();
    assert_eq!(found, expect, "{checks:#?}");
    checks
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

#[test]
fn what_is_well_is_good_all_over() {
    check(|_| {}, &[]);
    assert_eq!(judge(&well()).len(), 9);
}

#[test]
fn a_clock_is_good_within_a_minute_and_refused_beyond_five() {
    let skewed =
        |seconds| move |facts: &mut Facts| facts.skew = Ok(SignedDuration::from_secs(seconds));
    check(skewed(59), &[]);
    check(skewed(-61), &[("AWS-01", "warn")]);
    let checks = check(skewed(301), &[("AWS-01", "error")]);
    let reason = &checks[0].finding().expect("a finding").reason;
    assert!(reason.contains("301 s behind AWS's"), "{reason}");
    check(|facts| facts.skew = Err(unseen()), &[("AWS-01", "unseen")]);
}

#[test]
fn nothing_is_said_of_an_account_that_was_not_entered() {
    let entry = |entry: Entry| move |facts: &mut Facts| facts.accounts[0].entry = entry;
    check(
        entry(Entry::WrongAccount(
            "666666666666".parse().expect("an account id"),
        )),
        &[("PLAN-03", "error")],
    );
    check(
        entry(Entry::Refused("AWS answered AccessDenied".to_owned())),
        &[("PLAN-04", "error")],
    );
    let mut facts = well();
    facts.accounts[0].entry = Entry::Refused(String::new());
    let of_account = judge(&facts).len();
    assert_eq!(of_account, judge(&well()).len() - 3);
}

#[test]
fn what_is_not_allowed_is_named() {
    let checks = check(
        |facts| {
            facts.accounts[0].permissions[0].refused = BTreeSet::from(["s3:PutObject".to_owned()]);
        },
        &[("AWS-02", "error")],
    );
    let reason = &checks[0].finding().expect("a finding").reason;
    assert_eq!(
        reason,
        "not allowed: s3:PutObject (refused when it was tried)"
    );
    let simulated = |simulated| {
        move |facts: &mut Facts| facts.accounts[0].permissions[0].simulated = Some(simulated)
    };
    let denied = Simulated {
        denied: vec![(
            "s3:PutObject".to_owned(),
            "arn:aws:s3:::b/EXAMPLE".to_owned(),
            "implicitDeny".to_owned(),
        )],
        ..Simulated::default()
    };
    check(simulated(Ok(denied)), &[("AWS-02", "error")]);
    let open = Simulated {
        open: vec![(
            "s3:PutObject".to_owned(),
            vec!["aws:ResourceTag/x".to_owned()],
        )],
        ..Simulated::default()
    };
    check(simulated(Ok(open)), &[("AWS-02", "unseen")]);
    check(simulated(Err(unseen())), &[("AWS-02", "unseen")]);
}

#[test]
fn ses_says_what_keeps_mail_from_going_out() {
    let standing = |change: fn(&mut Standing)| {
        move |facts: &mut Facts| {
            change(
                facts.accounts[0].standings[0]
                    .1
                    .as_mut()
                    .expect("a standing"),
            );
        }
    };
    check(
        standing(|one| one.production = false),
        &[("SES-25", "error")],
    );
    check(standing(|one| one.sending = false), &[("SES-26", "error")]);
    check(
        standing(|one| one.enforcement = "PROBATION".to_owned()),
        &[("SES-26", "error")],
    );
    check(
        |facts| facts.accounts[0].standings[0].1 = Err(unseen()),
        &[("SES-25", "unseen")],
    );
}

#[test]
fn a_quota_is_near_at_nine_tenths() {
    let usage = |held, wanted| {
        move |facts: &mut Facts| {
            let usage = &mut facts.accounts[0].usage[0];
            (usage.quota, usage.held, usage.wanted) = (DISTRIBUTIONS, held, wanted);
        }
    };
    check(usage(Ok(449), 1), &[]);
    check(usage(Ok(450), 1), &[("AWS-03", "warn")]);
    check(usage(Ok(500), 0), &[]);
    // It is AWS's default, which may have been raised.
    check(usage(Ok(500), 1), &[("AWS-03", "warn")]);
    // Whoever has more than the default was granted more.
    check(usage(Ok(501), 1), &[("AWS-03", "unseen")]);
    check(usage(Err(unseen()), 1), &[("AWS-03", "unseen")]);
}

#[test]
fn a_quota_that_was_granted_is_the_limit() {
    let usage = |held, wanted| {
        move |facts: &mut Facts| {
            let usage = &mut facts.accounts[0].usage[0];
            (usage.quota, usage.held, usage.wanted) = (DISTRIBUTIONS, Ok(held), wanted);
            usage.granted = Some(2_000);
        }
    };
    check(usage(501, 1_000), &[]);
    check(usage(900, 1_000), &[("AWS-03", "warn")]);
    check(usage(1_000, 1_000), &[("AWS-03", "warn")]);
    check(usage(1_000, 1_001), &[("AWS-03", "error")]);
    check(usage(2_001, 0), &[]);
}

#[test]
fn a_zone_is_there_and_the_world_is_sent_to_it() {
    let zone = |zone: ZoneFacts| move |facts: &mut Facts| facts.domains[0].zone = zone;
    let delegated = |delegated| {
        zone(ZoneFacts::Found {
            account: "web".into(),
            id: "Z1".to_owned(),
            name: name("example.com"),
            servers: servers(&["ns1.awsdns.com"]),
            delegated,
        })
    };
    check(
        delegated(Ok(servers(&["ns.elsewhere.net"]))),
        &[("DNS-08", "error")],
    );
    check(delegated(Ok(servers(&[]))), &[("DNS-08", "error")]);
    check(delegated(Err(unseen())), &[("DNS-08", "unseen")]);
    check(
        zone(ZoneFacts::Missing("web".into())),
        &[("PLAN-07", "error")],
    );
    check(zone(ZoneFacts::ToCreate), &[("DNS-08", "unseen")]);
    let two = vec!["Z1".to_owned(), "Z2".to_owned()];
    check(
        zone(ZoneFacts::Several("web".into(), two)),
        &[("PLAN-11", "error")],
    );
    check(
        zone(ZoneFacts::Unclear("no answer".to_owned())),
        &[("PLAN-04", "error")],
    );
    let private = Finding::new(rules::PLAN_07, "the hosted zone `Z1` is private");
    check(zone(ZoneFacts::Refused(private)), &[("PLAN-07", "error")]);
    check(zone(ZoneFacts::Unseen(unseen())), &[("PLAN-07", "unseen")]);
    let manual = |seen| zone(ZoneFacts::Manual(seen));
    check(manual(Ok(vec!["ns1.example.net".to_owned()])), &[]);
    check(manual(Err(unseen())), &[("LIVE-02", "error")]);
}

#[test]
fn amazon_may_issue_for_a_host() {
    let caa = |values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        move |facts: &mut Facts| facts.domains[0].hosts[0].caa = Some(Ok(values))
    };
    check(caa(&["0 issue \"amazon.com\""]), &[]);
    check(
        caa(&["0 issue \"letsencrypt.org\""]),
        &[("DNS-13", "error")],
    );
    check(
        |facts| facts.domains[0].hosts[0].caa = Some(Err(unseen())),
        &[("DNS-13", "unseen")],
    );
    // A certificate of somebody else's making is none of CAA's.
    check(|facts| facts.domains[0].hosts[0].caa = None, &[]);
}

#[test]
fn a_name_is_nobody_else_s() {
    let hosting = |holder: Option<(&str, bool)>, points_to| {
        let holder = holder.map(|(id, ours)| (id.to_owned(), ours));
        move |facts: &mut Facts| {
            facts.domains[0].hosts[0].hosting = Some(Hosting {
                account: "web".into(),
                holder: Ok(holder),
                points_to: Ok(points_to),
            });
        }
    };
    let target = || "d1.cloudfront.net".to_owned();
    check(
        hosting(Some(("E2", false)), PointsTo::Nowhere),
        &[("PLAN-09", "error")],
    );
    check(
        hosting(None, PointsTo::Foreign(target())),
        &[("PLAN-09", "error")],
    );
    check(hosting(None, PointsTo::Own(target())), &[]);
    // Nobody can know what other accounts have: that is not called good.
    check(hosting(None, PointsTo::Nowhere), &[("PLAN-09", "unseen")]);
}
