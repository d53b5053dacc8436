//! Draws lives from a seed.

use fastrand::Rng;

use crate::known;
use crate::life::{DENIED, Hand, Kill, Life, Meanwhile, Step, Trouble};
use crate::setup::{
    DNS_ACCOUNTS, Dns, Domain, Hosting, Instance, MAIL_ACCOUNTS, NAMES, PARKED, REGIONS, Set,
    Setup, Signing, Sts, WEB_ACCOUNTS,
};
use crate::valid;

/// The life of a seed. What is known to fail is left out, but for the kinds of these names.
pub fn life(seed: u64, kept: &[String]) -> Life {
    let mut dice = Rng::with_seed(seed);
    loop {
        // Without what is known to fail, a manifest can be one that lint refuses.
        let mut life = known::without(any(&mut dice), kept);
        if valid::is_valid(&life) {
            keep_ledger(&mut life, seed);
            share_hosting(&mut life, seed);
            destroy_one(&mut life, seed);
            interrupt(&mut life, seed);
            give_up(&mut life, seed);
            return life;
        }
    }
}

/// Every second life has its ledger in a bucket.
fn keep_ledger(life: &mut Life, seed: u64) {
    for step in &mut life.steps {
        if let Step::Apply(setup, _) = step {
            setup.in_bucket = seed.is_multiple_of(2);
        }
    }
}

/// In every third life, domains move their files to buckets that they share, and back. It has dice of its own,
/// so that the other lives stay what they were.
fn share_hosting(life: &mut Life, seed: u64) {
    if !seed.is_multiple_of(3) {
        return;
    }
    let mut dice = Rng::with_seed(!seed);
    for step in &mut life.steps {
        if let Step::Apply(setup, _) = step {
            let hosting = setup.domains.iter_mut();
            for hosting in hosting.filter_map(|domain| domain.hosting.as_mut()) {
                hosting.shared = dice.u8(0..3) > 0;
            }
        }
    }
}

/// After every third apply one of its domains is destroyed. It has dice of its own too.
fn destroy_one(life: &mut Life, seed: u64) {
    let mut dice = Rng::with_seed(!seed.rotate_left(32));
    let mut steps = Vec::new();
    for step in std::mem::take(&mut life.steps) {
        let is_apply = matches!(step, Step::Apply(..));
        steps.push(step);
        if is_apply && dice.u8(0..3) == 0 {
            steps.push(Step::DestroyOne(dice.usize(0..4), trouble(&mut dice)));
        }
    }
    life.steps = steps;
}

/// In every second apply and destroy, somebody else acts while the first run is under way: while it plans, while it
/// makes its calls, or while it waits. It has dice of its own too.
fn interrupt(life: &mut Life, seed: u64) {
    let mut dice = Rng::with_seed(seed.rotate_left(32));
    for step in &mut life.steps {
        if let Step::Apply(_, trouble) | Step::Destroy(trouble) | Step::DestroyOne(_, trouble) =
            step
        {
            let within = [3_000, 30_000, 600_000][dice.usize(0..3)];
            let meanwhile = Meanwhile {
                after: dice.u32(0..within),
                hand: hand(&mut dice),
            };
            trouble.meanwhile = dice.bool().then_some(meanwhile);
        }
    }
}

/// Of the applies and destroys that are killed, every third is given up, but for the last step. It has dice of its
/// own too.
fn give_up(life: &mut Life, seed: u64) {
    let mut dice = Rng::with_seed(seed.rotate_left(16));
    let last = life.steps.len().saturating_sub(1);
    for step in &mut life.steps[..last] {
        if let Step::Apply(_, trouble) | Step::Destroy(trouble) | Step::DestroyOne(_, trouble) =
            step
        {
            trouble.given_up = dice.u8(0..3) == 0 && !trouble.kills.is_empty();
        }
    }
}

fn any(dice: &mut Rng) -> Life {
    let mut setup = valid_setup(dice, self::setup);
    let mut steps = vec![Step::Apply(setup.clone(), trouble(dice))];
    for _ in 0..dice.u8(1..=3) {
        happenings(dice, &mut steps);
        let before = setup.clone();
        setup = valid_setup(dice, |dice| changed(dice, &before));
        steps.push(Step::Apply(setup.clone(), trouble(dice)));
        if dice.u8(0..3) == 0 {
            happenings(dice, &mut steps);
            setup = before;
            steps.push(Step::Apply(setup.clone(), trouble(dice)));
        }
    }
    if dice.u8(0..3) > 0 {
        happenings(dice, &mut steps);
        steps.push(Step::Destroy(trouble(dice)));
    }
    Life { steps }
}

/// A setup that lint has nothing against. Most draws are valid; the others are drawn again.
fn valid_setup(dice: &mut Rng, mut draw: impl FnMut(&mut Rng) -> Setup) -> Setup {
    loop {
        let setup = draw(dice);
        if valid::is_accepted(&setup) {
            return setup;
        }
    }
}

fn setup(dice: &mut Rng) -> Setup {
    let mut setup = Setup::default();
    for name in 0..NAMES.len() {
        // Two domains on average: most faults show with one, and time goes into domains.
        if dice.u8(0..2) == 0 {
            setup.domains.push(domain(dice, name));
        }
    }
    if setup.domains.is_empty() {
        setup.domains.push(domain(dice, 0));
    }
    for name in 0..PARKED.len() {
        if dice.u8(0..6) == 0 {
            setup.parked.push(name);
        }
    }
    setup
}

fn domain(dice: &mut Rng, name: usize) -> Domain {
    let hosting = dice.bool().then(|| hosting(dice));
    let instances = [0, 0, 1, 1, 1, 2][dice.usize(0..6)];
    Domain {
        name,
        dns: dns(dice),
        ttl: [1, 5, 60][dice.usize(0..3)],
        mx: dice.bool(),
        hosting,
        bimi: hosting.is_some() && dice.u8(0..3) == 0,
        sts: (hosting.is_some() && dice.u8(0..4) > 0).then(|| sts(dice)),
        tls_rpt: dice.u8(0..3) == 0,
        dmarc: [None, Some("none"), Some("quarantine"), Some("reject")][dice.usize(0..4)],
        spf: [None, Some("softfail"), Some("fail")][dice.usize(0..3)],
        ses: distinct((0..instances).map(|_| instance(dice)).collect()),
        adopts: dice.u8(0..4) == 0,
    }
}

fn dns(dice: &mut Rng) -> Dns {
    match dice.usize(0..5) {
        0 => Dns::Manual,
        1 => Dns::Account(1 % DNS_ACCOUNTS.len()),
        _ => Dns::Account(0),
    }
}

fn hosting(dice: &mut Rng) -> Hosting {
    Hosting {
        account: dice.usize(0..WEB_ACCOUNTS.len()),
        region: dice.usize(0..REGIONS.len()),
        renamed: dice.u8(0..4) == 0,
        shared: false,
    }
}

fn sts(dice: &mut Rng) -> Sts {
    Sts {
        mode: ["testing", "enforce"][dice.usize(0..2)],
        max_age: [1, 7, 30][dice.usize(0..3)],
    }
}

fn instance(dice: &mut Rng) -> Instance {
    Instance {
        account: dice.usize(0..MAIL_ACCOUNTS.len()),
        region: dice.usize(0..REGIONS.len()),
        mail_from: dice.u8(0..3) > 0,
        reject: dice.u8(0..3) == 0,
        token: dice.u8(0..3) == 0,
        signing: match dice.u8(0..6) {
            0 => Signing::Brought,
            1 => Signing::Easy(1024),
            _ => Signing::Easy(2048),
        },
        set: [None, None, Some(Set::Own), Some(Set::Shared)][dice.usize(0..4)],
    }
}

/// One instance for each account and region, as a manifest may have them.
fn distinct(mut instances: Vec<Instance>) -> Vec<Instance> {
    instances.sort_by_key(|one| (one.account, one.region));
    instances.dedup_by_key(|one| (one.account, one.region));
    instances
}

/// A setup that differs from `setup` in one to three ways.
fn changed(dice: &mut Rng, setup: &Setup) -> Setup {
    let mut changed = setup.clone();
    for _ in 0..dice.u8(1..=3) {
        change(dice, &mut changed);
    }
    changed
}

fn change(dice: &mut Rng, setup: &mut Setup) {
    match dice.u8(0..11) {
        10 => setup.renumbered = !setup.renumbered,
        0 => {
            let name = dice.usize(0..NAMES.len());
            if setup.domain(name).is_none() {
                setup.domains.push(domain(dice, name));
                setup.domains.sort_by_key(|domain| domain.name);
            }
        }
        1 if setup.domains.len() > 1 => {
            setup.domains.remove(dice.usize(0..setup.domains.len()));
        }
        2 => {
            let name = dice.usize(0..PARKED.len());
            match setup.parked.iter().position(|&parked| parked == name) {
                Some(place) => drop(setup.parked.remove(place)),
                None => setup.parked.push(name),
            }
        }
        _ => {
            let place = dice.usize(0..setup.domains.len());
            let other = domain(dice, setup.domains[place].name);
            change_domain(dice, &mut setup.domains[place], other);
        }
    }
}

/// Takes one property over from `other`.
fn change_domain(dice: &mut Rng, domain: &mut Domain, other: Domain) {
    match dice.u8(0..11) {
        0 => domain.dns = other.dns,
        1 => domain.ttl = other.ttl,
        2 => domain.mx = other.mx,
        3 => {
            domain.hosting = other.hosting;
            domain.bimi &= domain.hosting.is_some();
            domain.sts = domain.sts.filter(|_| domain.hosting.is_some());
        }
        4 => domain.bimi = domain.hosting.is_some() && !domain.bimi,
        5 => domain.sts = other.sts.filter(|_| domain.hosting.is_some()),
        6 => domain.tls_rpt = !domain.tls_rpt,
        7 => domain.dmarc = other.dmarc,
        8 => domain.spf = other.spf,
        9 => domain.ses = other.ses,
        _ => {
            let count = domain.ses.len();
            if let Some(old) = domain.ses.get_mut(dice.usize(0..count.max(1))) {
                let place = (old.account, old.region);
                *old = instance(dice);
                (old.account, old.region) = place;
            }
        }
    }
}

fn trouble(dice: &mut Rng) -> Trouble {
    let kills = [0, 0, 1, 2][dice.usize(0..4)];
    let kill = |_| Kill {
        call: dice.u64(1..40),
        after: dice.bool(),
    };
    let kills = (0..kills).map(kill).collect();
    Trouble {
        kills,
        percent: [0, 0, 4, 8][dice.usize(0..4)],
        seed: dice.u64(..),
        slow_edges: dice.bool(),
        lost: dice.bool().then(|| dice.u64(1..30)),
        denied: (dice.u8(0..8) == 0).then(|| dice.usize(0..DENIED.len())),
        meanwhile: None,
        given_up: false,
    }
}

/// Adds what happens between two runs: other hands, and time.
fn happenings(dice: &mut Rng, steps: &mut Vec<Step>) {
    for _ in 0..[0, 1, 1, 2][dice.usize(0..4)] {
        steps.push(Step::Hand(hand(dice)));
    }
    match dice.u8(0..30) {
        0 => steps.push(Step::LoseLedger),
        1 => steps.push(Step::RollBackLedger),
        _ => {}
    }
    let day = 24 * 60;
    let minutes = [5, 60, day, 8 * day, 40 * day, 365 * day];
    steps.push(Step::Wait(minutes[dice.usize(0..minutes.len())]));
}

fn hand(dice: &mut Rng) -> Hand {
    let (domain, place) = (dice.usize(0..NAMES.len()), dice.usize(0..64));
    match dice.u8(0..17) {
        0 | 1 => Hand::AddText(domain),
        2 => Hand::AddName(domain),
        3 => Hand::DeleteSet(domain, place),
        4 => Hand::ChangeTtl(domain, place),
        5 => Hand::DeleteIdentity(place),
        6 => Hand::StopSigning(place),
        7 => Hand::DeleteObject(place),
        8 => Hand::PutObject(place),
        9 => Hand::AddTag(place),
        10 => Hand::ReplaceSpf(domain),
        11 => Hand::AddRouting(domain, place),
        12 => Hand::DisableDistribution(place),
        13 => Hand::DeleteDistribution(place),
        14 => Hand::ExpireCertificate(place),
        15 => Hand::MakeZoneAgain(domain, place % DNS_ACCOUNTS.len()),
        _ => Hand::Delegate(domain, dns(dice)),
    }
}
