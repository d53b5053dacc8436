//! How long a whole apply of the example manifest takes, from the start of the program to its end, in
//! the sandbox under the virtual clock. At AWS it takes minutes: those it says.

use tests::place::{Place, binary};

fn main() {
    // What is built is not measured.
    binary();
    divan::main();
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn example(bencher: divan::Bencher<'_, '_>) {
    let said = std::cell::RefCell::new(String::new());
    bencher
        .with_inputs(|| Place::of("example").in_calm())
        .bench_local_values(|place| {
            let ran = place.apply().exits(0);
            let line = ran
                .stderr
                .lines()
                .find(|line| line.contains(" changes done in "));
            line.expect("how long it took")
                .clone_into(&mut said.borrow_mut());
            place
        });
    println!("the last run said: {}", said.borrow());
}
