//! The records and files of `deploy`, by the judgement of other people's checkers.
#![expect(
    clippy::disallowed_methods,
    reason = "the checkers read files, which are written here"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;

use sandbox::quotas::Quotas;
use sandbox::world::World;
use standards::dns::RecordType;
use tests::place::Place;
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
    each_shipped(|path, published, domain| {
        assert!(
            published.records.len() > 3,
            "{path} publishes little for {domain}"
        );
        std::fs::write(&file, published.zone_file(domain)).expect("a file");
        let strict = "-k fail -m fail -n fail -r fail -i local";
        let mut check = tools::debian_program("named-checkzone");
        tools::run(check.args(strict.split(' ')).arg(domain).arg(&file));
    });
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
fn postfix_mta_sts_resolver_reads_every_policy_and_its_record() {
    each_shipped(|_, published, domain| {
        let record = (format!("_mta-sts.{domain}"), RecordType::Txt);
        let Some(record) = published.records.get(&record) else {
            return;
        };
        let folder = written(published);
        tools::run_script(
            "policy.py",
            &[
                ("RECORD", OsStr::new(&record.values[0])),
                ("FILES", folder.path().as_os_str()),
            ],
        );
    });
}

/// The result for people who check our records and files with `deploy lint` alone, without the manifest.
#[test]
fn deploy_lint_has_nothing_against_what_deploy_publishes() {
    let place = Place::of("example");
    let lint = |what: &[&str]| -> Vec<String> {
        let always = ["lint", "--format", "json"];
        let found = place.deploy(&[&always[..], what].concat()).json();
        let found = found["findings"].as_array().expect("a list").clone();
        found.iter().map(|one| one["rule"].to_string()).collect()
    };
    let mut texts = BTreeSet::new();
    let mut files = BTreeSet::new();
    each_shipped(|_, published, _| {
        let sets = published.records.iter();
        // Whoever agrees to take reports says so with a version and no policy (RFC 9990, section 4).
        let agrees = |name: &str| name.contains("._report._dmarc.");
        let sets = sets.filter(|((name, rtype), _)| *rtype == RecordType::Txt && !agrees(name));
        let values = sets.flat_map(|(_, set)| set.values.iter().cloned());
        // Tokens of Amazon's are no records of a standard, and parked domains have revoked keys.
        texts.extend(values.filter(|value| value.starts_with("v=") && value != "v=DKIM1; p="));
        files.extend(published.files.clone());
    });
    assert!(texts.len() >= 20 && files.len() > 3, "{texts:#?}");
    // Each by itself: records that are given together count as those of one name.
    for text in &texts {
        assert_eq!(lint(&["--record", text]), [""; 0], "{text}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (number, (key, bytes)) in files.iter().enumerate() {
        let name = key.rsplit('/').next().unwrap_or_default();
        let file = folder.path().join(format!("{number}-{name}"));
        std::fs::write(&file, bytes).expect("a file");
        // The certificate in assets/ is a test, and says so.
        let known: &[&str] = match name {
            "bimi_vmc.pem" => &["\"VMC-02\""],
            _ => &[],
        };
        assert_eq!(lint(&[&file.display().to_string()]), known, "{name}");
    }
}

/// Does it with what each domain of each shipped manifest publishes.
fn each_shipped(mut check: impl FnMut(&str, &Published, &str)) {
    for path in SHIPPED {
        let manifest = manifest(path);
        for domain in manifest.domains.keys().chain(manifest.parked.keys()) {
            let published = Published::new(&manifest, domain.as_str());
            check(path, &published, domain.as_str());
        }
    }
}

/// A world in which the records are in a delegated zone.
fn world(published: &Published, domain: &str) -> World {
    let mut world = World {
        quotas: Quotas::none(),
        ..World::calm()
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
