//! The trust of an external observer, and its answer about a certificate.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use model::{ShownCertificate, Unseen};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A client that trusts the public roots and those of `authorities`, which is PEM; by the time
/// `now`, if it is not the system's.
pub(super) fn client_config(
    authorities: Option<&str>,
    now: Option<Timestamp>,
) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(pem) = authorities {
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
            found += 1;
        }
        if found == 0 {
            return Err("there is no certificate in it".to_owned());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = match now {
        None => ClientConfig::builder_with_provider(provider),
        Some(now) => ClientConfig::builder_with_details(provider, Arc::new(Fixed(now))),
    };
    // TLS 1.2 and 1.3 are all that rustls speaks, and all that senders accept (RFC 8461 §4.2).
    let config = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// A time that stands still.
#[derive(Debug)]
struct Fixed(Timestamp);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A client that accepts any certificate that it is shown, and checks it afterwards.
pub(super) fn accepting_all() -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let schemes = provider.signature_verification_algorithms;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(schemes)))
        .with_no_client_auth();
    Ok(config)
}

/// Takes every certificate, from whoever has its key.
#[derive(Debug)]
struct Anybody(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// The content of the certificate `der`.
pub(super) fn read(der: &[u8]) -> Option<ShownCertificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| {
        let names = extension.value.general_names.iter();
        names
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some((*name).to_owned()),
                _ => None,
            })
            .collect()
    });
    Some(ShownCertificate {
        names: names.unwrap_or_default(),
        not_before: Timestamp::from_second(validity.not_before.timestamp()).ok()?,
        not_after: Timestamp::from_second(validity.not_after.timestamp()).ok()?,
    })
}

/// The fault of TLS behind `error`, if TLS is what failed.
pub(super) fn tls_fault(error: &(dyn Error + 'static)) -> Option<Unseen> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<rustls::Error>() {
            return Some(describe(fault));
        }
        // The source of an I/O error is the source of what it holds, not what it holds.
        let held = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match held {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    None
}

fn describe(fault: &rustls::Error) -> Unseen {
    let rustls::Error::InvalidCertificate(fault) = fault else {
        return Unseen::NoTls(fault.to_string());
    };
    match fault {
        CertificateError::NotValidForNameContext { presented, .. } => {
            Unseen::OtherName(listed(presented))
        }
        CertificateError::NotValidForName => Unseen::OtherName("another name".to_owned()),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Unseen::Certificate("it has expired".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Unseen::Certificate("it is not valid yet".to_owned())
        }
        CertificateError::UnknownIssuer => {
            Unseen::Certificate("no public certificate authority vouches for it".to_owned())
        }
        other => Unseen::Certificate(other.to_string()),
    }
}

/// The names of a certificate, which `rustls` gives as `DnsName("example.com")`.
fn listed(presented: &[String]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = presented
        .iter()
        .take(SHOWN)
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .collect();
    match (names.is_empty(), presented.len() > SHOWN) {
        (true, _) => "no name".to_owned(),
        (false, true) => format!("{} and more", names.join(", ")),
        (false, false) => names.join(", "),
    }
}
