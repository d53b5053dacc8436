//! The documents for programs, in many states, against the schemas in `docs/schemas/`, by the
//! judgement of somebody else's validator.

use sandbox::faults::{Fault, FaultKind};
use sandbox::smtp;
use serde_json::Value;
use tests::place::{Place, Ran};
use tests::repository::root;
use tests::stopping::apply_stopped_at;
use tests::tools;

/// The documents of many runs.
#[derive(Default)]
struct Documents(Vec<Value>);

impl Documents {
    /// Adds the document of a run that ended with `code`.
    #[track_caller]
    fn add(&mut self, code: i32, ran: Ran) {
        self.0.push(ran.exits(code).json());
    }

    /// The ends of actions that are in them.
    fn outcomes(&self) -> Vec<&str> {
        let outcomes = self
            .0
            .iter()
            .filter_map(|document| document["outcomes"].as_array());
        let words = outcomes.flatten().filter_map(|one| one["outcome"].as_str());
        words.collect()
    }
}

const JSON: &[&str] = &["--json"];
const YES: &[&str] = &["--yes", "--json"];

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the validator reads a file, which is written here"
)]
fn what_is_printed_fits_its_schema() {
    let mut documents = Documents::default();
    without_a_project(&mut documents);
    in_a_life(&mut documents);
    by_hand(&mut documents);
    with_faults(&mut documents);
    with_drift(&mut documents);
    with_a_refusal(&mut documents);
    with_a_stop(&mut documents);
    let outcomes = [
        "done",
        "failed",
        "refused",
        "waiting",
        "skipped",
        "not_begun",
    ];
    for outcome in outcomes {
        let seen = documents.outcomes();
        assert!(seen.contains(&outcome), "no action was {outcome}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("documents.jsonl");
    let lines = documents.0.iter().map(|document| format!("{document}\n"));
    std::fs::write(&file, lines.collect::<String>()).expect("a writable folder");
    let schemas = root().join("docs/schemas");
    let paths = [schemas, file].map(|path| path.display().to_string());
    tools::ask_script("schemas.py", &[&paths[0], &paths[1]], &[]);
}

/// Commands without a ledger and without a world of their own.
fn without_a_project(documents: &mut Documents) {
    let place = Place::of("example");
    let manifest = place.manifest();
    documents.add(0, place.deploy(&["rules", "--json"]));
    documents.add(0, place.deploy(&["explain", "STS-P13", "--json"]));
    documents.add(0, place.deploy(&["iam", manifest]));
    documents.add(0, place.deploy(&["lint", manifest, "--json"]));
    documents.add(0, place.run("lint", &["--online", "--json"]));
    let unknown = place.read(manifest).replace("tls_rpt:", "tls_rtp:");
    place.write("deploy/broken.yaml", &unknown);
    documents.add(2, place.deploy(&["lint", "deploy/broken.yaml", "--json"]));
    let record = ["lint", "--record", "v=spf1 ?all", "--json"];
    documents.add(0, place.deploy(&record));
    let of = ["--sandbox", "--speed", "instant", "--sandbox-of", manifest];
    let check = ["check", "example.com", "--json"];
    documents.add(0, place.deploy(&[&check[..], &of].concat()));
    let init = ["init", "example.com", "--json"];
    documents.add(0, place.deploy(&[&init[..], &of].concat()));
}

/// From nothing to nothing.
fn in_a_life(documents: &mut Documents) {
    let place = Place::of("example").in_calm();
    let manifest = place.manifest();
    documents.add(0, place.deploy(&["sandbox", "stats", manifest, "--json"]));
    documents.add(0, place.run("status", JSON));
    documents.add(1, place.run("drift", JSON));
    documents.add(4, place.run("destroy", YES));
    documents.add(0, place.run("doctor", JSON));
    documents.add(0, place.run("plan", JSON));
    documents.add(0, place.run("graph", JSON));
    documents.add(0, place.run("records", JSON));
    documents.add(2, place.run("apply", JSON));
    documents.add(0, place.run("apply", YES));
    documents.add(0, place.run("apply", YES));
    place.advance("5m");
    for command in ["plan", "graph", "records", "status", "drift", "doctor"] {
        documents.add(0, place.run(command, JSON));
    }
    documents.add(0, place.run("verify", JSON));
    documents.add(0, place.run("adopt", &["--ledger", "--json", "--yes"]));
    documents.add(0, place.deploy(&["sandbox", "stats", manifest, "--json"]));
    place.edit("dmarc: { p: quarantine", "dmarc: { p: reject");
    documents.add(0, place.run("plan", JSON));
    documents.add(0, place.run("status", JSON));
    documents.add(0, place.run("destroy", YES));
}

/// Records that wait for a person.
fn by_hand(documents: &mut Documents) {
    let place = Place::of("manual-dns").in_calm();
    documents.add(0, place.run("records", JSON));
    documents.add(5, place.run("apply", YES));
    documents.add(5, place.run("verify", JSON));
    documents.add(0, place.run("status", JSON));
    documents.add(5, place.run("drift", JSON));
}

/// Calls and records that AWS and public DNS refuse.
fn with_faults(documents: &mut Documents) {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let denied = Fault::new(FaultKind::ErrorBefore)
        .at("acm", "RequestCertificate")
        .with(403, "AccessDeniedException", "not authorized");
    place.change_world(|world, _| world.faults.script = vec![denied]);
    documents.add(1, place.run("apply", YES));
    documents.add(0, place.run("status", JSON));
    place.change_world(|world, _| world.faults.script.clear());
    place.edit("include: [amazonses.com]", "include: [_spf.example.net]");
    documents.add(4, place.run("apply", YES));
}

/// A precondition that does not hold: senders would enforce TLS that the MX host does not offer.
fn with_a_refusal(documents: &mut Documents) {
    let place = Place::of("example").in_calm();
    place.run("apply", &["--yes"]).exits(0);
    place.advance("5m");
    place.change_world(|world, _| {
        let host = "inbound-smtp.us-east-1.amazonaws.com".to_owned();
        world.mail.faults.insert(host, smtp::Fault::NoCertificate);
    });
    place.edit("mode: testing", "mode: enforce");
    documents.add(4, place.run("apply", YES));
}

/// Ctrl-C while a plan is carried out.
fn with_a_stop(documents: &mut Documents) {
    let place = Place::of("example").in_calm();
    documents.add(5, apply_stopped_at(&place, JSON, "5", "✓ "));
}

/// A record that somebody else changed.
fn with_drift(documents: &mut Documents) {
    let place = Place::of("example").in_calm();
    place.run("apply", &["--yes"]).exits(0);
    place.advance("5m");
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let weaker = ["\"v=DMARC1; p=none\""];
        let seeded = world.seed_records(&zone, "_dmarc.example.com", ("TXT", 300), &weaker);
        seeded.expect("a name");
    });
    documents.add(3, place.run("drift", JSON));
    let accepting = place.copy();
    documents.add(0, accepting.run("drift", &["--accept", "--yes", "--json"]));
    documents.add(0, place.run("drift", &["--repair", "--yes", "--json"]));
}

/// The manifest's own schema, by a validator that editors and CI use.
#[test]
fn a_fault_of_a_manifest_is_told_at_its_place() {
    let folder = root().join("deploy");
    let paths = [folder.join("deploy.schema.json"), folder];
    let paths = paths.map(|path| path.display().to_string());
    tools::ask_script("manifest_schema.py", &[&paths[0], &paths[1]], &[]);
}
