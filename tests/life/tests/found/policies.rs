//! Lives of policies and of what serves them.

use life::life::{Hand, Life, Step, Trouble};
use life::player::play;
use life::setup::{Dns, Domain, Sts};

use crate::{apply, holds, in_region, sender, sender_with};

/// Seed 5: the distribution let the policy host's name go while the policy was still announced.
#[test]
fn a_policy_that_goes_beside_a_logo_is_served_until_it_is_no_longer_announced() {
    let mut setup = sender();
    let [domain] = &mut setup.domains[..] else {
        unreachable!("a sender has one domain")
    };
    domain.dmarc = Some("reject");
    domain.bimi = true;
    domain.hosting = Some(in_region(1));
    domain.sts = Some(Sts {
        mode: "testing",
        max_age: 1,
    });
    let mut without = setup.clone();
    without.domains[0].sts = None;
    let mut plain = setup.clone();
    plain.domains[0].bimi = false;
    // In the last two, one name goes and another comes in the same update.
    let steps = [setup, without.clone(), plain, without];
    let steps = steps.map(|setup| Step::Apply(setup, Trouble::default()));
    let played = play(&Life {
        steps: steps.into(),
    });
    assert_eq!(played.faults, []);
    assert_eq!(played.done, 4, "{played:?}");
}

/// Seed 43: when the old bucket went, the ledger forgot that the policy is served from the new one, and
/// destroy did not wind it down.
#[test]
fn a_policy_that_moved_is_let_go_slowly() {
    let hosted = |region| {
        sender_with(|domain| {
            domain.hosting = Some(in_region(region));
            domain.sts = Some(Sts {
                mode: "enforce",
                max_age: 7,
            });
        })
    };
    holds(vec![
        apply(hosted(0)),
        apply(hosted(1)),
        Step::Wait(40 * 24 * 60),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 13: one edge served the new policy, others still had the former one when its id was announced.
#[test]
fn a_policy_is_announced_when_no_edge_has_the_former_one() {
    let with_age = |max_age| {
        sender_with(|domain| {
            domain.hosting = Some(in_region(0));
            domain.sts = Some(Sts {
                mode: "testing",
                max_age,
            });
        })
    };
    let slow = Trouble {
        slow_edges: true,
        ..Trouble::default()
    };
    holds(vec![apply(with_age(1)), Step::Apply(with_age(7), slow)]);
}

/// Seed 63: a logo came while a policy was wound down, whose certificate stays as it is until then.
#[test]
fn a_logo_that_comes_while_a_policy_is_wound_down_is_there_in_the_end() {
    let hosted = |bimi, sts| {
        sender_with(|domain| {
            domain.hosting = Some(in_region(0));
            (domain.bimi, domain.sts) = (bimi, sts);
        })
    };
    let sts = Sts {
        mode: "enforce",
        max_age: 7,
    };
    holds(vec![
        apply(hosted(false, Some(sts))),
        apply(hosted(true, None)),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 201: the ledger was lost, and the host's name was taken off the distribution while the records
/// that somebody had published by hand still announced its policy.
#[test]
fn a_name_that_a_record_leads_to_stays_with_its_distribution() {
    let with_policy = |sts| {
        sender_with(|domain| {
            domain.ses.clear();
            domain.dns = Dns::Manual;
            domain.bimi = true;
            domain.dmarc = Some("reject");
            domain.hosting = Some(in_region(0));
            domain.sts = sts;
        })
    };
    let sts = Sts {
        mode: "testing",
        max_age: 30,
    };
    let steps = vec![
        apply(with_policy(Some(sts))),
        Step::LoseLedger,
        apply(with_policy(None)),
    ];
    let played = play(&Life { steps });
    assert_eq!(played.faults, []);
    let [refused] = &played.refused[..] else {
        unreachable!("one plan is refused: {played:?}")
    };
    assert!(
        refused.starts_with("PLAN-14: `mta-sts.example.com` CNAME leads to"),
        "{refused}"
    );
}

/// Seed 229: others deleted the file of an enforced policy. Destroy lets the policy go slowly all the same,
/// and a person who waits as long as it says finds it done.
#[test]
fn a_policy_whose_file_others_deleted_is_let_go_slowly() {
    let setup = sender_with(|domain| {
        domain.hosting = Some(in_region(0));
        domain.sts = Some(Sts {
            mode: "enforce",
            max_age: 1,
        });
    });
    holds(vec![
        apply(setup),
        Step::Hand(Hand::DeleteObject(0)),
        Step::Wait(8 * 24 * 60),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 1570: the servers of the domain above refer to those of a domain below that the manifest no longer has. The
/// sandbox took that for a confirmation that its records were out, and the files went while the policy was announced.
#[test]
fn a_policy_below_another_domain_is_served_until_it_is_no_longer_announced() {
    let above = sender_with(|domain| {
        domain.dns = Dns::Manual;
        domain.ses.clear();
    });
    let mut both = above.clone();
    both.domains.push(Domain {
        dns: Dns::Manual,
        hosting: Some(in_region(0)),
        sts: Some(Sts {
            mode: "testing",
            max_age: 1,
        }),
        ..Domain::bare(2)
    });
    holds(vec![apply(both), apply(above)]);
}
