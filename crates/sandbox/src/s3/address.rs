//! The address of a request: the bucket and the key, from the host or from the path, and the region.

use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::error::Error;
use super::operations::Scope;

/// The parsed target of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Empty for requests on the account.
    pub(super) bucket: String,
    /// Empty for requests on a bucket.
    pub(super) key: String,
    /// The region that the endpoint's name carries.
    pub(super) endpoint_region: Option<String>,
    /// Whether it is `s3.amazonaws.com`, which creates buckets in any region.
    pub(super) global_endpoint: bool,
    /// Decoded query parameters, in order.
    pub(super) query: Vec<(String, String)>,
}

impl Address {
    pub(super) fn scope(&self) -> Scope {
        if self.bucket.is_empty() {
            Scope::Account
        } else if self.key.is_empty() {
            Scope::Bucket
        } else {
            Scope::Object
        }
    }

    /// The value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn parse(request: &Parts) -> Result<Self, Error> {
        let invalid = || Error::new(400, "InvalidURI", "Couldn't parse the specified URI.");
        let path = percent_decode_str(request.uri.path()).decode_utf8();
        let path = path.map_err(|_| invalid())?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        let host = host(request);
        let endpoint = Endpoint::parse(&host);
        let (bucket, key) = match endpoint.bucket {
            Some(bucket) => (bucket.to_owned(), path),
            None => match path.split_once('/') {
                Some((bucket, key)) => (bucket.to_owned(), key),
                None => (path.to_owned(), ""),
            },
        };
        if key.len() > 1024 {
            return Err(Error::new(400, "KeyTooLongError", "Your key is too long")
                .with("Size", key.len().to_string())
                .with("MaxSizeAllowed", "1024"));
        }
        Ok(Self {
            bucket,
            key: key.to_owned(),
            endpoint_region: endpoint.region.map(str::to_owned),
            global_endpoint: endpoint.global,
            query: parse_query(request.uri.query().unwrap_or_default()),
        })
    }
}

/// The bucket that the host of a request names.
pub(super) fn host_bucket(request: &Parts) -> Option<String> {
    Endpoint::parse(&host(request)).bucket.map(str::to_owned)
}

/// The request's host without its port, in lower case.
fn host(request: &Parts) -> String {
    let header = request.headers.get(http::header::HOST);
    let header = header.and_then(|value| value.to_str().ok());
    let authority = header.or_else(|| request.uri.authority().map(http::uri::Authority::as_str));
    let authority = authority.unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.to_ascii_lowercase()
}

/// The meaning of the host's name.
#[derive(Default)]
struct Endpoint<'a> {
    bucket: Option<&'a str>,
    region: Option<&'a str>,
    global: bool,
}

impl<'a> Endpoint<'a> {
    /// Knows `s3.amazonaws.com`, `s3.<region>.amazonaws.com`, their dual-stack and FIPS forms, and
    /// `localhost` for the served face, each alone (the bucket is in the path) or after a bucket.
    fn parse(host: &'a str) -> Self {
        if let Some(rest) = host.strip_suffix(".localhost") {
            let bucket = match rest.strip_suffix(".s3") {
                Some(bucket) => Some(bucket),
                None if rest == "s3" => None,
                None => Some(rest),
            };
            return Self {
                bucket,
                ..Self::default()
            };
        }
        let Some(rest) = host
            .strip_suffix(".amazonaws.com")
            .or_else(|| host.strip_suffix(".amazonaws.com.cn"))
        else {
            return Self::default();
        };
        // Bucket names may hold dots and even a label `s3`, so the last service label counts.
        let labels = rest.split('.').collect::<Vec<_>>();
        let service = labels
            .iter()
            .rposition(|label| *label == "s3" || *label == "s3-fips");
        let Some(service) = service else {
            return Self::default();
        };
        let before = labels[..service].iter().map(|label| label.len() + 1);
        let length = before.sum::<usize>();
        let region = labels[service + 1..]
            .iter()
            .copied()
            .find(|label| *label != "dualstack");
        Self {
            bucket: (length > 0).then(|| &rest[..length - 1]),
            region,
            global: region.is_none(),
        }
    }
}

/// Pairs of a query string, decoded.
pub(super) fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (decode(name), decode(value)),
            None => (decode(pair), String::new()),
        })
        .collect()
}
