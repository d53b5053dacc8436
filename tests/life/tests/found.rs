//! Lives that are kept: the smallest one, and those that the simulation has found, each with the
//! promise that it broke.

use life::life::{Life, Step, Trouble};
use life::player::play;
use life::setup::{Dns, Domain, Hosting, Instance, Set, Setup, Signing, Sts};
use life::{draw, valid};

fn sender() -> Setup {
    Setup {
        domains: vec![Domain {
            name: 0,
            dns: Dns::Account(0),
            ttl: 5,
            mx: false,
            hosting: None,
            bimi: false,
            sts: None,
            tls_rpt: false,
            dmarc: Some("quarantine"),
            spf: None,
            adopts: false,
            ses: vec![Instance {
                account: 0,
                region: 0,
                mail_from: true,
                reject: true,
                token: false,
                signing: Signing::Easy(2048),
                set: None,
            }],
        }],
        parked: vec![],
        renumbered: false,
        declares_former: false,
        in_bucket: false,
    }
}

/// Hosting in the first account, under the first name.
fn in_region(region: usize) -> Hosting {
    Hosting {
        account: 0,
        region,
        renamed: false,
    }
}

#[test]
fn a_sender_is_set_up_and_destroyed() {
    let steps = vec![
        Step::Apply(sender(), Trouble::default()),
        Step::Wait(60),
        Step::Destroy(Trouble::default()),
    ];
    let played = play(&Life { steps });
    assert_eq!(played.faults, []);
    assert_eq!(played.done, 2, "{played:?}");
}

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

/// The setup of a sender, with what `change` does to its domain.
fn sender_with(change: impl Fn(&mut Domain)) -> Setup {
    let mut setup = sender();
    setup.domains.iter_mut().for_each(change);
    setup
}

/// Plays steps, all of which end with everything done.
fn holds(steps: Vec<Step>) {
    let runs = steps
        .iter()
        .filter(|step| matches!(step, Step::Apply(..) | Step::Destroy(_)));
    let runs = u64::try_from(runs.count()).expect("a few");
    let played = play(&Life { steps });
    assert_eq!(played.faults, []);
    assert_eq!(played.done, runs, "{played:?}");
}

fn apply(setup: Setup) -> Step {
    Step::Apply(setup, Trouble::default())
}

/// Seed 14: the time to live of a record that was there before was not put back.
#[test]
fn an_adopted_record_gets_its_time_to_live_back() {
    let with_ttl = |ttl| {
        sender_with(|domain| {
            domain.ses.clear();
            domain.mx = true;
            domain.ttl = ttl;
        })
    };
    // Answers are lost: what was there is on record all the same.
    let lost = Trouble {
        percent: 30,
        seed: 3,
        ..Trouble::default()
    };
    holds(vec![
        Step::Apply(with_ttl(1), lost),
        apply(with_ttl(60)),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 10: a person published DMARC together with the DKIM records that it has to wait for.
#[test]
fn a_person_publishes_dmarc_after_ses_has_verified() {
    holds(vec![apply(sender_with(|domain| {
        domain.dns = Dns::Manual;
        domain.dmarc = Some("reject");
    }))]);
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

#[test]
fn dns_that_moves_to_another_account_is_there_all_the_while() {
    let in_account = |account| apply(sender_with(|domain| domain.dns = Dns::Account(account)));
    holds(vec![
        in_account(0),
        in_account(1),
        in_account(0),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 5: the DKIM records of the identity that still sent gave way to those of the one that SES had
/// not verified yet. Seed 33: the configuration set of the new account counted as being deleted.
#[test]
fn an_account_that_is_renumbered_sends_until_the_new_one_does() {
    for dns in [Dns::Account(0), Dns::Manual] {
        let setup = |renumbered| Setup {
            renumbered,
            ..sender_with(|domain| {
                domain.dns = dns;
                domain.dmarc = Some("reject");
                domain.ses[0].set = Some(Set::Own);
            })
        };
        holds(vec![
            apply(setup(false)),
            apply(setup(true)),
            apply(setup(true)),
            apply(setup(false)),
            Step::Destroy(Trouble::default()),
        ]);
    }
}

/// Seed 44: what stayed in the old zone for the policy's grace period passed for the domain's DNS, and
/// everything else there was deleted while the world still read it. Seed 605: the policy's host was not in
/// the zone to which the DNS moved. From one account to another, the plan was refused: the records were to
/// be written in the zone of the one, by the role of the other.
#[test]
fn dns_that_moves_while_a_policy_is_wound_down_is_there_all_the_while() {
    let setup = |dns, sts| {
        sender_with(|domain| {
            domain.dns = dns;
            domain.hosting = Some(in_region(0));
            domain.sts = sts;
        })
    };
    let sts = Sts {
        mode: "enforce",
        max_age: 1,
    };
    let (zone, other) = (Dns::Account(0), Dns::Account(1));
    for (from, to) in [(zone, Dns::Manual), (zone, other), (Dns::Manual, zone)] {
        let moved = || apply(setup(to, None));
        holds(vec![
            apply(setup(from, Some(sts))),
            moved(),
            Step::Wait(3 * 24 * 60),
            moved(),
            Step::Destroy(Trouble::default()),
        ]);
    }
}

/// Found beside seed 605: the policy had run out before the old zone was left, and its host's name went off
/// the certificate that a logo keeps. That certificate counted as moving with the DNS (PLAN-25).
#[test]
fn a_certificate_is_replaced_while_dns_moves() {
    let setup = |dns, sts| {
        sender_with(|domain| {
            domain.dns = dns;
            domain.dmarc = Some("reject");
            domain.hosting = Some(in_region(0));
            (domain.bimi, domain.sts) = (true, sts);
        })
    };
    let sts = Sts {
        mode: "enforce",
        max_age: 1,
    };
    let (zone, other) = (Dns::Account(0), Dns::Account(1));
    for (from, to) in [(zone, other), (Dns::Manual, zone)] {
        holds(vec![
            apply(setup(from, Some(sts))),
            apply(setup(to, None)),
            Step::Destroy(Trouble::default()),
        ]);
    }
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

/// Seed 45: an MX that nobody but another hand takes out is not the program's to bring back.
#[test]
fn an_mx_that_others_take_out_is_not_asked_for() {
    let setup = sender_with(|domain| domain.ses.clear());
    // The MX is the first record set of the zone.
    let first = Step::Hand(life::life::Hand::DeleteSet(0, 0));
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
    let third = Step::Hand(life::life::Hand::DeleteSet(0, 2));
    holds(vec![
        apply(setup.clone()),
        third,
        apply(setup),
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

/// Seed 115: a domain's DNS moved to another account in the same change as its instance. The old zone
/// knew only the instance that went, and the new one only the one that came.
#[test]
fn dns_moves_by_itself() {
    let setup = |renumbered, dns| Setup {
        renumbered,
        ..sender_with(|domain| {
            domain.dns = dns;
            domain.dmarc = Some("reject");
        })
    };
    let steps = vec![
        apply(setup(true, Dns::Account(1))),
        apply(setup(false, Dns::Account(0))),
    ];
    let played = play(&Life { steps });
    assert_eq!(played.faults, []);
    assert!(
        played.refused.iter().any(|why| why.starts_with("PLAN-25")),
        "{played:?}"
    );
    // One after the other, they move.
    holds(vec![
        apply(setup(true, Dns::Account(1))),
        apply(setup(true, Dns::Account(0))),
        apply(setup(false, Dns::Account(0))),
    ]);
}

/// Seed 115: SES had verified the domain by its token alone, because others had deleted a DKIM record, and
/// the token went before the instance in the new account was verified.
#[test]
fn a_token_stays_until_its_successor_is_verified() {
    let setup = |renumbered| Setup {
        renumbered,
        ..sender_with(|domain| domain.ses[0].token = true)
    };
    // Of the sets of the zone, those under `_domainkey` come after those of `_amazonses` and `_dmarc`.
    let key = Step::Hand(life::life::Hand::DeleteSet(0, 4));
    holds(vec![
        apply(setup(false)),
        key,
        Step::Wait(40 * 24 * 60),
        apply(setup(true)),
    ]);
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
        Step::Hand(life::life::Hand::DeleteObject(0)),
        Step::Wait(8 * 24 * 60),
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

#[test]
fn a_seed_gives_the_same_life_and_its_manifests_are_valid() {
    for seed in 0..20 {
        let life = draw::life(seed, &[]);
        assert_eq!(life, draw::life(seed, &[]));
        for step in &life.steps {
            if let Step::Apply(setup, _) = step {
                assert_eq!(valid::errors(setup), [""; 0]);
            }
        }
    }
}
