//! Mail impact: what a change can do to mail. The kind of the resource computes it from the change
//! itself, the plan carries it, and everybody else reads it there.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use standards::{Step, Strictness};

/// Which mail an action can reach, from nothing to the worst.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MailImpact {
    /// Nothing.
    #[default]
    None,
    /// The logo beside messages.
    Branding,
    /// Whether receivers accept what the domain sends.
    Sending,
    /// Whether the domain gets its mail.
    Receiving,
}

impl fmt::Display for MailImpact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Branding => "branding",
            Self::Sending => "sending",
            Self::Receiving => "receiving",
        })
    }
}

/// The effect that a change can have on mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Which mail.
    pub mail: MailImpact,
    /// Whether more of it is refused than before, or less of it carried or vouched for.
    #[serde(default, skip_serializing_if = "is_same")]
    pub direction: Strictness,
    /// The effect on it, as a sentence fragment.
    pub reason: String,
    /// To whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub whom: String,
    /// How long, in seconds, caches may still answer what was there before.
    #[serde(default, skip_serializing_if = "is_at_once")]
    pub within_seconds: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_same(direction: &Strictness) -> bool {
    *direction == Strictness::Same
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_at_once(seconds: &u32) -> bool {
    *seconds == 0
}

impl Impact {
    /// An impact in neither direction, with its reason.
    pub fn new(mail: MailImpact, reason: impl Into<String>) -> Self {
        Self {
            mail,
            reason: reason.into(),
            ..Self::default()
        }
    }

    /// No impact.
    pub fn none() -> Self {
        Self::default()
    }

    /// The impact of these differences between two policies. Where none of them goes in a direction,
    /// no mail is treated otherwise than before.
    pub fn of_steps(mail: MailImpact, steps: &[Step]) -> Self {
        if steps.is_empty() {
            return Self::none();
        }
        let direction = Step::together(steps);
        // The worst direction is said first.
        let mut steps: Vec<&Step> = steps.iter().collect();
        steps.sort_by_key(|step| std::cmp::Reverse(step.strictness));
        let reasons: Vec<&str> = steps.iter().map(|step| step.what.as_str()).collect();
        Self::new(mail, reasons.join("; ")).going(direction)
    }

    /// The same in this direction.
    #[must_use]
    pub fn going(self, direction: Strictness) -> Self {
        Self { direction, ..self }
    }

    /// The same, that takes something away.
    #[must_use]
    pub fn weaker(self) -> Self {
        self.going(Strictness::Weaker)
    }

    /// The same, by which more is refused.
    #[must_use]
    pub fn stricter(self) -> Self {
        self.going(Strictness::Stricter)
    }

    /// The same, where caches may answer what was there before for so many seconds.
    #[must_use]
    pub fn within(self, within_seconds: u32) -> Self {
        Self {
            within_seconds,
            ..self
        }
    }

    /// The same for the mail of `domain`.
    #[must_use]
    pub fn about(self, domain: &str) -> Self {
        let whom = match self.mail {
            MailImpact::None => String::new(),
            MailImpact::Branding | MailImpact::Sending => format!("who gets mail from {domain}"),
            MailImpact::Receiving => format!("who writes to {domain}"),
        };
        Self { whom, ..self }
    }
}
