//! The decision about one resource, from the manifest, the ledger and the observation.

use std::borrow::Cow;

use model::{Diff, Entry, Observation, Origin, Ownership, Resource, Spec, State, Status, Verb};
use model::{reasons, rules};
use standards::{Finding, Place};

/// A decision about one desired resource.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) verb: Verb,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) diff: Diff,
    pub(crate) origin: Origin,
    pub(crate) finding: Option<Finding>,
    /// Whether the finding stands in the way: then nothing is done, and it is not in sync either.
    pub(crate) is_refused: bool,
}

impl Decision {
    fn new(verb: Verb, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            verb,
            reason: reason.into(),
            diff: Diff::default(),
            origin: Origin::Created,
            finding: None,
            is_refused: false,
        }
    }

    fn with(self, diff: Diff) -> Self {
        Self { diff, ..self }
    }

    fn taken_over(self) -> Self {
        Self {
            origin: Origin::Adopted,
            ..self
        }
    }

    /// To adopt what carries the tag of a CloudFormation stack is a risk: the stack may go on managing
    /// it.
    fn of_stack(self, resource: &Resource, stack: Option<&str>) -> Self {
        let Some(stack) = stack.filter(|_| self.verb == Verb::Adopt) else {
            return self;
        };
        let text = format!("carries the tag of the CloudFormation stack `{stack}`");
        let finding = Finding::new(rules::PLAN_22, text).in_place(place(resource));
        Self {
            finding: Some(finding),
            ..self
        }
    }

    fn refused(finding: Finding) -> Self {
        Self {
            finding: Some(finding),
            is_refused: true,
            ..Self::new(Verb::None, "refused")
        }
    }
}

/// One desired resource, with all that the decision about it depends on.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The manifest's project.
    pub(crate) project: &'a str,
    /// The other project that has it on record.
    pub(crate) neighbour: Option<&'a str>,
    pub(crate) resource: &'a Resource,
    /// The resource's spec, with every reference resolved that can be.
    pub(crate) spec: &'a Spec,
    /// The ledger's entry, when it lives in the same account and region.
    pub(crate) entry: Option<&'a Entry>,
    pub(crate) seen: &'a Observation,
    /// The owner, where it is known better by the resource's other id (see `Renames`).
    pub(crate) known_owner: Option<Ownership>,
}

/// Decides on one desired resource.
pub(crate) fn decide(question: Question<'_>) -> Decision {
    let Question {
        resource,
        spec,
        entry,
        ..
    } = question;
    match question.seen {
        Observation::Unknown(reason) => Decision::refused(
            Finding::new(rules::PLAN_04, format!("could not be observed: {reason}"))
                .in_place(place(resource)),
        ),
        Observation::Absent => on_record(question).unwrap_or_else(|| absent(resource, spec, entry)),
        Observation::Present {
            state, ownership, ..
        } => present(question, state, question.known_owner.unwrap_or(*ownership)),
    }
}

fn present(question: Question<'_>, state: &State, ownership: Ownership) -> Decision {
    let Question {
        project,
        resource,
        spec,
        entry,
        ..
    } = question;
    let kind = spec.kind();
    if let Some(finding) = kind.blocker(spec, Some(state)) {
        return Decision::refused(finding.in_place(place(resource)));
    }
    let owned = entry.and_then(Entry::owned);
    let diff = kind.diff(spec, state, owned);
    let conflict = kind.conflict(spec, state, owned);
    // Of a resource with several owners, only what we are known to have written is ours. A record
    // that a person publishes for us is ours from the moment that we ask for it.
    let ours = entry.filter(|entry| {
        owned.is_some() || ownership != Ownership::Shared || entry.location.is_none()
    });
    match ours {
        Some(entry) => known(question, state, entry, diff, conflict),
        None if ownership == Ownership::Foreign => {
            let others = kind.project(state).filter(|name| *name != project);
            if let Some(other) = others {
                let id = &resource.id;
                let text = format!("{id} exists, and carries the tags of the project `{other}`");
                return of_another_project(resource, text);
            }
            on_record(question).unwrap_or_else(|| {
                let decision = found(resource, ownership, diff, conflict);
                decision.of_stack(resource, kind.stack(state))
            })
        }
        None => on_record(question).unwrap_or_else(|| found(resource, ownership, diff, conflict)),
    }
}

/// Refuses what another project has on record.
fn on_record(question: Question<'_>) -> Option<Decision> {
    let Question {
        resource,
        neighbour,
        ..
    } = question;
    let text = format!(
        "{} is on record in the project `{}`",
        resource.id, neighbour?
    );
    Some(of_another_project(resource, text))
}

/// Refuses a resource of another project, also where the manifest says `adopt`: it is in the ledger of that
/// project, whose next destroy would delete it under us.
fn of_another_project(resource: &Resource, text: String) -> Decision {
    Decision::refused(Finding::new(rules::PLAN_15, text).in_place(place(resource)))
}

/// Whether a difference is one that was there when the resource was adopted, and that was left as it
/// was: it is somebody else's.
fn was_left(entry: &Entry, diff: &Diff) -> bool {
    let kind = entry.spec.kind();
    let is_left = |diff: &Diff| !diff.is_empty() && kind.is_only_noted(diff);
    let recorded = entry.state.as_ref();
    !entry.is_open()
        && is_left(diff)
        && recorded.is_some_and(|state| is_left(&kind.diff(&entry.spec, state, Some(&entry.spec))))
}

/// Whether somebody changed what we had written.
fn has_moved(entry: &Entry, state: &State) -> bool {
    let differs = |state: &State| {
        !entry
            .spec
            .kind()
            .diff(&entry.spec, state, Some(&entry.spec))
            .is_empty()
    };
    // What was not as asked for when it was recorded has moved nowhere: a record that a person has still
    // to publish, or the time to live of one that was there before us.
    let was_as_asked = !entry.state.as_ref().is_some_and(differs);
    !entry.is_open() && was_as_asked && differs(state)
}

fn absent(resource: &Resource, spec: &Spec, entry: Option<&Entry>) -> Decision {
    if let Some(finding) = spec.kind().blocker(spec, None) {
        return Decision::refused(finding.in_place(place(resource)));
    }
    let reason = match entry {
        Some(entry) if !entry.is_open() => "was deleted by somebody else",
        // Of a record that a person publishes, the ledger says only that it is expected.
        Some(entry) if entry.location.is_some() => "an earlier run stopped before it was made",
        Some(_) | None => reasons::NOT_THERE,
    };
    Decision::new(Verb::Create, reason)
}

/// Decides on a resource that is in the ledger and exists.
fn known(
    question: Question<'_>,
    state: &State,
    entry: &Entry,
    diff: Diff,
    conflict: Option<Finding>,
) -> Decision {
    let Question { resource, spec, .. } = question;
    if let Some(finding) = conflict.filter(|_| !resource.adopt) {
        return Decision::refused(finding.in_place(place(resource)));
    }
    if diff.replaces() {
        let reason = format!("`{}` can't be changed in place", replaced_fields(&diff));
        return Decision::new(Verb::Replace, reason).with(diff);
    }
    if entry.is_open() && entry.location.is_none() {
        return if diff.is_empty() {
            Decision::new(Verb::Update, "has been published")
        } else {
            Decision::new(Verb::Create, reasons::BESIDE_OTHERS).with(diff)
        };
    }
    // A change of the manifest counts, also of what was left as it was.
    let is_as_recorded = spec.kind().compare(spec, &entry.spec).is_empty();
    if is_as_recorded && was_left(entry, &diff) {
        return Decision::new(Verb::None, "in sync, as it was before us");
    }
    if !diff.is_empty() {
        let reason = if has_moved(entry, state) {
            "drift: somebody else changed it, and it is taken back"
        } else {
            reasons::DIFFERS
        };
        return Decision::new(Verb::Update, reason).with(diff);
    }
    if entry.is_open() {
        return Decision::new(Verb::Update, "an earlier run stopped inside its change");
    }
    // The ledger was rolled back, or somebody else did what the manifest asks for now.
    if has_moved(entry, state) {
        return Decision::new(
            Verb::Adopt,
            "is so already, and the ledger has it otherwise",
        );
    }
    if maker(entry, question.seen).is_some() {
        return Decision::new(Verb::Adopt, "was deleted and made again by somebody else");
    }
    Decision::new(Verb::None, "in sync")
}

/// The owner of what stands where a resource on record stood, if it was deleted and made again: a hosted zone has
/// another id and other servers then, which a later plan has to know.
pub(crate) fn maker(entry: &Entry, seen: &Observation) -> Option<Ownership> {
    match seen {
        Observation::Present {
            physical,
            ownership,
            ..
        } if entry.physical().is_some_and(|one| one != physical) => Some(*ownership),
        _ => None,
    }
}

/// Decides on a resource that exists and is not in the ledger.
fn found(
    resource: &Resource,
    ownership: Ownership,
    diff: Diff,
    conflict: Option<Finding>,
) -> Decision {
    match (ownership, conflict) {
        (_, Some(finding)) if !resource.adopt => {
            Decision::refused(finding.in_place(place(resource)))
        }
        // A lost ledger: the tags say that it is ours to replace.
        (Ownership::Ours, _) if diff.replaces() => Decision::new(
            Verb::Replace,
            "carries our tags, and can't be changed in place",
        )
        .with(diff),
        (Ownership::Ours, _) => Decision::new(Verb::Adopt, "carries our tags").with(diff),
        (Ownership::Foreign, _) if !resource.adopt => Decision::refused(
            Finding::new(
                rules::PLAN_02,
                format!("{} exists, and was not made by this project", resource.id),
            )
            .in_place(place(resource)),
        ),
        // To replace it would delete the original, which `adopt` does not allow.
        (Ownership::Foreign, _) if diff.replaces() => Decision::refused(
            Finding::new(
                rules::PLAN_02,
                format!(
                    "{} exists, and `{}` can't be changed in place",
                    resource.id,
                    replaced_fields(&diff)
                ),
            )
            .in_place(place(resource)),
        ),
        (Ownership::Foreign, _) => Decision::new(Verb::Adopt, "the manifest says `adopt`")
            .with(diff)
            .taken_over(),
        (Ownership::Shared, Some(_)) => Decision::new(
            Verb::Adopt,
            "the manifest says `adopt`: takes over what is there",
        )
        // It counts as adopted when it took something away: of an A and an AAAA that a CNAME was
        // in the way of, one did, and the other has nothing to leave behind.
        .with(diff),
        (Ownership::Shared, None) if resource.spec.kind().is_only_noted(&diff) => {
            // To change what it still differs in would be to change somebody else's record.
            Decision::new(Verb::Adopt, reasons::ALREADY_THERE).taken_over()
        }
        (Ownership::Shared, None) => Decision::new(Verb::Create, reasons::BESIDE_OTHERS).with(diff),
    }
}

/// Whether deleting what the ledger has is ours to do.
pub(crate) fn removal(entry: &Entry, seen: &Observation) -> Decision {
    match (seen, entry.origin) {
        (Observation::Unknown(reason), _) => Decision::refused(
            Finding::new(rules::PLAN_04, format!("could not be observed: {reason}")).in_place(
                model::place::of_resource(&entry.id, entry.location.as_ref()),
            ),
        ),
        (Observation::Absent, _) if may_be_hidden(entry) => {
            Decision::new(Verb::Delete, "an interrupted run began to make it")
        }
        // Deleting what is gone would succeed, and cost a call.
        (Observation::Absent, _) => Decision::new(Verb::Forget, "is gone already"),
        (Observation::Present { .. }, Origin::Created) => {
            Decision::new(Verb::Delete, reasons::NO_LONGER_DECLARED)
        }
        (Observation::Present { state, .. }, Origin::Adopted | Origin::Unknown)
            if !is_as_before(entry, state) =>
        {
            Decision::new(Verb::Delete, restoring(entry, state))
        }
        (Observation::Present { .. }, Origin::Adopted) => {
            Decision::new(Verb::Forget, "was there before us, and stays")
        }
        (Observation::Present { .. }, Origin::Unknown) => Decision::new(
            Verb::Forget,
            "origin unknown: it was there when the ledger began, and stays",
        ),
    }
}

/// Whether an interrupted run may have made what AWS did not show: what is new is not known everywhere
/// at once. Forgotten, it would be nobody's.
fn may_be_hidden(entry: &Entry) -> bool {
    entry.status == Status::Creating && !entry.spec.kind().stale().is_zero()
}

/// Whether what was adopted is as it was before us, as far as the ledger knows.
fn is_as_before(entry: &Entry, state: &State) -> bool {
    let mut before = entry.before.iter();
    before.all(|before| {
        let kind = entry.spec.kind();
        // What others put in its place since is not what was there.
        kind.kept_back(&entry.spec, before, state).is_none()
            && kind.is_as_before(&entry.spec, before, state)
    })
}

/// Why something goes that took the place of something else, and what becomes of that.
fn restoring(entry: &Entry, state: &State) -> Cow<'static, str> {
    let before = entry.before.as_ref();
    match before.and_then(|before| entry.spec.kind().kept_back(&entry.spec, before, state)) {
        Some(why) => format!("no longer declared; not put back: {why}").into(),
        None => "no longer declared; what was there before us comes back".into(),
    }
}

fn replaced_fields(diff: &Diff) -> String {
    let replaced = diff
        .changes
        .iter()
        .filter(|change| change.effect == model::Effect::Replace);
    replaced
        .map(|change| change.field.as_str())
        .collect::<Vec<_>>()
        .join("`, `")
}

fn place(resource: &Resource) -> Place {
    match &resource.place {
        Place::Whole => model::place::of_resource(&resource.id, resource.location.as_ref()),
        place => place.clone(),
    }
}
