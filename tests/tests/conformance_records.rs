//! What `deploy` publishes and hosts, by the judgement of other people's checkers.
#![expect(
    clippy::disallowed_methods,
    reason = "the checkers read files, which are written here"
)]

use std::ffi::OsStr;
use std::process::Command;

use sandbox::quotas::Quotas;
use sandbox::world::World;
use tests::repository::manifest;
use tests::served::Served;
use tests::tools;
use tests::zone::Published;

/// The manifests that ship with the program.
const SHIPPED: &[&str] = &[
    "deploy/example.yaml",
    "deploy/fleet.yaml",
    "deploy/manual-dns.yaml",
    "deploy/one-account-two-regions.yaml",
    "deploy/two-accounts-one-region.yaml",
    "deploy/two-accounts-two-regions.yaml",
];

/// BIND's own check of a zone file.
#[test]
fn named_checkzone_loads_the_records_of_every_shipped_manifest() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("zone");
    for path in SHIPPED {
        let manifest = manifest(path);
        for domain in manifest.domains.keys().chain(manifest.parked.keys()) {
            let domain = domain.as_str();
            let published = Published::new(&manifest, domain);
            assert!(
                published.records.len() > 3,
                "{path} publishes little for {domain}"
            );
            std::fs::write(&file, published.zone_file(domain)).expect("a file");
            let strict = "-k fail -m fail -n fail -r fail -i local";
            let mut check = Command::new("named-checkzone");
            tools::run(check.args(strict.split(' ')).arg(domain).arg(&file));
        }
    }
}

/// `checkdmarc` asks the DNS itself, so it gets one: the sandbox's, with our records in it.
#[test]
fn checkdmarc_finds_nothing_wrong() {
    let published = Published::new(&manifest("deploy/example.yaml"), "example.com");
    let served = Served::start(world(&published, "example.com")).expect("loopback ports");
    let folder = written(&published);
    let port = served.dns().port().to_string();
    tools::run_script(
        "records.py",
        &[
            ("DOMAIN", OsStr::new("example.com")),
            ("DNS_PORT", OsStr::new(&port)),
            ("FILES", folder.path().as_os_str()),
        ],
    );
}

/// The parser that Postfix servers use.
#[test]
fn postfix_mta_sts_resolver_reads_the_policy_and_the_record() {
    let published = Published::new(&manifest("deploy/example.yaml"), "example.com");
    let folder = written(&published);
    let record = &published.records[&("_mta-sts.example.com".to_owned(), "TXT".to_owned())];
    tools::run_script(
        "policy.py",
        &[
            ("RECORD", OsStr::new(&record.values[0])),
            ("FILES", folder.path().as_os_str()),
        ],
    );
}

/// A world in which the records are in a delegated zone.
fn world(published: &Published, domain: &str) -> World {
    let mut world = World {
        quotas: Quotas::none(),
        ..World::default()
    };
    let zone = world
        .seed_zone("111111111111", domain, true)
        .expect("a domain name");
    for (name, rtype, ttl, values) in published.route53() {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        world
            .seed_records(&zone, name, (rtype, ttl), &values)
            .expect("a domain name");
    }
    world
}

/// A folder with the hosted files under their keys.
fn written(published: &Published) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (key, bytes) in &published.files {
        let path = folder.path().join(key);
        let parent = path.parent().expect("it is inside the folder");
        std::fs::create_dir_all(parent).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
    }
    folder
}
