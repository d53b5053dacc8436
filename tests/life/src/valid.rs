//! Whether a manifest that was drawn is one that the program accepts.

use jiff::Timestamp;
use manifest::MemoryFiles;
use standards::Severity;

use crate::life::{Life, Step};
use crate::setup::{Domain, Setup};

/// The name of the manifest among the files.
pub const PATH: &str = "deploy.yaml";

/// The files of a setup: its manifest, the logo and the private key.
pub fn files(setup: &Setup) -> MemoryFiles {
    MemoryFiles::default()
        .with(PATH, setup.yaml())
        .with("logo.svg", include_str!("../../../assets/logo.svg"))
        .with(
            "key.pem",
            include_str!("../../../crates/standards/src/dkim/test_keys/pkcs8.pem"),
        )
}

/// The errors that a manifest has.
pub fn errors(setup: &Setup) -> Vec<String> {
    let (_, findings) = reconcile::check(PATH, &files(setup), Timestamp::UNIX_EPOCH);
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| format!("{}: {}", finding.rule, finding.reason))
        .collect()
}

/// Whether a setup has no errors, and can be brought about. A logo waits for a DMARC policy that refuses
/// mail (BIMI-X07): where the manifest has none, nobody in a life publishes one.
pub fn is_accepted(setup: &Setup) -> bool {
    let waits = |domain: &Domain| domain.bimi && domain.dmarc.is_none();
    !setup.domains.iter().any(waits) && errors(setup).is_empty()
}

/// Whether every manifest of a life has a domain and no errors.
pub fn is_valid(life: &Life) -> bool {
    let mut steps = life.steps.iter();
    steps.all(|step| match step {
        Step::Apply(setup, _) => !setup.domains.is_empty() && is_accepted(setup),
        _ => true,
    })
}
