//! The folder's promises about files: permissions, no links, no lines lost.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests make and read their own files"
)]

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn key() -> Key {
    Key::Document("example.com".to_owned())
}

async fn written(folder: &Path, bytes: &[u8]) -> (Folder, Version) {
    let store = Folder::new(folder);
    let content = Content { bytes, kept: None };
    let version = store.swap(&key(), None, content).await;
    (store, version.expect("writes"))
}

#[tokio::test]
async fn only_the_expected_version_is_replaced_or_added_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, first) = written(folder.path(), b"one\n").await;
    let two = Content {
        bytes: b"one\ntwo\n",
        kept: Some(4),
    };
    let second = store.swap(&key(), Some(&first), two).await.expect("adds");
    for late in [None, Some(&first)] {
        let swapped = store.swap(&key(), late, two).await;
        assert!(matches!(swapped, Err(NotSwapped::Moved)), "{swapped:?}");
    }
    let stored = store.read(&key()).await.expect("reads").expect("a file");
    assert_eq!(
        (stored.bytes, stored.version),
        (b"one\ntwo\n".to_vec(), second)
    );
}

#[tokio::test]
async fn files_are_for_their_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("ledger-of-a-project");
    let (store, _) = written(&root, b"one\n").await;
    store.hold("run").await.expect("holds");
    for (path, mode) in [
        ("", 0o700),
        ("ledger", 0o700),
        ("ledger/example.com.jsonl", 0o600),
        ("lock", 0o600),
        ("runs/run.lock", 0o600),
    ] {
        let found = root.join(path).metadata().expect(path).permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
}

/// M2: a planted link must not make the program cut or replace somebody else's file.
#[tokio::test]
async fn m2_a_link_is_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let theirs = folder.path().join("theirs.txt");
    std::fs::write(&theirs, "one\nhalf").expect("writes");
    std::fs::create_dir(folder.path().join("ledger")).expect("a folder");
    let planted = folder.path().join("ledger/example.com.jsonl");
    symlink(&theirs, &planted).expect("a link");
    let store = Folder::new(folder.path());
    let read = store.read(&key()).await.expect_err("refuses");
    assert!(
        format!("{read:?}").contains("not a regular file"),
        "{read:?}"
    );
    let content = Content {
        bytes: b"one\ntwo\n",
        kept: Some(4),
    };
    let version = version_of(b"one\nhalf");
    let swapped = store.swap(&key(), Some(&version), content).await;
    assert!(matches!(swapped, Err(NotSwapped::Failed(_))), "{swapped:?}");
    assert_eq!(std::fs::read(&theirs).expect("reads"), b"one\nhalf");
}

/// L6: the text in the lock decides nothing, and a lock that is no file is an error, not a wait.
#[tokio::test]
async fn l6_odd_bytes_in_the_lock_are_no_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("lock"), b"\xff\0{").expect("writes");
    written(folder.path(), b"one\n").await;
}

#[tokio::test]
async fn l6_a_lock_that_is_no_file_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("lock")).expect("a folder");
    let store = Folder::new(folder.path());
    let content = Content {
        bytes: b"one\n",
        kept: None,
    };
    let swapped = store.swap(&key(), None, content).await;
    assert!(matches!(swapped, Err(NotSwapped::Failed(_))), "{swapped:?}");
}

#[tokio::test]
async fn the_lease_of_a_store_that_is_gone_is_not_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = written(folder.path(), b"one\n").await;
    store.hold("run").await.expect("holds");
    let other = Folder::new(folder.path());
    assert!(other.is_held("run").await.expect("asks"));
    drop(store);
    assert!(!other.is_held("run").await.expect("asks"));
    assert!(!other.is_held("another").await.expect("asks"));
}

#[tokio::test]
async fn the_folders_beside_a_ledger_are_those_of_other_projects() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shop, _) = written(&folder.path().join("shop"), b"one\n").await;
    assert!(shop.others().await.expect("reads").is_empty());
    written(&folder.path().join("rival"), b"one\n").await;
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    let others = shop.others().await.expect("reads");
    let [(name, rival)] = others.as_slice() else {
        panic!("{} others", others.len());
    };
    assert_eq!(name, "rival");
    assert_eq!(rival.list().await.expect("reads"), [key()]);
    assert!(
        Folder::new(folder.path().join("none/new"))
            .others()
            .await
            .expect("reads")
            .is_empty()
    );
}

/// A document of another project that can't be read is no empty one.
#[tokio::test]
async fn a_document_of_a_neighbour_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = Folder::new(folder.path().join("shop"));
    // Only a last line may be cut.
    written(&folder.path().join("rival"), b"one\ntwo\n").await;
    let asked = |name: &str| std::collections::BTreeSet::from([name.to_owned()]);
    let of = async |name: &str| {
        let found = crate::neighbours(&shop, &kinds::pure(), &asked(name)).await;
        found.expect("lists")
    };
    assert!(of("example.net").await.is_empty());
    let found = of("example.com").await;
    let [rival] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(rival.project, "rival");
    assert!(rival.ledger.domains.is_empty());
    assert_eq!(rival.unread[0].0, "example.com");
}
