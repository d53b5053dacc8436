//! The life: plan, apply, plan, change, drift, destroy. Each step is the program's own, and a step that
//! fails does not keep the next from being played: what was made has to go again.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use clock::Clock;
use engine::{Progress, Stop};
use ledger::Who;
use manifest::MemoryFiles;
use model::FailOn;
use reconcile::{Conclusion, Environment, Error, Hearers, Notice, Planned, Project, Subset, Wish};
use tokio::runtime::{Builder, Runtime};

use crate::recording::Recording;
use crate::smallest::{Stage, Version};

/// How the steps of a life ended, by their names: with a conclusion, or with an error.
#[derive(Debug)]
pub struct Ended(pub Vec<(&'static str, Result<Conclusion, Error>)>);

impl Ended {
    /// Whether the destroy left nothing.
    pub fn is_clean(&self) -> bool {
        matches!(self.0.last(), Some((_, Ok(Conclusion::NothingLeft))))
    }
}

/// A step that is about to be played.
type Step<'a> = Pin<Box<dyn Future<Output = Result<Conclusion, Error>> + 'a>>;

/// A life about to be played.
pub struct Life<'a> {
    /// Its domain and its account.
    pub stage: &'a Stage,
    /// The folder of its ledger, and of its sandbox.
    pub folder: PathBuf,
    /// Makes the environment of a step: AWS, an emulator, or the sandbox.
    pub environment: &'a (dyn Fn() -> Environment + Sync),
    /// Whether waiting costs nothing: in a sandbox.
    pub is_instant: bool,
    /// How long it waits for one thing to become ready.
    pub wait: Duration,
    /// The preconditions that are taken for met, by their rules: an emulator has no name servers to ask.
    pub accepted: BTreeSet<String>,
    /// Hears how it goes on, a line at a time.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

impl Life<'_> {
    /// Plays all steps, and records every exchange. Each step has a runtime of its own, as a command
    /// has: drift serves the sandbox on ports and lets time be real, until its runtime ends.
    pub fn play(&self, recording: &Recording) -> io::Result<Ended> {
        let steps: [(&'static str, Step<'_>); 6] = [
            ("plan", Box::pin(self.plan(Version::First, recording))),
            ("apply", Box::pin(self.apply(Version::First, recording))),
            ("plan again", Box::pin(self.plan(Version::First, recording))),
            ("change", Box::pin(self.apply(Version::Changed, recording))),
            ("drift", Box::pin(self.drift(recording))),
            ("destroy", Box::pin(self.destroy(recording))),
        ];
        let mut ended = Vec::new();
        for (name, step) in steps {
            let how = self.runtime()?.block_on(step);
            let said = match &how {
                Ok(conclusion) => format!("{name}: {conclusion:?}"),
                Err(error) => format!("{name}: failed: {error}"),
            };
            (self.tell)(&report::escape(&said));
            ended.push((name, how));
        }
        Ok(Ended(ended))
    }

    fn runtime(&self) -> io::Result<Runtime> {
        let mut builder = Builder::new_current_thread();
        builder.enable_all().start_paused(self.is_instant).build()
    }

    /// The plan of the first version, as `deploy plan` shows it.
    pub fn first_plan(&self) -> Result<Planned, Error> {
        let failed = |error| Error::outside("could not begin", error);
        self.runtime().map_err(failed)?.block_on(async {
            let project = self.open(Version::First, &Recording::default())?;
            project.plan(project.ledger().await?, Wish::All).await
        })
    }

    fn open(&self, version: Version, recording: &Recording) -> Result<Project, Error> {
        let files = MemoryFiles::default().with("deploy.yaml", self.stage.yaml(version));
        let file = self.folder.join("deploy.yaml");
        let loaded = reconcile::load("deploy.yaml", &files, file, Clock::real().now())?;
        let hearers = Hearers {
            notice: Notice::default(),
            recorder: Some(recording.recorder()),
        };
        Project::open(loaded, &Subset::All, (self.environment)(), hearers)
    }

    async fn plan(&self, version: Version, recording: &Recording) -> Result<Conclusion, Error> {
        let project = self.open(version, recording)?;
        let planned = project.plan(project.ledger().await?, Wish::All).await?;
        Ok(Conclusion::of_plan(&planned))
    }

    async fn apply(&self, version: Version, recording: &Recording) -> Result<Conclusion, Error> {
        let project = self.open(version, recording)?;
        let journal = project.journal(Who::default()).await?;
        let planned = project.plan(journal.ledger(), Wish::All).await?;
        if planned.is_refused_despite(&self.accepted) {
            (self.tell)(&report::findings_text(
                &planned.plan.findings,
                &report::Palette::plain(),
            ));
            return Ok(Conclusion::Refused);
        }
        let carried_out = self.carry_out(&project, &planned, &journal).await?;
        let conclusion = if carried_out == Conclusion::Done {
            let quiet = |_, _| {};
            let settled = reconcile::settle(&project, &journal, &planned.plan, &quiet).await?;
            Conclusion::of_apply(&settled)
        } else {
            carried_out
        };
        journal.close().await?;
        Ok(conclusion)
    }

    async fn drift(&self, recording: &Recording) -> Result<Conclusion, Error> {
        let project = self.open(Version::Changed, recording)?;
        let ledger = project.ledger().await?;
        let drifted = reconcile::drift(&project, ledger).await?;
        let now = project.clock.now();
        Ok(Conclusion::of_drift(&drifted, FailOn::default(), now))
    }

    async fn destroy(&self, recording: &Recording) -> Result<Conclusion, Error> {
        let project = self.open(Version::Changed, recording)?;
        let journal = project.journal(Who::default()).await?;
        // Nobody depends on the policy: who plays this life has said that the domain has no mail to lose.
        let planned = project.plan(journal.ledger(), Wish::NothingNow).await?;
        let carried_out = self.carry_out(&project, &planned, &journal).await?;
        let ledger = journal.ledger();
        journal.close().await?;
        let before = reconcile::ThereBefore::of(&planned.plan);
        let existing = project.existing(&ledger, &before).await?;
        Ok(Conclusion::of_destroy(carried_out, &existing))
    }

    async fn carry_out(
        &self,
        project: &Project,
        planned: &Planned,
        journal: &ledger::Journal,
    ) -> Result<Conclusion, Error> {
        let (_stopper, stop) = Stop::channel();
        let shown = |progress: &Progress<'_>| {
            if let Progress::Finished(id, outcome) = progress
                && let action = &planned.plan.actions[*id]
                && action.changes()
            {
                let text = format!("  {} {}: {outcome:?}", action.verb(), action.resource);
                (self.tell)(&report::escape(&text));
            }
        };
        let terms = engine::Terms {
            options: &engine::Options {
                wait: self.wait,
                accepted: self.accepted.clone(),
            },
            watch: &shown,
            stop: &stop,
        };
        let report = reconcile::carry_out(project, planned, journal, terms).await?;
        Ok(Conclusion::of_report(&report))
    }
}
