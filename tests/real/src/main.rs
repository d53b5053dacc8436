//! `cargo xtask real`: plays the smallest life on an account, or on an emulator, and in the sandbox, and
//! prints where the two answered differently.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers: it writes recordings, and asks before it begins"
)]

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use real::compare;
use real::life::{Ended, Life};
use real::recording::{Recorded, Recording};
use real::smallest::{self, Stage};
use reconcile::{Environment, Network, SandboxSettings, Speed};
use sandbox::weather::{Kind, Weather};

/// Plays the smallest life on an account of AWS and in the sandbox, and compares the answers.
///
/// `AWS_ENDPOINT_URL` names an emulator in the place of AWS.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask real")]
struct Options {
    /// A domain with a public hosted zone in the account, on which no mail depends
    #[arg(long)]
    domain: String,
    /// The account's number: twelve digits
    #[arg(long)]
    account: String,
    /// The profile of the AWS configuration that leads to it
    #[arg(long)]
    profile: Option<String>,
    /// The region of the buckets and of SES
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Refuse a life that can cost more US dollars
    #[arg(long, default_value_t = 1.0)]
    budget: f64,
    /// How many minutes to wait for one thing
    #[arg(long, default_value_t = 30)]
    wait: u64,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Play it in another sandbox in the place of AWS, in this weather
    #[arg(long, value_name = "WEATHER", num_args = 0..=1, default_missing_value = "usual")]
    sandbox: Option<Weather>,
    /// The resolver to ask, for an emulator whose names are not in public DNS
    #[arg(long, value_name = "ADDRESS:PORT")]
    resolver: Option<SocketAddr>,
    /// A precondition to take for met, for an emulator that nobody can look at from outside
    #[arg(long, value_name = "RULE")]
    accept: Vec<String>,
    /// The folder for the recordings
    #[arg(long, default_value = "target/real")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<ExitCode, String> {
    if smallest::cost_max() > options.budget {
        let cost = smallest::cost_max();
        return Err(format!(
            "this life can cost {cost:.2} US dollars, and --budget allows {:.2}",
            options.budget
        ));
    }
    let place = match options.sandbox {
        Some(weather) => format!("the sandbox ({:?}, seed {})", weather.kind, weather.seed),
        None => std::env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| "AWS".to_owned()),
    };
    let folder = options.out.join(&options.domain);
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.map_err(|error| format!("{}: {error}", folder.display()))?;
    let stage = Stage {
        domain: options.domain.clone(),
        account: options.account.clone(),
        profile: options.profile.clone(),
        region: options.region.clone(),
    };
    let network = Network {
        resolver: options.resolver,
        ..Network::default()
    };
    let there = Life {
        stage: &stage,
        folder: folder.clone(),
        environment: &|| Environment::Internet(network.clone()),
        is_instant: false,
        wait: Duration::from_mins(options.wait),
        accepted: options.accept.iter().cloned().collect(),
        tell: &|line| println!("{line}"),
    };
    let (ended, recorded) = match options.sandbox {
        Some(weather) => in_sandbox(&there, &folder.join("place"), weather)?,
        None if is_agreed(&there, &place, options.yes)? => {
            play(&there, &folder.join("place.jsonl"))?
        }
        None => return Ok(ExitCode::from(2)),
    };
    println!("\nThe same life in the sandbox:");
    let (_, sandboxed) = in_sandbox(&there, &folder.join("sandbox"), Weather::of(Kind::Calm))?;
    println!("{}", comparison(&recorded, &sandboxed, &place));
    println!(
        "All exchanges, without secrets, are in {}.",
        folder.display()
    );
    if ended.is_clean() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!(
        "the destroy did not end with nothing left: play this again, or see what is left at {place} \
         before you delete {}",
        folder.display()
    ))
}

/// Shows what the life makes and what it can cost, and asks.
fn is_agreed(life: &Life<'_>, place: &str, is_said: bool) -> Result<bool, String> {
    let planned = life.first_plan().map_err(|error| error.to_string())?;
    println!("On {place}, in account {}, this makes:", life.stage.account);
    for action in planned.plan.actions.iter().filter(|one| one.changes()) {
        println!(
            "  {} {}",
            action.verb(),
            report::escape(&action.resource.to_string())
        );
    }
    println!("and takes it away again. AWS charges, in US dollars:");
    for (what, dollars) in smallest::PRICES {
        println!("  {dollars:.2}  {what}");
    }
    if is_said {
        return Ok(true);
    }
    print!("Type the domain to go on: ");
    io::stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|error| error.to_string())?;
    Ok(answer.trim() == life.stage.domain)
}

/// Plays a life, and keeps its exchanges in a file.
fn play(life: &Life<'_>, file: &Path) -> Result<(Ended, Vec<Recorded>), String> {
    let recording = Recording::default();
    let ended = life.play(&recording);
    let ended = ended.map_err(|error| format!("no runtime: {error}"))?;
    let recorded = recording.all();
    keep(file, &recorded)?;
    Ok((ended, recorded))
}

/// Plays the same life in a new sandbox, whose time costs nothing.
fn in_sandbox(
    life: &Life<'_>,
    folder: &Path,
    weather: Weather,
) -> Result<(Ended, Vec<Recorded>), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let settings = SandboxSettings {
        speed: Some(Speed::Instant),
        weather: Some(weather),
        ..SandboxSettings::default()
    };
    let stage = Stage {
        // A sandbox knows no profiles.
        profile: None,
        ..life.stage.clone()
    };
    let life = Life {
        stage: &stage,
        folder: folder.to_owned(),
        environment: &|| Environment::Sandbox(settings.clone()),
        is_instant: true,
        accepted: BTreeSet::new(),
        ..*life
    };
    play(&life, &folder.with_extension("jsonl"))
}

/// Writes exchanges into a file of the user's own, a line each.
fn keep(path: &Path, recorded: &[Recorded]) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let mut new = OpenOptions::new();
    new.create(true).write(true).truncate(true).mode(0o600);
    let mut file = new.open(path).map_err(failed)?;
    for one in recorded {
        let line = serde_json::to_string(one).map_err(|error| error.to_string())?;
        writeln!(file, "{line}").map_err(failed)?;
    }
    Ok(())
}

fn comparison(place: &[Recorded], sandbox: &[Recorded], name: &str) -> String {
    let calls = compare::calls(place, sandbox);
    let calls = calls
        .iter()
        .map(|(operation, (here, there))| format!("  {operation:<52} {here:>5} {there:>5}\n"));
    let differences = compare::differences(place, sandbox);
    format!(
        "\nCalls at {name}, and in the sandbox:\n{}\n{} differences:\n{}",
        calls.collect::<String>(),
        differences.len(),
        compare::text(&differences, name)
    )
}
