//! The records that `deploy records` prints: read by the tools that they are printed for, and published
//! on NSD, which turns a waiting apply into one that is done.
#![expect(
    clippy::disallowed_methods,
    reason = "the tools read files, which are written here"
)]

use std::ffi::OsStr;
use std::path::Path;

use tests::name_server::NameServer;
use tests::place::Place;
use tests::tools;

const FORMATS: &[&str] = &["json", "bind", "octodns", "dnscontrol", "terraform"];

/// The records that the domain of deploy/manual-dns.yaml has had all the time.
const MAIL_HOSTS: &str = "mx1 A 192.0.2.25\nmx2 A 192.0.2.26";

/// octoDNS validates, Terraform's and DNSControl's languages are read, and all say the same.
#[test]
fn every_format_says_the_same_to_its_own_reader() {
    let example = Place::of("example");
    example.apply().exits(0);
    check(&example);
    let fleet = Place::of("fleet");
    fleet.apply().exits(0);
    check(&fleet);
    // A macro of SPF would begin an expression of Terraform.
    let manual = Place::of("manual-dns");
    manual.edit(
        r#"{ mx: ["@"], "#,
        r#"{ mx: ["@"], exists: ["%{i}._spf.%{d}"], "#,
    );
    manual.apply().exits(5);
    check(&manual);
}

#[track_caller]
fn check(place: &Place) {
    let folder = tempfile::tempdir().expect("a folder");
    for format in FORMATS {
        let printed = place.run("records", &["--format", format]).exits(0).stdout;
        write(&folder.path().join(format), &printed);
    }
    let said = tools::run_script("formats.py", &[("FILES", folder.path().as_os_str())]);
    assert_eq!(said.lines().count(), FORMATS.len() - 1, "{said}");
}

/// The way of docs/guide/manual-dns.md, with a name server that knows nothing of the sandbox.
#[test]
fn apply_is_done_when_the_printed_records_are_on_a_name_server() {
    let mut server = NameServer::start("example.org", MAIL_HOSTS);
    let place = Place::of("manual-dns");
    place.make_world(Some(&format!(
        "name_servers: {{ example.org: \"{}\" }}",
        server.address()
    )));
    place
        .apply()
        .exits(5)
        .says("for somebody to publish TXT _smtp._tls.example.org");
    let mut rounds = 0;
    loop {
        rounds += 1;
        assert!(rounds <= 4, "{}", place.run("plan", &[]).stdout);
        let records = place.run("records", &["--format", "bind"]).exits(0);
        // What waits is commented out.
        server.publish(&records.stdout);
        loads(&server);
        match place.apply() {
            done if done.code == 0 => break,
            waiting => drop(waiting.exits(5)),
        }
    }
    let policy = tools::dig(server.address(), "_mta-sts.example.org", "TXT");
    assert_eq!(policy.len(), 1, "{policy:?}");
    let missing = place.run("records", &["--missing", "--json"]).exits(0);
    assert_eq!(missing.json()["records"], serde_json::json!([]));
    place.run("verify", &[]).exits(0);
}

/// BIND takes the zone, too.
#[track_caller]
fn loads(server: &NameServer) {
    let strict = "-k fail -m fail -n fail -r fail -i local example.org";
    let mut check = tools::debian_program("named-checkzone");
    let said = tools::run(
        check
            .args(strict.split(' '))
            .arg(OsStr::new(&server.zone_file())),
    );
    assert!(said.contains("loaded serial 1"), "{said}");
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a writable folder");
}
