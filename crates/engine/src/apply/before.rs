//! The values that were there before us, as they are put on record: those that make room for ours,
//! and those that are taken over as they are.

use model::{Action, Before, Origin, Spec, Step};

use super::Run;

impl Run<'_> {
    /// The values of others that must make room, as they were when the plan was made. The call may find that they
    /// moved, and returns that; but a run that is killed in between can no longer ask.
    pub(super) async fn displaced(&self, action: &Action, spec: &Spec) -> Option<Before> {
        let resource = action.desired().filter(|resource| resource.adopt)?;
        let known = self.known.lock().await;
        let state = &known.get(&resource.id)?.state;
        spec.kind().displaced(spec, state, action.owned())
    }

    /// The whole of what was there before us, where it is taken over as it is.
    pub(super) async fn found(&self, action: &Action) -> Option<Before> {
        let Step::Adopt(wanted, _) = &action.step else {
            return None;
        };
        if wanted.origin == Origin::Created || action.owned().is_some() {
            return None;
        }
        let known = self.known.lock().await;
        let state = &known.get(&action.resource)?.state;
        action.spec().kind().found(state)
    }
}
