//! Lives that are kept: the smallest one, and those that the simulation has found, each with the
//! promise that it broke.

mod hands;
mod hosting;
mod moves;
mod policies;

use life::life::{Life, Step, Trouble};
use life::player::play;
use life::setup::{Dns, Domain, Hosting, Instance, Setup, Signing};
use life::{draw, valid};

fn sender() -> Setup {
    Setup {
        domains: vec![Domain {
            dmarc: Some("quarantine"),
            ses: vec![Instance {
                account: 0,
                region: 0,
                mail_from: true,
                reject: true,
                token: false,
                signing: Signing::Easy(2048),
                set: None,
            }],
            ..Domain::bare(0)
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
        shared: false,
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
