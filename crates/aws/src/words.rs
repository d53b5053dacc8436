//! Describes to people why a request got no answer from AWS.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

use crate::whole::Incomplete;

/// The reason why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A name that does not resolve.
    Name,
    /// A host that refuses the connection.
    Refused,
    /// No connection or no answer within the time limits.
    Late,
    /// A certificate that is not trusted, or a failed TLS handshake.
    Tls,
    /// An answer of which the end is missing.
    Incomplete,
    /// A proxy that does not forward the request.
    Proxy,
    /// Credentials that are missing, or that could not be fetched.
    Credentials,
    /// Any other failure of the connection.
    Network,
}

impl Fault {
    fn advice(self) -> &'static str {
        match self {
            Self::Name => "the host's name does not resolve: check the network and its DNS",
            Self::Refused => "the host refuses connections: check the network and the endpoint",
            Self::Late => "no answer came in time: check the network, its proxy and the endpoint",
            Self::Tls => {
                "the host's certificate is not accepted: where a proxy reads TLS, name its \
                 authority's certificates with `--ca` or AWS_CA_BUNDLE"
            }
            Self::Incomplete => "an answer came without its end: check the proxy and the endpoint",
            Self::Proxy => "the proxy does not pass it on: check HTTPS_PROXY and NO_PROXY",
            Self::Credentials => "there are no usable AWS credentials",
            Self::Network => "the connection failed: check the network",
        }
    }
}

/// An error and its causes, outermost first. An `io::Error` skips the error that it wraps: its `source` is the
/// source of the wrapped error. The wrapped error is included here.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let next = |error: &&'a (dyn Error + 'static)| {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => (*error).source(),
        }
    };
    std::iter::successors(Some(error), next)
}

/// The fault behind an error.
pub(crate) fn fault(error: &(dyn Error + 'static)) -> Fault {
    let known = chain(error).find_map(judge);
    // Credentials are fetched over the same network, and a fault of the network is the more precise reason.
    let of_credentials = chain(error).any(<dyn Error>::is::<CredentialsError>);
    let otherwise = if of_credentials {
        Fault::Credentials
    } else {
        Fault::Network
    };
    known.unwrap_or(otherwise)
}

fn judge(error: &(dyn Error + 'static)) -> Option<Fault> {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
    if error.is::<rustls::Error>() {
        return Some(Fault::Tls);
    }
    if error.is::<Incomplete>() {
        return Some(Fault::Incomplete);
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        match error.kind() {
            ConnectionRefused | HostUnreachable | NetworkUnreachable => {
                return Some(Fault::Refused);
            }
            TimedOut => return Some(Fault::Late),
            _ => {}
        }
    }
    // The types of the HTTP client's own errors are private.
    let text = error.to_string().to_ascii_lowercase();
    let has = |part: &str| text.contains(part);
    if has("identity resolver timed out") {
        Some(Fault::Credentials)
    } else if has("dns error") || has("failed to lookup") {
        Some(Fault::Name)
    } else if has("tunnel") || has("proxy") {
        Some(Fault::Proxy)
    } else if has("timed out") || has("timeout occurred") || has("no answer within") {
        Some(Fault::Late)
    } else {
        None
    }
}

/// Writes the fault and its fix in one line, with the innermost causes, because the outermost errors of the SDK
/// are generic.
pub(crate) fn of(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    let fault = fault(error);
    // The error around an incomplete answer names an interceptor of this program, which helps no reader.
    let shown = if fault == Fault::Incomplete { 1 } else { 2 };
    let start = texts.len().saturating_sub(shown);
    let mut detail: Vec<&str> = texts[start..].iter().map(String::as_str).collect();
    detail.dedup();
    let detail = detail.join(": ").replace('\n', " ");
    // The SDK lists every provider that it tried, each in the same words.
    let detail = if detail.contains("no credentials found in chain") {
        "none in the environment, in the profile, or of this machine"
    } else {
        &detail
    };
    format!("{} ({detail})", fault.advice())
}

#[cfg(test)]
mod tests {
    use std::io;

    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    fn of_io(kind: io::ErrorKind, inner: impl Into<Box<dyn Error + Send + Sync>>) -> String {
        of(&ConnectorError::io(io::Error::new(kind, inner).into()))
    }

    #[test]
    fn e8_each_failure_has_its_own_words() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let other = io::ErrorKind::Other;
        for (text, words) in [
            (of_io(other, tls), "AWS_CA_BUNDLE"),
            (
                of_io(io::ErrorKind::ConnectionRefused, "os error 111"),
                "refuses connections",
            ),
            (of_io(other, "dns error: no such host"), "does not resolve"),
            (of_io(other, "tunnel error: unsuccessful"), "HTTPS_PROXY"),
            (of_io(io::ErrorKind::TimedOut, "timed out"), "in time"),
            (of(&CredentialsError::not_loaded("none")), "credentials"),
            (
                of(&CredentialsError::not_loaded(
                    "no credentials found in chain. Attempted:\n  Environment: not set",
                )),
                "(none in the environment, in the profile, or of this machine)",
            ),
            (
                of_io(io::ErrorKind::ConnectionReset, "reset"),
                "connection failed",
            ),
        ] {
            assert!(text.contains(words), "{text}");
        }
    }
}
