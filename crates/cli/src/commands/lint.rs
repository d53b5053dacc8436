//! `deploy lint`: findings about a manifest, or about one record or file of anybody's.

mod drawn;
mod fix;
mod text;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use clock::Clock;
use manifest::Manifest;
use reconcile::Environment;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::args::{FindingFormat, Global, Lint, Selection};
use crate::exit::{Exit, Failure};
use crate::manifest_file::find;
use crate::open;
use crate::printer::Printer;

/// The name of standard input.
const STDIN: &str = "-";

/// No logo, certificate, policy or record comes near this.
const BYTES_MAX: u64 = 1 << 20;

pub(crate) async fn run(global: &Global, args: &Lint, printer: &Printer) -> Result<Exit, Failure> {
    let kind = args.kind.map(Into::into);
    if !args.records.is_empty() {
        let findings = text::records(&args.records, kind, args.fix, printer)?;
        return end(&findings, args.format, printer);
    }
    let file = &find(args.file.as_deref(), printer)?;
    refuse_domain(file)?;
    let findings = if kind.is_none() && is_manifest(file) {
        if args.fix {
            fix::manifest(file, printer)?;
        }
        let findings = manifest(global, file, args.online, printer).await?;
        match args.format {
            FindingFormat::Text if !printer.json => open::seen_from_here(file, findings)?,
            _ => findings,
        }
    } else if args.online {
        return Err(Failure::Usage(
            "--online is for manifests: a file does not say which domain it is of".to_owned(),
        ));
    } else {
        text::file(file, kind, args.fix, printer)?
    };
    end(&findings, args.format, printer)
}

/// Endings of files that people check, which no domain has.
const OF_FILES: [&str; 14] = [
    "svg", "svgz", "png", "jpg", "jpeg", "gif", "webp", "pem", "crt", "cer", "der", "key", "txt",
    "eml",
];

/// Says what to do with a domain, where somebody names one in the place of a file.
fn refuse_domain(file: &Path) -> Result<(), Failure> {
    let domain = file.to_str().and_then(|text| Name::parse(text).ok());
    let Some(domain) = domain.filter(|name| !file.exists() && name.as_str().contains('.')) else {
        return Ok(());
    };
    let ending = file.extension().and_then(|ending| ending.to_str());
    if is_manifest(file) || ending.is_some_and(|ending| OF_FILES.contains(&ending)) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "there is no file {domain}. If it is a domain: `deploy check {domain}` says what is wrong with its \
         mail, and `deploy init {domain}` drafts a manifest from what it publishes"
    )))
}

/// Prints the findings. Errors among them are those of the manifest or the file.
fn end(findings: &[Finding], format: FindingFormat, printer: &Printer) -> Result<Exit, Failure> {
    print(findings, format, printer);
    if findings.iter().any(is_error) {
        Err(Failure::Manifest(Vec::new()))
    } else {
        Ok(Exit::Done)
    }
}

/// The findings of a manifest, those of look-ups last.
async fn manifest(
    global: &Global,
    file: &Path,
    is_online: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    let (manifest, mut findings) = open::check(file)?;
    if let Some(manifest) = manifest.filter(|_| is_online) {
        let is_sound = !findings.iter().any(is_error);
        // It is large, and most runs have no look-ups.
        let seen = Box::pin(online(global, file, &manifest, is_sound, printer)).await?;
        for finding in seen {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    Ok(findings)
}

/// The findings of look-ups. The accounts are asked for a manifest without errors only.
async fn online(
    global: &Global,
    path: &Path,
    manifest: &Manifest,
    is_sound: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    if is_sound {
        let selection = Selection::all(Some(path.to_owned()));
        let project = open::project(global, &selection, printer)?;
        return Ok(reconcile::lint_with_accounts(&project).await?);
    }
    printer.note("The accounts were not asked: fix the errors of the manifest first.");
    let environment = open::environment(global)?;
    let asks_authority = environment.asks_authority();
    let mut outside = match environment {
        Environment::Internet(network) => network.outside()?,
        Environment::Held(sandbox) => Arc::new(reconcile::sandbox::Inside::new(sandbox)),
        Environment::Sandbox(settings) => {
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            reconcile::sandbox::outside(&folder, manifest, settings)?
        }
    };
    let clock = Clock::real();
    if asks_authority {
        outside = reconcile::authority_first(manifest, outside, clock);
    }
    Ok(reconcile::lint_published(manifest, outside.as_ref(), clock.now()).await)
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

fn print(findings: &[Finding], format: FindingFormat, printer: &Printer) {
    match if printer.json {
        FindingFormat::Json
    } else {
        format
    } {
        FindingFormat::Text if findings.is_empty() => printer.note("no findings"),
        FindingFormat::Text => printer.data(&report::findings_text(findings, &printer.palette())),
        FindingFormat::Json => printer.value(&report::findings_json(findings)),
        FindingFormat::Sarif => {
            printer.value(&report::findings_sarif(findings, env!("CARGO_PKG_VERSION")));
        }
        FindingFormat::Github => printer.data(&report::findings_github(findings)),
        FindingFormat::Junit => printer.data(&report::findings_junit("deploy lint", findings)),
    }
}

/// A manifest is YAML; all else that is checked here has a name or a beginning of its own.
fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    path != Path::new(STDIN)
        && extension.is_none_or(|extension| {
            ["yaml", "yml", "json"].contains(&extension.to_ascii_lowercase().as_str())
        })
}

fn read(from: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    from.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::outside("could not read what is to be checked", error))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Failure::Usage(format!(
            "more than {BYTES_MAX} bytes are no file of these standards"
        )));
    }
    Ok(bytes)
}
