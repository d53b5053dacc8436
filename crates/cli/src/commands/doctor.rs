//! `deploy doctor`: what can be known to fail before anything is tried. It changes nothing.

use doctor::{Account, Exam, Outcome, Patient, Subject};
use manifest::{Domain, Manifest};
use model::{AccountName, Resource};
use standards::Severity;

use crate::args::{Global, Selection};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::project::{Project, accesses};

pub(crate) async fn run(
    global: &Global,
    selection: &Selection,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, selection)?;
    let ledger = project.ledger().await?;
    let (desired, _) = project.desired().await;
    let facts = doctor::look(&Patient {
        engine: &project.engine,
        accounts: accounts(&project.manifest, &desired, project.is_targeted()),
        domains: project.domains(),
        desired: &desired,
        ledger: &ledger,
    })
    .await;
    let mut exams = doctor::judge(&facts);
    accepted(&project, &mut exams);
    if printer.json {
        printer.value(&report::doctor_json(&exams));
    } else {
        printer.data(&report::doctor_text(&exams, &printer.palette()));
    }
    Ok(if exams.iter().any(Exam::is_ill) {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// The accounts that are asked for: all, or with `--target` those of its domains.
pub(crate) fn accounts(
    manifest: &Manifest,
    desired: &[Resource],
    is_targeted: bool,
) -> Vec<Account> {
    let is_asked_for = |name: &AccountName| {
        let mut locations = desired.iter().filter_map(|one| one.location.as_ref());
        !is_targeted || locations.any(|location| location.account == *name)
    };
    accesses(manifest)
        .into_iter()
        .filter(|(name, _)| is_asked_for(name))
        .map(|(name, access)| Account {
            role: access.role_arn("us-east-1"),
            id: access.id,
            name,
        })
        .collect()
}

/// Findings that the manifest accepts weigh nothing. What is about an account is accepted when
/// every domain accepts it.
fn accepted(project: &Project, exams: &mut [Exam]) {
    let domains = &project.manifest.domains;
    let reason = |domain: &Domain, rule: &str| {
        let mut accepted = domain.accept.iter();
        let (_, reason) = accepted.find(|(id, _)| id.as_str() == rule)?;
        Some(reason.as_str().to_owned())
    };
    for exam in exams {
        let Outcome::Finding(finding) = &mut exam.outcome else {
            continue;
        };
        let accepted = match &exam.subject {
            Subject::Domain(name) => domains
                .get(name)
                .and_then(|domain| reason(domain, &finding.rule)),
            Subject::Account { .. } => {
                let all: Option<Vec<String>> = domains
                    .values()
                    .map(|domain| reason(domain, &finding.rule))
                    .collect();
                all.and_then(|reasons| reasons.into_iter().next())
            }
            Subject::Machine => None,
        };
        if let Some(reason) = accepted {
            finding.severity = Severity::Info;
            finding.fix = format!("accepted in the manifest: {reason}");
        }
    }
}
