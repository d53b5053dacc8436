//! How much of a project a plan takes something from, and what is protected from that.

use std::collections::{BTreeMap, BTreeSet};

use model::rules;
use model::{Action, MailImpact, Plan, Verb};
use standards::{Finding, Place, Strictness};

/// A plan may take something from so many domains, however few the project has.
const DOMAINS_MAX: usize = 3;
/// Of more domains, it may take something from one in so many.
const SHARE: usize = 10;
/// So many domains are named.
const NAMED_MAX: usize = 10;

/// PLAN-16: the plan takes something that mail or branding uses from more than a tenth of the project's
/// `domains`, and from more than three. What a successor takes over is not lost.
pub fn blast_radius(plan: &Plan, domains: usize) -> Option<Finding> {
    let losing = plan.actions.iter().filter(|action| {
        action.changes()
            && action.impact.mail != MailImpact::None
            && action.impact.direction == Strictness::Weaker
    });
    let losing: BTreeSet<&str> = losing.flat_map(domains_of).collect();
    let count = losing.len();
    // Multiplied, because a division would round the tenth down and refuse too early.
    if count <= DOMAINS_MAX || count * SHARE <= domains {
        return None;
    }
    let mut named: Vec<&str> = losing.into_iter().take(NAMED_MAX).collect();
    if count > NAMED_MAX {
        named.push("…");
    }
    let reason = format!(
        "{count} of the project's {domains} domains lose something that mail or branding uses: {}",
        named.join(", ")
    );
    Some(Finding::new(rules::PLAN_16, reason))
}

/// The domains that an action is about: the holders, where they share the resource.
fn domains_of(action: &Action) -> Vec<&str> {
    if !action.resource.is_shared() {
        return vec![action.resource.domain.as_str()];
    }
    let recorded = action.entry().map(|entry| &entry.holders);
    let desired = action.desired().map(|resource| &resource.holders);
    let holders = recorded.into_iter().chain(desired).flatten();
    holders.map(String::as_str).collect()
}

/// PLAN-17: the plan replaces something of a protected domain or, where the domains are to be
/// destroyed, deletes it.
pub fn protection(
    plan: &Plan,
    is_protected: &dyn Fn(&str) -> bool,
    is_destroyed: bool,
) -> Vec<Finding> {
    let mut lost: BTreeMap<&str, usize> = BTreeMap::new();
    for action in &plan.actions {
        let domain = action.resource.domain.as_str();
        let goes = match action.verb() {
            Verb::Replace => true,
            // A block that is no longer in the manifest is an edit of the protected domain itself; the
            // protection is against the loss of the domain.
            Verb::Delete => is_destroyed,
            _ => false,
        };
        if goes && is_protected(domain) {
            *lost.entry(domain).or_default() += 1;
        }
    }
    let finding = |(domain, count): (&str, usize)| {
        let resources = if count == 1 { "resource" } else { "resources" };
        let reason = format!(
            "{domain} is protected, and the plan removes or replaces {count} {resources} of it"
        );
        Finding::new(rules::PLAN_17, reason).in_place(Place::Live(domain.to_owned()))
    };
    lost.into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use kinds::{S3Bucket, s3_bucket};
    use model::id::SHARED;
    use model::{Entry, Impact, Kind, Origin, ResourceId, Spec, Status, Step, Unwanted};

    use super::*;

    /// The removal of a resource of domain `number`, with what it does to mail.
    fn removal(number: usize, impact: Impact) -> Action {
        let id = ResourceId::new(S3Bucket::NAME, &format!("d{number:03}.example"), "assets");
        let spec = Spec::of::<S3Bucket>(s3_bucket::Spec::default());
        let entry = Entry {
            id: id.clone(),
            location: None,
            status: Status::Creating,
            spec: spec.clone(),
            state: None,
            origin: Origin::Created,
            before: None,
            serves_policy: None,
            dependencies: Vec::new(),
            impact: Impact::none(),
            holders: BTreeSet::new(),
            changed: Timestamp::UNIX_EPOCH,
        };
        Action {
            id: number,
            resource: id,
            location: None,
            step: Step::Delete(Unwanted::of(&Arc::new(entry), spec)),
            reason: "no longer declared".into(),
            impact,
            after: Vec::new(),
            batch: None,
            calls: Vec::new(),
        }
    }

    fn plan(domains: usize, impact: &Impact) -> Plan {
        Plan {
            version: Plan::VERSION,
            project: "project".to_owned(),
            actions: (0..domains)
                .map(|number| removal(number, impact.clone()))
                .collect(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn more_than_three_domains_and_more_than_a_tenth_are_too_many() {
        let weaker = Impact::new(MailImpact::Sending, "gone").weaker();
        let check = |losing: usize, of: usize, refused: bool| {
            let finding = blast_radius(&plan(losing, &weaker), of);
            assert_eq!(finding.is_some(), refused, "{losing} of {of}");
        };
        check(3, 3, false);
        check(4, 4, true);
        check(4, 39, true);
        check(4, 40, false);
        check(20, 200, false);
        check(21, 200, true);
        check(0, 0, false);
    }

    #[test]
    fn what_takes_nothing_from_mail_does_not_count() {
        for impact in [
            Impact::none(),
            Impact::new(MailImpact::None, "its successor takes its place"),
            Impact::new(MailImpact::Sending, "receivers reject more").stricter(),
            Impact::new(MailImpact::Receiving, "another host"),
        ] {
            assert!(
                blast_radius(&plan(200, &impact), 200).is_none(),
                "{impact:?}"
            );
        }
    }

    #[test]
    fn the_finding_names_ten_domains_and_that_there_are_more() {
        let weaker = Impact::new(MailImpact::Branding, "gone").weaker();
        let finding = blast_radius(&plan(11, &weaker), 11).expect("too many");
        assert!(
            finding
                .reason
                .starts_with("11 of the project's 11 domains lose")
        );
        assert!(
            finding.reason.ends_with("d009.example, …"),
            "{}",
            finding.reason
        );
    }

    /// The resources that domains share are no domain beside them.
    #[test]
    fn what_domains_share_counts_as_its_holders() {
        let loss = Impact::new(MailImpact::Sending, "stops").weaker();
        let mut plan = plan(4, &loss);
        let action = &mut plan.actions[3];
        action.resource = ResourceId::new("ses_configuration_set", SHARED, "bulk");
        let Step::Delete(unwanted) = &mut action.step else {
            panic!("a removal");
        };
        let holders = ["d000.example", "d001.example"].map(str::to_owned);
        Arc::make_mut(&mut unwanted.entry).holders = holders.into();
        assert_eq!(blast_radius(&plan, 4), None);
    }

    #[test]
    fn a_protected_domain_is_not_destroyed_and_may_lose_a_block() {
        let plan = plan(2, &Impact::none());
        let is_protected = |domain: &str| domain == "d001.example";
        let findings = protection(&plan, &is_protected, true);
        let reasons: Vec<&str> = findings
            .iter()
            .map(|finding| finding.reason.as_str())
            .collect();
        assert_eq!(
            reasons,
            ["d001.example is protected, and the plan removes or replaces 1 resource of it"]
        );
        assert!(protection(&plan, &is_protected, false).is_empty());
    }
}
