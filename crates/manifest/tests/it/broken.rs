//! Every manifest of `tests/broken-manifests` and what a person is told about it.
//!
//! The expected messages are the files of `expected/`; `INSTA_UPDATE=always` writes them anew.

use insta::{Settings, assert_snapshot};
use manifest::load;
use standards::Severity;

use crate::support::{Repository, list, render, root};

#[test]
fn broken_manifests_are_told_apart_with_every_fault_at_its_line() {
    let paths: Vec<String> = list("tests/broken-manifests")
        .into_iter()
        .filter(|path| std::path::Path::new(path).extension() == Some("yaml".as_ref()))
        .collect();
    assert!(
        paths.len() >= 30,
        "there are only {} broken manifests",
        paths.len()
    );
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/broken-manifests/expected"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for path in paths {
        let (_, findings) = load(&path, &Repository);
        assert!(
            findings
                .iter()
                .any(|finding| finding.severity == Severity::Error),
            "{path} is not broken"
        );
        let name = path.rsplit(['/', '.']).nth(1).unwrap_or(&path).to_owned();
        assert_snapshot!(name, render(&findings));
    }
}
