//! The environment of a run: AWS and the Internet, or a sandbox.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use clock::Clock;
use manifest::Manifest;
use model::Outside;
use sandbox::Sandbox;
use sandbox::weather::Weather;
use verify::{AuthorityFirst, Observer, Proxies, View};

use crate::Error;

/// The environment of a run.
#[derive(Clone, Debug)]
pub enum Environment {
    /// At AWS and on the Internet.
    Internet(Network),
    /// In the sandbox that belongs to the manifest.
    Sandbox(SandboxSettings),
    /// In a sandbox that is open already, whose runtime has a paused clock.
    Held(Sandbox),
}

impl Environment {
    /// Whether a run asks the authority of its domains before the resolver. Somebody who names a resolver means
    /// that one.
    pub fn asks_authority(&self) -> bool {
        !matches!(self, Self::Internet(network) if network.resolver.is_some())
    }
}

/// An observer that asks the zones of a manifest's domains first, and then `outside`.
pub fn authority_first(
    manifest: &Manifest,
    outside: Arc<dyn Outside>,
    clock: Clock,
) -> Arc<dyn Outside> {
    let domains = manifest.domains.keys().chain(manifest.parked.keys());
    Arc::new(AuthorityFirst::new(outside, clock, domains.cloned()))
}

/// How public DNS and web servers are reached from this machine.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The resolver to ask, instead of the system's.
    pub resolver: Option<SocketAddr>,
    /// The address of every HTTPS host, instead of its own.
    pub connect: Option<SocketAddr>,
    /// Certificates to trust besides the public ones, as PEM.
    pub authorities: Option<String>,
}

impl Network {
    /// The proxy on the way to AWS and to the web, without the credentials that it asks for.
    pub fn proxy(&self) -> Option<String> {
        self.proxies().towards("sts.amazonaws.com")
    }

    /// The proxies on the way to HTTPS hosts. There is none to a private world.
    fn proxies(&self) -> Proxies {
        match self.connect {
            Some(_) => Proxies::default(),
            None => Proxies::of_environment(),
        }
    }

    /// An observer that probes public DNS, HTTPS and SMTP from this machine.
    pub fn outside(self) -> Result<Arc<dyn Outside>, Error> {
        // Whoever says where the hosts are has a private world. Its name servers have no public
        // address: they are at the resolver too.
        let name_servers = self.resolver.filter(|_| self.connect.is_some());
        let proxies = self.proxies();
        let view = View {
            proxies,
            resolver: self.resolver,
            connect: self.connect,
            name_servers,
            authorities: self.authorities,
            ..View::default()
        };
        let observer = Observer::new(view)
            .map_err(|error| Error::outside("could not set up the probes of public DNS", error))?;
        Ok(Arc::new(observer))
    }
}

/// How a sandbox is opened, or made if there is none yet.
#[derive(Clone, Debug, Default)]
pub struct SandboxSettings {
    /// How fast its clock runs; nothing for the speed that suits people who watch.
    pub speed: Option<Speed>,
    /// The content of its world, when it is made, besides what the manifest presumes: the path of a
    /// file, for messages about it, and its YAML.
    pub world: Option<(String, String)>,
    /// How far its AWS is from AWS's documentation, when it is made: `storm`, `storm:7`. A world
    /// file that says something else is right.
    pub weather: Option<Weather>,
}

/// How fast the sandbox's clock runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many times faster than the wall's.
    Times(f64),
    /// Waiting costs nothing. The runtime's clock has to be paused.
    Instant,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "instant" {
            return Ok(Self::Instant);
        }
        let times: f64 = text
            .parse()
            .map_err(|_| "a number from 1 to 100000, or `instant`".to_owned())?;
        if (1.0..=100_000.0).contains(&times) {
            Ok(Self::Times(times))
        } else {
            Err("a number from 1 to 100000, or `instant`".to_owned())
        }
    }
}
