//! The credentials of one account, which can be fetched again before they end by themselves.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    IdentityFuture, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// How long credentials may be on their way. A `credential_process` that waits for a person to touch
/// a key takes some of that; one that hangs takes all of it, once.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// An identity cache that can be emptied. The SDK's goes by the expiry that the credentials came
/// with, and has no way to hear that AWS no longer accepts them.
#[derive(Clone, Debug)]
pub(crate) struct Wallet(Arc<RwLock<Pocket>>);

#[derive(Debug)]
struct Pocket {
    cache: SharedIdentityCache,
    edition: u64,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RwLock::new(Pocket {
            cache: empty(),
            edition: 0,
        })))
    }

    /// Which credentials are in it: it counts how often they were renewed.
    pub(crate) fn edition(&self) -> u64 {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .edition
    }

    /// Forgets the credentials of this edition. Requests that were signed with the same ones are
    /// refused together, and must not fetch new ones each.
    pub(crate) fn renew(&self, edition: u64) {
        let mut pocket = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if pocket.edition == edition {
            pocket.cache = empty();
            pocket.edition += 1;
        }
    }
}

fn empty() -> SharedIdentityCache {
    IdentityCache::lazy().load_timeout(LIMIT).build()
}

impl ResolveCachedIdentity for Wallet {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let cache = {
            let pocket = self.0.read().unwrap_or_else(PoisonError::into_inner);
            pocket.cache.clone()
        };
        IdentityFuture::new(async move {
            cache
                .resolve_cached_identity(resolver, components, config)
                .await
        })
    }
}
