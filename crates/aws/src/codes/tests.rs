//! Rows by the ids of what others have met at AWS.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on says so by panicking"
)]

use std::collections::BTreeSet;

use model::ErrorClass;

use super::*;

fn class(operation: &str, code: &str, message: &str) -> (ErrorClass, Option<u64>) {
    let row = find(operation, code, message);
    let row = row.unwrap_or_else(|| panic!("no row for {operation} {code}"));
    let patience = row.means.patience().map(|limit| limit.as_secs());
    (row.means.class(), patience)
}

#[test]
fn no_two_rows_say_the_same_of_one_call() {
    let mut met = BTreeSet::new();
    for row in rows() {
        let operations: &[&str] = if row.operations.is_empty() {
            &["*"]
        } else {
            row.operations
        };
        for operation in operations {
            let key = (row.code, *operation, row.text);
            assert!(met.insert(key), "{key:?} is there twice");
        }
        assert!(!row.source.is_empty(), "{}", row.code);
    }
}

/// An attempt that the SDK would make again must not be a fault once the SDK has given up.
#[test]
fn each_code_that_throttles_an_attempt_throttles_the_call() {
    // A quota that is full, for the SDK a rate; and what only DynamoDB and EC2 say.
    let others = [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "EC2ThrottledException",
    ];
    for code in aws_runtime::retries::classifiers::THROTTLING_ERRORS {
        if others.contains(code) {
            continue;
        }
        let found = find("ChangeResourceRecordSets", code, "Rate exceeded");
        let class = found.map(|row| row.means.class());
        // Route 53's request before the last is waited for, as AWS's quota is.
        let repeats = [Some(ErrorClass::Throttled), Some(ErrorClass::NotYet)];
        assert!(repeats.contains(&class), "{code}: {class:?}");
    }
}

#[test]
fn r_01_a_young_bucket_is_not_there_yet() {
    for operation in [
        "PutBucketTagging",
        "PutBucketEncryption",
        "GetBucketTagging",
        "PutObject",
    ] {
        let seen = class(operation, "NoSuchBucket", "");
        assert_eq!(seen, (ErrorClass::NotYet, Some(120)), "{operation}");
    }
    let seen = class(
        "PutBucketPolicy",
        "MalformedPolicy",
        "Invalid principal in policy",
    );
    assert_eq!(seen, (ErrorClass::NotYet, Some(120)));
    // Where the bucket is what is asked about, it is gone.
    for operation in ["HeadBucket", "DeleteBucket", "GetObject"] {
        let row = find(operation, "NoSuchBucket", "").unwrap();
        assert_eq!(row.means, Meaning::Gone, "{operation}");
    }
}

#[test]
fn r_03_and_r_47_a_certificate_is_waited_for_and_a_policy_is_not() {
    let wait = (ErrorClass::NotYet, Some(120));
    assert_eq!(
        class("CreateDistributionWithTags", "InvalidViewerCertificate", ""),
        wait
    );
    assert_eq!(
        class(
            "UpdateDistribution",
            "IllegalUpdate",
            "The update contains a change"
        ),
        wait
    );
    let policy = "Continuous deployment policy is attached to the distribution";
    assert_eq!(
        class("UpdateDistribution", "IllegalUpdate", policy),
        (ErrorClass::Conflict, None)
    );
}

#[test]
fn r_05_a_young_zone_takes_changes_a_minute_later() {
    let seen = class("ChangeResourceRecordSets", "NoSuchHostedZone", "");
    assert_eq!(seen, (ErrorClass::NotYet, Some(60)));
    assert_eq!(
        find("GetHostedZone", "NoSuchHostedZone", "").unwrap().means,
        Meaning::Gone
    );
}

#[test]
fn r_08_a_log_bucket_s_policy_takes_effect_later() {
    let seen = class("PutBucketLogging", "InvalidTargetBucketForLogging", "");
    assert_eq!(seen, (ErrorClass::NotYet, Some(120)));
}

#[test]
fn r_09_and_r_43_a_name_is_waited_for_only_after_a_release_of_ours() {
    let row = find("CreateDistributionWithTags", "CNAMEAlreadyExists", "").unwrap();
    assert_eq!(row.means, Meaning::Conflict);
    assert_eq!(row.after_release, Some(Duration::from_mins(10)));
}

#[test]
fn r_10_a_deleted_bucket_s_name_stays_taken_for_an_hour() {
    let seen = class("CreateBucket", "OperationAborted", "");
    assert_eq!(seen, (ErrorClass::NotYet, Some(3600)));
    let row = find("CreateBucket", "BucketAlreadyExists", "").unwrap();
    assert_eq!(row.means, Meaning::Conflict);
    assert_eq!(row.after_release, Some(Duration::from_hours(1)));
}

#[test]
fn r_28_a_full_quota_says_which_and_where_to_raise_it() {
    for (operation, code) in [
        ("RequestCertificate", "LimitExceededException"),
        ("CreateEmailIdentity", "LimitExceededException"),
        ("CreateHostedZone", "TooManyHostedZones"),
        ("CreateDistributionWithTags", "TooManyDistributions"),
    ] {
        let row = find(operation, code, "").unwrap();
        assert_eq!(row.means, Meaning::Full, "{operation}");
        assert!(row.hint.unwrap().contains("Service Quotas"), "{operation}");
    }
}

#[test]
fn r_29_a_server_s_failure_tells_nothing() {
    for code in ["InternalError", "InternalFailure", "ServiceUnavailable"] {
        assert_eq!(
            class("CreateHostedZone", code, ""),
            (ErrorClass::Ambiguous, None),
            "{code}"
        );
    }
}

#[test]
fn r_41_a_pricing_plan_s_412_is_not_the_etag_s() {
    let message = "The distribution is subscribed to a pricing plan";
    let row = find("DeleteDistribution", "PreconditionFailed", message).unwrap();
    assert_eq!(row.means, Meaning::Conflict);
    assert!(row.hint.unwrap().contains("pricing plan"));
    assert_eq!(
        find("DeleteDistribution", "PreconditionFailed", "")
            .unwrap()
            .hint,
        None
    );
}

#[test]
fn r_44_a_zone_with_others_records_does_not_empty_itself() {
    let seen = class("DeleteHostedZone", "HostedZoneNotEmpty", "");
    assert_eq!(seen, (ErrorClass::Conflict, None));
}

#[test]
fn r_46_a_zone_that_switches_recovery_takes_changes_ten_minutes_later() {
    let message = "Hosted zone is marked disabled for mutation";
    let seen = class("ChangeResourceRecordSets", "InvalidChangeBatch", message);
    assert_eq!(seen, (ErrorClass::NotYet, Some(600)));
    let seen = class(
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        "it already exists",
    );
    assert_eq!(seen, (ErrorClass::Conflict, None));
}

#[test]
fn r_51_keys_that_a_region_does_not_know_name_the_region() {
    let row = find("CreateBucket", "InvalidClientTokenId", "").unwrap();
    assert_eq!(row.means, Meaning::Denied);
    assert!(row.hint.unwrap().contains("not enabled"));
}

#[test]
fn r_54_a_fresh_account_is_not_ready_yet() {
    for code in [
        "OptInRequired",
        "SubscriptionRequiredException",
        "NotSignedUp",
    ] {
        assert_eq!(
            class("CreateBucket", code, ""),
            (ErrorClass::NotYet, None),
            "{code}"
        );
    }
}

#[test]
fn r_55_a_bucket_in_another_region_is_in_the_way() {
    let message = "the region 'us-east-1' is wrong; expecting 'eu-west-1'";
    let seen = class("PutBucketTagging", "AuthorizationHeaderMalformed", message);
    assert_eq!(seen, (ErrorClass::Conflict, None));
    assert_eq!(
        class("HeadBucket", "PermanentRedirect", ""),
        (ErrorClass::Conflict, None)
    );
    assert_eq!(
        class("HeadBucket", "TemporaryRedirect", "").0,
        ErrorClass::NotYet
    );
}

#[test]
fn r_57_a_young_configuration_set_is_not_visible_to_the_next_call() {
    let operation = "CreateConfigurationSetEventDestination";
    let seen = class(operation, "NotFoundException", "");
    assert_eq!(seen, (ErrorClass::NotYet, Some(120)));
    let row = find("GetConfigurationSet", "NotFoundException", "").unwrap();
    assert_eq!(row.means, Meaning::Gone);
}

#[test]
fn an_unknown_code_has_no_row() {
    assert!(find("CreateBucket", "SomethingNew", "").is_none());
}
