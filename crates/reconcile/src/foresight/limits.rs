//! Limits of accounts that are nearly reached: then nothing more can be made.

use jiff::Timestamp;
use model::{Foreseen, Ledger, MailImpact, rules};

use crate::Project;
use crate::doctor::all_accounts;

/// The limits that are nearly reached.
pub(super) async fn near(project: &Project, ledger: &Ledger, now: Timestamp) -> Vec<Foreseen> {
    let accounts = all_accounts(&project.manifest);
    let near = doctor::nearly_full(&project.engine, &accounts, ledger).await;
    let near = near.into_iter().map(|one| Foreseen {
        rule: Some(rules::AWS_03.id),
        subject: format!("{} in {}", one.place.account, one.place.region),
        // When the next domain is added, which nobody knows.
        at: now,
        mail: MailImpact::None,
        reason: one.reason,
        fix: one.fix,
    });
    near.collect()
}
