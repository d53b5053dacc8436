//! The blocks of Amazon SES: an instance is one account and region that sends for a domain.

use indexmap::IndexMap;
use model::AccountName;

use crate::position::Located;
use crate::read::{block, choice, words};
use crate::uploads::PrivateKeyFile;
use crate::values::{Arn, DimensionText, HostName, Region, Selector, SesName, TagKey, TagValue};

block! {
    /// One account and region of Amazon SES that sends for the domain.
    pub struct Instance {
        /// The account.
        pub account: Located<AccountName>,
        /// The region.
        pub region: Located<Region>,
        /// The custom MAIL FROM: a label, or a whole name below the domain. By default amazonses.com's.
        pub mail_from: Option<Located<HostName>>,
        /// The action of SES when it does not find the MAIL FROM's MX.
        pub on_mx_failure: Located<OnMxFailure> = "use_default",
        /// Publish the legacy `_amazonses` token as well.
        pub domain_token: Located<bool> = "false",
        /// How mail is signed.
        pub dkim: Located<Dkim> = "easy",
        /// Whether bounces and complaints are also forwarded as mail.
        pub feedback: Located<bool> = "true",
        /// The configuration set that is used by default.
        pub configuration_set: Option<Located<ConfigurationSet>>,
        /// Tags of the identity.
        pub tags: IndexMap<TagKey, Located<TagValue>>,
    }
}

words! {
    /// The action of SES when it does not find the MAIL FROM's MX.
    pub enum OnMxFailure {
        /// It uses amazonses.com as MAIL FROM, and SPF no longer aligns.
        UseDefault = "use_default",
        /// It refuses to send.
        Reject = "reject",
    }
}

choice! {
    /// How SES signs.
    pub enum Dkim {
        /// With keys that SES makes and rotates.
        Easy(EasyDkim) = "easy",
        /// With a key of yours.
        Byo(ByoDkim) = "byo",
        /// With the keys of the same identity in another region.
        Deterministic(DeterministicDkim) = "deterministic",
    }
}

block! {
    /// Easy DKIM.
    pub struct EasyDkim {
        /// The bits of the key.
        pub key_length: Located<KeyLength> = "2048",
    }
}

words! {
    /// The bits of an RSA key.
    pub enum KeyLength {
        /// 2048, as everybody recommends.
        Rsa2048 = "2048",
        /// 1024, the least that verifies.
        Rsa1024 = "1024",
    }
}

block! {
    /// A DKIM key of yours.
    pub struct ByoDkim {
        /// The selector that its record is under.
        pub selector: Located<Selector>,
        /// The private key, a PEM file: RSA, 1024 or 2048 bits.
        pub private_key: Located<PrivateKeyFile>,
        /// Keys whose records are published and that do not sign: the next one, and the last one for a week.
        pub beside: Vec<Located<KeyBeside>>,
    }
}

block! {
    /// A DKIM key of yours that is published and does not sign.
    pub struct KeyBeside {
        /// The selector that its record is under.
        pub selector: Located<Selector>,
        /// The private key, of which the public half is published.
        pub private_key: Located<PrivateKeyFile>,
    }
}

block! {
    /// Deterministic Easy DKIM.
    pub struct DeterministicDkim {
        /// The region of the identity whose keys are used; it is in the same account.
        pub parent_region: Located<Region>,
    }
}

block! {
    /// A configuration set.
    pub struct ConfigurationSet {
        /// Its name.
        pub name: Located<SesName>,
        /// Whether mail goes without TLS where a host has none.
        pub tls: Located<TlsPolicy> = "optional",
        /// Whether reputation metrics are kept.
        pub reputation: Located<bool> = "true",
        /// Whether it may send at all.
        pub sending: Located<bool> = "true",
        /// The events that put an address on the suppression list; by default the account's choice.
        pub suppression: Option<Vec<Located<SuppressionReason>>>,
        /// How many seconds SES tries to deliver: 300 to 50400; by default SES decides.
        pub max_delivery: Option<Located<u32>>,
        /// The destinations of events.
        pub events: Vec<Located<EventDestination>>,
        /// Tags of the set.
        pub tags: IndexMap<TagKey, Located<TagValue>>,
    }
}

words! {
    /// Whether TLS is needed to deliver.
    pub enum TlsPolicy {
        /// Mail to a host without TLS is not delivered.
        Require = "require",
        /// Mail to a host without TLS goes without.
        Optional = "optional",
    }
}

words! {
    /// An event that puts an address on the suppression list.
    pub enum SuppressionReason {
        /// A hard bounce.
        Bounce = "bounce",
        /// A complaint.
        Complaint = "complaint",
    }
}

block! {
    /// The destination of some events: exactly one of `sns`, `eventbridge`, `cloudwatch` and `firehose`.
    pub struct EventDestination {
        /// Its name.
        pub name: Located<SesName>,
        /// The events.
        pub types: Vec<Located<EventType>>,
        /// An SNS topic.
        pub sns: Option<Located<Arn>>,
        /// An EventBridge bus; SES takes only the account's default one.
        pub eventbridge: Option<Located<Arn>>,
        /// CloudWatch metrics, with these dimensions.
        pub cloudwatch: Option<Located<Vec<Located<Dimension>>>>,
        /// A Firehose stream.
        pub firehose: Option<Located<Firehose>>,
    }
}

words! {
    /// An event of a message.
    pub enum EventType {
        /// SES took it.
        Send = "send",
        /// SES refused it.
        Reject = "reject",
        /// A hard bounce.
        Bounce = "bounce",
        /// A complaint.
        Complaint = "complaint",
        /// The receiver took it.
        Delivery = "delivery",
        /// Somebody opened it.
        Open = "open",
        /// Somebody followed a link.
        Click = "click",
        /// A template did not render.
        RenderingFailure = "rendering_failure",
        /// Delivery is late.
        DeliveryDelay = "delivery_delay",
        /// Somebody changed a subscription.
        Subscription = "subscription",
    }
}

block! {
    /// A dimension of CloudWatch metrics.
    pub struct Dimension {
        /// Its name.
        pub name: Located<DimensionText>,
        /// The source of its value.
        pub source: Located<DimensionSource>,
        /// Its value where a message has none.
        pub default: Located<DimensionText>,
    }
}

words! {
    /// The source of a dimension's value.
    pub enum DimensionSource {
        /// A message tag.
        MessageTag = "message_tag",
        /// A header.
        EmailHeader = "email_header",
        /// A tag of the link.
        LinkTag = "link_tag",
    }
}

block! {
    /// A Firehose stream.
    pub struct Firehose {
        /// The stream.
        pub stream: Located<Arn>,
        /// The role that lets SES write to it.
        pub role: Located<Arn>,
    }
}

/// The target of one destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventTarget<'a> {
    /// An SNS topic.
    Sns(&'a Located<Arn>),
    /// An EventBridge bus.
    EventBridge(&'a Located<Arn>),
    /// CloudWatch metrics.
    CloudWatch(&'a [Located<Dimension>]),
    /// A Firehose stream.
    Firehose(&'a Located<Firehose>),
}

impl EventDestination {
    /// Everything that is named as target; after loading it is exactly one.
    pub(crate) fn targets(&self) -> Vec<EventTarget<'_>> {
        [
            self.sns.as_ref().map(EventTarget::Sns),
            self.eventbridge.as_ref().map(EventTarget::EventBridge),
            self.cloudwatch
                .as_ref()
                .map(|dimensions| EventTarget::CloudWatch(dimensions)),
            self.firehose.as_ref().map(EventTarget::Firehose),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The target of the events. Loading refuses a destination without a target.
    pub fn target(&self) -> Option<EventTarget<'_>> {
        self.targets().into_iter().next()
    }
}
