//! Paths inside the tree that a manifest may read from.

/// The fix of a path that leads out of the tree.
pub(crate) const FIX: &str = "write a path with `/` between its parts, relative to this file, that stays inside the tree (the \
     repository, or else the current folder)";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        let check = |from: &str, named: &str, expect: Option<&str>| {
            assert_eq!(
                resolve(from, named).ok().as_deref(),
                expect,
                "{named} from {from}"
            );
        };
        check("deploy/a.yaml", "logo.svg", Some("deploy/logo.svg"));
        check(
            "deploy/a.yaml",
            "../assets/./logo.svg",
            Some("assets/logo.svg"),
        );
        check(
            "deploy/fleet/a.yaml",
            "../../assets//logo.svg",
            Some("assets/logo.svg"),
        );
        check("a.yaml", ".deploy/", Some(".deploy"));
        check("a.yaml", "../logo.svg", None);
        check("deploy/a.yaml", "../../logo.svg", None);
        check("deploy/a.yaml", "b/../../../etc/passwd", None);
        check("deploy/a.yaml", "..", None);
        check("deploy/a.yaml", "/etc/passwd", None);
        check("deploy/a.yaml", "C:\\logo.svg", None);
        check("deploy/a.yaml", "c:logo.svg", None);
        check("deploy/a.yaml", "~", Some("deploy/~"));
        check("deploy/a.yaml", "a\0b", None);
        check("deploy/a.yaml", "", None);
    }
}
