//! Lives in which hosting moves to another account.

use life::life::{Hand, Step, Trouble};
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

/// Hosting with an enforced policy, or with none.
fn with_policy(adopts: bool, days: Option<u32>) -> Setup {
    sender_with(|domain| {
        domain.ses.clear();
        domain.adopts = adopts;
        domain.hosting = Some(in_region(0));
        domain.sts = days.map(|max_age| Sts {
            mode: "enforce",
            max_age,
        });
    })
}

/// Seed 15: others had deleted the distribution of a domain, and destroy put the record back that led there.
#[test]
fn a_record_of_a_distribution_that_others_deleted_is_not_put_back() {
    for adopts in [false, true] {
        holds(vec![
            apply(with_policy(adopts, Some(7))),
            Step::Hand(Hand::DeleteDistribution(0)),
            Step::Wait(60),
            apply(with_policy(adopts, Some(7))),
            apply(with_policy(adopts, None)),
            Step::Wait(60 * 24 * 40),
            Step::Destroy(Trouble::default()),
        ]);
    }
}

/// Seed 70: a distribution whose certificate had expired could not be taken out of service.
#[test]
fn what_has_an_expired_certificate_can_go() {
    holds(vec![
        apply(with_policy(false, Some(7))),
        Step::Hand(Hand::ExpireCertificate(0)),
        Step::Wait(60),
        Step::Destroy(Trouble::default()),
    ]);
}

/// Seed 190: the ledger was lost and the certificate had expired. Its successor went with the next destroy, and
/// the certificate itself was left, on no record.
#[test]
fn an_expired_certificate_goes_where_the_ledger_was_lost() {
    let setup = sender_with(|domain| {
        domain.ses.clear();
        domain.hosting = Some(in_region(0));
        domain.sts = Some(Sts {
            mode: "testing",
            max_age: 1,
        });
    });
    let destroy = Step::Destroy(Trouble::default());
    let expire = Step::Hand(Hand::ExpireCertificate(0));
    holds(vec![
        apply(setup.clone()),
        Step::LoseLedger,
        expire.clone(),
        destroy.clone(),
    ]);
    holds(vec![
        apply(setup.clone()),
        Step::LoseLedger,
        expire,
        apply(setup),
        destroy,
    ]);
}
