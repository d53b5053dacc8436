//! A manifest that is being worked on: loaded, linted, with its ledger and its way to AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws::quotas::Quota;
use aws::{Access, Connection, Sessions};
use aws_credential_types::provider::SharedCredentialsProvider;
use blueprint::{Facts, Lingering};
use clock::Clock;
use engine::Engine;
use ledger::{Folder, Journal};
use manifest::Manifest;
use model::{Ledger, OutputRef, Outside, Plan, Resource};
use plan::{Actual, Estimate, Inputs};
use sandbox::Sandbox;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::args::{Global, Selection, Speed};
use crate::exit::Failure;
use crate::files::Tree;
use crate::printer::Printer;
use crate::sandboxed::{self, Presumed};
use crate::served::Served;

/// A manifest, checked.
pub(crate) struct Loaded {
    pub(crate) manifest: Manifest,
    /// What lint says, errors excepted: those are a [`Failure`].
    pub(crate) findings: Vec<Finding>,
    /// The folder beside which ledger and sandbox are.
    pub(crate) beside: PathBuf,
}

/// Reads and checks a manifest.
pub(crate) fn load(path: &Path, now: jiff::Timestamp) -> Result<Loaded, Failure> {
    let (manifest, findings) = check(path, now)?;
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    match manifest {
        Some(manifest) if !findings.iter().any(is_error) => {
            let beside = path.parent().map(Path::to_owned).unwrap_or_default();
            Ok(Loaded {
                manifest,
                findings,
                beside,
            })
        }
        _ => Err(Failure::Manifest(findings)),
    }
}

/// Reads a manifest and says everything that lint has to say.
pub(crate) fn check(
    path: &Path,
    now: jiff::Timestamp,
) -> Result<(Option<Manifest>, Vec<Finding>), Failure> {
    if !path.exists() {
        let text = format!(
            "there is no {}: name the manifest, or `cd` to where it is",
            path.display()
        );
        return Err(Failure::Usage(text));
    }
    let (tree, inside) = Tree::of(path).map_err(|error| {
        Failure::outside(
            &format!("could not read the manifest {}", path.display()),
            error,
        )
    })?;
    let (manifest, mut findings) = manifest::load(&inside, &tree);
    if let Some(manifest) = &manifest {
        findings.extend(manifest::lint(manifest, now));
    }
    Ok((manifest, findings))
}

/// A manifest that is being worked on.
pub(crate) struct Project {
    pub(crate) manifest: Manifest,
    pub(crate) findings: Vec<Finding>,
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) sandbox: Option<Sandbox>,
    /// What was presumed when the sandbox was made, in this run.
    pub(crate) presumed: Option<Presumed>,
    /// Whether waiting costs nothing: the clock is paused.
    instant: bool,
    ledger: PathBuf,
    targets: BTreeSet<String>,
}

/// A stranger's eyes on the network.
pub(crate) enum Eyes<'a> {
    /// They see the Internet.
    Open(&'a dyn Outside),
    /// They see a sandbox that listens on loopback.
    Served(Box<Served>),
}

impl Eyes<'_> {
    /// Who looks.
    pub(crate) fn outside(&self) -> &dyn Outside {
        match self {
            Self::Open(outside) => *outside,
            Self::Served(served) => served.stranger(),
        }
    }
}

/// What a command wants of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// All that it asks for.
    All,
    /// None of it; what enforced policies still need stays for a while.
    Nothing,
    /// None of it, at once.
    NothingNow,
}

/// A plan and what it was made from.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) actual: Actual,
    pub(crate) estimate: Estimate,
    pub(crate) lingering: Vec<Lingering>,
    /// Everything asked for.
    pub(crate) desired: Vec<Resource>,
    /// Domains of the manifest that the command is not about, and that are still to be applied.
    pub(crate) pending: BTreeSet<String>,
}

impl Planned {
    /// A part of what a resource has returned so far.
    pub(crate) fn output(&self, reference: &OutputRef) -> Option<serde_json::Value> {
        let mut seen = self
            .actual
            .iter()
            .filter(|(target, _)| target.id == reference.resource);
        seen.find_map(|(_, seen)| seen.state()?.pointer(&reference.pointer).cloned())
    }

    /// Whether something forbids to carry it out.
    pub(crate) fn is_refused(&self) -> bool {
        self.plan
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }
}

impl Project {
    /// Loads the manifest and opens its way to AWS, or to the sandbox.
    pub(crate) fn open(global: &Global, selection: &Selection) -> Result<Self, Failure> {
        let Loaded {
            manifest,
            findings,
            beside,
        } = load(&selection.manifest, Clock::real().now())?;
        let targets = targets(&manifest, &selection.targets)?;
        let project = manifest.project.as_str().to_owned();
        let (sandbox, presumed) = if global.sandbox {
            let folder = sandboxed::folder(&beside, &project);
            let (sandbox, presumed) = sandboxed::open_or_make(&folder, &manifest, global)?;
            (Some(sandbox), presumed)
        } else {
            (None, None)
        };
        let clock = sandbox.as_ref().map_or_else(Clock::real, Sandbox::clock);
        let ledger = ledger_folder(&manifest, &beside, sandbox.is_some())?;
        let sessions = Sessions::new(
            accesses(&manifest),
            connection(&manifest, sandbox.as_ref(), clock),
        );
        let outside: Arc<dyn Outside> = match &sandbox {
            Some(sandbox) => Arc::new(sandboxed::Inside(sandbox.clone())),
            None => crate::network::outside(global)?,
        };
        let engine = Engine::new(sessions, outside, blueprint::secrets(&manifest), clock);
        Ok(Self {
            manifest,
            findings,
            engine,
            clock,
            sandbox,
            presumed,
            instant: global.sandbox && global.speed == Some(Speed::Instant),
            ledger,
            targets,
        })
    }

    /// Opens the ledger for writing.
    pub(crate) async fn journal(&self) -> Result<Journal, Failure> {
        let holder = format!("deploy, process {}", std::process::id());
        Ok(Journal::open(Box::new(Folder::new(&self.ledger)), self.clock, &holder).await?)
    }

    /// Reads the ledger, to look at it.
    pub(crate) async fn ledger(&self) -> Result<Ledger, Failure> {
        let journal = Journal::read(Box::new(Folder::new(&self.ledger)), self.clock).await?;
        let mut ledger = journal.ledger().await;
        ledger.rename_accounts(&account_ids(&self.manifest));
        Ok(ledger)
    }

    /// The part of a ledger that the command is about.
    pub(crate) fn in_scope(&self, mut ledger: Ledger) -> Ledger {
        if !self.targets.is_empty() {
            ledger
                .domains
                .retain(|domain, _| self.targets.contains(domain));
        }
        ledger
    }

    fn out_of_scope(&self, mut ledger: Ledger) -> Ledger {
        ledger
            .domains
            .retain(|domain, _| !self.targets.is_empty() && !self.targets.contains(domain));
        ledger
    }

    /// What the manifest asks for, of the domains that the command is about, and what stands in the
    /// way of asking.
    pub(crate) async fn desired(&self) -> (Vec<Resource>, Vec<Finding>) {
        let (mut desired, findings) = blueprint::desired(&self.manifest, &self.facts().await);
        if !self.targets.is_empty() {
            desired.retain(|resource| self.targets.contains(&resource.id.domain));
        }
        (desired, findings)
    }

    /// The domains of which the manifest asks for what is in no ledger, where the command is about
    /// others.
    async fn pending(&self, beyond: &Ledger) -> BTreeSet<String> {
        if self.targets.is_empty() {
            return BTreeSet::new();
        }
        let (desired, _) = blueprint::desired(&self.manifest, &self.facts().await);
        let open = desired.into_iter().filter(|resource| {
            !self.targets.contains(&resource.id.domain) && beyond.entry(&resource.id).is_none()
        });
        open.map(|resource| resource.id.domain).collect()
    }

    /// The domains that the command is about.
    pub(crate) fn domains(&self) -> Vec<Name> {
        let all = self
            .manifest
            .domains
            .keys()
            .chain(self.manifest.parked.keys());
        all.filter(|name| self.targets.is_empty() || self.targets.contains(name.as_str()))
            .cloned()
            .collect()
    }

    /// Whether the command is about some of the manifest's domains only.
    pub(crate) fn is_targeted(&self) -> bool {
        !self.targets.is_empty()
    }

    /// Looks at the world and plans.
    pub(crate) async fn plan(&self, mut ledger: Ledger, wish: Wish) -> Planned {
        ledger.rename_accounts(&account_ids(&self.manifest));
        self.engine.forget_listings().await;
        self.engine.resume(&ledger).await;
        let beyond = self.out_of_scope(ledger.clone());
        let ledger = self.in_scope(ledger);
        let (mut desired, mut findings) = match wish {
            Wish::All => self.desired().await,
            Wish::Nothing | Wish::NothingNow => (Vec::new(), Vec::new()),
        };
        let pending = match wish {
            Wish::All => self.pending(&beyond).await,
            Wish::Nothing | Wish::NothingNow => BTreeSet::new(),
        };
        let lingering = match wish {
            Wish::All | Wish::Nothing => blueprint::linger(&ledger, &desired, self.clock.now()),
            Wish::NothingNow => Vec::new(),
        };
        for lingering in &lingering {
            // What still serves the policy stays as it is, whatever else is asked of it.
            let stays: BTreeSet<_> = lingering
                .resources
                .iter()
                .map(|resource| resource.id.clone())
                .collect();
            desired.retain(|resource| !stays.contains(&resource.id));
            desired.extend(lingering.resources.iter().cloned());
        }
        let observed = self.engine.observe(&plan::looks(&desired, &ledger)).await;
        let ledger = plan::settle(ledger, self.engine.kinds(), &observed.actual);
        let mut plan = plan::plan(Inputs {
            project: self.manifest.project.as_str(),
            kinds: self.engine.kinds(),
            desired: &desired,
            ledger: &ledger,
            beyond: &beyond,
            actual: &observed.actual,
        });
        // An account that can't be entered is one finding, not one for each of its resources.
        if observed.findings.is_empty() {
            findings.append(&mut plan.findings);
        }
        findings.extend(observed.findings);
        plan.findings = findings;
        let estimate = plan::estimate(&plan, &self.rates());
        Planned {
            plan,
            actual: observed.actual,
            estimate,
            lingering,
            desired,
            pending,
        }
    }

    /// All that the manifest asks of the domains that the command is about.
    pub(crate) async fn asked(&self) -> Vec<Resource> {
        let (mut desired, _) = blueprint::desired(&self.manifest, &self.facts().await);
        if !self.targets.is_empty() {
            desired.retain(|resource| self.targets.contains(&resource.id.domain));
        }
        desired
    }

    /// Eyes on the network: those that ask the Internet. In a sandbox they ask its ports, and from
    /// here on its time is real.
    pub(crate) async fn look_outside(&self) -> Result<Eyes<'_>, Failure> {
        let Some(sandbox) = &self.sandbox else {
            return Ok(Eyes::Open(self.engine.outside()));
        };
        if self.instant {
            tokio::time::resume();
        }
        Ok(Eyes::Served(Box::new(Served::start(sandbox).await?)))
    }

    /// The MX hosts of domains whose policy is made from what is published.
    async fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for (name, domain) in &self.manifest.domains {
            let asks = domain.mx.is_empty()
                && domain
                    .mta_sts
                    .as_ref()
                    .is_some_and(|block| block.mx.is_empty());
            if asks && let Ok(values) = self.engine.outside().lookup(name.as_str(), "MX").await {
                let mut values: Vec<(u16, Name)> =
                    values.iter().filter_map(|value| mx(value)).collect();
                values.sort();
                facts.mx.insert(
                    name.to_string(),
                    values.into_iter().map(|(_, host)| host).collect(),
                );
            }
        }
        facts
    }

    fn rates(&self) -> plan::Rates {
        let by_service = aws::quotas::by_service(&quotas(&self.manifest));
        let rate = |quota: Quota| plan::Rate {
            per_second: quota.per_second,
            burst: quota.burst,
        };
        by_service
            .into_iter()
            .map(|(service, quota)| (service, rate(quota)))
            .collect()
    }
}

fn mx(value: &str) -> Option<(u16, Name)> {
    let (preference, host) = value.split_once(' ')?;
    Some((preference.parse().ok()?, Name::parse(host).ok()?))
}

pub(crate) fn targets(
    manifest: &Manifest,
    targets: &[String],
) -> Result<BTreeSet<String>, Failure> {
    let known = |target: &str| {
        manifest
            .domains
            .keys()
            .chain(manifest.parked.keys())
            .any(|name| name.as_str() == target)
    };
    let targets: BTreeSet<String> = targets
        .iter()
        .map(|target| target.to_ascii_lowercase())
        .collect();
    match targets.iter().find(|target| !known(target)) {
        // A domain that left the manifest can still be in the ledger; it is planned without --target.
        Some(target) => Err(Failure::Usage(format!(
            "--target {target}: the manifest has no such domain"
        ))),
        None => Ok(targets),
    }
}

/// The accounts' numbers, by the names that the manifest has for them.
fn account_ids(manifest: &Manifest) -> BTreeMap<model::AccountName, model::AccountId> {
    let accounts = manifest.accounts.iter();
    accounts
        .map(|(name, account)| (name.as_str().into(), account.id.as_str().into()))
        .collect()
}

/// How each account of a manifest is reached.
pub(crate) fn accesses(manifest: &Manifest) -> BTreeMap<model::AccountName, Access> {
    let access = |account: &manifest::Account| Access {
        id: account.id.as_str().into(),
        role: account.role.as_ref().map(|role| role.as_str().to_owned()),
        profile: account
            .profile
            .as_ref()
            .map(|profile| profile.as_str().to_owned()),
        external_id: account
            .external_id
            .as_ref()
            .map(|id| id.as_str().to_owned()),
        session_name: account
            .session_name
            .as_ref()
            .map(|name| name.as_str().to_owned()),
    };
    manifest
        .accounts
        .iter()
        .map(|(name, account)| (name.as_str().into(), access(account)))
        .collect()
}

fn quotas(manifest: &Manifest) -> BTreeMap<String, Quota> {
    let quota = |quota: &manifest::Quota| Quota {
        per_second: *quota.rate,
        burst: quota
            .burst
            .as_ref()
            .map_or(1.0, |burst| f64::from(burst.value)),
    };
    manifest
        .quotas
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), quota(value)))
        .collect()
}

fn connection(manifest: &Manifest, sandbox: Option<&Sandbox>, clock: Clock) -> Connection {
    let shared = |sandbox: &Sandbox, account: &str| {
        SharedCredentialsProvider::new(sandbox.credentials(account))
    };
    let ids = manifest
        .accounts
        .values()
        .map(|account| account.id.as_str());
    Connection {
        http: sandbox.map(Sandbox::http_client),
        credentials: sandbox.map(|sandbox| shared(sandbox, sandboxed::OPERATOR)),
        by_account: sandbox
            .map(|sandbox| ids.map(|id| (id.into(), shared(sandbox, id))).collect())
            .unwrap_or_default(),
        quotas: quotas(manifest),
        notice: aws::Notice::to(|text| {
            let text = format!("waiting for AWS: {}", report::escape(text));
            Printer { json: false }.note(&text);
        }),
        ..Connection::new(clock)
    }
}

/// The folder of the ledger. What was done in the sandbox is recorded apart.
fn ledger_folder(manifest: &Manifest, beside: &Path, is_sandbox: bool) -> Result<PathBuf, Failure> {
    let project = manifest.project.as_str();
    if is_sandbox {
        return Ok(sandboxed::folder(beside, project));
    }
    match &manifest.ledger.value {
        manifest::Ledger::Path(path) if path.as_str().trim_end_matches('/') == ".deploy" => {
            Ok(beside.join(".deploy").join(project))
        }
        manifest::Ledger::Path(path) => Ok(beside.join(path.as_str())),
        manifest::Ledger::S3(_) => Err(Failure::Usage(
            "ledger.s3: this version keeps its ledger in a local folder only; use `ledger: { path: … }`".to_owned(),
        )),
    }
}
