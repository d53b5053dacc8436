//! `deploy init`: a manifest from what domains publish today.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clock::Clock;
use futures::{StreamExt, TryStreamExt, stream};
use manifest::draft::{Draft, DraftFile, Wish, draft};
use model::{Outside, Published};
use reconcile::sandbox;
use standards::Severity;
use standards::dns::Name;
use verify::NothingPublished;

use crate::args::{Global, Init};
use crate::exit::{Exit, Failure};
use crate::manifest_file::find;
use crate::open;
use crate::printer::Printer;

/// Domains that are read side by side.
const AT_ONCE: usize = 4;

pub(crate) async fn run(global: &Global, args: &Init, printer: &Printer) -> Result<Exit, Failure> {
    let domains = names(&args.domains)?;
    // What is in the way is said before the network is asked.
    if let Some(path) = &args.output {
        refuse_to_overwrite(path, args.force)?;
    }
    let outside = outside(global, args, printer)?;
    if !printer.json {
        printer.note(&format!("Reading what is published: {}", list(&domains)));
    }
    let published: Vec<Published> = stream::iter(&domains)
        .map(async |domain| verify::published(domain, outside.as_ref()).await)
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(nothing)?;
    let wish = Wish {
        account: args.account.clone(),
        now: Clock::real().now(),
    };
    let draft = draft(&published, &wish);
    if let Some(path) = &args.output {
        save(path, &draft, args.force)?;
    }
    print(args, &draft, printer);
    Ok(Exit::Done)
}

/// The domains, each once.
pub(super) fn names(texts: &[String]) -> Result<Vec<Name>, Failure> {
    let mut names: Vec<Name> = Vec::new();
    for text in texts {
        let wrong =
            |reason: String| Failure::Usage(format!("`{text}` is no mail domain: {reason}"));
        let name = Name::parse(text).map_err(|error| wrong(error.to_string()))?;
        if !name.is_host() || name.label_count() < 2 {
            return Err(wrong("write a name such as example.com".to_owned()));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn list(domains: &[Name]) -> String {
    let names: Vec<&str> = domains.iter().map(Name::as_str).collect();
    names.join(", ")
}

/// An external observer, on the network or in the sandbox of a manifest.
fn outside(global: &Global, args: &Init, printer: &Printer) -> Result<Arc<dyn Outside>, Failure> {
    if !global.sandbox {
        return Ok(open::network(global)?.outside()?);
    }
    let loaded = open::load(&find(args.sandbox_of.as_deref(), printer)?)?;
    let settings = open::sandbox(global)?;
    Ok(sandbox::outside(
        loaded.folder(),
        &loaded.manifest,
        settings,
    )?)
}

fn nothing(error: NothingPublished) -> Failure {
    match error {
        NothingPublished::NoSuchDomain(_) => Failure::Usage(error.to_string()),
        NothingPublished::NoAnswer { source, .. } => {
            Failure::outside("could not see what is published", source)
        }
    }
}

fn refuse_to_overwrite(path: &Path, force: bool) -> Result<(), Failure> {
    if force || path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{} is there already: `--force` overwrites it, `-o` takes another name",
        path.display()
    )))
}

/// Writes the manifest and the files that it names, all or none of those that are in the way.
fn save(path: &Path, draft: &Draft, force: bool) -> Result<(), Failure> {
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let files: Vec<(PathBuf, &DraftFile)> = draft
        .files
        .iter()
        .map(|file| (folder.join(&file.path), file))
        .filter(|(path, file)| !holds(path, &file.bytes))
        .collect();
    for (path, _) in &files {
        refuse_to_overwrite(path, force)?;
    }
    for (path, file) in files {
        write(&path, &file.bytes, force)?;
    }
    write(path, draft.text.as_bytes(), force)
}

/// Whether the file is there, as it is to be.
#[expect(clippy::disallowed_methods, reason = "the operator names the folder")]
fn holds(path: &Path, bytes: &[u8]) -> bool {
    std::fs::read(path).is_ok_and(|there| there == bytes)
}

/// Writes a file, in a folder that is made for it. What appeared in the meantime is not overwritten.
fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let failed = |error| Failure::outside(&format!("could not write {}", path.display()), error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

fn print(args: &Init, draft: &Draft, printer: &Printer) {
    let paths: Vec<&str> = draft.files.iter().map(|file| &*file.path).collect();
    if printer.json {
        printer.value(&report::draft_json(
            &draft.text,
            args.output.as_deref(),
            &paths,
            &draft.findings,
        ));
        return;
    }
    let count = |severity| {
        let same = draft
            .findings
            .iter()
            .filter(|finding| finding.severity == severity);
        same.count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warn));
    match &args.output {
        None => {
            printer.data(&draft.text);
            if !paths.is_empty() {
                printer.note(&format!(
                    "It names {}: with `-o FILE` they are saved beside it.",
                    paths.join(", ")
                ));
            }
        }
        Some(path) => {
            let path = path.display();
            let with = if paths.is_empty() {
                String::new()
            } else {
                format!(" and {}", paths.join(", "))
            };
            printer.note(&report::escape(&format!(
                "Wrote {path}{with}. Next: `deploy lint {path}`, then `deploy plan {path}`."
            )));
        }
    }
    let (errors, warnings) = (
        report::counted(errors, "error"),
        report::counted(warnings, "warning"),
    );
    printer.note(&format!("Its comments have {errors} and {warnings}."));
}
