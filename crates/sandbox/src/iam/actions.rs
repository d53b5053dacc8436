//! Which IAM actions an operation needs, as the Service Authorization Reference lists them.

/// Actions that are not called like their operation, and operations that need several.
const OTHERS: &[(&str, &str, &[&str])] = &[
    (
        "acm",
        "RequestCertificate",
        // With tags, which the program always sends.
        &["acm:RequestCertificate", "acm:AddTagsToCertificate"],
    ),
    (
        "cloudfront",
        "CreateDistributionWithTags",
        &["cloudfront:CreateDistribution", "cloudfront:TagResource"],
    ),
    (
        "s3",
        "DeleteObjects",
        &["s3:DeleteObject", "s3:DeleteObjectVersion"],
    ),
    ("tagging", "GetResources", &["tag:GetResources"]),
    // Nobody can be denied these, or it is not the role's own policies that decide.
    ("sts", "GetCallerIdentity", &[]),
    ("sts", "AssumeRole", &[]),
    ("sts", "GetSessionToken", &[]),
];

/// The actions that `operation` of `service` needs.
pub fn actions(service: &str, operation: &str) -> Vec<String> {
    let other = OTHERS
        .iter()
        .find(|(of, called, _)| *of == service && *called == operation);
    if let Some((_, _, actions)) = other {
        return actions.iter().map(|action| (*action).to_owned()).collect();
    }
    match crate::s3::action(operation) {
        Some(action) if service == "s3" => vec![action.to_owned()],
        _ => vec![format!("{service}:{operation}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(service: &str, operation: &str, expect: &[&str]) {
        assert_eq!(actions(service, operation), expect);
    }

    #[test]
    fn actions_are_called_as_iam_calls_them() {
        check("ses", "GetAccount", &["ses:GetAccount"]);
        check("s3", "HeadBucket", &["s3:ListBucket"]);
        check(
            "s3",
            "PutBucketEncryption",
            &["s3:PutEncryptionConfiguration"],
        );
        check("sts", "GetCallerIdentity", &[]);
        check(
            "cloudfront",
            "CreateDistributionWithTags",
            &["cloudfront:CreateDistribution", "cloudfront:TagResource"],
        );
    }
}
