//! The flows that stop for a while by what a manifest asks for, whoever carries it out.

use std::collections::{BTreeMap, BTreeSet};

use crate::observer::Flow;
use crate::setup::{Instance, Setup, Signing};

/// The flows that stop for the instances that change between keys of SES and a brought key. SES holds one
/// origin of keys for an identity, and signs nothing until it has found the records of the new keys,
/// which may have been published long before. What DMARC asks to be signed is refused then, but for the
/// mail that passes by its MAIL FROM.
pub(crate) fn of_change(before: &Setup, after: &Setup) -> BTreeSet<Flow> {
    let instances = |setup: &Setup| -> BTreeMap<(String, String), Instance> {
        let domains = setup.domains.iter();
        let all = domains.flat_map(|domain| {
            let instances = domain.ses.iter();
            instances.map(|one| ((domain.name().to_owned(), setup.place(one)), one.clone()))
        });
        all.collect()
    };
    let (before, after) = (instances(before), instances(after));
    let mut pauses = BTreeSet::new();
    for ((domain, at), one) in after {
        let key = (domain.clone(), at.clone());
        let Some(was) = before
            .get(&key)
            .filter(|was| is_brought(was) != is_brought(&one))
        else {
            continue;
        };
        pauses.insert(Flow::Signed(domain.clone(), at.clone()));
        if !was.mail_from {
            pauses.insert(Flow::SendFrom(domain.clone(), at));
            pauses.insert(Flow::Send(domain));
        }
    }
    pauses
}

fn is_brought(instance: &Instance) -> bool {
    instance.signing == Signing::Brought
}
