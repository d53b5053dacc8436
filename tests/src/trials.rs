//! Trials of a program under faults, on every core.

use std::sync::Mutex;

/// Holds `trial` to everything that is to be tried. It gives back what went wrong.
///
/// # Panics
/// When something went wrong in a trial, with all of it.
#[track_caller]
pub fn all_hold<T: Send>(tried: Vec<T>, trial: impl Fn(&T) -> Option<String> + Sync) {
    let left = Mutex::new(tried);
    let wrong = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no panic").pop();
                    let Some(next) = next else { break };
                    wrong.lock().expect("no panic").extend(trial(&next));
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(
        wrong.is_empty(),
        "{} trials:\n{}",
        wrong.len(),
        wrong.join("\n----\n")
    );
}
