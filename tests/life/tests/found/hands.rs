//! Lives in which others change something, or lose the ledger.

use life::life::{Hand, Life, Meanwhile, Step, Trouble};
use life::player::play;
use life::setup::{Dns, Set, Setup, Sts};

use crate::{apply, holds, in_region, sender_with};

/// Seed 45: an MX that nobody but another hand takes out is not the program's to bring back.
#[test]
fn an_mx_that_others_take_out_is_not_asked_for() {
    let setup = sender_with(|domain| domain.ses.clear());
    // The MX is the first record set of the zone.
    let first = Step::Hand(Hand::DeleteSet(0, 0));
    holds(vec![apply(setup.clone()), first, apply(setup)]);
}

/// Seed 127: a DMARC record that was taken over, and then deleted by others, was put back by destroy.
#[test]
fn a_record_that_others_deleted_is_not_put_back() {
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.adopts = true;
    });
    // The first set is the MX, the second holds the texts of the apex, the third is DMARC.
    let third = Step::Hand(Hand::DeleteSet(0, 2));
    holds(vec![
        apply(setup.clone()),
        third,
        apply(setup),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 127: a record that the manifest takes over has the time to live of the manifest. A run takes back
/// what others gave it, and destroy puts back the one of before; without such a run theirs stays.
#[test]
fn the_time_to_live_of_a_record_that_is_taken_over_is_ours() {
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.adopts = true;
    });
    let third = Step::Hand(Hand::ChangeTtl(0, 2));
    let destroy = Step::Destroy(Trouble::default());
    holds(vec![apply(setup.clone()), third.clone(), destroy.clone()]);
    holds(vec![apply(setup.clone()), third, apply(setup), destroy]);
}

/// Seed 96: an instance that refuses to send without its MAIL FROM was taken back to the first stage.
#[test]
fn an_instance_that_rejects_keeps_that_when_the_ledger_is_lost() {
    let setup = sender_with(|domain| {
        for one in &mut domain.ses {
            one.reject = true;
        }
    });
    holds(vec![
        apply(setup.clone()),
        Step::LoseLedger,
        apply(setup),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 578: an instance moved, and the ledger was rolled back to before that. Destroy asked for an apply,
/// and the person published what the destroy still listed, which was nothing.
#[test]
fn a_person_publishes_for_the_apply_that_a_destroy_asks_for() {
    let setup = |renumbered| Setup {
        renumbered,
        ..sender_with(|domain| {
            domain.dns = Dns::Manual;
            domain.dmarc = None;
        })
    };
    holds(vec![
        apply(setup(true)),
        apply(setup(false)),
        Step::RollBackLedger,
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 591: the ledger was rolled back to before a change that was made. All was as the manifest asks, and
/// the ledger went on having it otherwise: it still had the enforced policy, which was never let go.
#[test]
fn a_ledger_that_was_rolled_back_learns_what_is_so() {
    let setup = |dmarc, max_age, ttl, set| {
        sender_with(|domain| {
            domain.dmarc = Some(dmarc);
            domain.ttl = ttl;
            domain.hosting = Some(in_region(0));
            domain.sts = Some(Sts {
                mode: "enforce",
                max_age,
            });
            domain.ses[0].set = set;
        })
    };
    let changed = || apply(setup("reject", 7, 60, Some(Set::Own)));
    holds(vec![
        apply(setup("quarantine", 1, 5, None)),
        changed(),
        Step::RollBackLedger,
        changed(),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 635: others gave the texts at the apex a routing policy, and added one beside them in a plain set,
/// which Route 53 does not have.
#[test]
fn a_text_is_not_added_beside_a_routing_policy() {
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.spf = Some("softfail");
    });
    // The second set of the zone holds the texts of the apex.
    let hands = [Hand::AddRouting(0, 1), Hand::AddText(0)];
    let [routing, text] = hands.map(Step::Hand);
    let destroy = Step::Destroy(Trouble::default());
    let steps = vec![apply(setup), routing, text, destroy];
    let played = play(&Life { steps });
    assert_eq!(played.faults, []);
    let [refused] = &played.refused[..] else {
        unreachable!("one plan is refused: {played:?}")
    };
    assert!(
        refused.starts_with("PLAN-10: `example.com` has a record set of type TXT"),
        "{refused}"
    );
}

/// Seed 678: the ledger was lost while a policy was let go slowly. The manifest asked for none any more, so
/// that it led to nothing of it.
#[test]
fn a_policy_that_is_let_go_is_not_found_without_the_ledger() {
    let setup = |sts| {
        sender_with(|domain| {
            domain.ses.clear();
            domain.hosting = Some(in_region(0));
            domain.sts = sts;
        })
    };
    let sts = Sts {
        mode: "enforce",
        max_age: 7,
    };
    holds(vec![
        apply(setup(Some(sts))),
        apply(setup(None)),
        Step::LoseLedger,
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 302: others gave a record of ours a routing policy while a destroy was under way, which said at its end that
/// nothing was left.
#[test]
fn a_record_that_others_route_while_it_is_to_go_is_not_forgotten() {
    let destroy = Trouble {
        meanwhile: Some(Meanwhile {
            after: 1000,
            hand: Hand::AddRouting(0, 2),
        }),
        ..Trouble::default()
    };
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.dmarc = Some("none");
    });
    let played = play(&Life {
        steps: vec![apply(setup), Step::Destroy(destroy)],
    });
    assert_eq!(played.faults, []);
    assert!(played.refused.iter().any(|why| why.starts_with("PLAN-10")));
}

/// Seed 396: others deleted the records of the apex while a run was about to change one of them that was taken over.
/// Destroy brought back what had stood there before.
#[test]
fn a_record_that_others_delete_before_a_run_changes_it_is_ours_from_then_on() {
    let setup = |spf| {
        sender_with(|domain| {
            domain.ses.clear();
            domain.adopts = true;
            domain.spf = Some(spf);
        })
    };
    // The second set holds the texts of the apex.
    let trouble = Trouble {
        meanwhile: Some(Meanwhile {
            after: 600,
            hand: Hand::DeleteSet(0, 1),
        }),
        ..Trouble::default()
    };
    holds(vec![
        apply(setup("softfail")),
        Step::Apply(setup("fail"), trouble),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 439: an SPF record that was there as the manifest asks was replaced by others, and destroy put it back
/// beside theirs.
#[test]
fn a_record_that_others_replaced_is_not_put_back_beside_theirs() {
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.spf = Some("softfail");
    });
    holds(vec![
        apply(setup.clone()),
        Step::RollBackLedger,
        apply(setup),
        Step::Hand(Hand::ReplaceSpf(0)),
        Step::Destroy(Trouble::default()),
    ]);
}
