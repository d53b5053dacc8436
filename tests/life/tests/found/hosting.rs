//! Lives in which hosting moves to another account.

use life::life::{Step, Trouble};
use life::setup::{Dns, Hosting, Setup, Sts};

use crate::{apply, holds, in_region, sender_with};

const POLICY: Sts = Sts {
    mode: "enforce",
    max_age: 1,
};

/// A domain with a policy, a logo, or both, hosted in an account.
fn hosted(dns: Dns, account: usize, (sts, bimi): (Option<Sts>, bool)) -> Setup {
    sender_with(|domain| {
        domain.dns = dns;
        domain.dmarc = Some("reject");
        domain.hosting = Some(Hosting {
            account,
            ..in_region(0)
        });
        (domain.sts, domain.bimi) = (sts, bimi);
    })
}

/// CloudFront gives a name to one distribution in all of AWS: the old one let it go, and nobody answered
/// for the policy until the new one was deployed with it.
#[test]
fn a_policy_is_served_while_its_hosting_moves() {
    for dns in [Dns::Account(0), Dns::Manual] {
        for files in [(Some(POLICY), false), (Some(POLICY), true), (None, true)] {
            holds(vec![
                apply(hosted(dns, 0, files)),
                apply(hosted(dns, 1, files)),
                apply(hosted(dns, 0, files)),
                Step::Destroy(Trouble::default()),
            ]);
        }
    }
}
