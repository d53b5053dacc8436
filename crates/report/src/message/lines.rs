//! The lines of a message from what runs find.

use jiff::Timestamp;
use model::{Check, Foreseen, MailImpact, rules};
use plan::{ChangedBy, Drift, Moved};
use standards::{Finding, Severity};

use super::Line;
use crate::{value, words};

/// A resource that moved.
pub fn drift_line(drift: &Drift) -> Line {
    let text = match &drift.moved {
        Moved::Deleted => "is gone".to_owned(),
        Moved::Unknown(reason) => format!("could not be seen: {reason}"),
        Moved::Added(diff) => format!("others added something beside it: {}", changes(diff)),
        Moved::Modified(diff) => format!("is not as we left it: {}", changes(diff)),
    };
    let text = match drift.since {
        Some(since) => format!("{text} ({})", words::first_seen(since)),
        None => text,
    };
    let text = match &drift.changed_by {
        Some(by @ ChangedBy::Caller(_)) => format!("{text}; {}", words::changed_by(by)),
        _ => text,
    };
    let id = &drift.resource;
    Line {
        severity: drift.severity(),
        mail: drift.mail,
        subject: format!("{} {} {}", id.domain, id.kind.as_str(), id.name),
        text,
    }
}

/// Each field as we left it and as it is.
fn changes(diff: &model::Diff) -> String {
    let changes = diff.changes.iter().map(|change| {
        let (left, is) = (
            value::shown(&change.field, change.to.as_json()),
            value::shown(&change.field, change.from.as_json()),
        );
        format!("{}: {left} → {is}", words::field(&change.field))
    });
    changes.collect::<Vec<_>>().join("; ")
}

/// A rule that a live domain breaks. What works today is a note.
pub fn check_line(check: &Check) -> Option<Line> {
    let finding = check.finding()?;
    Some(Line {
        severity: match finding.severity {
            Severity::Error => Severity::Error,
            Severity::Warn | Severity::Info => Severity::Info,
        },
        mail: mail_of(&finding.rule),
        subject: format!("{} {} {}", check.about, finding.rule, check.what),
        text: format!("{}; {}", finding.reason, finding.fix),
    })
}

/// The mail that the rules of a family are about.
fn mail_of(rule: &str) -> MailImpact {
    match rule.split('-').next().unwrap_or_default() {
        "SPF" | "DKIM" | "DMARC" | "SES" | "RCV" => MailImpact::Sending,
        "STS" | "DANE" | "DNS" => MailImpact::Receiving,
        // Without its zone's keys, nobody finds the mail hosts.
        "LIVE" if rule == rules::LIVE_06.id => MailImpact::Receiving,
        "BIMI" | "SVG" | "VMC" => MailImpact::Branding,
        _ => MailImpact::None,
    }
}

/// An event with a known date. One that does not fail the run is a note.
pub fn foreseen_line(foreseen: &Foreseen, fails: bool, now: Timestamp) -> Line {
    let severity = match fails {
        _ if foreseen.at <= now => Severity::Error,
        true => Severity::Warn,
        false => Severity::Info,
    };
    Line {
        severity,
        mail: foreseen.mail,
        subject: foreseen.subject.clone(),
        text: format!(
            "{}: {}; {}",
            words::moment(foreseen.at),
            foreseen.reason,
            foreseen.fix
        ),
    }
}

/// A finding about a whole run.
pub fn finding_line(subject: &str, finding: &Finding) -> Line {
    Line {
        severity: finding.severity,
        mail: MailImpact::None,
        subject: format!("{subject} {}", finding.rule),
        text: format!("{}; {}", finding.reason, finding.fix),
    }
}
