//! A network that breaks answers, by seed: pages of a load balancer, bodies that end too early, that
//! stall, or that are short without saying so, answers that never come. Apply and destroy converge,
//! nothing is orphaned, and nothing is said that is not so.

use tests::place::{Place, Ran};

/// How many runs an apply or a destroy may take: each may meet a fault that ends it.
const RUNS: usize = 8;

/// The seeds of this run: one, or as many as `cargo xtask weather --proxy` asks for.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever starts the test says how long it lasts"
)]
fn seeds() -> u64 {
    let asked = std::env::var("DEPLOY_TEST_SEEDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// The faults that were found, with their seeds.
#[derive(Debug, Default)]
struct Outcome {
    diverged: Vec<String>,
    orphans: Vec<String>,
    untrue: Vec<String>,
}

/// A world in which seven of a hundred answers are broken.
fn broken(seed: u64) -> String {
    format!(
        "faults: {{ seeded: {{ seed: {seed}, percent: 7, kinds: [html_before, html_after, cut_body, \
         short_body, stalled_body, time_out_before, time_out_after] }} }}"
    )
}

/// Runs until it is done; nothing where it never is.
fn until_done(mut run: impl FnMut() -> Ran) -> Result<Ran, String> {
    let mut last = String::new();
    for _ in 0..RUNS {
        let ran = run();
        if ran.code == 0 {
            return Ok(ran);
        }
        last = format!("exit {}\n{}\n{}", ran.code, ran.stdout, ran.stderr);
    }
    Err(last)
}

fn quiet(place: &Place) {
    place.change_world(|world, _| world.faults.seeded = None);
}

fn round(seed: u64, outcome: &mut Outcome) {
    let place = Place::of("example").in_calm();
    place.make_world(Some(&broken(seed)));
    let before = place.world().dump();
    if let Err(last) = until_done(|| place.apply()) {
        let text = format!("apply, seed {seed}: {last}");
        outcome.diverged.push(text);
    } else {
        let whole = place.copy();
        quiet(&whole);
        let plan = whole.run("plan", &["--exit-code"]);
        if plan.code != 0 {
            let text = format!("seed {seed}: applied, but {}", plan.stdout);
            outcome.untrue.push(text);
        }
    }
    let destroyed = until_done(|| place.destroy());
    let left = place.world().dump() != before;
    match destroyed {
        Err(last) => outcome
            .diverged
            .push(format!("destroy, seed {seed}: {last}")),
        Ok(ran) if left => {
            outcome.orphans.push(format!("seed {seed}"));
            if ran.stdout.contains("nothing of ours is left")
                || ran.stderr.contains("nothing of ours is left")
            {
                outcome.untrue.push(format!("seed {seed}: nothing is left"));
            }
        }
        Ok(_) => {}
    }
}

#[test]
fn a_network_that_breaks_seven_of_a_hundred_answers_changes_no_outcome() {
    let mut outcome = Outcome::default();
    for seed in 1..=seeds() {
        round(seed, &mut outcome);
    }
    let none = outcome.diverged.is_empty() && outcome.orphans.is_empty();
    assert!(none && outcome.untrue.is_empty(), "{outcome:#?}");
}
