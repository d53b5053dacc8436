//! The observations before a run; with a reason in place of those that could not be made.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kinds::ses_account::Standing;
use model::{AccountId, AccountName, Region};
use standards::Finding;
use standards::dns::Name;

use crate::quotas::Quota;

/// An observation, or the reason why there is none.
pub type Seen<T> = Result<T, Unseen>;

/// Why something was not seen, and what would let it be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Why.
    pub why: String,
    /// The fix.
    pub fix: String,
}

impl Unseen {
    /// A reason, and what to do about it.
    pub fn new(why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            fix: fix.into(),
        }
    }
}

/// All observations.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// How far AWS's clock is ahead of ours.
    pub skew: Seen<SignedDuration>,
    /// The accounts, in the manifest's order.
    pub accounts: Vec<AccountFacts>,
    /// The domains.
    pub domains: Vec<DomainFacts>,
}

/// One account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountFacts {
    /// Its name in the manifest.
    pub name: AccountName,
    /// Its number there.
    pub id: AccountId,
    /// Whether it could be entered. If not, nothing else was observed.
    pub entry: Entry,
    /// The permissions of the role, by service.
    pub permissions: Vec<Permissions>,
    /// The room that its quotas leave.
    pub usage: Vec<Usage>,
    /// How it stands with SES, in each region that sends.
    pub standings: Vec<(Region, Seen<Standing>)>,
}

/// How an account was entered, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// By whom, as STS says it.
    Entered(String),
    /// The credentials act in another account.
    WrongAccount(AccountId),
    /// AWS refused, or there are no credentials; in AWS's words.
    Refused(String),
}

/// The permissions of the role for one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// The service, as actions begin with it: `s3`.
    pub service: String,
    /// The actions that the manifest needs of it.
    pub needed: BTreeSet<&'static str>,
    /// Needed actions that AWS refused just now.
    pub refused: BTreeSet<String>,
    /// The answer of IAM's simulator.
    pub simulated: Option<Seen<Simulated>>,
}

/// The answer of IAM's simulator about many actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulated {
    /// How many are allowed.
    pub allowed: usize,
    /// Those that are not: action, resource, and IAM's word for it.
    pub denied: Vec<(String, String, String)>,
    /// Those that depend on conditions: action, and the keys that the simulation lacked.
    pub open: Vec<(String, Vec<String>)>,
}

/// How full something with a quota is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The quota.
    pub quota: Quota,
    /// Of what: a region, a zone; empty for the whole account.
    pub place: String,
    /// How many there are.
    pub held: Seen<usize>,
    /// How many there may be; nothing where only AWS's default is known.
    pub granted: Option<usize>,
    /// How many more the manifest asks for.
    pub wanted: usize,
}

/// One domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainFacts {
    /// Its name.
    pub name: Name,
    /// The place of its records.
    pub zone: ZoneFacts,
    /// The hosts that it will have, and who may issue certificates for them.
    pub hosts: Vec<Host>,
}

/// The place of a domain's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneFacts {
    /// To a DNS that is not ours; what public DNS says of the domain.
    Manual(Seen<Vec<String>>),
    /// To a hosted zone that is there.
    Found {
        /// The account that has it.
        account: AccountName,
        /// Route 53's id.
        id: String,
        /// The zone's name, which may be above the domain's.
        name: Name,
        /// Its name servers.
        servers: BTreeSet<Name>,
        /// Those that the zone above names.
        delegated: Seen<BTreeSet<Name>>,
    },
    /// To a hosted zone that the plan will make.
    ToCreate,
    /// To a hosted zone that is not there.
    Missing(AccountName),
    /// To one of several hosted zones of one name: the account that has them, and their ids.
    Several(AccountName, Vec<String>),
    /// To a hosted zone that is there, and into which the plan refuses to write.
    Refused(Finding),
    /// It could not be told: AWS failed.
    Unclear(String),
    /// It could not be observed.
    Unseen(Unseen),
}

/// One host that the manifest asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// The CAA values that decide, by the first set on the way up; nothing where ACM issues nothing.
    pub caa: Option<Seen<Vec<String>>>,
    /// The owner of the name, where CloudFront is to serve it.
    pub hosting: Option<Hosting>,
}

/// The owner of a host's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosting {
    /// The account that is to serve it.
    pub account: AccountName,
    /// The account's distribution that has the name, and whether it is ours or to be adopted.
    pub holder: Seen<Option<(String, bool)>>,
    /// The target of its DNS records.
    pub points_to: Seen<PointsTo>,
}

/// The target to which DNS leads a host's visitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointsTo {
    /// To no distribution.
    Nowhere,
    /// To a distribution of the account.
    Own(String),
    /// To a distribution that is not the account's.
    Foreign(String),
}
