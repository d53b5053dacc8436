//! When calls can be made, and how late they may be.

use std::time::Duration;

use kinds::SesIdentity;
use model::{ActionId, Kind, Plan};

use super::shipped::{desired, first_plan};
use crate::{Rate, Rates, Since, Slack, Window};

fn example() -> Plan {
    first_plan(&desired(include_str!("../../../../deploy/example.yaml")))
}

fn action(plan: &Plan, name: &str) -> ActionId {
    let mut actions = plan.actions.iter();
    let found = actions.find(|action| action.resource.to_string().ends_with(name));
    found.expect("an action").id
}

/// The seconds from which and up to which an action can begin.
fn window(windows: &[Window], id: ActionId) -> (u64, u64) {
    let Window { earliest, latest } = windows[id];
    (earliest.as_secs(), latest.as_secs())
}

/// The longest chain is the certificate (60 s), the distribution (165), its names (30) and the announcement of
/// the policy (30). What is not in it may be late.
#[test]
fn what_is_not_on_the_longest_chain_may_be_late() {
    let plan = example();
    let slack = Slack::of(&plan, &Rates::new());
    let windows = slack.windows(&|_| Since::Ahead);
    let check = |name: &str, expect: (u64, u64)| {
        assert_eq!(window(&windows, action(&plan, name)), expect, "{name}");
    };
    check("acm.mta-sts.example.com", (0, 0));
    check("mta-sts.aaaa", (225, 225));
    check("route53_record_set/example.com/mta-sts", (255, 255));
    check("tls-rpt", (0, 225));
    // An identity is verified 75 s after its records are there; DMARC comes after it, and BIMI after DMARC.
    check("marketing.us-east-1.dkim.1", (0, 150));
    check("dmarc", (75, 225));
    check("marketing.us-east-1.domain-token", (0, 255));
}

#[test]
fn what_is_overdue_makes_nothing_wait() {
    let plan = example();
    let slack = Slack::of(&plan, &Rates::new());
    let distribution = action(&plan, "cloudfront_distribution/example.com/assets");
    let dmarc = action(&plan, "dmarc");
    let is_sending = |id: ActionId| {
        let of = &plan.actions[id].resource;
        of.kind == SesIdentity::NAME || of.name.contains("dkim")
    };
    let at = |seconds: u64| {
        let ago = Duration::from_secs(seconds);
        let windows = slack.windows(&|id| match id {
            _ if id == distribution => Since::Made(ago),
            _ if id < distribution || is_sending(id) => Since::Over(ago),
            _ => Since::Ahead,
        });
        window(&windows, dmarc)
    };
    assert_eq!(at(0), (0, 165));
    assert_eq!(at(100), (0, 65));
    // It should be there; then a MAIL FROM domain after its records ends last.
    assert_eq!(at(200), (0, 30));
    // By now it may never be there, and BIMI, which follows both, with it.
    assert_eq!(at(226), (0, 60));
}

/// A quota takes one call after the other, those first that the longest chain comes after.
#[test]
fn a_quota_makes_calls_wait_for_each_other() {
    let plan = example();
    let rate = Rate {
        per_second: 0.1,
        burst: 2.0,
    };
    let slack = Slack::of(&plan, &Rates::from([("ses".to_owned(), rate)]));
    let identity = action(&plan, "ses_identity/example.com/marketing.us-east-1");
    let token = action(&plan, "ses_domain_token/example.com/marketing.us-east-1");
    let mail_from = action(&plan, "ses_mail_from/example.com/marketing.us-east-1");
    assert!(slack.rank(identity) < slack.rank(mail_from));
    assert!(slack.rank(mail_from) < slack.rank(token));
    let windows = slack.windows(&|_| Since::Ahead);
    // The burst serves the first two; the third comes when a token is there.
    assert_eq!(window(&windows, identity).0, 0);
    assert_eq!(window(&windows, token).0, 0);
    assert_eq!(window(&windows, mail_from).0, 30);
    let used = slack.windows(&|id| {
        if id == identity {
            Since::Made(Duration::ZERO)
        } else {
            Since::Ahead
        }
    });
    assert_eq!(window(&used, token).0, 0);
}

#[test]
fn what_waits_for_a_record_is_known() {
    let plan = example();
    let slack = Slack::of(&plan, &Rates::new());
    let dkim = action(&plan, "marketing.us-east-1.dkim.1");
    let after = slack.after(&[dkim]);
    // SES verifies the identity by it, which DMARC waits for.
    assert!(after.contains(&action(&plan, "dmarc")));
    assert!(!after.contains(&action(&plan, "tls-rpt")));
}
