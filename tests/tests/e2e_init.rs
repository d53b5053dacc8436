//! `deploy init`: what the example deployed is read from outside, and drafted again.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Child;

use manifest::{Manifest, MemoryFiles, load};
use standards::Severity;
use standards::dns::RecordType;
use tests::place::{Place, Ran};
use tests::repository;
use tests::zone::{Published, RecordSet};

const ACCOUNT: &str = "111111111111";

/// The example, applied, and everything on its way arrived.
fn applied() -> Place {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    place
}

/// `deploy init` of domains in the sandbox of the place.
fn init(place: &Place, arguments: &[&str]) -> Ran {
    let sandbox = ["--sandbox", "--speed", "instant", "--sandbox-of"];
    place.deploy(&[&["init"], arguments, &sandbox, &[place.manifest()]].concat())
}

/// The draft at `deploy/<name>`, read with the files that it names.
fn read(place: &Place, name: &str) -> Manifest {
    let mut files = MemoryFiles::default().with(name, place.read(&format!("deploy/{name}")));
    for file in ["logo.svg", "bimi_vmc.pem"] {
        let path = format!("assets/example.com/{file}");
        let text = place.read(&format!("deploy/{path}"));
        files = files.with(path, text);
    }
    let (manifest, findings) = load(name, &files);
    manifest.unwrap_or_else(|| panic!("{findings:#?}"))
}

/// The records whose values no account of AWS gives.
fn own_records(published: &Published) -> BTreeMap<(String, RecordType), RecordSet> {
    let is_given = |name: &str| name.contains("._domainkey.") || name.starts_with("_amazonses.");
    let records = published.records.iter();
    let own = records.filter(|((name, rtype), _)| {
        !is_given(name) && matches!(rtype, RecordType::Txt | RecordType::Mx)
    });
    own.map(|(key, set)| (key.clone(), set.clone())).collect()
}

#[test]
fn what_the_example_deployed_is_drafted_again() {
    let place = applied();
    init(
        &place,
        &[
            "example.com",
            "-o",
            "deploy/drafted.yaml",
            "--account",
            ACCOUNT,
        ],
    )
    .exits(0)
    .says("Wrote deploy/drafted.yaml and assets/example.com/logo.svg");
    let draft = place.read("deploy/drafted.yaml");

    // What lint says of it, it says itself.
    let linted = place
        .deploy(&["lint", "deploy/drafted.yaml", "--json"])
        .json();
    for finding in linted["findings"].as_array().expect("findings") {
        let (rule, severity) = (finding["rule"].as_str(), finding["severity"].as_str());
        let head = format!(
            "# {} {}: ",
            rule.expect("a rule"),
            severity.expect("a severity")
        );
        assert!(draft.contains(&head), "{finding}\n{draft}");
        // The certificate in assets/ is for tests, and the example accepts it.
        assert!(
            severity != Some("error") || rule == Some("VMC-02"),
            "{finding}"
        );
    }

    // It asks for what was deployed, record by record and byte by byte.
    let before = repository::manifest("deploy/example.yaml");
    let after = read(&place, "drafted.yaml");
    let (before, after) = (
        Published::new(&before, "example.com"),
        Published::new(&after, "example.com"),
    );
    assert_eq!(own_records(&after), own_records(&before), "{draft}");
    assert_eq!(after.files, before.files);

    // Carried out in a world of its own, it ends well.
    let draft = draft.replacen(
        "  example.com:\n",
        "  example.com:\n    accept: { VMC-02: for tests }\n",
        1,
    );
    place.write("deploy/drafted.yaml", &draft);
    place
        .run_on("deploy/drafted.yaml", "apply", &["--yes"])
        .exits(0);
    place
        .run_on("deploy/drafted.yaml", "plan", &["--exit-code"])
        .exits(0);
}

/// A binary that serves. It ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself; then the test has failed already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_observer_on_the_network_drafts_the_same() {
    let place = applied();
    let inside = init(&place, &["example.com", "--account", ACCOUNT]).exits(0);
    let ports = ["--aws", "0", "--dns", "0", "--https", "0"];
    let arguments = [&["sandbox", "serve", place.manifest()][..], &ports].concat();
    let mut serving = Serving(place.start(&arguments));
    let said = BufReader::new(serving.0.stdout.take().expect("a pipe"));
    let mut addresses = BTreeMap::new();
    for line in said.lines().map_while(Result::ok) {
        if let Some((name, value)) = line.split_once('=') {
            addresses.insert(name.to_owned(), value.to_owned());
        }
        if addresses.contains_key("DEPLOY_SANDBOX_CA") {
            break;
        }
    }
    let of = |name: &str| addresses[&format!("DEPLOY_SANDBOX_{name}")].clone();
    let outside = place.deploy(&[
        "init",
        "example.com",
        "--account",
        ACCOUNT,
        "--resolver",
        &of("DNS"),
        "--connect",
        &of("HTTPS"),
        "--ca",
        &of("CA"),
    ]);
    assert_eq!(outside.exits(0).stdout, inside.stdout);
}

#[test]
fn what_is_there_is_never_overwritten_unasked() {
    let place = applied();
    let check = |arguments: &[&str], code: i32, expect: &str| {
        init(&place, arguments).exits(code).says(expect);
    };
    check(
        &["example.com", "-o", "deploy/example.yaml"],
        2,
        "`--force` overwrites it",
    );
    assert_eq!(
        place.read("deploy/example.yaml"),
        Place::of("example").read("deploy/example.yaml")
    );
    std::fs::create_dir_all(place.path().join("deploy/assets/example.com")).expect("a folder");
    place.write("deploy/assets/example.com/logo.svg", "mine");
    check(
        &["example.com", "-o", "deploy/new.yaml"],
        2,
        "logo.svg is there already",
    );
    assert_eq!(place.read("deploy/assets/example.com/logo.svg"), "mine");
    assert!(!place.path().join("deploy/new.yaml").exists());
    check(
        &["example.com", "-o", "deploy/new.yaml", "--force"],
        0,
        "Wrote deploy/new.yaml",
    );
    assert_ne!(place.read("deploy/assets/example.com/logo.svg"), "mine");
    // Without a change there is nothing in the way but the manifest.
    check(
        &["example.com", "-o", "deploy/other.yaml"],
        0,
        "Wrote deploy/other.yaml",
    );
}

#[test]
fn what_can_t_be_drafted_is_said() {
    let place = Place::of("example");
    place.make_world(None);
    let check = |arguments: &[&str], expect: &str| {
        let ran = init(&place, arguments).exits(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        ran.says(expect);
    };
    check(&["nothing.example"], "DNS has nothing at nothing.example");
    check(&["example"], "write a name such as example.com");
    check(&["exa mple.com"], "is no mail domain");
    check(
        &["example.com", "--account", "12"],
        "an account id has 12 digits",
    );
    let draft = init(&place, &["example.com", "--json"]).exits(0).json();
    assert_eq!(draft["format"], "deploy.draft");
    let text = draft["manifest"].as_str().expect("a text");
    let (_, findings) = load("m.yaml", &MemoryFiles::default().with("m.yaml", text));
    let errors = findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    let rules: Vec<&str> = errors.map(|finding| &*finding.rule).collect();
    assert_eq!(rules, ["MAN-09"], "{text}");
}
