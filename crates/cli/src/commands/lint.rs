//! `deploy lint`: findings, offline.

use clock::Clock;
use standards::Severity;

use crate::args::{FindingFormat, Lint};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::project;

pub(crate) fn run(args: &Lint, printer: &Printer) -> Result<Exit, Failure> {
    let (_, findings) = project::check(&args.manifest, Clock::real().now())?;
    match if printer.json {
        FindingFormat::Json
    } else {
        args.format
    } {
        FindingFormat::Text => printer.data(&report::findings_text(&findings, &printer.palette())),
        FindingFormat::Json => printer.value(&report::findings_json(&findings)),
        FindingFormat::Sarif => printer.value(&report::findings_sarif(
            &findings,
            env!("CARGO_PKG_VERSION"),
        )),
        FindingFormat::Github => printer.data(&report::findings_github(&findings)),
        FindingFormat::Junit => printer.data(&report::findings_junit("deploy lint", &findings)),
    }
    let wrong = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if wrong {
        Err(Failure::Manifest(Vec::new()))
    } else {
        Ok(Exit::Done)
    }
}
