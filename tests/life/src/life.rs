//! A life: what happens to a project from the first apply to the end.

use std::collections::BTreeSet;

use crate::setup::{Dns, PARKED, Setup};

/// A life. It is data, so that it is printed, made smaller and kept as a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The things that happen, in order.
    pub steps: Vec<Step>,
}

impl Life {
    /// The names of all its domains.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for setup in self.setups() {
            names.extend(setup.domains.iter().map(|domain| domain.name().to_owned()));
            names.extend(setup.parked.iter().map(|&name| PARKED[name].to_owned()));
        }
        names.into_iter().collect()
    }

    /// The domains that some manifest of it takes records over for, as positions in the names.
    pub(crate) fn adopting(&self) -> BTreeSet<usize> {
        let domains = self.setups().flat_map(|setup| &setup.domains);
        let adopting = domains.filter(|domain| domain.adopts);
        adopting.map(|domain| domain.name).collect()
    }

    fn setups(&self) -> impl Iterator<Item = &Setup> {
        self.steps.iter().filter_map(|step| match step {
            Step::Apply(setup, _) => Some(setup),
            _ => None,
        })
    }
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A manifest is applied, again and again until nothing is left to do.
    Apply(Setup, Trouble),
    /// Everything is destroyed, again and again until nothing is left.
    Destroy(Trouble),
    /// One domain of the manifest is destroyed, and what others hold with it stays. A position is counted modulo
    /// what there is at that time.
    DestroyOne(usize, Trouble),
    /// Somebody else changes something.
    Hand(Hand),
    /// Time passes, in minutes.
    Wait(u32),
    /// The ledger is lost.
    LoseLedger,
    /// The ledger is put back to what it was before the last apply or destroy.
    RollBackLedger,
}

/// The faults during an apply or a destroy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Kills, in order: each ends one run of the program.
    pub kills: Vec<Kill>,
    /// How many of a hundred calls fail in the runs before the last ones.
    pub percent: u8,
    /// Which of them.
    pub seed: u64,
    /// Whether the edges of CloudFront take long to forget what they are told to forget.
    pub slow_edges: bool,
    /// The changing call of the first run whose answer is lost, though it was done.
    pub lost: Option<u64>,
    /// A read that is denied in the runs before the last ones, as a position in [`DENIED`].
    pub denied: Option<usize>,
    /// An act of somebody else while the first run is under way.
    pub meanwhile: Option<Meanwhile>,
    /// Whether nobody runs it again once a run was killed: what is half done is what the next step begins with.
    pub given_up: bool,
}

/// An act of somebody else while a run is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// How long after the beginning of the run, in milliseconds.
    pub after: u32,
    /// The act.
    pub hand: Hand,
}

/// Reads that can be denied: the service and the operation.
pub const DENIED: [(&str, &str); 6] = [
    ("route53", "ListResourceRecordSets"),
    ("ses", "GetEmailIdentity"),
    ("acm", "DescribeCertificate"),
    ("cloudfront", "GetDistribution"),
    ("s3", "GetBucketVersioning"),
    ("s3", "GetBucketPolicy"),
];

impl Trouble {
    /// Whether anything goes wrong other than that runs are killed.
    pub fn misleads(&self) -> bool {
        self.percent > 0 || self.denied.is_some()
    }
}

/// A kill of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    /// At which of the run's changing calls.
    pub call: u64,
    /// Whether the call had its effect.
    pub after: bool,
}

/// An act of somebody else. A position is counted modulo what there is at that time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Adds a text to the records at the apex, where all texts of a domain share one set.
    AddText(usize),
    /// Publishes a name of their own.
    AddName(usize),
    /// Deletes a record set of the domain's zone, which may be ours.
    DeleteSet(usize, usize),
    /// Changes the time to live of a record set.
    ChangeTtl(usize, usize),
    /// Puts an SPF record of their own in the place of those at the apex.
    ReplaceSpf(usize),
    /// Gives a record set a weight among others, of which there are none yet.
    AddRouting(usize, usize),
    /// Deletes an identity at SES.
    DeleteIdentity(usize),
    /// Switches an identity's signing off.
    StopSigning(usize),
    /// Deletes an object of a bucket.
    DeleteObject(usize),
    /// Puts an object of their own into a bucket.
    PutObject(usize),
    /// Adds a tag of their own to a bucket.
    AddTag(usize),
    /// Takes a distribution out of service.
    DisableDistribution(usize),
    /// Deletes a distribution.
    DeleteDistribution(usize),
    /// Lets a certificate expire.
    ExpireCertificate(usize),
    /// Deletes the zone of a domain in an account, and makes it again: empty, with other servers, to which
    /// they delegate where the world asked the former ones.
    MakeZoneAgain(usize, usize),
    /// Moves the delegation of a domain.
    Delegate(usize, Dns),
}

/// The domains for which an act can break what mail and its policies need, whatever anybody does after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// None.
    Nobody,
    /// This one, and those below it.
    Domain(usize),
    /// Any: the thing that it is about is found in the world.
    Anybody,
}

impl Hand {
    /// The harm that it can do.
    pub fn harm(&self) -> Harm {
        match self {
            Self::AddText(_)
            | Self::AddName(_)
            | Self::ChangeTtl(..)
            | Self::AddRouting(..)
            | Self::PutObject(_)
            | Self::AddTag(_) => Harm::Nobody,
            Self::DeleteSet(name, _)
            | Self::ReplaceSpf(name)
            | Self::MakeZoneAgain(name, _)
            | Self::Delegate(name, _) => Harm::Domain(*name),
            Self::DeleteIdentity(_)
            | Self::StopSigning(_)
            | Self::DeleteObject(_)
            | Self::DisableDistribution(_)
            | Self::DeleteDistribution(_)
            | Self::ExpireCertificate(_) => Harm::Anybody,
        }
    }
}
