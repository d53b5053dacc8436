//! Paths inside the tree that a manifest may read from.

/// What to do about a path that leads out of the tree.
pub(crate) const MEND: &str =
    "write a path with `/` between its parts, relative to this file, that stays inside the tree";

/// The path, from the root of the tree, of what the file `from` calls `named`.
pub(crate) fn resolve(from: &str, named: &str) -> Result<String, String> {
    let shown = crate::report::shorten(named);
    if named.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if named.starts_with('/') || named.contains('\\') || named.contains(':') {
        return Err(format!("`{shown}` is not a relative path"));
    }
    if named.chars().any(char::is_control) {
        return Err("the path has a control character in it".to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    // The last part is the file itself.
    parts.pop();
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(format!(
                        "`{shown}` leads out of the tree that the manifest may read from"
                    ));
                }
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Err(format!("`{shown}` names the whole tree"));
    }
    Ok(parts.join("/"))
}
