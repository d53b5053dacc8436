//! A topic of SNS, which is spoken to through the account that it belongs to.

/// A topic of SNS.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The account whose role publishes, by its name in the manifest.
    pub account: String,
    /// The topic's region.
    pub region: String,
    /// The topic's name at AWS.
    pub arn: String,
}
