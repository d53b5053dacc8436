//! Faults, and when they happen: by a script, or by chance from a seed.
//!
//! A time-out lasts [`crate::delays::Delays::time_out`]. Where that outlasts the caller, a time-out is
//! a caller who is killed at that call, before or after its effect.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::service::ServiceError;

/// The faults of one world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Faults at calls that are named.
    pub script: Vec<Fault>,
    /// Faults by chance.
    pub seeded: Option<Seeded>,
}

/// A fault at the calls that it names. What is left out matches every call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The account of the caller.
    #[serde(default)]
    pub account: Option<String>,
    /// The service: `route53`.
    #[serde(default)]
    pub service: Option<String>,
    /// The operation: `ChangeResourceRecordSets`.
    #[serde(default)]
    pub operation: Option<String>,
    /// Whether only calls that change something count.
    #[serde(default)]
    pub changing: bool,
    /// Which of these calls, counted from 1; each of them when left out.
    #[serde(default)]
    pub call: Option<u64>,
    /// The fault.
    pub kind: FaultKind,
    /// The error to answer with, where not AWS's internal error.
    #[serde(default)]
    pub error: Option<ServiceError>,
}

impl Fault {
    /// A fault of this kind at every call; narrow it with the other functions.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            account: None,
            service: None,
            operation: None,
            changing: false,
            call: None,
            kind,
            error: None,
        }
    }

    /// Only at this operation of this service.
    #[must_use]
    pub fn at(mut self, service: &str, operation: &str) -> Self {
        self.service = Some(service.to_owned());
        self.operation = Some(operation.to_owned());
        self
    }

    /// Only at calls of this account.
    #[must_use]
    pub fn by(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Only at calls that change something.
    #[must_use]
    pub fn at_changes(mut self) -> Self {
        self.changing = true;
        self
    }

    /// Only at the n-th of the calls that match, counted from 1.
    #[must_use]
    pub fn nth(mut self, call: u64) -> Self {
        self.call = Some(call);
        self
    }

    /// With this error.
    #[must_use]
    pub fn with(mut self, status: u16, code: &str, message: &str) -> Self {
        self.error = Some(ServiceError::new(status, code, message));
        self
    }

    fn matches(&self, target: &Target<'_>) -> bool {
        let same =
            |asked: &Option<String>, value: &str| asked.as_ref().is_none_or(|asked| asked == value);
        same(&self.account, target.account)
            && same(&self.service, target.service)
            && same(&self.operation, target.operation)
            && (target.changing || !self.changing)
    }
}

/// Faults by chance, the same on every run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seeded {
    /// Decides together with the number of the call.
    pub seed: u64,
    /// How many of a hundred calls fail.
    pub percent: u8,
    /// Which kinds, each as likely as the others; all of them when empty.
    #[serde(default)]
    pub kinds: Vec<FaultKind>,
}

/// The fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// An error, and nothing was done.
    ErrorBefore,
    /// An error, though it was done.
    ErrorAfter,
    /// The service's own throttling error, and nothing was done.
    Throttle,
    /// No answer, and nothing was done.
    TimeOutBefore,
    /// No answer, though it was done.
    TimeOutAfter,
    /// A read answers from before the last change. Other calls are not touched.
    StaleRead,
    /// A load balancer answers with HTML, and nothing was done.
    HtmlBefore,
    /// A load balancer answers with HTML, though it was done.
    HtmlAfter,
    /// The connection ends in the middle of the answer, and it was done.
    CutBody,
    /// The answer stops in its middle and goes no further, and it was done.
    StalledBody,
    /// One half of the answer comes, with nothing to show that it is not all, and it was done.
    ShortBody,
    /// The process that calls ends at once, and nothing was done. Only a script does that.
    KillBefore,
    /// The process that calls ends at once, after it was done. Only a script does that.
    KillAfter,
}

const ALL_KINDS: [FaultKind; 6] = [
    FaultKind::ErrorBefore,
    FaultKind::ErrorAfter,
    FaultKind::Throttle,
    FaultKind::TimeOutBefore,
    FaultKind::TimeOutAfter,
    FaultKind::StaleRead,
];

/// The call that a fault may befall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) account: &'a str,
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) changing: bool,
    /// The number of the call in this world.
    pub(crate) number: u64,
}

/// A fault that befalls a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Injected {
    pub(crate) kind: FaultKind,
    pub(crate) error: Option<ServiceError>,
}

/// How often each line of the script has matched.
#[derive(Debug, Default)]
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    /// The fault that befalls this call, if one does. The first line of the script that is due wins;
    /// every line that matches has counted the call.
    pub(crate) fn befalls(&mut self, faults: &Faults, target: &Target<'_>) -> Option<Injected> {
        self.0.resize(faults.script.len(), 0);
        let mut injected = None;
        for (fault, seen) in faults.script.iter().zip(&mut self.0) {
            if !fault.matches(target) {
                continue;
            }
            *seen += 1;
            if injected.is_none() && fault.call.is_none_or(|call| call == *seen) {
                injected = Some(Injected {
                    kind: fault.kind,
                    error: fault.error.clone(),
                });
            }
        }
        let chance = || faults.seeded.as_ref()?.befalls(target.number);
        let kind_fits =
            |injected: &Injected| injected.kind != FaultKind::StaleRead || !target.changing;
        injected.or_else(chance).filter(kind_fits)
    }
}

impl Seeded {
    fn befalls(&self, number: u64) -> Option<Injected> {
        let mut digest = Sha256::new();
        digest.update(self.seed.to_be_bytes());
        digest.update(number.to_be_bytes());
        let digest = digest.finalize();
        let draw = u16::from_be_bytes([digest[0], digest[1]]) % 100;
        if draw >= u16::from(self.percent) {
            return None;
        }
        let kinds = if self.kinds.is_empty() {
            &ALL_KINDS[..]
        } else {
            &self.kinds
        };
        let kind = kinds[usize::from(digest[2]) % kinds.len()];
        Some(Injected { kind, error: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(operation: &str, number: u64) -> Target<'_> {
        Target {
            account: "1",
            service: "route53",
            operation,
            changing: true,
            number,
        }
    }

    #[test]
    fn the_nth_call_of_an_operation_fails_and_no_other() {
        let fault = Fault::new(FaultKind::TimeOutAfter)
            .at("route53", "ChangeResourceRecordSets")
            .nth(2);
        let faults = Faults {
            script: vec![fault],
            seeded: None,
        };
        let mut seen = Seen::default();
        let hits: Vec<bool> = [
            "ChangeResourceRecordSets",
            "GetChange",
            "ChangeResourceRecordSets",
            "ChangeResourceRecordSets",
        ]
        .iter()
        .map(|operation| seen.befalls(&faults, &target(operation, 0)).is_some())
        .collect();
        assert_eq!(hits, [false, false, true, false]);
    }

    #[test]
    fn a_seed_gives_the_same_faults_on_every_run() {
        let faults = Faults {
            script: vec![],
            seeded: Some(Seeded {
                seed: 7,
                percent: 20,
                kinds: vec![FaultKind::Throttle],
            }),
        };
        let run = || -> Vec<u64> {
            (0..1000)
                .filter(|number| {
                    Seen::default()
                        .befalls(&faults, &target("GetChange", *number))
                        .is_some()
                })
                .collect()
        };
        assert_eq!(run(), run());
        assert!(
            (120..280).contains(&run().len()),
            "{} of 1,000",
            run().len()
        );
    }

    #[test]
    fn a_change_is_never_stale() {
        let faults = Faults {
            script: vec![Fault::new(FaultKind::StaleRead)],
            seeded: None,
        };
        assert_eq!(
            Seen::default().befalls(&faults, &target("CreateHostedZone", 1)),
            None
        );
    }
}
