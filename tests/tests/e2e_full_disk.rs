//! A disk that is full in the middle of a run: nothing is changed at AWS that is not on record, and no half
//! of a line stays in the ledger.

use tests::place::Place;
use tests::serving::{Serving, make_quick_world};

const MANIFEST: &str = "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: dns } }
    dmarc: { p: quarantine, rua: [\"mailto:dmarc@example.com\"] }
    tls_rpt: { rua: [\"mailto:tls@example.com\"] }
    spf: { include: [amazonses.com] }
";

const DOCUMENT: &str = "deploy/.deploy/anycompany/ledger/example.com.jsonl";

/// The largest file that there is room for, in KiB, and how many changes are made within it: the intents of
/// the records, which are one batch, fit into the last, and what became of them does not.
const ROOMS: [(u64, usize); 3] = [(1, 0), (4, 0), (6, 1)];

#[test]
fn what_cannot_be_recorded_is_not_begun_and_the_next_run_goes_on() {
    tests::trials::all_hold(ROOMS.to_vec(), |(room, changes)| {
        let place = Place::with(MANIFEST).in_folder().in_calm();
        make_quick_world(&place);
        place.keep_calls();
        let sandbox = Serving::start(&place);
        let apply = ["--yes", "--no-verify"];
        let ran = sandbox.run_within(*room, &place, "apply", &apply).exits(1);
        ran.says(&format!("could not write {DOCUMENT}: File too large"));
        let document = place.read(DOCUMENT);
        let is_whole = document.ends_with('\n');
        let within = place.changing_calls().len();
        sandbox.run(&place, "apply", &apply).exits(0);
        sandbox.run(&place, "plan", &["--exit-code"]).exits(0);
        let is_right = is_whole && within == *changes;
        (!is_right).then(|| format!("{room} KiB: {within} changes, {document}"))
    });
}
