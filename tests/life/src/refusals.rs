//! The refused plans of a life, and what is known to have given cause for them. Any other refusal is a fault:
//! a plan that goes in a circle, say, or one whose role may not do what it plans.

use model::rules;

use crate::player::Player;

/// A rule that may refuse a plan, and what must have happened in the life.
type Cause = (&'static str, fn(&Player) -> bool);

const CAUSES: &[Cause] = &[
    // Others deleted the MX that a policy is for.
    (standards::rules::STS_P07.id, Player::has_lost_an_mx),
    // Others put an SPF record in the place of what stood there, or nobody knows any more that we put there what
    // does; or one of before is there, which the manifest does not take over.
    (rules::PLAN_01.id, |player| {
        !player.replaced.is_empty() || player.lost_ledger || player.leaves_what_was_there()
    }),
    // Others gave a record set a routing policy.
    (rules::PLAN_10.id, |player| !player.routed.is_empty()),
    // The ledger that knew a name was lost, and the manifest no longer leads to it; or the ledger that is back knows
    // the name in the former zone only.
    (rules::PLAN_14.id, |player| {
        player.forgot || player.lost_ledger && player.only_on_record
    }),
    // The manifest takes something from more than three domains at once, as an account that is renumbered does.
    (rules::PLAN_16.id, |player| player.applied.len() > 3),
    // Others put objects into a bucket that goes, or the ledger that knew ours was lost, and the manifest no longer
    // leads to them.
    (rules::PLAN_20.id, |player| {
        !player.objects.is_empty() || player.forgot
    }),
    // The manifest moves two things at once.
    (rules::PLAN_25.id, |_| true),
    // An earlier run ended in the middle of a move, whose wildcard still stands.
    (rules::PLAN_26.id, Player::was_left_half_done),
];

/// The reasons for which nothing in the life gave cause.
pub(crate) fn unfounded(player: &Player, reasons: &[String]) -> Vec<String> {
    let is_founded = |reason: &&String| {
        let mut causes = CAUSES.iter();
        causes.any(|(id, happened)| reason.starts_with(&format!("{id}:")) && happened(player))
    };
    let unfounded = reasons.iter().filter(|reason| !is_founded(reason));
    unfounded.cloned().collect()
}
