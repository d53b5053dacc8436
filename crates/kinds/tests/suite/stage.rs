//! The stage of the suite: a sandbox, sessions into it by `AssumeRole`, and the registry.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws::{Access, Connection, Session, Sessions};
use aws_credential_types::provider::SharedCredentialsProvider;
use clock::Clock;
use kinds::tags::Tags;
use kinds::{Actor, Actors, Context, Secrets, Shared};
use model::{Fetched, Location, NoAnswer, Outside, ResourceId};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::quotas::Quotas;
use sandbox::world::World;
use standards::dns::RecordType;

/// The account in which everything happens.
pub(crate) const ACCOUNT: &str = "111111111111";
/// The account whose user takes the role.
const OPERATOR: &str = "999999999999";
/// Somebody else's account.
pub(crate) const OTHER_ACCOUNT: &str = "222222222222";

/// A sandbox and everything to reach it by.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    sessions: Sessions,
    actors: Actors,
    shared: Arc<Shared>,
    secrets: Arc<Secrets>,
}

impl Stage {
    /// A world as AWS is, without its quotas.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same, with what `change` does to the world.
    pub(crate) fn with(change: impl FnOnce(&mut World)) -> Self {
        let mut world = World {
            quotas: Quotas::none(),
            ..World::default()
        };
        world.sts.seed_account(ACCOUNT, &["mail-deploy"]);
        world.sts.seed_account(OPERATOR, &[]);
        world.sts.seed_account(OTHER_ACCOUNT, &[]);
        change(&mut world);
        let noon = "2026-11-24T12:00:00Z".parse().expect("a timestamp");
        let sandbox = Sandbox::new(world, Clock::starting_at(noon, 1.0));
        let access = Access {
            id: ACCOUNT.parse().expect("an account id"),
            role: Some("mail-deploy".to_owned()),
            profile: None,
            external_id: None,
            session_name: None,
        };
        let connection = Connection {
            http: Some(sandbox.http_client()),
            credentials: Some(SharedCredentialsProvider::new(
                sandbox.credentials(OPERATOR),
            )),
            ..Connection::new(sandbox.clock())
        };
        let actors = kinds::actors();
        Self {
            sessions: Sessions::new(BTreeMap::from([("web".into(), access)]), connection),
            sandbox,
            actors,
            shared: Arc::default(),
            secrets: Arc::default(),
        }
    }

    /// Begins a new process, which remembers nothing of zones.
    pub(crate) fn new_run(&mut self) {
        self.shared = Arc::default();
    }

    /// The private keys that the manifest brings.
    pub(crate) fn bring(&mut self, keys: impl IntoIterator<Item = Vec<u8>>) {
        let keys = keys
            .into_iter()
            .map(|key| (kinds::s3_object::sha256(&key), key));
        self.secrets = Arc::new(Secrets(keys.collect()));
    }

    /// A location in the account.
    pub(crate) fn location(region: &str) -> Location {
        Location {
            account: "web".into(),
            account_id: ACCOUNT.parse().expect("an account id"),
            region: region.into(),
        }
    }

    /// A session in the account.
    pub(crate) async fn session(&self, region: &str) -> Arc<Session> {
        let session = self.sessions.session(&Self::location(region)).await;
        session.expect("a session")
    }

    /// The surroundings in which a kind acts.
    pub(crate) async fn context(&self, location: Option<&Location>) -> Context {
        let session = match location {
            Some(location) => Some(self.sessions.session(location).await.expect("a session")),
            None => None,
        };
        // What was read until now does not serve, also in a world whose calls take no time.
        self.sandbox.clock().sleep(Duration::from_millis(1)).await;
        Context {
            session,
            outside: Arc::new(Inside(self.sandbox.clone())),
            shared: self.shared.clone(),
            not_before: self.sandbox.clock().now(),
            secrets: self.secrets.clone(),
            clock: self.sandbox.clock(),
        }
    }

    /// An SDK configuration behind the program's back.
    pub(crate) fn sdk(&self, region: &str) -> aws_config::SdkConfig {
        self.sandbox.sdk_config(ACCOUNT, region)
    }

    /// The next look at records lists their zone anew.
    pub(crate) async fn forget_listings(&self) {
        self.shared.forget().await;
    }

    pub(crate) fn actor(&self, name: &str) -> &dyn Actor {
        self.actors[name].as_ref()
    }

    /// Lets time pass.
    pub(crate) async fn wait(&self, seconds: u64) {
        let clock = self.sandbox.clock();
        clock.sleep(Duration::from_secs(seconds)).await;
    }
}

/// The tags that our resource `id` carries.
pub(crate) fn tags(id: &ResourceId) -> Tags {
    kinds::tags::tags("suite", id, &Tags::new())
}

/// An external observer in the sandbox.
struct Inside(Sandbox);

#[async_trait]
impl Outside for Inside {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let now = self.0.clock().now();
        match self.0.world().resolve(name, rtype.as_str(), now) {
            Lookup::NxDomain | Lookup::NoData => Ok(Vec::new()),
            Lookup::ServFail => Err(NoAnswer {
                name: name.to_owned(),
                rtype,
                reason: "SERVFAIL".to_owned(),
            }),
            Lookup::Found { records, .. } => {
                let value = |record: sandbox::dns::Record| match rtype {
                    RecordType::Txt => record.value.trim_matches('"').to_owned(),
                    _ => record.value,
                };
                Ok(records.into_iter().map(value).collect())
            }
        }
    }

    async fn fetch(&self, _url: &str) -> Result<Fetched, String> {
        Err("no kind fetches".to_owned())
    }
}
