//! The codes of SES's two APIs (SES API v2 reference, unless a row says otherwise).

use super::Meaning::{Conflict, Denied, Exists, Full, Gone, Invalid};
use super::{LATER, Row, not_yet, row};

const SES: &str = "SES API v2 reference";

pub(super) const ROWS: &[Row] = &[
    row("NotFoundException", Gone, SES),
    // What these calls name was made a moment ago, and is not visible to each of them at once.
    row(
        "NotFoundException",
        not_yet(120),
        "terraform-provider-aws issue 8940; pulumi-aws-native issue 1139",
    )
    .of(&[
        "CreateConfigurationSetEventDestination",
        "UpdateConfigurationSetEventDestination",
        "PutConfigurationSetDeliveryOptions",
        "PutConfigurationSetReputationOptions",
        "PutConfigurationSetSendingOptions",
        "PutConfigurationSetSuppressionOptions",
        "CreateEmailIdentity",
        "PutEmailIdentityConfigurationSetAttributes",
        "PutEmailIdentityDkimAttributes",
        "PutEmailIdentityDkimSigningAttributes",
        "PutEmailIdentityFeedbackAttributes",
        "PutEmailIdentityMailFromAttributes",
        "TagResource",
    ]),
    row("AlreadyExistsException", Exists, SES),
    row("ConcurrentModificationException", LATER, SES),
    row("MailFromDomainNotVerifiedException", LATER, SES),
    row("BadRequestException", Invalid, SES),
    row("AccountSuspendedException", Denied, SES),
    row("SendingPausedException", Denied, SES),
    row("ConflictException", Conflict, "aws-nuke issue 962")
        .of(&["DeleteEmailIdentity", "DeleteConfigurationSet"])
        .hint("a tenant of SES is associated with it"),
    // SES v2 and v1, in this order: the query protocol drops the suffix.
    row("LimitExceededException", Full, SES).hint(QUOTA),
    row(
        "LimitExceeded",
        Full,
        "SES API reference, version 2010-12-01",
    )
    .hint(QUOTA),
];

const QUOTA: &str = "the quota is full: raise it in Service Quotas, under the service that refused";
