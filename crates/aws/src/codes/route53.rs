//! Route 53's codes (Route 53 API reference, unless a row says otherwise).

use super::Meaning::{Conflict, Exists, Full, Gone};
use super::{LATER, Row, not_yet, row};

const ROUTE53: &str = "Route 53 API reference";

pub(super) const ROWS: &[Row] = &[
    row("NoSuchHostedZone", Gone, ROUTE53),
    // Terraform's provider retries a change in a zone that it has just made.
    row(
        "NoSuchHostedZone",
        not_yet(60),
        "terraform-provider-aws, internal/service/route53/record.go",
    )
    .of(&[
        "ChangeResourceRecordSets",
        "ListTagsForResource",
        "ChangeTagsForResource",
    ]),
    // Route 53 forgets changes some time after they are in sync.
    row("NoSuchChange", Gone, ROUTE53),
    row("HostedZoneAlreadyExists", Exists, ROUTE53),
    row("ConflictingDomainExists", Conflict, ROUTE53),
    row("PriorRequestNotComplete", LATER, ROUTE53),
    // What is left are others' records or DNSSEC keys: time removes neither.
    row(
        "HostedZoneNotEmpty",
        Conflict,
        "terraform-provider-aws issue 21368",
    )
    .hint("others' records or DNSSEC keys are left in the zone"),
    row("InvalidChangeBatch", Conflict, ROUTE53),
    // The code varies with the operation; the words do not.
    row("InvalidChangeBatch", not_yet(600), RECOVERY).saying(MUTATION),
    row("InvalidInput", not_yet(600), RECOVERY).saying(MUTATION),
    row("HostedZonePartiallyDelegated", Conflict, ROUTE53),
    row("TooManyHostedZones", Full, ROUTE53)
        .hint("raise \"Hosted zones\" of Amazon Route 53 in Service Quotas (us-east-1)"),
    row("LimitsExceeded", Full, ROUTE53)
        .hint("raise \"Records per hosted zone\" of Amazon Route 53 in Service Quotas (us-east-1)"),
];

const RECOVERY: &str = "cdkd issue 1467; terraform-provider-aws pull request 45302";
const MUTATION: &str = "disabled for mutation";
