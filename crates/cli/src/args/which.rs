//! `--target` and `--shard`.

use std::num::NonZeroU32;

use clap::Args;
use reconcile::{Shard, Subset};

/// Which domains of the manifest.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Which {
    /// Only this domain, or those like `*.example.com`; may be repeated
    #[arg(long = "target", value_name = "DOMAIN")]
    pub(crate) targets: Vec<String>,
    /// Only this part of the domains, by a hash of their names: 1/4 is the first of four
    #[arg(long, value_name = "I/N", conflicts_with = "targets")]
    pub(crate) shard: Option<Shard>,
    /// How many shards run at once and share AWS's quotas [default: all of them]
    #[arg(long, value_name = "N", requires = "shard")]
    pub(crate) at_once: Option<NonZeroU32>,
}

impl Which {
    /// The same for the run.
    pub(crate) fn subset(&self) -> Subset {
        match self.shard {
            None => Subset::targets(self.targets.clone()),
            Some(shard) => Subset::Shard {
                shard,
                at_once: self.at_once,
            },
        }
    }
}
