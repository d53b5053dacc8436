//! The committed schema is the one that the types give.

use crate::support::root;

/// `cargo xtask schema` writes it, by `UPDATE=1`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads and writes the committed file"
)]
fn the_committed_schema_is_fresh() {
    let path = root().join("deploy/deploy.schema.json");
    let mut wanted = serde_json::to_string_pretty(&manifest::schema()).expect("JSON prints");
    wanted.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("the schema can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == wanted,
        "deploy/deploy.schema.json is stale: run `cargo xtask schema`"
    );
}
