//! Drift that an operator is asked to accept, as text.

use plan::{Acceptance, Drift, Moved};

use crate::moved_text::moved;
use crate::page::{Page, Part};
use crate::{Detail, Palette};

/// Writes the drift that would go on record, and the drift that stays: each field as we left it and as it is
/// now.
pub fn acceptance_text(acceptance: &Acceptance, detail: Detail, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let accepted = acceptance.accepted.iter().map(|one| one.drift.clone());
    let accepted: Vec<Drift> = accepted.collect();
    part(&mut page, &accepted, detail, GOES_ON_RECORD);
    let refused = acceptance.refused.iter().cloned();
    let (unseen, unsaid): (Vec<Drift>, Vec<Drift>) =
        refused.partition(|drift| matches!(drift.moved, Moved::Unknown(_)));
    part(&mut page, &unsaid, detail, UNSAID);
    part(&mut page, &unseen, detail, UNSEEN);
    page.finish()
}

const GOES_ON_RECORD: &str = "Goes on record as it is now:";
const UNSAID: &str =
    "Stays drift, because no record can say it. `deploy drift --repair` puts it back:";
const UNSEEN: &str = "Stays drift, because it was not observed:";

fn part(page: &mut Page<'_>, drifts: &[Drift], detail: Detail, title: &str) {
    if drifts.is_empty() {
        return;
    }
    page.gap();
    let strong = page.palette.strong;
    page.folded(0, &Part(strong, ""), &Part(strong, title));
    moved(page, drifts, detail);
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::{Change, Diff, Effect, MailImpact, ResourceId, Side};

    use super::*;

    fn drift(name: &str, moved: Moved) -> Drift {
        Drift {
            resource: ResourceId::new("s3_bucket", "example.com", name),
            location: None,
            moved,
            mail: MailImpact::None,
            since: None,
            changed_by: None,
        }
    }

    #[test]
    fn what_stays_drift_is_told_by_its_cause() {
        let changes = vec![Change {
            field: "public_access_blocked".to_owned(),
            from: Side::of(&false),
            to: Side::of(&true),
            effect: Effect::InPlace,
        }];
        let acceptance = Acceptance {
            accepted: Vec::new(),
            refused: vec![
                drift("logs", Moved::Unknown("AccessDenied".to_owned())),
                drift("assets", Moved::Modified(Diff { changes })),
            ],
        };
        let text = acceptance_text(&acceptance, Detail::Brief, &Palette::plain());
        assert_snapshot!(text, @r"
        Stays drift, because no record can say it. `deploy drift --repair` puts it back:

        example.com
          ~ s3_bucket assets  published by hand  is not as we left it
              public access blocked: yes → no

        Stays drift, because it was not observed:

        example.com
          ? s3_bucket logs  published by hand  could not be seen: AccessDenied
        ");
    }
}
