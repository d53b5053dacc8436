//! Refusals that follow from how far an account is open: regions that are off, services that are not
//! switched on yet, and a CloudFront that has not verified the account.

use crate::call::Call;
use crate::denial;
use crate::service::ServiceError;
use crate::sts::State;

/// Regions that are off until an account enables them (AWS Account Management guide, "Enable or disable
/// AWS Regions", November 2026).
pub(crate) const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// Whether a region is off until an account enables it.
pub(crate) fn is_opt_in(region: &str) -> bool {
    OPT_IN.contains(&region)
}

/// The refusal of a call that its account is not open for.
pub(crate) fn refusal(accounts: &State, call: &Call, operation: &str) -> Option<ServiceError> {
    let account = accounts.accounts.get(&call.account)?;
    if account.regions_off.contains(&call.region) {
        return Some(denial::unknown_key(call));
    }
    if account.opens.is_some_and(|opens| call.now < opens) && call.service != "sts" {
        return Some(denial::not_signed_up(call));
    }
    let creates = [
        "CreateDistribution",
        "CreateDistributionWithTags",
        "CopyDistribution",
    ];
    if account.unverified && creates.contains(&operation) {
        let message = "Your account must be verified before you can add new CloudFront resources. To verify your account, please contact AWS Support (https://console.aws.amazon.com/support/home#/) and include this error message.";
        return Some(ServiceError::new(403, "AccessDenied", message));
    }
    None
}
