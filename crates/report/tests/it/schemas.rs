//! The committed schemas are those that the types give.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// `cargo xtask schema` writes them, by `UPDATE=1`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads and writes the committed files"
)]
fn the_committed_schemas_are_fresh() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let mut wanted = BTreeMap::new();
    for (format, schema) in report::schemas() {
        let text = format!("{schema:#}\n");
        wanted.insert(format!("{format}.schema.json"), text);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::remove_dir_all(&folder).expect("the folder is there");
        std::fs::create_dir(&folder).expect("it can be made");
        for (name, text) in &wanted {
            std::fs::write(folder.join(name), text).expect("a schema can be written");
        }
    }
    let mut committed = BTreeMap::new();
    for file in std::fs::read_dir(&folder).expect("the folder is there") {
        let file = file.expect("it can be listed");
        let text = std::fs::read_to_string(file.path()).expect("a text");
        committed.insert(file.file_name().to_string_lossy().into_owned(), text);
    }
    assert!(
        committed == wanted,
        "docs/schemas/ is stale: run `cargo xtask schema`"
    );
}
