//! The kinds of lives that are known to fail today. Each is a line of `KNOWN` with its reason, and
//! goes with its fault.

use std::collections::BTreeMap;

use crate::life::{Hand, Life, Step};
use crate::setup::{Dns, Domain, Set, Setup, Signing};

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
        name: "dns-moves",
        reason: "DNS that moves: the old place is emptied before the world reads the new one",
        without: |life| stays(life, |domain| domain.dns, |domain, dns| domain.dns = dns),
    },
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
        name: "shared-set",
        reason: "a configuration set of two domains is two resources, of which each undoes the other",
        without: |life| {
            each_domain(life, |domain| {
                for one in &mut domain.ses {
                    one.set = one.set.map(|_| Set::Own);
                }
            });
        },
    },
    Known {
        name: "lost-ledger",
        reason: "without a ledger everything counts as adopted, and destroy leaves it",
        without: |life| {
            life.steps
                .retain(|step| !matches!(step, Step::LoseLedger | Step::RollBackLedger));
        },
    },
    Known {
        name: "adopted-ttl",
        reason: "the time to live of an adopted record is not put back by destroy",
        without: |life| each_domain(life, |domain| domain.mx = false),
    },
    Known {
        name: "things-of-others",
        reason: "objects of others are deleted with their bucket, and tags of others are taken off",
        without: |life| {
            let is_of_others =
                |step: &Step| matches!(step, Step::Hand(Hand::PutObject(_) | Hand::AddTag(_)));
            life.steps.retain(|step| !is_of_others(step));
        },
    },
    Known {
        name: "manual-dmarc",
        reason: "records by hand: nothing tells a person to wait with DMARC until DKIM has verified",
        without: |life| {
            each_domain(life, |domain| {
                if domain.dns == Dns::Manual && !domain.ses.is_empty() {
                    domain.dmarc = domain.dmarc.map(|_| "none");
                    domain.bimi = false;
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
    Known {
        name: "signing-switched",
        reason: "from keys of SES to a brought key, SES itself signs nothing until it has found the record",
        without: signs_as_before,
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

/// Keeps how each instance signs as it was first: by keys of SES, or by a key that was brought.
fn signs_as_before(life: &mut Life) {
    let mut first: BTreeMap<(usize, usize, usize), Signing> = BTreeMap::new();
    each_domain(life, |domain| {
        for one in &mut domain.ses {
            let key = (domain.name, one.account, one.region);
            let before = *first.entry(key).or_insert(one.signing);
            if (before == Signing::Brought) != (one.signing == Signing::Brought) {
                one.signing = before;
            }
        }
    });
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
