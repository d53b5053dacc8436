//! A project: a manifest, with all that a run of it needs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws::{Connection, Notice, Recorder, Sessions};
use clock::Clock;
use engine::Engine;
use manifest::Manifest;
use model::Outside;
use sandbox::Sandbox;
use standards::Finding;
use standards::dns::Name;
use tokio::sync::OnceCell;
use verify::Registered;

use crate::environment::{Environment, Speed, authority_first};
use crate::ledger_place::LedgerPlace;
use crate::sandbox::{Inside, Opened, Presumed};
use crate::scope::{Scope, Subset};
use crate::{Error, Loaded, accounts, sandbox as sandboxes};

/// A manifest, with all that a run of it needs.
pub struct Project {
    /// The manifest.
    pub manifest: Manifest,
    /// The manifest's path on disk.
    pub file: PathBuf,
    /// The findings of lint. None of them is an error.
    pub findings: Vec<Finding>,
    /// The engine, with its way to AWS. It observes the outside world at the authority first.
    pub engine: Engine,
    /// The outside world as everybody sees it, through the resolver.
    outside: Arc<dyn Outside>,
    /// The clock of the environment.
    pub clock: Clock,
    /// The sandbox, if the run takes place in one.
    pub sandbox: Option<Sandbox>,
    /// Whether everything is read anew, also what wide reads confirm to be as the ledger has it.
    pub refresh: bool,
    /// The presumptions under which the sandbox was made, if it was made in this run.
    pub presumed: Option<Presumed>,
    /// Whether waiting costs nothing: the runtime's clock is paused.
    pub(crate) is_instant: AtomicBool,
    /// Certificates to trust besides the public ones, as PEM.
    pub(crate) authorities: Option<String>,
    pub(crate) ledger_place: LedgerPlace,
    pub(crate) scope: Scope,
    /// The answers of registries: a run that compares twice asks once.
    pub(crate) registrations: OnceCell<BTreeMap<Name, Registered>>,
}

impl Project {
    /// Opens the way of a manifest to AWS, or to its sandbox, for a run about a `subset` of
    /// its domains. A [`Notice`] is enough for `hearers`.
    pub fn open(
        loaded: Loaded,
        subset: &Subset,
        environment: Environment,
        hearers: impl Into<Hearers>,
    ) -> Result<Self, Error> {
        let Hearers { notice, recorder } = hearers.into();
        let folder = loaded.folder().to_owned();
        let Loaded {
            manifest,
            findings,
            file,
        } = loaded;
        let scope = Scope::of(&manifest, subset)?;
        let is_sandbox = !matches!(environment, Environment::Internet(_));
        let authorities = match &environment {
            Environment::Internet(network) => network.authorities.clone(),
            Environment::Sandbox(_) | Environment::Held(_) => None,
        };
        let asks_authority = environment.asks_authority();
        let ledger_place = LedgerPlace::of(&manifest, &folder, is_sandbox);
        let place = Place::of(&manifest, &folder, environment)?;
        let connection = Connection {
            sharers: subset.sharers(),
            authorities: authorities.clone(),
            recorder,
            ..accounts::connection(&manifest, place.sandbox.as_ref(), place.clock, notice)
        };
        let sessions = Sessions::new(accounts::accesses(&manifest), connection);
        let secrets = blueprint::secrets(&manifest);
        let outside = place.outside;
        let observer = if asks_authority {
            authority_first(&manifest, outside.clone(), place.clock)
        } else {
            outside.clone()
        };
        Ok(Self {
            engine: Engine::new(sessions, observer, secrets, place.clock),
            outside,
            manifest,
            file,
            findings,
            clock: place.clock,
            sandbox: place.sandbox,
            refresh: false,
            presumed: place.presumed,
            is_instant: AtomicBool::new(place.is_instant),
            authorities,
            ledger_place,
            scope,
            registrations: OnceCell::new(),
        })
    }

    /// Makes time real, if it is not: whoever waits for a socket on a paused clock meets its own
    /// time-out at once.
    pub(crate) fn resume_time(&self) {
        if self.is_instant.swap(false, Ordering::Relaxed) {
            tokio::time::resume();
        }
    }

    /// The outside world as everybody sees it, through the resolver. What a run waits for is observed by the
    /// engine's observer, which asks the authority first.
    pub fn outside(&self) -> &dyn Outside {
        self.outside.as_ref()
    }

    /// The domains that the run is about.
    pub fn domains(&self) -> Vec<Name> {
        self.scope.domains(&self.manifest)
    }
}

/// The receivers of news about the way to AWS.
#[derive(Clone, Debug, Default)]
pub struct Hearers {
    /// Hears what AWS is waited for.
    pub notice: Notice,
    /// Hears each exchange with AWS.
    pub recorder: Option<Recorder>,
}

impl From<Notice> for Hearers {
    fn from(notice: Notice) -> Self {
        Self {
            notice,
            recorder: None,
        }
    }
}

/// An environment, opened.
struct Place {
    sandbox: Option<Sandbox>,
    presumed: Option<Presumed>,
    clock: Clock,
    outside: Arc<dyn Outside>,
    is_instant: bool,
}

impl Place {
    fn of(
        manifest: &Manifest,
        folder: &std::path::Path,
        environment: Environment,
    ) -> Result<Self, Error> {
        match environment {
            Environment::Internet(network) => Ok(Self {
                sandbox: None,
                presumed: None,
                clock: Clock::real(),
                outside: network.outside()?,
                is_instant: false,
            }),
            Environment::Held(sandbox) => Ok(Self {
                presumed: None,
                clock: sandbox.clock(),
                outside: Arc::new(Inside::new(sandbox.clone())),
                sandbox: Some(sandbox),
                is_instant: true,
            }),
            Environment::Sandbox(settings) => {
                let is_instant = settings.speed == Some(Speed::Instant);
                let folder = sandboxes::folder(folder, manifest.project.as_str());
                let Opened { sandbox, presumed } = sandboxes::open(&folder, manifest, settings)?;
                Ok(Self {
                    presumed,
                    clock: sandbox.clock(),
                    outside: Arc::new(Inside::new(sandbox.clone())),
                    sandbox: Some(sandbox),
                    is_instant,
                })
            }
        }
    }
}
