//! The kinds of lives that are known to fail today. Each is a line of `KNOWN` with its reason, and
//! goes with its fault.

use std::collections::BTreeMap;

use crate::life::{Hand, Life, Step};
use crate::setup::{Domain, Setup};

/// Whether an id that is no longer given, and that a resolver still holds, has to have its policy.
/// Today a policy goes as soon as its id is out of the zone. A sender that then finds no policy
/// delivers as if there were none (RFC 8461, section 3.3), so that no mail is lost by it.
pub(crate) const HELD_IDS: bool = false;

/// A kind of life that is left out.
struct Known {
    /// The word that `--with` takes.
    name: &'static str,
    /// Why its lives fail.
    reason: &'static str,
    /// Takes it out of a life.
    without: fn(&mut Life),
}

/// The kinds that are left out.
const KNOWN: &[Known] = &[
    Known {
        name: "hosting-moves",
        reason: "hosting that moves between accounts: the policy is not served for minutes",
        without: |life| {
            let account = |domain: &Domain| domain.hosting.map(|hosting| hosting.account);
            stays(life, account, |domain, account| {
                if let (Some(hosting), Some(account)) = (&mut domain.hosting, account) {
                    hosting.account = account;
                }
            });
        },
    },
    Known {
        name: "delegation-moves",
        reason: "a delegation that moves by itself: what is written goes where nobody reads",
        without: |life| {
            let moves = |step: &Step| matches!(step, Step::Hand(Hand::Delegate(..)));
            life.steps.retain(|step| !moves(step));
        },
    },
];

/// A life without what is known to fail, but for the kinds of these names.
pub fn without(mut life: Life, kept: &[String]) -> Life {
    for known in KNOWN
        .iter()
        .filter(|known| !kept.iter().any(|name| name == known.name))
    {
        (known.without)(&mut life);
    }
    life
}

/// The known kinds that are left out, a line each: the name and the reason.
pub fn list() -> String {
    let lines = KNOWN
        .iter()
        .map(|known| format!("  {:<18} {}\n", known.name, known.reason));
    lines.collect()
}

/// Whether a kind of this name is left out.
pub fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|known| known.name == name)
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
