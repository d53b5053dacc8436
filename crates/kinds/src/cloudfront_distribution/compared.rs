//! The properties of a distribution that are compared, as desired and as observed.

use model::Field;
use serde::Serialize;

use super::{CACHE_POLICY, Logging, MINIMUM_PROTOCOL, Spec, State, is_weak, sorted};
use crate::tags::Tags;

/// The compared properties. `R` is the name of other resources: a reference in a spec, and AWS's
/// name in a state.
#[derive(Serialize)]
pub(super) struct Compared<'a, R> {
    aliases: Vec<String>,
    certificate: Option<&'a R>,
    origin: &'a str,
    access_control: Option<&'a R>,
    logging: Option<&'a Logging>,
    price_class: &'a str,
    comment: &'a str,
    enabled: bool,
    minimum_protocol: &'a str,
    viewer_protocol: &'a str,
    cache_policy: Option<&'a str>,
    http_version: &'a str,
    ipv6: bool,
    tags: &'a Tags,
}

impl Spec {
    /// The compared properties, as desired.
    pub(super) fn wanted(&self) -> Compared<'_, Field<String>> {
        Compared {
            aliases: sorted(&self.aliases),
            certificate: Some(&self.certificate),
            origin: &self.origin,
            access_control: Some(&self.access_control),
            logging: self.logging.as_ref(),
            price_class: &self.price_class,
            comment: &self.comment,
            enabled: true,
            minimum_protocol: MINIMUM_PROTOCOL,
            viewer_protocol: "https-only",
            cache_policy: Some(CACHE_POLICY),
            http_version: "http2and3",
            ipv6: true,
            tags: &self.tags,
        }
    }
}

impl State {
    /// The compared fields, as observed; of its tags, only those that are ours.
    pub(super) fn seen<'s>(&'s self, ours: &'s Tags) -> Compared<'s, String> {
        let Self {
            id: _,
            arn: _,
            domain_name: _,
            status: _,
            comment,
            enabled,
            aliases,
            certificate,
            minimum_protocol,
            origin,
            access_control,
            viewer_protocol,
            cache_policy,
            http_version,
            ipv6,
            logging,
            price_class,
            tags: _,
            etag: _,
            is_staged: _,
        } = self;
        Compared {
            aliases: sorted(aliases),
            certificate: certificate.as_ref(),
            origin,
            access_control: access_control.as_ref(),
            logging: logging.as_ref(),
            price_class,
            comment,
            enabled: *enabled,
            minimum_protocol: if is_weak(minimum_protocol) {
                minimum_protocol
            } else {
                MINIMUM_PROTOCOL
            },
            viewer_protocol,
            cache_policy: cache_policy.as_deref(),
            http_version,
            ipv6: *ipv6,
            tags: ours,
        }
    }
}
