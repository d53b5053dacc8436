//! The files of the project, as far as they belong to the repository.

use std::path::Path;

/// Folders that programs fill, and Git's own.
const LEFT_OUT: &[&str] = &["target", ".git", ".deploy"];

/// Every file, by its path from the root, in order.
pub(crate) fn list(root: &Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    collect(root, "", &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(root: &Path, folder: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{folder}{name}");
        if entry.file_type()?.is_dir() {
            collect(root, &format!("{path}/"), files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
