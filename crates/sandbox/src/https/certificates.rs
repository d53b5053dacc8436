//! Which certificate a TLS client is shown.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::Sandbox;
use crate::cloudfront::edge;
use crate::rdap;

/// The certificate of the distribution that serves the name of the client's hello, or the one of all
/// distributions.
pub(super) struct BySni(Sandbox);

impl BySni {
    pub(super) fn new(sandbox: Sandbox) -> Self {
        Self(sandbox)
    }
}

impl fmt::Debug for BySni {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BySni")
    }
}

impl ResolvesServerCert for BySni {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let now = self.0.clock().now();
        let world = self.0.public_world();
        let asked = hello.server_name();
        let leaf = asked.and_then(|name| {
            if rdap::is_one(name) {
                return world.acm.authority.own_leaf(&[name.to_owned()], now);
            }
            edge::certificate(&*world, name, now)
        });
        let leaf = leaf.or_else(|| edge::default_certificate(&*world, now))?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf.key_der));
        let key = any_supported_type(&key).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![leaf.certificate_der], key)))
    }
}
