//! Terraform's plan of the same change, where Terraform is installed and its AWS provider can be had.
//!
//! The provider comes from Terraform's own registry. Where that is out of reach, as for the project's
//! checks, the page says so, and what follows `init` below is not run.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Served, Stage};
use crate::command::{Failure, answers, output};

const CONFIGURATION: &str = include_str!("main.tf");

/// The records of the zone that the change is about: the name of the resource, and of the record.
const RECORDS: &[(&str, &str)] = &[
    ("mx", "example.com_MX"),
    ("spf", "example.com_TXT"),
    ("dmarc", "_dmarc.example.com_TXT"),
    ("mta_sts", "_mta-sts.example.com_TXT"),
];

/// The end of a try.
pub(super) enum Terraform {
    /// Its version, and its plan.
    Plan(String, String),
    /// A sentence on why there is no plan.
    Nothing(String),
}

impl Terraform {
    /// The plan, if there is one.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Plan(_, plan) => Some(plan),
            Self::Nothing(_) => None,
        }
    }

    /// The part of the page, with the day of the try.
    pub(super) fn section(&self, day: &str) -> String {
        match self {
            Self::Plan(version, plan) => {
                let plan = plan.trim_end();
                format!("## Terraform {version}\n\nOn {day}:\n\n```output\n{plan}\n```")
            }
            Self::Nothing(reason) => {
                format!("## Terraform\n\nThere is no plan of Terraform here. On {day}, {reason}.")
            }
        }
    }
}

/// Plans the change with Terraform against a served sandbox.
pub(super) fn plan(stage: &Stage) -> Result<Terraform, Failure> {
    if !answers("terraform", &["version"]) {
        return Ok(Terraform::Nothing("it was not installed".to_owned()));
    }
    let version = version()?;
    stage.write("terraform/main.tf", CONFIGURATION)?;
    let because = |step: &str, Failure(why): Failure| {
        Terraform::Nothing(format!(
            "version {version} was installed, and {step}: {}",
            reason(&why)
        ))
    };
    if let Err(failure) = terraform(stage, &["init"], None) {
        return Ok(because("its AWS provider could not be had", failure));
    }
    let zone = zone(stage)?;
    let served = stage.served()?;
    for (name, record) in RECORDS {
        let resource = format!("aws_route53_record.{name}");
        let id = format!("{zone}_{record}");
        if let Err(failure) = terraform(stage, &["import", &resource, &id], Some((&served, &zone)))
        {
            return Ok(because("it could not read the sandbox", failure));
        }
    }
    Ok(match terraform(stage, &["plan"], Some((&served, &zone))) {
        Ok(plan) => Terraform::Plan(version, plan),
        Err(failure) => because("it made no plan", failure),
    })
}

fn version() -> Result<String, Failure> {
    let json = output(Command::new("terraform").args(["version", "-json"]))?;
    let json: Value = serde_json::from_str(&json)
        .map_err(|error| Failure(format!("terraform version: {error}")))?;
    let version = json["terraform_version"].as_str();
    Ok(version.unwrap_or_default().to_owned())
}

/// The id of the hosted zone, as the ledger has it.
fn zone(stage: &Stage) -> Result<String, Failure> {
    let status = stage.deploy(&["status", "--sandbox", "--speed", "instant", "--json"])?;
    let status: Value =
        serde_json::from_str(&status).map_err(|error| Failure(format!("status: {error}")))?;
    let resources = status["domains"][0]["resources"].as_array();
    let zone = resources.into_iter().flatten().find(|resource| {
        let id = resource["resource"].as_str().unwrap_or_default();
        id.starts_with("route53_hosted_zone/")
    });
    let zone = zone.and_then(|zone| zone["physical"].as_str());
    zone.map(str::to_owned)
        .ok_or_else(|| Failure("the ledger has no hosted zone".to_owned()))
}

/// Runs a command of Terraform, and gives what it printed.
fn terraform(
    stage: &Stage,
    arguments: &[&str],
    sandbox: Option<(&Served, &str)>,
) -> Result<String, Failure> {
    let mut command = Command::new("terraform");
    command
        .arg(arguments[0])
        .args(["-no-color", "-input=false"])
        .args(&arguments[1..])
        .current_dir(stage.folder.join("terraform"))
        .stdin(Stdio::null());
    if let Some((served, zone)) = sandbox {
        command
            .envs(served.environment.iter().cloned())
            .env("TF_VAR_zone", zone);
    }
    output(&mut command)
}

/// The line of Terraform's output that says what failed.
fn reason(output: &str) -> &str {
    let mut lines = output.lines();
    let error = lines.find_map(|line| line.split_once("Error: "));
    error.map_or("it does not say why", |(_, reason)| {
        reason.trim_end_matches('.')
    })
}

#[cfg(test)]
mod tests {
    use super::{Terraform, reason};

    #[test]
    fn the_page_says_why_there_is_no_plan() {
        let output = "Initializing provider plugins...\n\nError: Failed to query available provider packages\n\n\
            Could not retrieve the list\n";
        assert_eq!(
            reason(output),
            "Failed to query available provider packages"
        );
        let nothing = Terraform::Nothing("it was not installed".to_owned());
        assert_eq!(
            nothing.section("2026-11-29"),
            "## Terraform\n\nThere is no plan of Terraform here. On 2026-11-29, it was not installed."
        );
        let plan = Terraform::Plan("1.11.4".to_owned(), "  ~ resource\n".to_owned());
        assert_eq!(
            plan.section("2026-11-29"),
            "## Terraform 1.11.4\n\nOn 2026-11-29:\n\n```output\n  ~ resource\n```"
        );
    }
}
