//! What a kind looks and acts through.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aws::Session;
use clock::Clock;
use model::{ErrorClass, KindError, Outside};

use crate::route53_record_set::Zones;

/// Private keys that the manifest brings, by their SHA-256. They show in no debug output.
#[derive(Clone, Default)]
pub struct Secrets(pub BTreeMap<String, Vec<u8>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

/// What a kind looks and acts through, in one location.
#[derive(Clone)]
pub struct Context {
    /// The account and region; nothing for what is not at AWS.
    pub session: Option<Arc<Session>>,
    /// A stranger's eyes.
    pub outside: Arc<dyn Outside>,
    /// Listings of hosted zones, one a run.
    pub zones: Arc<Zones>,
    /// Private keys that specs name by their hash.
    pub secrets: Arc<Secrets>,
    /// The time.
    pub clock: Clock,
}

impl Context {
    /// The session, for kinds that live at AWS.
    pub fn session(&self) -> Result<&Session, KindError> {
        self.session.as_deref().ok_or_else(|| {
            KindError::new(
                ErrorClass::Invalid,
                "open a session",
                "the resource has no account",
            )
        })
    }
}
