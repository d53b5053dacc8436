//! The versions of this program that may work with a manifest.

use std::fmt;

use semver::{Prerelease, Version, VersionReq};

use crate::read::Text;

/// A requirement that this program meets: `>=1.4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement(VersionReq);

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for Requirement {
    const WHAT: &'static str = "the versions of deploy that may be used";
    const PATTERN: Option<&'static str> = None;
    const EXAMPLES: &'static [&'static str] = &[">=0.1"];

    fn parse(text: &str) -> Result<Self, String> {
        let asked = VersionReq::parse(text)
            .map_err(|error| format!("`{text}` names no versions: {error}"))?;
        if is_met(&asked, env!("CARGO_PKG_VERSION")) {
            return Ok(Self(asked));
        }
        Err(format!(
            "this is deploy {}, and the manifest requires {text}: install a version that it allows",
            env!("CARGO_PKG_VERSION")
        ))
    }
}

fn is_met(asked: &VersionReq, version: &str) -> bool {
    // A pre-release of a version is taken for it: semver would have `>=1.4` refuse 1.5.0-rc.1.
    let released = |version: Version| Version {
        pre: Prerelease::EMPTY,
        ..version
    };
    Version::parse(version).is_ok_and(|version| asked.matches(&released(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_met_from_its_version_on() {
        for (asked, version, expect) in [
            (">=1.4", "1.4.0", true),
            (">=1.4", "1.12.3", true),
            (">=1.4", "1.3.9", false),
            (">=1.4", "1.5.0-rc.1", true),
            (">=1.4, <2", "2.0.0", false),
        ] {
            let asked = VersionReq::parse(asked).expect("versions");
            assert_eq!(is_met(&asked, version), expect, "{asked} {version}");
        }
    }

    #[test]
    fn a_manifest_for_a_newer_program_is_refused() {
        let refused = Requirement::parse(">=999.1").expect_err("this program is older");
        assert!(
            refused.contains("install a version that it allows"),
            "{refused}"
        );
        assert!(Requirement::parse("new").is_err());
        assert!(Requirement::parse(">=0.1").is_ok());
    }
}
