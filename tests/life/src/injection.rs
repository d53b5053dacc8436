//! The kills and faults of a run, in the sandbox.

use jiff::SignedDuration;
use sandbox::delays::Delays;
use sandbox::faults::{Fault, FaultKind, Seeded};
use sandbox::world::World;

use crate::life::{DENIED, Trouble};

/// From which run on nothing is injected any more: from here on the outcome must be reached.
pub(crate) const CALM: usize = 4;

/// How long the edges of CloudFront take to forget, where they are slow: invalidations have lasted for
/// longer than this.
const SLOW_EDGES: SignedDuration = SignedDuration::from_mins(15);

/// Arms the sandbox for a run, by its number.
pub(crate) fn arm(world: &mut World, trouble: &Trouble, run: usize) {
    if let Some(kill) = trouble.kills.get(run) {
        let kind = if kill.after {
            FaultKind::KillAfter
        } else {
            FaultKind::KillBefore
        };
        let fault = Fault::new(kind).at_changes().nth(kill.call);
        world.faults.script.push(fault);
    }
    let usual = Delays::default().cloudfront_invalidation;
    world.delays.cloudfront_invalidation = if trouble.slow_edges {
        SLOW_EDGES
    } else {
        usual
    };
    if let Some(lost) = trouble.lost.filter(|_| run == 0) {
        let fault = Fault::new(FaultKind::TimeOutAfter).at_changes().nth(lost);
        world.faults.script.push(fault);
    }
    if let Some(denied) = trouble.denied.filter(|_| run < CALM / 2) {
        let (service, operation) = DENIED[denied];
        let fault = Fault::new(FaultKind::ErrorBefore).at(service, operation);
        let fault = fault.with(403, "AccessDeniedException", "You may not.");
        world.faults.script.push(fault);
    }
    world.faults.seeded = (run < CALM && trouble.percent > 0).then(|| Seeded {
        seed: trouble.seed,
        percent: trouble.percent,
        kinds: Vec::new(),
    });
}

/// Takes back what is armed. A line of the script stays in its place, because the sandbox counts what
/// each line has matched by its position, and names no service any more.
pub(crate) fn disarm(world: &mut World) {
    world.faults.seeded = None;
    for fault in &mut world.faults.script {
        fault.service = Some("none".to_owned());
    }
}
