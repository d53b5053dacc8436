//! The command line of `deploy sandbox`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use reconcile::Speed;

use super::{Global, duration};

/// `deploy sandbox`.
#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// Answer the AWS API, DNS and HTTPS on local ports
    #[command(
        after_help = "Example:\n  deploy sandbox serve deploy/example.yaml --aws 4566 --dns 5353 --https 8443"
    )]
    Serve(Serve),
    /// Print how often each API operation was called
    #[command(after_help = "Example:\n  deploy sandbox stats deploy/example.yaml")]
    Stats(SandboxIn),
    /// Publish, as the operator of a manual DNS would, the first round of `deploy records`
    #[command(after_help = "Example:\n  deploy sandbox publish deploy/manual-dns.yaml")]
    Publish(Publish),
    /// Take what was published out of the DNS again
    #[command(after_help = "Example:\n  deploy sandbox withdraw deploy/manual-dns.yaml")]
    Withdraw(Publish),
    /// Let time pass in the sandbox: 36h, 8d
    #[command(after_help = "Example:\n  deploy sandbox advance 8d deploy/example.yaml")]
    Advance {
        /// How long
        #[arg(value_parser = duration)]
        time: Duration,
        #[command(flatten)]
        of: SandboxOf,
    },
    /// Forget the sandbox and what was recorded about it
    #[command(after_help = "Example:\n  deploy sandbox reset deploy/example.yaml")]
    Reset(SandboxOf),
}

impl Sandbox {
    /// Its environment: the sandbox, if it opens one.
    pub(super) fn global(&self) -> Option<Global> {
        let (of, speed) = match self {
            Self::Serve(Serve { of, speed, .. }) => (of, Some(Speed::Times(*speed))),
            Self::Stats(of) => (of, None),
            Self::Publish(Publish { of, speed }) | Self::Withdraw(Publish { of, speed }) => {
                (of, *speed)
            }
            Self::Advance { .. } | Self::Reset(_) => return None,
        };
        Some(Global {
            sandbox: true,
            speed,
            world: of.world.clone(),
            ..Global::default()
        })
    }
}

/// Whose sandbox, and how it is made if it is not there.
#[derive(Debug, Args)]
pub(crate) struct SandboxIn {
    #[command(flatten)]
    pub(crate) of: SandboxOf,
    /// More content of its world when it is made: a YAML file
    #[arg(long, value_name = "FILE")]
    pub(crate) world: Option<PathBuf>,
}

/// `deploy sandbox publish` and `withdraw`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    pub(crate) of: SandboxIn,
    /// How many times faster than AWS the sandbox runs, or `instant` [default: 60]
    #[arg(long, value_name = "N|instant")]
    pub(crate) speed: Option<Speed>,
}

/// Whose sandbox.
#[derive(Debug, Args)]
pub(crate) struct SandboxOf {
    /// The manifest beside which the sandbox is kept [default: `DEPLOY_MANIFEST`, or else the nearest
    /// deploy.yaml or deploy.yml, here or in a folder above]
    #[arg(value_name = "MANIFEST")]
    pub(crate) manifest: Option<PathBuf>,
}

/// `deploy sandbox serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) of: SandboxIn,
    /// How many times faster than AWS it runs
    #[arg(long, default_value_t = 1.0, value_parser = times, value_name = "N")]
    pub(crate) speed: f64,
    /// The address to listen at
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// The port of the AWS API; 0 for any
    #[arg(long, default_value_t = 4566)]
    pub(crate) aws: u16,
    /// The port of DNS
    #[arg(long, default_value_t = 5353)]
    pub(crate) dns: u16,
    /// The port of HTTPS
    #[arg(long, default_value_t = 8443)]
    pub(crate) https: u16,
}

/// A speed of somebody who waits in real time.
fn times(text: &str) -> Result<f64, String> {
    match text.parse()? {
        Speed::Times(times) => Ok(times),
        Speed::Instant => Err("whoever asks over the network waits in real time".to_owned()),
    }
}
