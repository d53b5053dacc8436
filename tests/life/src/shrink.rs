//! Makes a life that fails smaller, as long as it fails in the same way.
//!
//! Every simpler life is tried in turn, and the first that still fails takes the place of the life.
//! A strategy of proptest would do the same, but it plays a life to draw it, and has no limit that is
//! counted in lives; `docs/decisions/0025-lives-from-seeds.md` says more.

use crate::life::{Life, Step, Trouble};
use crate::observer::Fault;
use crate::player::play;
use crate::setup::{Dns, Domain, Setup, Signing};
use crate::valid;

/// Shrinks a life that broke `fault`'s promise, playing at most `limit` lives.
pub fn shrink(life: &Life, fault: &Fault, limit: usize) -> (Life, Fault) {
    let (mut life, mut fault) = (life.clone(), fault.clone());
    let mut played = 0;
    'smaller: loop {
        for candidate in smaller(&life) {
            if played == limit {
                return (life, fault);
            }
            played += 1;
            let faults = play(&candidate).faults;
            let same = faults.into_iter().find(|one| one.promise == fault.promise);
            if let Some(same) = same {
                (life, fault) = (candidate, same);
                continue 'smaller;
            }
        }
        return (life, fault);
    }
}

/// The lives that are one thing simpler, the greatest simplifications first.
fn smaller(life: &Life) -> Vec<Life> {
    let steps = 0..life.steps.len();
    let without_step = steps.map(|place| {
        let mut smaller = life.clone();
        smaller.steps.remove(place);
        smaller
    });
    let mut all: Vec<Life> = without_step.collect();
    all.push(each(life, |_, trouble| *trouble = Trouble::default()));
    for place in 0..life.steps.len() {
        let mut smaller = life.clone();
        if let Step::Apply(_, trouble) | Step::Destroy(trouble) | Step::DestroyOne(_, trouble) =
            &mut smaller.steps[place]
        {
            trouble.kills.clear();
            all.push(smaller.clone());
        }
        if let Step::Apply(_, trouble) | Step::Destroy(trouble) | Step::DestroyOne(_, trouble) =
            &mut smaller.steps[place]
            && trouble.meanwhile.take().is_some()
        {
            all.push(smaller.clone());
        }
        if let Step::Apply(_, trouble) | Step::Destroy(trouble) | Step::DestroyOne(_, trouble) =
            &mut smaller.steps[place]
        {
            *trouble = Trouble::default();
            all.push(smaller);
        }
    }
    for name in 0..crate::setup::NAMES.len() {
        all.push(each(life, |setup, _| {
            setup.domains.retain(|domain| domain.name != name);
        }));
    }
    all.push(each(life, |setup, _| setup.parked.clear()));
    all.push(each(life, |setup, _| setup.renumbered = false));
    all.push(each(life, |setup, _| setup.in_bucket = false));
    for simplify in SIMPLER {
        all.push(each(life, |setup, _| {
            setup.domains.iter_mut().for_each(simplify);
        }));
    }
    all.retain(|smaller| smaller != life && valid::is_valid(smaller));
    all
}

/// Every property of a domain, taken away.
const SIMPLER: [fn(&mut Domain); 15] = [
    |domain| domain.ses.clear(),
    |domain| {
        domain.hosting = None;
        domain.bimi = false;
        domain.sts = None;
    },
    |domain| {
        if let Some(hosting) = &mut domain.hosting {
            hosting.shared = false;
        }
    },
    |domain| domain.ses.truncate(1),
    |domain| domain.bimi = false,
    |domain| domain.sts = None,
    |domain| domain.tls_rpt = false,
    |domain| domain.mx = false,
    |domain| domain.dmarc = None,
    |domain| domain.spf = None,
    |domain| domain.adopts = false,
    |domain| domain.ses.iter_mut().for_each(|one| one.mail_from = false),
    |domain| domain.ses.iter_mut().for_each(|one| one.set = None),
    |domain| {
        for one in &mut domain.ses {
            (one.token, one.reject, one.signing) = (false, false, Signing::Easy(2048));
        }
    },
    |domain| {
        domain.ttl = 5;
        domain.dns = Dns::Account(0);
    },
];

fn each(life: &Life, mut change: impl FnMut(&mut Setup, &mut Trouble)) -> Life {
    let mut changed = life.clone();
    for step in &mut changed.steps {
        match step {
            Step::Apply(setup, trouble) => change(setup, trouble),
            Step::Destroy(trouble) | Step::DestroyOne(_, trouble) => {
                change(&mut Setup::default(), trouble);
            }
            _ => {}
        }
    }
    changed
}
