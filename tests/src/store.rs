//! The store of the ledger in the end-to-end tests: the folder beside the manifest, or a bucket.
//!
//! `DEPLOY_TEST_LEDGER=s3` lets every test that says nothing about its ledger keep it in a bucket, so
//! that both stores are held to the same tests.

use serde_json::Value;

/// The bucket of a manifest that does not name one itself.
pub(crate) const BUCKET: &str = "ledger-of-the-tests";

/// Whether the ledgers of these tests are in a bucket.
pub(crate) fn is_bucket() -> bool {
    std::env::var("DEPLOY_TEST_LEDGER").is_ok_and(|store| store == "s3")
}

/// The manifest with its ledger in a bucket of its first account. One that says where its ledger is,
/// or that has no account, stays as it is.
pub(crate) fn in_bucket(manifest: &str) -> String {
    let has_ledger = manifest.lines().any(|line| line.starts_with("ledger:"));
    match first_account(manifest) {
        Some(account) if !has_ledger => format!(
            "{}\nledger: {{ s3: {{ account: {account}, bucket: {BUCKET}, region: us-east-1 }} }}\n",
            manifest.trim_end()
        ),
        _ => manifest.to_owned(),
    }
}

fn first_account(manifest: &str) -> Option<&str> {
    let (_, accounts) = manifest.split_once("\naccounts:")?;
    let is_space = |character: char| character.is_whitespace() || character == '{';
    let (name, _) = accounts.trim_start_matches(is_space).split_once(':')?;
    Some(name)
}

/// Removes the ledger's bucket from what users own: the tests compare the rest.
pub(crate) fn without_ledger(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove(BUCKET);
            fields.values_mut().for_each(without_ledger);
        }
        Value::Array(items) => items.iter_mut().for_each(without_ledger),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_account_has_the_bucket() {
        for accounts in [
            "\n  web: { id: 1 }\n  dns: { id: 2 }",
            " { web: { id: 1 } }",
        ] {
            let manifest = format!("project: a\naccounts:{accounts}\n");
            let moved = in_bucket(&manifest);
            assert!(moved.ends_with(
                "{ s3: { account: web, bucket: ledger-of-the-tests, region: us-east-1 } }\n"
            ));
            assert_eq!(in_bucket(&moved), moved);
        }
        assert_eq!(in_bucket("project: a\n"), "project: a\n");
    }
}
