//! Lives that are kept: the smallest one, and those that the simulation has found, each with the
//! promise that it broke.

use life::life::{Life, Step, Trouble};
use life::player::play;
use life::setup::{Dns, Domain, Hosting, Instance, Setup, Signing, Sts};
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
    domain.hosting = Some(Hosting {
        account: 0,
        region: 1,
        renamed: false,
    });
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
