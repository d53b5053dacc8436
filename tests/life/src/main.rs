//! `cargo xtask life`: plays lives, and prints those that fail.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers: it reads its arguments and the clock"
)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use life::life::Life;
use life::observer::Fault;
use life::player::{Played, play};
use life::{draw, known, print, shrink};
use sandbox::stats::Logged;

/// How many lives are played to make one smaller.
const SHRINK: usize = 60;

const USAGE: &str = "\
usage: life [--seed S] [--lives N | --minutes N] [--first S] [--with KIND]… [--no-shrink] [--first-failure] [--threads N]

  --seed S      play the life of this seed, and print it and the calls that change something
  --lives N     play this many lives; 100 by default
  --minutes N   play lives for this long
  --first S     the seed of the first life; 1 by default
  --with KIND   play a kind of life that is known to fail too
  --no-shrink   print failing lives as they are
  --first-failure   end with the first life that fails
  --threads N   on so many cores; on all by default";

struct Options {
    seed: Option<u64>,
    lives: u64,
    minutes: Option<u64>,
    first: u64,
    with: Vec<String>,
    shrinks: bool,
    first_failure: bool,
    threads: Option<u64>,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!(
            "{USAGE}\n\nkinds of lives that are known to fail, and are left out:\n{}",
            known::list()
        );
        return ExitCode::from(2);
    };
    if let Some(seed) = options.seed {
        return single(seed, &options);
    }
    let summary = all(&options);
    println!("{}", summary.text());
    if summary.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plays one life, and prints everything about it.
fn single(seed: u64, options: &Options) -> ExitCode {
    let life = draw::life(seed, &options.with);
    println!("{}", print::rust(&life));
    let played = play(&life);
    for Logged {
        at,
        account,
        region,
        operation,
        result,
        ..
    } in &played.log
    {
        println!("{at} {account} {region} {operation} {result}");
    }
    for Fault { promise, what } in &played.faults {
        println!("seed {seed} breaks {promise}: {what}");
    }
    match played.faults.first() {
        Some(fault) if options.shrinks => println!("{}", smaller(seed, &life, fault)),
        Some(_) => {}
        None => return ExitCode::SUCCESS,
    }
    ExitCode::FAILURE
}

/// The life, made smaller, with what it breaks.
fn smaller(seed: u64, life: &Life, fault: &Fault) -> String {
    let (life, Fault { what, .. }) = shrink::shrink(life, fault, SHRINK);
    format!(
        "seed {seed}, made smaller: {what}\n{}\n",
        print::rust(&life)
    )
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        seed: None,
        lives: 100,
        minutes: None,
        first: 1,
        with: Vec::new(),
        shrinks: true,
        first_failure: false,
        threads: None,
    };
    while let Some(argument) = arguments.next() {
        if argument == "--with" {
            options
                .with
                .push(arguments.next().filter(|name| known::is_known(name))?);
            continue;
        }
        let mut number = || arguments.next()?.parse().ok();
        match argument.as_str() {
            "--seed" => options.seed = Some(number()?),
            "--lives" => options.lives = number()?,
            "--minutes" => options.minutes = Some(number()?),
            "--first" => options.first = number()?,
            "--threads" => options.threads = Some(number()?),
            "--no-shrink" => options.shrinks = false,
            "--first-failure" => options.first_failure = true,
            _ => return None,
        }
    }
    Some(options)
}

/// The sums over all lives.
#[derive(Default)]
struct Summary {
    lives: u64,
    played: Played,
    failed: Vec<u64>,
    took: Duration,
}

/// Plays the lives on every core.
fn all(options: &Options) -> Summary {
    let started = Instant::now();
    let (first, lives) = (options.first, options.lives);
    let deadline = options
        .minutes
        .map(|minutes| started + Duration::from_mins(minutes));
    let is_over = |count: u64| match deadline {
        Some(deadline) => Instant::now() >= deadline,
        None => count >= lives,
    };
    let next = AtomicU64::new(0);
    let summary = Mutex::new(Summary::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = options.threads.unwrap_or(u64::try_from(cores).unwrap_or(1));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let count = next.fetch_add(1, Ordering::Relaxed);
                    let has_failed = || {
                        let held = summary.lock().unwrap_or_else(PoisonError::into_inner);
                        !held.failed.is_empty()
                    };
                    if is_over(count) || options.first_failure && has_failed() {
                        break;
                    }
                    one(first + count, options, &summary);
                }
            });
        }
    });
    let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.took = started.elapsed();
    summary
}

fn one(seed: u64, options: &Options, summary: &Mutex<Summary>) {
    let life = draw::life(seed, &options.with);
    let played = play(&life);
    let fault = played.faults.first().cloned();
    let mut held = summary.lock().unwrap_or_else(PoisonError::into_inner);
    held.add(played);
    let Some(fault) = fault else { return };
    held.failed.push(seed);
    drop(held);
    let Fault { promise, what } = &fault;
    println!("seed {seed} breaks {promise}: {what}");
    if options.shrinks {
        println!("{}", smaller(seed, &life, &fault));
    }
}

impl Summary {
    fn add(&mut self, played: Played) {
        self.lives += 1;
        self.played.injected += played.injected;
        self.played.runs += played.runs;
        self.played.calls += played.calls;
        self.played.sights += played.sights;
        self.played.done += played.done;
        self.played.given_up += played.given_up;
        self.played.refused.extend(played.refused);
    }

    fn text(&self) -> String {
        let Played {
            injected,
            runs,
            calls,
            sights,
            done,
            given_up,
            refused,
            ..
        } = &self.played;
        let mut text = format!(
            "{} lives, {runs} runs of the program, {done} ended with everything done, \
             {given_up} given up, {injected} faults and kills injected, {calls} calls, {sights} sights of the observer, \
             in {} seconds; {} failed: {:?}",
            self.lives,
            self.took.as_secs(),
            self.failed.len(),
            self.failed
        );
        for (reason, count) in reasons(refused) {
            text.extend(["\nrefused ", &count.to_string(), " times: ", &reason]);
        }
        text
    }
}

/// The reasons of refused plans, without what differs between two of a kind.
fn reasons(refused: &[String]) -> std::collections::BTreeMap<String, usize> {
    let mut reasons = std::collections::BTreeMap::new();
    for reason in refused {
        let short: String = reason.chars().take(90).collect();
        *reasons.entry(short).or_default() += 1;
    }
    reasons
}
