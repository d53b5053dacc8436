//! The promises that are compared after each run of a life, and once an apply or a destroy has ended.

use std::time::Duration;

use sandbox::world::World;

use super::{PAUSE, Player};
use crate::hands;
use crate::observer::Flow;
use crate::program::{Goal, Left};
use crate::setup::{Dns, Domain};
use crate::shadow;
use crate::world::sets;

impl Player {
    /// Compares what must hold at the end. `done` has what was left with a word, where everything is done.
    pub(super) async fn close(&mut self, goal: Goal, done: Option<Vec<Left>>) {
        // Until everything that a resolver held before has expired.
        let forgotten = self.observer().forgotten_at();
        let forgotten = forgotten.map(|at| at - self.now());
        let forgotten = forgotten.and_then(|time| Duration::try_from(time).ok());
        self.wait(PAUSE + forgotten.unwrap_or_default()).await;
        let expected = match done {
            Some(_) if !goal.destroys() => self.expected(),
            _ => Vec::new(),
        };
        let now = self.now();
        let faults = self.observer().end(&expected, now);
        if done.is_some() {
            self.observer().whole();
        }
        self.played.faults.extend(faults);
        let world = self.sandbox.world().clone();
        for what in hands::missing(self, &world) {
            self.fault("ForeignStays", what);
        }
        let is_forgotten = self.forgot || self.lost_ledger && self.only_on_record;
        if goal == Goal::Nothing
            && !is_forgotten
            && let Some(left) = done
        {
            self.restored(world, &left);
        }
    }

    /// Whether destroy has left what the world would be without the program. Where the ledger was
    /// lost, nobody can tell a text that the program wrote from one that was there before: destroy
    /// leaves such records, and names them.
    fn restored(&mut self, world: World, left: &[Left]) {
        let left = if self.lost_ledger { left } else { &[] };
        if let Some(what) = shadow::difference(&self.shadow, world, left, &self.replaced) {
            self.fault("DestroyRestores", what);
        }
    }

    /// Whether values of others stand where they stood.
    pub(super) fn foreign(&mut self) {
        let gone = shadow::lost_values(&self.shadow, &self.sandbox.world(), &self.adopting);
        for what in gone {
            self.fault("ForeignStays", what);
        }
    }

    /// The flows that the manifest asks for.
    fn expected(&self) -> Vec<Flow> {
        let mut expected = Vec::new();
        for domain in &self.setup.domains {
            if self.authority_of(domain.name) != domain.dns {
                continue;
            }
            let name = domain.name().to_owned();
            if domain.mx || self.has_mx(domain) {
                expected.push(Flow::Receive(name.clone()));
            }
            for one in &domain.ses {
                let at = self.setup.place(one);
                expected.push(Flow::SendFrom(name.clone(), at.clone()));
                expected.push(Flow::Signed(name.clone(), at.clone()));
                if one.mail_from {
                    expected.push(Flow::Aligned(name.clone(), at));
                }
            }
        }
        expected
    }

    /// Whether the MX that was there before still is: another hand can have taken it out.
    fn has_mx(&self, domain: &Domain) -> bool {
        match self.authority_of(domain.name) {
            Dns::Manual => true,
            Dns::Account(account) => {
                let mut sets = sets(&self.shadow, account, domain.name()).into_iter();
                sets.any(|set| set.key.name.plain() == domain.name() && set.key.rtype == "MX")
            }
        }
    }

    /// Whether a domain with records of before has an SPF or a DMARC record in a manifest that does not take them over.
    pub(crate) fn leaves_what_was_there(&self) -> bool {
        let mut domains = self.setup.domains.iter();
        domains.any(|one| {
            let asks = one.spf.is_some() || one.dmarc.is_some();
            asks && !one.adopts && self.adopting.contains(&one.name)
        })
    }

    /// Whether a domain with a policy has no MX any more that the manifest does not name.
    pub(crate) fn has_lost_an_mx(&self) -> bool {
        let mut domains = self.setup.domains.iter();
        domains.any(|domain| domain.sts.is_some() && !domain.mx && !self.has_mx(domain))
    }
}
