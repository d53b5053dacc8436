//! The project's own commands: `cargo xtask test`, `tools`, `tidy`, `schema` and `bench`.
//!
//! `test` is what CI runs and what the README names. It is the whole truth about a change: whoever
//! sees it pass needs to run nothing else.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers: it reads the project's files and the clock, and is no part of the program"
)]

mod bench;
mod command;
mod project;
mod schema;
mod steps;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use command::Failure;
use project::Project;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test          everything that CI checks: format, rules, lints, docs, generated files, all tests
  tools         fetch other people's tools for the conformance tests into target/
  tidy          the repository's own rules; --figures prints the numbers of each crate
  schema        write deploy/deploy.schema.json from the manifest's types
  bench [NAME]  run the benchmarks and print their table";

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
        ["test"] => test::run(&Project::find()?),
        ["tools"] => {
            let project = Project::find()?;
            tools::prepare(&project.root, &project.target)
        }
        ["tidy", options @ ..] => tidy::run(&Project::find()?, options),
        ["schema"] => schema::write(&Project::find()?),
        ["bench", filter @ ..] => bench::run(&Project::find()?, filter),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure(USAGE.to_owned())),
    }
}
