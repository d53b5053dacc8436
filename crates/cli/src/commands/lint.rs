//! `deploy lint`: findings about a manifest, or about one record or file of anybody's.

use std::io::Read;
use std::path::Path;

use clock::Clock;
use manifest::Manifest;
use reconcile::Environment;
use standards::checker::{Checked, check_file, check_record};
use standards::dns::Presentation;
use standards::dns::txt::lint_presentation;
use standards::finding::foremost;
use standards::{Finding, Place, Severity};

use crate::args::{FindingFormat, Global, Lint, Selection};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

/// What stands for standard input.
const STDIN: &str = "-";

/// No logo, certificate, policy or record comes near this.
const BYTES_MAX: u64 = 1 << 20;
/// The data of a record has its length in two octets (RFC 1035 §3.2.1).
const RECORD_BYTES_MAX: usize = 65_535;

pub(crate) async fn run(global: &Global, args: &Lint, printer: &Printer) -> Result<Exit, Failure> {
    let findings = if !args.records.is_empty() {
        records(&args.records, printer)?
    } else if is_manifest(&args.file) {
        manifest(global, args, printer).await?
    } else if args.online {
        return Err(Failure::Usage(
            "--online is for manifests: a file does not say which domain it is of".to_owned(),
        ));
    } else {
        file(&args.file, printer)?
    };
    print(&findings, args.format, printer);
    if findings.iter().any(is_error) {
        Err(Failure::Manifest(Vec::new()))
    } else {
        Ok(Exit::Done)
    }
}

/// The findings of a manifest, those of look-ups last.
async fn manifest(
    global: &Global,
    args: &Lint,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    let (manifest, mut findings) = open::check(&args.file)?;
    if let Some(manifest) = manifest.filter(|_| args.online) {
        let is_sound = !findings.iter().any(is_error);
        // It is large, and most runs have no look-ups.
        let seen = Box::pin(online(global, (&args.file, &manifest), is_sound, printer)).await?;
        for finding in seen {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    Ok(findings)
}

/// What look-ups find. The accounts are asked for a manifest without errors only.
async fn online(
    global: &Global,
    (path, manifest): (&Path, &Manifest),
    is_sound: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    if is_sound {
        let selection = Selection {
            manifest: path.to_owned(),
            targets: Vec::new(),
        };
        let project = open::project(global, &selection)?;
        return Ok(reconcile::lint_with_accounts(&project).await?);
    }
    printer.note("The accounts were not asked: fix the errors of the manifest first.");
    let outside = match open::environment(global)? {
        Environment::Internet(network) => network.outside()?,
        Environment::Sandbox(settings) => {
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            reconcile::sandbox::outside(&folder, manifest, settings)?
        }
    };
    Ok(reconcile::lint_published(manifest, outside.as_ref()).await)
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

/// The findings of one file, at its lines.
fn file(path: &Path, printer: &Printer) -> Result<Vec<Finding>, Failure> {
    let (name, bytes) = if path == Path::new(STDIN) {
        ("stdin".to_owned(), read(std::io::stdin())?)
    } else {
        let name = path.display().to_string();
        let opened = std::fs::File::open(path)
            .map_err(|error| Failure::outside(&format!("could not read {name}"), error))?;
        (name, read(opened)?)
    };
    let checked = check_file(&name, &bytes, Clock::real().now()).ok_or_else(|| {
        Failure::Usage(format!(
            "{name} is no logo, no mark certificate, no MTA-STS policy and no record; a manifest is a .yaml file"
        ))
    })?;
    note(&name, &checked, printer);
    let findings = foremost(checked.findings).into_iter();
    Ok(findings
        .map(|finding| finding.in_file(&name, &bytes))
        .collect())
}

/// The findings of records, each a line of a file that is not there.
fn records(texts: &[String], printer: &Printer) -> Result<Vec<Finding>, Failure> {
    let mut lines: Vec<(String, Vec<Finding>)> = Vec::new();
    for text in texts {
        if text == STDIN {
            let input = String::from_utf8_lossy(&read(std::io::stdin())?).into_owned();
            let input = input.lines().map(str::trim);
            lines.extend(input.filter(|line| !line.is_empty()).map(value));
        } else {
            lines.push((text.clone(), Vec::new()));
        }
    }
    let values: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    let whole = values.join("\n");
    let mut findings = Vec::new();
    let mut start = 0;
    for (number, (line, faults)) in lines.iter().enumerate() {
        if line.len() > RECORD_BYTES_MAX {
            return Err(Failure::Usage(format!(
                "more than {RECORD_BYTES_MAX} bytes are no record: DNS has no room for them"
            )));
        }
        let checked = check_record(line).ok_or_else(|| {
            Failure::Usage(format!(
                "`{line}` is no record that is known here: SPF, DKIM, DMARC, MTA-STS, TLS reporting or BIMI"
            ))
        })?;
        note(&format!("record:{}", number + 1), &checked, printer);
        let found = faults.iter().cloned().chain(foremost(checked.findings));
        findings.extend(found.map(|mut finding| {
            finding.place = match finding.place {
                Place::Span(span) => Place::Span(span.start + start..span.end + start),
                _ => Place::Span(start..start),
            };
            finding.in_file("record", whole.as_bytes())
        }));
        start += line.len() + 1;
    }
    Ok(findings)
}

/// The value of a line, which `dig +short` and zone files write in quotes, and what is wrong with
/// how it is written (DNS-01).
fn value(line: &str) -> (String, Vec<Finding>) {
    if !line.starts_with('"') {
        return (line.to_owned(), Vec::new());
    }
    match lint_presentation(line, Presentation::ZoneFile) {
        (Some(txt), _) => (txt.text().into_owned(), Vec::new()),
        (None, faults) => (line.to_owned(), faults),
    }
}

/// Says what something was taken for, to people.
fn note(name: &str, checked: &Checked, printer: &Printer) {
    if printer.json {
        return;
    }
    let kind = checked.kind;
    let text = match &checked.canonical {
        Some(canonical) if !canonical.contains('\n') => format!("{name}: {kind}: {canonical}"),
        _ => format!("{name}: {kind}"),
    };
    let verdict = match &checked.canonical {
        _ if checked.is_usable() => "receivers can use it",
        Some(_) => "receivers read it so, and it has errors",
        None => "receivers can't use it as it is",
    };
    printer.note(&report::escape(&format!("{text}: {verdict}")));
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
