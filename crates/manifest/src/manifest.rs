//! The manifest: the whole of what a person asks for.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator};

use crate::acceptance::Accepted;
use crate::domain::{Dns, Domain};
use crate::notify::Receiver;
use crate::position::Located;
use crate::read::{Read, Reader, block, choice};
use crate::values::{
    BucketName, ExternalId, FolderPath, KeyArn, OthersValue, Pattern, Period, ProfileName,
    ProjectName, QuotaName, ReceiverName, Region, Requirement, RoleName, SessionName, TagKey,
    TagValue,
};
use crate::yaml::Node;
use model::{AccountId, AccountName};
use standards::dmarc::external_reports::authorization_name;
use standards::dmarc::{Dmarc, Policy};
use standards::dns::Name;
use standards::mail_uri::ReportUri;

/// A manifest that was read whole: its includes and defaults are merged, and its files are in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The project's name.
    pub project: Located<ProjectName>,
    /// The accounts, by the names that the rest of the manifest calls them.
    pub accounts: IndexMap<AccountName, Located<Account>>,
    /// The place of the ledger.
    pub ledger: Located<Ledger>,
    /// Quotas that differ from AWS's documented ones.
    pub quotas: IndexMap<QuotaName, Located<Quota>>,
    /// The receivers of notifications, by the names that `deploy notify test` calls them.
    pub notify: IndexMap<ReceiverName, Located<Receiver>>,
    /// The domains, in the manifest's order, `defaults` merged under each. The position is the name's.
    pub domains: IndexMap<Name, Located<Domain>>,
    /// The domains that neither send nor receive. The position is the name's.
    pub parked: IndexMap<Name, Located<Parked>>,
}

impl Manifest {
    /// The account that a block names.
    ///
    /// Loading has checked that every account named is declared, so blocks of this manifest always find theirs.
    pub fn account(&self, name: &AccountName) -> Option<&Account> {
        self.accounts.get(name).map(|account| &account.value)
    }
}

/// A record by which one of our domains agrees to receive the DMARC reports about another (RFC 9990).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportAuthorization {
    /// Its name: `<reported domain>._report._dmarc.<report host>`. Its TXT value is `v=DMARC1`.
    pub owner: Name,
    /// The domain of this manifest that the record is in.
    pub location: Name,
}

impl Manifest {
    /// The domain of this manifest that `host` is within, the closest one.
    pub fn location_of(&self, host: &Name) -> Option<&Name> {
        let names = std::iter::successors(Some(host.clone()), Name::parent);
        names
            .filter_map(|name| self.domains.get_key_value(&name))
            .map(|(name, _)| name)
            .next()
    }

    /// The records that must be there before another domain of ours is sent reports, each once.
    pub fn report_authorizations(&self) -> Vec<ReportAuthorization> {
        let of_domains = self.domains.iter().filter_map(|(name, domain)| {
            let record = domain.dmarc.as_ref()?.record();
            Some((name, record))
        });
        let of_parked = self.parked.iter().map(|(name, parked)| {
            let mut record = Dmarc::new(Policy::Reject);
            record.rua = parked
                .rua
                .iter()
                .map(|uri| uri.value.clone().into())
                .collect();
            (name, record)
        });
        let mut authorizations = BTreeSet::new();
        for (name, record) in of_domains.chain(of_parked) {
            for host in record.external_hosts(name) {
                let owner = authorization_name(name, host).ok();
                let location = self.location_of(host).cloned();
                authorizations.extend(
                    owner
                        .zip(location)
                        .map(|(owner, location)| ReportAuthorization { owner, location }),
                );
            }
        }
        authorizations.into_iter().collect()
    }
}

/// A parked domain: null MX, SPF `-all`, DMARC reject, and no DKIM key valid.
///
/// What it is made of is fixed; where its records go is from `defaults`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parked {
    /// The place of its DNS.
    pub dns: Located<Dns>,
    /// The time to live of its records.
    pub ttl: Located<Period>,
    /// The addresses that DMARC reports about it go to.
    pub rua: Vec<Located<ReportUri>>,
    /// Whether to take over values that are there and conflict.
    pub adopt: Located<bool>,
    /// Findings that the organisation lives with.
    pub accept: Accepted,
    /// Values of others that drift need not note.
    pub ignore: Vec<Located<OthersValue>>,
    /// Tags of what is made for it.
    pub tags: IndexMap<TagKey, Located<TagValue>>,
}

block! {
    /// The manifest of one project: what `deploy` builds and keeps.
    pub(crate) struct ManifestFile {
        /// The project's name: it is in the names and the tags of what is made.
        pub project: Located<ProjectName>,
        /// The versions of deploy that may be used, where an older one must not write: `>=0.1`.
        pub requires: Option<Located<Requirement>>,
        /// The AWS accounts, each under the name that the rest of the manifest calls it.
        pub accounts: IndexMap<AccountName, Located<Account>>,
        /// The place of the record of what was done; by default the folder `.deploy/` beside this file.
        pub ledger: Option<Located<Ledger>>,
        /// Your own figures for AWS's quotas, where AWS has raised or lowered them for you.
        pub quotas: IndexMap<QuotaName, Located<Quota>>,
        /// The receivers of notifications about drift and other runs, each under a name of yours.
        pub notify: IndexMap<ReceiverName, Located<Receiver>>,
        /// Merged under every domain: maps are merged, lists and single values are replaced.
        pub defaults: Option<Defaults>,
        /// The domains, each under its name.
        pub domains: IndexMap<Name, Located<Domain>>,
        /// Domains that neither send nor receive: null MX, SPF -all, DMARC reject, revoked DKIM.
        pub parked: Vec<Located<Name>>,
        /// Files with further `domains` and `parked`, beside this one.
        pub include: Vec<Located<Pattern>>,
    }
}

block! {
    /// A file that a manifest includes.
    pub(crate) struct IncludedFile {
        /// The domains, each under its name.
        pub domains: IndexMap<Name, Located<Domain>>,
        /// Domains that neither send nor receive.
        pub parked: Vec<Located<Name>>,
    }
}

block! {
    /// An AWS account, and how to get into it.
    pub struct Account {
        /// The account's id. It is compared with the real one before anything is changed.
        pub id: Located<AccountId>,
        /// The role to assume there: its name, or its ARN.
        pub role: Option<Located<RoleName>>,
        /// The profile of the AWS configuration files to start from.
        pub profile: Option<Located<ProfileName>>,
        /// The external id that the role's trust policy asks for.
        pub external_id: Option<Located<ExternalId>>,
        /// The name of our sessions in CloudTrail.
        pub session_name: Option<Located<SessionName>>,
        /// How much the account may hold, where AWS has granted it more than the default and the role
        /// may not ask for it.
        pub limits: Option<Located<AccountLimits>>,
    }
}

block! {
    /// How much an account may hold: what AWS granted, in place of what AWS would answer.
    pub struct AccountLimits {
        /// CloudFront distributions; 500 by default.
        pub distributions: Option<Located<u32>>,
        /// Route 53 hosted zones; 500 by default.
        pub hosted_zones: Option<Located<u32>>,
        /// ACM certificates in each region; 2,500 by default.
        pub certificates: Option<Located<u32>>,
        /// S3 buckets; 10,000 by default.
        pub buckets: Option<Located<u32>>,
    }
}

choice! {
    /// The place of the ledger.
    pub enum Ledger {
        /// A folder below the manifest's.
        Path(Located<FolderPath>) = "path",
        /// A bucket, for more than one person or machine.
        S3(S3Ledger) = "s3",
    }
}

block! {
    /// A ledger in a bucket.
    pub struct S3Ledger {
        /// The account that has the bucket.
        pub account: Located<AccountName>,
        /// The bucket.
        pub bucket: Located<BucketName>,
        /// The bucket's region.
        pub region: Located<Region>,
        /// The key of KMS that the objects are encrypted with; S3's own keys by default.
        pub kms_key: Option<Located<KeyArn>>,
    }
}

block! {
    /// A quota of yours.
    pub struct Quota {
        /// Calls a second.
        pub rate: Located<f64>,
        /// Calls at once, after a pause.
        pub burst: Option<Located<u32>>,
    }
}

/// The `defaults`, which are only checked here: by the time they are read, they are merged under every domain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Defaults;

impl Read for Defaults {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        reader.partial = true;
        // What is missing here, a domain may say; what is wrong here has been reported.
        let _ = Domain::read(node, reader);
        reader.partial = false;
        Some(Self)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        Domain::schema(generator)
    }
}
