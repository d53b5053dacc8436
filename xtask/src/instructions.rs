//! `cargo xtask instructions`: the instructions that each parser of `standards` takes for its
//! benchmarks' inputs, counted by callgrind.
//!
//! A count is the same on a busy machine, which a time is not. `benches/instructions.txt` has the
//! counts of the last change that was meant to alter them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{self, Failure, cargo};
use crate::project::Project;

const FIGURES: &str = "crates/standards/benches/instructions.txt";

/// The sizes that are counted: a count grows as they do where a parser is linear.
const SIZES: [u64; 2] = [10 << 10, 100 << 10];

/// The growth that a parser may have from one size to the next, over that of the size.
const LINEAR: f64 = 1.6;

/// The share by which a count may rise before it is a finding.
const TOLERANCE: f64 = 0.05;

/// The counts by the name of the benchmark, one for each size.
type Counts = BTreeMap<String, Vec<u64>>;

/// Counts every benchmark, prints the table, and fails where a count is not linear or has risen.
/// With `is_written`, the counts become those that later ones are compared with.
pub(crate) fn run(project: &Project, is_written: bool) -> Result<(), Failure> {
    let file = project.root.join(FIGURES);
    let known = std::fs::read_to_string(&file).map(|text| read(&text));
    let counts = count(&built(project)?)?;
    if is_written {
        return std::fs::write(&file, shown(&counts))
            .map_err(|error| Failure(format!("cannot write {FIGURES}: {error}")));
    }
    let known = known.map_err(|error| Failure(format!("cannot read {FIGURES}: {error}")))?;
    print!("{}", shown(&counts));
    let faults = faults(&known, &counts);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure(faults.join("\n")))
    }
}

/// Builds the benchmarks as what is released is built, but with the names of its functions, which
/// callgrind is told by.
fn built(project: &Project) -> Result<PathBuf, Failure> {
    let options = "bench --no-run --package standards --bench parsers --profile dist \
        --message-format json --config profile.dist.strip=\"none\"";
    let options: Vec<&str> = options.split_whitespace().collect();
    let messages = command::output(&mut cargo(&project.root, &options))?;
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == "parsers";
        let program = message["executable"].as_str().filter(|_| is_ours)?;
        Some(PathBuf::from(program))
    });
    let built = programs.next_back();
    built.ok_or_else(|| Failure("cargo names no program for the benchmarks".to_owned()))
}

fn count(program: &PathBuf) -> Result<Counts, Failure> {
    let listed = command::output(Command::new(program).arg("--list"))?;
    let names = listed.lines().filter_map(|line| line.split("─ ").nth(1));
    let mut counts = Counts::new();
    for name in names {
        for size in SIZES {
            let mut valgrind = Command::new("valgrind");
            valgrind.args([
                "--tool=callgrind",
                "--callgrind-out-file=/dev/null",
                "--collect-atstart=no",
                "--toggle-collect=*parsers::measured*",
            ]);
            valgrind.arg(program).args(["--test", "--exact"]);
            valgrind.arg(format!("parsers::{name}::{size}"));
            let count = collected(&mut valgrind)?;
            counts.entry(name.to_owned()).or_default().push(count);
        }
    }
    Ok(counts)
}

/// The number that callgrind reports on standard error.
fn collected(valgrind: &mut Command) -> Result<u64, Failure> {
    let output = valgrind.output().map_err(|error| {
        Failure(format!(
            "cannot start valgrind, which is a package of Debian: {error}"
        ))
    })?;
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report
        .lines()
        .find_map(|line| line.split_once("Collected :"));
    let count = line.and_then(|(_, count)| count.trim().parse().ok());
    count.filter(|count| *count > 0).ok_or_else(|| {
        let report = report.trim_end();
        Failure(format!("callgrind counted nothing:\n{report}"))
    })
}

fn shown(counts: &Counts) -> String {
    let mut text = String::from(
        "# Instructions for 10 KiB and for 100 KiB; `cargo xtask instructions --write` writes them.\n",
    );
    for (name, counts) in counts {
        let _ = write!(text, "{name:<22}");
        for count in counts {
            let _ = write!(text, " {count:>12}");
        }
        text.push('\n');
    }
    text
}

fn read(text: &str) -> Counts {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, words.filter_map(|word| word.parse().ok()).collect()))
    };
    lines.filter_map(row).collect()
}

/// The counts that have risen by more than the tolerance, or grow faster than their input.
fn faults(known: &Counts, counts: &Counts) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, counts) in counts {
        let before = known.get(name).map_or(&[][..], Vec::as_slice);
        for ((size, before), count) in SIZES.iter().zip(before).zip(counts) {
            let share = ratio(*count, *before) - 1.0;
            if share > TOLERANCE {
                let percent = share * 100.0;
                faults.push(format!(
                    "{name} of {size} octets takes {count} instructions, {percent:.1} % more than {before}"
                ));
            }
        }
        let growth = ratio(counts[1], counts[0]) / ratio(SIZES[1], SIZES[0]);
        if growth > LINEAR {
            faults.push(format!(
                "{name} grows {growth:.1} times as fast as its input"
            ));
        }
    }
    faults
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below the 2^53 that a float holds exactly"
)]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_rises_or_grows_too_fast_is_a_fault() {
        let counts = |rows: &str| read(rows);
        let known = counts("# note\nspf 1000 10000\nname 1000 10000\n");
        assert_eq!(read(&shown(&known)), known);
        assert_eq!(faults(&known, &counts("spf 1040 10400\n")), [""; 0]);
        assert_eq!(
            faults(&known, &counts("spf 1060 10000\nname 1000 17000\n")),
            [
                "name of 102400 octets takes 17000 instructions, 70.0 % more than 10000",
                "name grows 1.7 times as fast as its input",
                "spf of 10240 octets takes 1060 instructions, 6.0 % more than 1000",
            ]
        );
    }
}
