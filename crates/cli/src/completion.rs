//! Completions. The shell asks this program at each of them, so that they know what only a manifest says.

use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::Shells;
use clap_complete::{ArgValueCandidates, CompleteEnv};

use crate::args::Cli;
use crate::exit::Failure;
use crate::manifest_file::unnamed;
use crate::open;

/// The variable by which a shell asks. The library's usual name, `COMPLETE`, may be anybody's.
const VARIABLE: &str = "DEPLOY_COMPLETE";

/// Answers a shell that asks, and ends then.
pub(crate) fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// The command line, with what the manifest knows of it.
fn command() -> Command {
    let completed = |argument: Arg| {
        if argument.get_id() == "targets" {
            argument.add(ArgValueCandidates::new(domains))
        } else {
            argument
        }
    };
    Cli::command().mut_subcommands(|command| command.mut_args(completed))
}

/// The lines by which a shell learns to ask.
pub(crate) fn registration(shell: clap_complete::Shell) -> Result<String, Failure> {
    let failed = |error| Failure::outside(&format!("could not write for {shell}"), error);
    let shells = Shells::builtins();
    let known = shells.completer(&shell.to_string());
    let known = known.ok_or_else(|| Failure::Usage(format!("{shell} is not supported")))?;
    let mut script = Vec::new();
    known
        .write_registration(VARIABLE, "deploy", "deploy", "deploy", &mut script)
        .map_err(failed)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// The domains of the manifest that the command line names so far, or of the one that it leaves out.
fn domains() -> Vec<CompletionCandidate> {
    let file = named().or_else(|| unnamed().map(|(file, _)| file).ok());
    // Where no manifest can be read there is nothing to complete; the command will say why.
    let read = file.and_then(|file| open::check(&file).ok());
    let Some((Some(manifest), _)) = read else {
        return Vec::new();
    };
    let names = manifest.domains.keys().chain(manifest.parked.keys());
    names
        .map(|name| CompletionCandidate::new(name.as_str()))
        .collect()
}

/// The manifest in the words that the shell passes after `--`.
fn named() -> Option<PathBuf> {
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    let matches = Cli::command()
        .ignore_errors(true)
        .try_get_matches_from(words)
        .ok()?;
    let (_, of_command) = matches.subcommand()?;
    ["manifest", "file"]
        .into_iter()
        .find_map(|id| of_command.try_get_one::<PathBuf>(id).ok()?.cloned())
}
