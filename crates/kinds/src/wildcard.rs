//! Names with a wildcard, as certificates and distributions have them.

/// Whether a name that may have a wildcard stands for `host`: a wildcard stands for one label (RFC 9525
/// section 6.3). CloudFront's stand for more, but no certificate would be good for such a host.
pub(crate) fn covers(name: &str, host: &str) -> bool {
    let below = |rest: &str| {
        host.split_once('.')
            .is_some_and(|(_, parent)| parent.eq_ignore_ascii_case(rest))
    };
    name.eq_ignore_ascii_case(host) || name.strip_prefix("*.").is_some_and(below)
}
