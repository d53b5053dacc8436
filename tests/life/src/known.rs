//! The kinds of lives that are known to fail today. Each is a line of `KNOWN` with its reason, and
//! goes with its fault.

use std::collections::BTreeMap;

use crate::life::{Hand, Life, Step};
use crate::setup::{Dns, Domain, Set, Setup};

/// Whether an id that is no longer given, and that a resolver still holds, has to have its policy.
/// Today a policy goes as soon as its id is out of the zone. A sender that then finds no policy
/// delivers as if there were none (RFC 8461, section 3.3), so that no mail is lost by it.
pub(crate) const HELD_IDS: bool = false;

/// Takes a kind of life that fails out of a life.
type Without = fn(&mut Life);

/// The kinds that are left out, each with the reason.
const KNOWN: &[(&str, Without)] = &[
    (
        "DNS that moves: the old place is emptied before the world reads the new one",
        |life| stays(life, |domain| domain.dns, |domain, dns| domain.dns = dns),
    ),
    (
        "hosting that moves between accounts: the policy is not served for minutes",
        |life| {
            let account = |domain: &Domain| domain.hosting.map(|hosting| hosting.account);
            stays(life, account, |domain, account| {
                if let (Some(hosting), Some(account)) = (&mut domain.hosting, account) {
                    hosting.account = account;
                }
            });
        },
    ),
    (
        "a configuration set of two domains is two resources, of which each undoes the other",
        |life| {
            each_domain(life, |domain| {
                for one in &mut domain.ses {
                    one.set = one.set.map(|_| Set::Own);
                }
            });
        },
    ),
    (
        "without a ledger everything counts as adopted, and destroy leaves it",
        |life| {
            life.steps
                .retain(|step| !matches!(step, Step::LoseLedger | Step::RollBackLedger));
        },
    ),
    (
        "the time to live of an adopted record is not put back by destroy",
        |life| each_domain(life, |domain| domain.mx = false),
    ),
    (
        "objects of others are deleted with their bucket, and tags of others are taken off",
        |life| {
            let is_of_others =
                |step: &Step| matches!(step, Step::Hand(Hand::PutObject(_) | Hand::AddTag(_)));
            life.steps.retain(|step| !is_of_others(step));
        },
    ),
    (
        "records by hand: nothing tells a person to wait with DMARC until DKIM has verified",
        |life| {
            each_domain(life, |domain| {
                if domain.dns == Dns::Manual && !domain.ses.is_empty() {
                    domain.dmarc = domain.dmarc.map(|_| "none");
                    domain.bimi = false;
                }
            });
        },
    ),
    (
        "a delegation that moves by itself: what is written goes where nobody reads",
        |life| {
            let moves = |step: &Step| matches!(step, Step::Hand(Hand::Delegate(..)));
            life.steps.retain(|step| !moves(step));
        },
    ),
];

/// A life without what is known to fail.
pub fn without(mut life: Life) -> Life {
    for (_, without) in KNOWN {
        without(&mut life);
    }
    life
}

fn each_setup(life: &mut Life, mut change: impl FnMut(&mut Setup)) {
    for step in &mut life.steps {
        if let Step::Apply(setup, _) = step {
            change(setup);
        }
    }
}

fn each_domain(life: &mut Life, mut change: impl FnMut(&mut Domain)) {
    each_setup(life, |setup| setup.domains.iter_mut().for_each(&mut change));
}

/// Keeps a property of each domain as it was first.
fn stays<T: Copy>(life: &mut Life, get: impl Fn(&Domain) -> T, set: impl Fn(&mut Domain, T)) {
    let mut first: BTreeMap<usize, T> = BTreeMap::new();
    each_domain(life, |domain| {
        let value = *first.entry(domain.name).or_insert_with(|| get(domain));
        set(domain, value);
    });
}
