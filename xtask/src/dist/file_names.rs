//! The names of a release's files, which the release workflow, the formula and `cargo binstall` know too.

/// The ending of the archive.
pub(super) const ARCHIVE: &str = ".tar.gz";

/// The ending of the bill of materials.
pub(super) const MATERIALS: &str = ".cdx.json";

/// The ending of the container image.
pub(super) const IMAGE: &str = ".oci.tar";

/// The ending of the unsigned provenance.
pub(super) const PROVENANCE: &str = ".provenance.json";

/// The endings of all files. There is an image for Linux only.
pub(super) const ALL: [&str; 4] = [ARCHIVE, MATERIALS, IMAGE, PROVENANCE];

/// The endings of those that the provenance is about.
pub(super) const SUBJECTS: [&str; 3] = [ARCHIVE, MATERIALS, IMAGE];

/// The beginning of the names of all files of one version for one platform.
pub(super) fn stem(version: &str, target: &str) -> String {
    format!("deploy-{version}-{target}")
}

/// Whether a file of this name is of a release of this version, for whatever platform.
pub(super) fn is_of(version: &str, name: &str) -> bool {
    let rest = name.strip_prefix(&stem(version, ""));
    let target = rest.and_then(|rest| ALL.iter().find_map(|ending| rest.strip_suffix(ending)));
    // `0.1.0-rc.1` is another version than `0.1.0`; no platform has a dot in its name.
    target.is_some_and(|target| !target.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::{ALL, SUBJECTS, is_of, stem};

    const WORKFLOW: &str = include_str!("../../../.github/workflows/release.yml");

    /// The patterns by which a step of the release workflow names files, each without its folder.
    fn patterns(step: &str) -> Vec<&'static str> {
        let steps = WORKFLOW.split("\n      - ");
        let steps = steps.filter(|one| one.contains(step));
        let words = steps.flat_map(str::split_whitespace);
        words
            .filter_map(|word| word.strip_prefix("target/dist/"))
            .collect()
    }

    fn matches(pattern: &str, name: &str) -> bool {
        match pattern.split_once('*') {
            Some((start, end)) => name.starts_with(start) && name.ends_with(end),
            None => name == pattern,
        }
    }

    /// Shows that a step names the files with these endings, and of others these, each once.
    #[track_caller]
    fn check(step: &str, endings: &[&str], others: &[&str]) {
        let beginning = stem("0.1.0", "x86_64-unknown-linux-gnu");
        let names = endings.iter().map(|ending| format!("{beginning}{ending}"));
        let mut names: Vec<String> = names.collect();
        names.extend(others.iter().map(|&name| name.to_owned()));
        let patterns = patterns(step);
        assert_eq!(patterns.len(), names.len(), "{step}: {patterns:?}");
        for name in &names {
            let matching = patterns.iter().filter(|one| matches(one, name));
            assert_eq!(matching.count(), 1, "{step}, {name}: {patterns:?}");
        }
    }

    #[test]
    fn files_of_other_versions_are_no_part_of_a_release() {
        let check = |name: &str, expect| assert_eq!(is_of("0.1.0", name), expect, "{name}");
        check("deploy-0.1.0-x86_64-unknown-linux-gnu.tar.gz", true);
        check("deploy-0.1.0-aarch64-apple-darwin.provenance.json", true);
        check("deploy-0.1.1-x86_64-unknown-linux-gnu.tar.gz", false);
        check("deploy-0.1.0-rc.1-x86_64-unknown-linux-gnu.tar.gz", false);
        check("deploy-0.1.0+dev-x86_64-unknown-linux-gnu.tar.gz", false);
        check("deploy-0.1.0-x86_64-unknown-linux-gnu.zip", false);
        check("deploy.rb", false);
    }

    #[test]
    fn the_release_workflow_names_each_file_of_a_release_once_and_nothing_else() {
        let of_all_platforms = ["deploy.rb", "SHA256SUMS"];
        check("name: ${{ matrix.target }}", &ALL, &[]);
        check("name: sums", &[], &of_all_platforms);
        check("attest-build-provenance", &SUBJECTS, &[]);
        check("gh release create", &ALL, &of_all_platforms);
    }
}
