//! How long it takes to verify many domains over real sockets: all answers come from a sandbox on
//! loopback, so that what is measured is this program and not the Internet.

#[path = "../tests/common/mod.rs"]
mod common;

use futures::StreamExt;
use model::Outside;
use standards::dns::RecordType;
use tokio::runtime::Runtime;
use verify::{Expected, Observer, Options, Verdict, verify_all};

fn main() {
    divan::main();
}

async fn stage(count: usize) -> (Observer, Vec<Expected>) {
    let domains: Vec<String> = (0..count).map(|at| format!("d{at}.example")).collect();
    let observer = common::observer(&common::sandbox(&domains)).await;
    let mut fleet = Vec::new();
    for domain in &domains {
        let servers = observer
            .lookup(domain, RecordType::Ns)
            .await
            .expect("an answer");
        fleet.push(common::expected(domain, &servers));
    }
    (observer, fleet)
}

#[divan::bench(args = [10, 1000], sample_count = 3, sample_size = 1)]
fn domains(bencher: divan::Bencher<'_, '_>, count: usize) {
    let runtime = Runtime::new().expect("a runtime");
    let (observer, fleet) = runtime.block_on(stage(count));
    let options = Options::at(common::now());
    bencher.bench_local(|| {
        runtime.block_on(async {
            let checked = verify_all(&fleet, &observer, &options);
            let verdicts = checked.map(|(_, checks)| Verdict::of(&checks));
            let good = verdicts.filter(|verdict| std::future::ready(*verdict == Verdict::Good));
            assert_eq!(good.count().await, count);
        });
    });
}
