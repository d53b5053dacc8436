//! Easy DKIM: three CNAMEs into a zone of SES, for every account and region.

use std::collections::BTreeSet;

use crate::dns::{Name, NameError};
use crate::rules;
use crate::{Finding, Place};

/// Regions whose keys are in a zone of their own. Source: the table of DKIM domains in the AWS
/// General Reference, read through two public Terraform modules.
const OWN_ZONE: [&str; 11] = [
    "af-south-1",
    "ap-northeast-3",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "il-central-1",
    "me-central-1",
    "us-gov-east-1",
];

/// As many keys as SES rotates among.
const TOKENS: usize = 3;

/// The zone in which SES keeps the keys of `region`. `SigningHostedZone` of the identity says
/// the same, where SES gives it; this is for when it does not.
pub fn signing_zone(region: &str) -> Name {
    let zone = if OWN_ZONE.contains(&region) {
        format!("dkim.{region}.amazonses.com")
    } else {
        "dkim.amazonses.com".to_owned()
    };
    Name::parse(&zone).expect("a name made of known words")
}

/// SES-04: `zone` is where SES keeps the keys of `region`.
pub fn check_signing_zone(region: &str, zone: &Name) -> Option<Finding> {
    let known = signing_zone(region);
    (*zone != known).then(|| {
        let reason = format!("the DKIM keys of {region} are in {known}, and not in {zone}");
        Finding::new(rules::SES_04, reason)
    })
}

/// Easy DKIM of one identity in one account and region.
#[derive(Clone, Copy, Debug)]
pub struct EasyDkim<'a> {
    /// The domain that signs.
    pub identity: &'a Name,
    /// The tokens that SES returned.
    pub tokens: &'a [String],
    /// The zone in which SES keeps the keys.
    pub zone: &'a Name,
}

impl EasyDkim<'_> {
    /// The CNAMEs that SES looks for: each a name and its target.
    pub fn cnames(&self) -> Result<Vec<(Name, Name)>, NameError> {
        let keys = self.identity.child("_domainkey")?;
        let cname = |token: &String| Ok((keys.child(token)?, self.zone.child(token)?));
        self.tokens.iter().map(cname).collect()
    }

    /// SES-05: there are three tokens, and `published` has the CNAME of each.
    pub fn check_cnames(&self, published: &[(Name, Name)]) -> Result<Vec<Finding>, NameError> {
        let mut findings = Vec::new();
        let distinct: BTreeSet<&String> = self.tokens.iter().collect();
        if distinct.len() != TOKENS || self.tokens.len() != TOKENS {
            let (identity, count) = (self.identity, distinct.len());
            let reason = format!("{identity} has {count} tokens, and SES gives {TOKENS}");
            findings.push(Finding::new(rules::SES_05, reason));
        }
        for wanted in self.cnames()? {
            if !published.contains(&wanted) {
                let (owner, target) = wanted;
                let reason = format!("SES looks for a CNAME at {owner} that leads to {target}");
                let place = Place::Live(owner.to_string());
                findings.push(Finding::new(rules::SES_05, reason).in_place(place));
            }
        }
        Ok(findings)
    }

    /// SES-06: none of the names that are to be `removed` is one that this instance signs with.
    pub fn check_removal(&self, removed: &[Name]) -> Result<Vec<Finding>, NameError> {
        let ours = self.cnames()?.into_iter().map(|(owner, _)| owner);
        let lost = ours.filter(|owner| removed.contains(owner));
        let finding = |owner: Name| {
            let reason = format!("an instance of {} still signs with {owner}", self.identity);
            Finding::new(rules::SES_06, reason).in_place(Place::Live(owner.to_string()))
        };
        Ok(lost.map(finding).collect())
    }
}
