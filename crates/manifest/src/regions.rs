//! The regions of AWS.
//!
//! Source: `partitions.json` of botocore 1.44.5, read in November 2026; the isolated partitions
//! are left out, because nobody outside can send mail to them. A region that AWS opens
//! later is added here; until then a manifest that names it is refused, because a misspelt region
//! would otherwise be met only when its endpoint does not answer.

/// A partition and its regions.
struct Partition {
    name: &'static str,
    regions: &'static [&'static str],
}

const PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws",
        regions: &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Partition {
        name: "aws-us-gov",
        regions: &["us-gov-east-1", "us-gov-west-1"],
    },
    Partition {
        name: "aws-cn",
        regions: &["cn-north-1", "cn-northwest-1"],
    },
    Partition {
        name: "aws-eusc",
        regions: &["eusc-de-east-1"],
    },
];

/// Regions of the table that have no endpoint of SES. Source: `endpoints.json` of botocore 1.44.5.
const WITHOUT_SES: &[&str] = &[
    "ap-east-1",
    "cn-north-1",
    "cn-northwest-1",
    "me-west-1",
    "sa-west-1",
];

/// Whether Amazon SES is in `region`.
pub fn has_ses(region: &str) -> bool {
    !WITHOUT_SES.contains(&region)
}

/// The partition that `region` is in.
pub fn partition(region: &str) -> Option<&'static str> {
    PARTITIONS
        .iter()
        .find(|partition| partition.regions.contains(&region))
        .map(|partition| partition.name)
}

/// Accepts the region `text`.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    if partition(text).is_some() {
        return Ok(text.to_owned());
    }
    let shown = crate::report::shorten(text);
    Err(format!("there is no region `{shown}`"))
}

/// Every region of the table.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    PARTITIONS
        .iter()
        .flat_map(|partition| partition.regions.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_in_one_partition() {
        let mut names: Vec<&str> = PARTITIONS
            .iter()
            .flat_map(|partition| partition.regions)
            .copied()
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(WITHOUT_SES.iter().all(|region| names.contains(region)));
    }

    #[test]
    fn a_misspelt_region_is_refused() {
        assert_eq!(parse("eu-west-1"), Ok("eu-west-1".to_owned()));
        assert_eq!(
            parse("us-est-1"),
            Err("there is no region `us-est-1`".to_owned())
        );
        assert_eq!(parse("moon"), Err("there is no region `moon`".to_owned()));
    }
}
