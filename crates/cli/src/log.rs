//! The log: what the run does, action by action and call by call, for whoever looks for the cause of a
//! failure. It goes to standard error (`-v`, `-vv`) and to a file (`--log-file`), and never changes
//! what a command prints as its result.
//!
//! Only events of this program are written. The SDK's own hold signed requests and bodies, which are
//! credentials for some minutes and must not stand in a file.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::{ArgAction, Args};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::exit::Failure;

/// The prefix of the targets of all events of this program.
const OURS: &str = "deploy";

/// The variable that says more exactly what is logged.
const VARIABLE: &str = "DEPLOY_LOG";

/// The level and the destination of the log.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "The log")]
pub(crate) struct Log {
    /// Log each action to standard error; twice: each call to AWS as well
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Show no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Log each action and each call to this file, as JSON lines; `DEPLOY_LOG=deploy::aws=debug` and the
    /// like choose what
    // A global argument is passed on only to commands that have none of its id: `file` is taken by some.
    #[arg(id = "log_file", long = "log-file", global = true, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

impl Log {
    /// Starts the log.
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator says in the environment what is logged"
    )]
    pub(crate) fn start(&self) -> Result<(), Failure> {
        let chosen = match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => Some(chosen(&text)?),
            _ => None,
        };
        let shown = chosen.clone().unwrap_or_else(|| ours(self.level()));
        let written = chosen.unwrap_or_else(|| ours(LevelFilter::DEBUG));
        let terminal = (self.level() > LevelFilter::OFF).then(|| {
            let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
            lines.with_ansi(false).with_filter(shown)
        });
        let file = match &self.file {
            Some(path) => {
                let lines = tracing_subscriber::fmt::layer().json();
                let lines = lines.with_writer(Mutex::new(create(path)?));
                Some(lines.with_ansi(false).with_filter(written))
            }
            None => None,
        };
        let log = tracing_subscriber::registry().with(terminal).with(file);
        log.try_init()
            .map_err(|source: TryInitError| Failure::Outside {
                what: "the log could not be started".to_owned(),
                source: Box::new(source),
            })
    }

    fn level(&self) -> LevelFilter {
        match self.verbose {
            0 => LevelFilter::OFF,
            1 => LevelFilter::INFO,
            _ => LevelFilter::DEBUG,
        }
    }
}

fn ours(level: LevelFilter) -> Targets {
    Targets::new().with_target(OURS, level)
}

/// The filter that the variable asks for: `debug`, or `deploy::aws=debug,deploy::engine=info`.
fn chosen(text: &str) -> Result<Targets, Failure> {
    let usage = |why: String| Failure::Usage(format!("{VARIABLE}={text}: {why}"));
    let targets: Targets = text.parse().map_err(|error| {
        usage(format!(
            "{error}; write a level (error, warn, info, debug), or parts with levels"
        ))
    })?;
    let mut filter = ours(targets.default_level().unwrap_or(LevelFilter::OFF));
    for (target, level) in &targets {
        if target != OURS && !target.starts_with("deploy::") {
            return Err(usage(format!(
                "`{target}` is no part of this program: write deploy::aws or deploy::engine"
            )));
        }
        filter = filter.with_target(target, level);
    }
    Ok(filter)
}

/// A file that only its owner reads. Lines are added to one that is there.
fn create(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    // On Windows it is whose the folder is.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| Failure::Outside {
        what: format!("the log file {} could not be opened", path.display()),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::chosen;

    #[test]
    fn a_level_alone_is_for_this_program_only() {
        let filter = chosen("debug").expect("a filter");
        assert!(filter.would_enable("deploy::aws", &tracing::Level::DEBUG));
        assert!(!filter.would_enable("aws_smithy_runtime", &tracing::Level::ERROR));
    }

    #[test]
    fn parts_have_levels_of_their_own() {
        let filter = chosen("deploy::aws=debug,deploy::engine=warn").expect("a filter");
        assert!(filter.would_enable("deploy::aws", &tracing::Level::DEBUG));
        assert!(!filter.would_enable("deploy::engine", &tracing::Level::INFO));
        assert_eq!(filter.default_level(), None::<LevelFilter>);
    }

    #[test]
    fn the_sdk_has_no_log_here() {
        let refused = chosen("aws_smithy_runtime=trace").expect_err("signed requests");
        assert!(format!("{refused:?}").contains("no part of this program"));
    }
}
