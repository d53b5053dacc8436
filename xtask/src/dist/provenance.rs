//! The origin of the files of a release, as an in-toto statement with a SLSA provenance. It is not
//! signed: the release workflow has its own attested by GitHub, and this one is for whoever builds
//! elsewhere.

use std::process::Command;

use serde_json::{Value, json};

use super::{Release, file_names, read, sha256};
use crate::command::{Failure, output};

/// Writes the statement of a release.
pub(super) fn write(release: &Release) -> Result<(), Failure> {
    let mut subjects = Vec::new();
    for ending in file_names::SUBJECTS {
        let path = release.file(ending);
        // There is an image for Linux only.
        if path.exists() {
            let name = format!("{}{ending}", release.name());
            subjects.push(json!({ "name": name, "digest": { "sha256": sha256(&read(&path)?) } }));
        }
    }
    let git = |arguments: &[&str]| {
        let said = output(
            Command::new("git")
                .args(arguments)
                .current_dir(&release.root),
        )?;
        Ok::<_, Failure>(said.trim().to_owned())
    };
    let statement = statement(release, &subjects, &git(&["rev-parse", "HEAD"])?);
    if !git(&["status", "--porcelain"])?.is_empty() {
        eprintln!("the checkout has changes that no commit has: this is no release of that commit");
    }
    super::write(
        &release.file(file_names::PROVENANCE),
        format!("{statement:#}\n").as_bytes(),
    )
}

/// The statement (in-toto Attestation Framework, Statement v1; SLSA Provenance v1).
fn statement(release: &Release, subjects: &[Value], commit: &str) -> Value {
    let lock = release.root.join("Cargo.lock");
    let lock = read(&lock).map(|bytes| sha256(&bytes)).unwrap_or_default();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:deploy:cargo-xtask-dist:v1",
                "externalParameters": { "target": release.target, "profile": release.profile },
                "internalParameters": {},
                "resolvedDependencies": [
                    { "name": "source", "digest": { "gitCommit": commit } },
                    { "name": "Cargo.lock", "digest": { "sha256": lock } },
                ],
            },
            "runDetails": { "builder": { "id": "urn:deploy:unsigned" } },
        },
    })
}
