//! The HTTP client: whom it trusts, and through which proxy it goes.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::os_shim_internal::{Env, Fs};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_native_certs::load_native_certs;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// The variables that name proxies (AWS SDKs and Tools Reference Guide, "HTTP proxies").
const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The authorities that a client trusts, as PEM.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trusted {
    /// In place of the system's, or of Mozilla's where the system has none.
    pub(crate) instead: Option<Vec<u8>>,
    /// Besides those.
    pub(crate) besides: Option<Vec<u8>>,
}

impl Trusted {
    fn store(self) -> Result<TrustStore, String> {
        let base = match self.instead {
            Some(pem) => TrustStore::empty().with_pem_certificate(checked(&pem)?),
            // A container from scratch has none, and the SDK would trust nobody.
            None if load_native_certs().certs.is_empty() => {
                TrustStore::empty().with_pem_certificate(mozillas())
            }
            None => TrustStore::default(),
        };
        Ok(match self.besides {
            Some(pem) => base.with_pem_certificate(
                checked(&pem).map_err(|error| format!("the certificates of `--ca`: {error}"))?,
            ),
            None => base,
        })
    }
}

/// An HTTP client that trusts these authorities, and goes through the proxies that the environment
/// names.
pub(crate) fn client(trusted: Trusted) -> Result<SharedHttpClient, String> {
    check_proxies(&Env::real())?;
    let trust = trusted.store()?;
    let context = TlsContext::builder().with_trust_store(trust).build();
    let context = context.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    // The builder of clients has no proxies; the builder of connections, which it calls, has them.
    let connect = move |settings: Option<&HttpConnectorSettings>,
                        components: Option<&RuntimeComponents>| {
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.clone())
            .proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    };
    Ok(Builder::new().build_with_connector_fn(connect))
}

/// Mozilla's authorities, as PEM, which is all that the SDK takes.
fn mozillas() -> Vec<u8> {
    let one = |der: &CertificateDer<'_>| {
        let text = BASE64.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    let all: String = TLS_SERVER_ROOT_CERTS.iter().map(one).collect();
    all.into_bytes()
}

/// Reads the authorities in a file.
pub(crate) async fn authorities(path: &str) -> Result<Vec<u8>, String> {
    let read = Fs::real().read_to_end(path).await;
    let pem = read.map_err(|error| format!("AWS_CA_BUNDLE: cannot read {path}: {error}"))?;
    checked(&pem).map_err(|error| format!("AWS_CA_BUNDLE: {path}: {error}"))
}

/// The SDK's client panics on certificates that it cannot read.
fn checked(pem: &[u8]) -> Result<Vec<u8>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => Err("it holds no certificate".to_owned()),
        Ok(_) => Ok(pem.to_owned()),
        Err(error) => Err(format!("its certificates cannot be read: {error}")),
    }
}

/// The SDK's client passes over a proxy whose URL it cannot read, and connects without one.
fn check_proxies(env: &Env) -> Result<(), String> {
    for name in PROXIES {
        let Ok(value) = env.get(name) else { continue };
        let url = if value.contains("://") {
            value.clone()
        } else {
            format!("http://{value}")
        };
        if !value.is_empty() && ProxyConfig::all(url.as_str()).is_err() {
            return Err(format!("{name} is `{value}`, which is no URL of a proxy"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_certificates_is_refused() {
        assert!(checked(b"").is_err());
        assert!(checked(b"-----BEGIN CERTIFICATE-----\nAAA\n").is_err());
    }

    #[test]
    fn mozilla_s_authorities_can_be_read() {
        let pem = checked(&mozillas()).expect("certificates");
        let read = CertificateDer::pem_slice_iter(&pem).map(|one| one.expect("a certificate"));
        assert!(read.eq(TLS_SERVER_ROOT_CERTS.iter().cloned()));
    }

    #[test]
    fn a_proxy_that_is_not_understood_is_never_passed_over() {
        let bad = Env::from_slice(&[("HTTPS_PROXY", "http://[proxy")]);
        let said = check_proxies(&bad).expect_err("refused");
        assert!(said.contains("HTTPS_PROXY"), "{said}");
        for good in ["http://proxy.example:3128", "proxy.example:3128", ""] {
            let env = Env::from_slice(&[("HTTPS_PROXY", good)]);
            assert_eq!(check_proxies(&env), Ok(()), "{good}");
        }
    }
}
