//! The project's own commands: `cargo xtask test`, `tidy`, `new-kind` and others.
//!
//! `cargo xtask test` runs everything that CI runs. A change for which it passes needs no other
//! check. `cargo xtask help` lists the commands.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers: it reads the project's files and the clock, and is no part of the program"
)]

mod bench;
mod command;
mod compare;
mod dist;
mod files;
mod generated;
mod instructions;
mod life;
mod long;
mod names;
mod new_kind;
mod picture;
mod project;
mod readmes;
mod real;
mod schedules;
mod schema;
mod site;
mod steps;
mod suite;
mod test;
mod tidy;
mod tools;
mod weather;

use std::process::ExitCode;

use command::Failure;
use project::Project;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [STEP…]   everything that CI checks, or these steps of it
  long [STEP]    what takes too long for every change: many cases of each property, every end of each
                 call, the instructions of the parsers, fuzzing, a network that breaks answers, ten
                 seeds of each weather, all mutants
  life [OPTION…] play lives of domains and look for faults: --lives N, --minutes N, --seed S;
                 --mutants [NAME…] plays them with deliberate bugs, which must be found,
                 --mutants check shows whether these still apply
  real OPTION…   play the smallest life on a real account, and print where AWS answered otherwise than
                 the sandbox does; --help lists the options. --emulator NAME plays it on moto or
                 ministack, --sandbox in another sandbox
  tidy           the repository's own rules; --figures prints the numbers of each crate,
                 --lower writes the counts of tolerated problems that have fallen,
                 --list RULE [PART] shows these problems
  new-kind NAME  make the folder, the registry lines and the test of a new kind
  schema         write deploy/deploy.schema.json and docs/schemas/ from the types of the manifest
                 and of the documents for programs
  site           make the documents and the rules into a site in target/site/site/, after a
                 `cargo build`; a link that leads nowhere is a fault
  readmes        write the README of each crate from its documentation
  picture        write docs/architecture.svg from the dependencies of the crates
  compare        write docs/compare.md: the plans of one change by this program, by octoDNS and,
                 where it can be had, by Terraform
  dist           make a release in target/dist/: the static binary with its archive, bill of
                 materials, provenance and image, and the pages of the example fleet; then try the
                 binary alone. --target TRIPLE for another platform, --profile NAME for a build that
                 is quicker to make; --collect sums up what is there for all platforms,
                 --tag TAG fails unless it is the tag of the version
  tools          fetch third-party tools for the conformance tests into target/
  bench [NAME]   run the benchmarks and print their table
  instructions   count what the parsers' benchmarks take, and compare with the figures in the
                 repository; --write writes these
  weather [NAME…]
                 run the end-to-end tests in usual and stormy weather, ten seeds of each, or in
                 those that are named (storm:7); `s3` with the ledgers in a bucket;
                 --proxy over a network that breaks answers, 30 seeds";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(reason)) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        ["test", steps @ ..] => test::run(&Project::find()?, steps),
        ["long"] => long::run(&Project::find()?, None),
        ["long", step] => long::run(&Project::find()?, Some(step)),
        ["life", options @ ..] => life::run(&Project::find()?, options),
        ["new-kind", name] => new_kind::write(&Project::find()?.root, name),
        ["real", options @ ..] => real::run(&Project::find()?, options),
        ["readmes"] => {
            let project = Project::find()?;
            generated::write(&project, &readmes::all(&project)?)
        }
        ["picture"] => {
            let project = Project::find()?;
            generated::write(&project, &[picture::drawn(&project)])
        }
        ["tools"] => {
            let project = Project::find()?;
            tools::prepare(&project.root, &project.target)
        }
        ["tidy", options @ ..] => tidy::run(&Project::find()?, options),
        ["weather", "--proxy"] => weather::network(&Project::find()?),
        ["weather", named @ ..] => weather::run(&Project::find()?, named),
        ["dist", options @ ..] => dist::run(&Project::find()?, options),
        ["compare"] => compare::write(&Project::find()?),
        ["site"] => {
            let project = Project::find()?;
            tools::prepare_python(&project.root, &project.target)?;
            site::write(&project)
        }
        ["schema"] => schema::write(&Project::find()?),
        ["instructions"] => instructions::run(&Project::find()?, false),
        ["instructions", "--write"] => instructions::run(&Project::find()?, true),
        ["bench", filter @ ..] => bench::run(&Project::find()?, filter),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure(USAGE.to_owned())),
    }
}
