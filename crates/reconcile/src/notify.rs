//! Tells people of a run: what it found as items, and the ways to those who are told.

use std::collections::BTreeSet;

use async_trait::async_trait;
use engine::ActionOutcome;
use jiff::{SignedDuration, Timestamp};
use manifest::{Manifest, SecretSource};
use model::{ActionId, Check, FailOn, Foreseen, Location, MailImpact, Plan};
use notify::{About, Address, Https, Item, Publish, Receiver, Run, Secret, Told, Topic, Ways};
use plan::{Drift, Moved};
use report::Line;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::{Drifted, Error, Project};

/// The days before an event at which it is told once more.
const REMINDERS: [i64; 3] = [30, 14, 7];

/// The findings and changes of a run, for those who are told.
#[derive(Debug, Default)]
pub struct News {
    /// Its findings.
    pub items: Vec<Item>,
    /// How many changes it made.
    pub changes: usize,
}

/// Reads the secret that a manifest names, or says why it can't.
pub type ReadSecret<'a> = &'a dyn Fn(&SecretSource) -> Result<Secret, String>;

/// Everybody whom the manifest names.
pub fn receivers(manifest: &Manifest, read: ReadSecret<'_>) -> Vec<Receiver> {
    let receivers = manifest.notify.iter();
    receivers
        .map(|(name, receiver)| Receiver {
            name: name.to_string(),
            address: address(&receiver.value, read),
        })
        .collect()
}

fn address(receiver: &manifest::Receiver, read: ReadSecret<'_>) -> Result<Address, String> {
    use manifest::Receiver as Named;
    Ok(match receiver {
        Named::Slack(url) => Address::Slack(read(url)?),
        Named::Teams(url) => Address::Teams(read(url)?),
        Named::GoogleChat(url) => Address::GoogleChat(read(url)?),
        Named::Discord(url) => Address::Discord(read(url)?),
        Named::Cloudevents(url) => Address::Cloudevents(read(url)?),
        Named::Pagerduty(service) => Address::Pagerduty {
            key: read(&service.key)?,
            url: service.url.as_ref().map(read).transpose()?,
        },
        Named::Sns(topic) => Address::Topic(Topic {
            account: topic.account.to_string(),
            region: topic.topic.region().to_owned(),
            arn: topic.topic.to_string(),
        }),
    })
}

/// The items of a drift run.
pub fn drift_items(drifted: &Drifted, fail_on: FailOn, now: Timestamp) -> Vec<Item> {
    let moved = drifted.drifts.iter().map(|drift| {
        let id = drift.resource.to_string();
        let domain = Some(drift.resource.domain.as_str());
        Item::new(&id, domain, report::drift_line(drift), &details(drift))
    });
    let foreseen = drifted.foreseen.iter();
    let foreseen = foreseen.map(|one| foreseen_item(one, fail_on.fails(one, now), now));
    let unobserved = drifted.findings.iter().map(|finding| {
        let key = format!("{} {}", finding.rule, finding.reason);
        Item::new(
            &key,
            None,
            report::finding_line("deploy drift", finding),
            "",
        )
    });
    let live = check_items(&drifted.live);
    moved
        .chain(live)
        .chain(foreseen)
        .chain(unobserved)
        .collect()
}

/// The details by which a drift is another one than before. AWS's words for what could not be seen
/// can differ each time.
fn details(drift: &Drift) -> String {
    match &drift.moved {
        Moved::Modified(diff) | Moved::Added(diff) => {
            let changes = diff
                .changes
                .iter()
                .map(|change| format!("{}={}", change.field, change.from.as_json()));
            changes.collect::<Vec<_>>().join("\n")
        }
        Moved::Deleted => "deleted".to_owned(),
        Moved::Unknown(_) => "unknown".to_owned(),
    }
}

/// An event is told once more as its day comes nearer.
fn foreseen_item(foreseen: &Foreseen, fails: bool, now: Timestamp) -> Item {
    let left = foreseen.at.duration_since(now);
    let reached = REMINDERS
        .iter()
        .filter(|days| left <= SignedDuration::from_hours(24 * *days));
    let line = report::foreseen_line(foreseen, fails, now);
    let key = format!("foreseen {} {}", foreseen.subject, foreseen.reason);
    // The subject is a domain, or the place of several.
    let domain = Some(foreseen.subject.as_str()).filter(|subject| !subject.contains(' '));
    Item::new(&key, domain, line, &reached.count().to_string())
}

/// The items of live domains.
pub fn check_items(checks: &[Check]) -> Vec<Item> {
    let item = |check: &Check| {
        let line = report::check_line(check)?;
        let key = format!("live {} {} {}", check.rule, check.about, check.what);
        let domain = check.domain().map(Name::as_str);
        Some(Item::new(&key, domain, line, ""))
    };
    checks.iter().filter_map(item).collect()
}

impl News {
    /// Adds what became of a plan: what was done is counted, what failed, was refused or waits is told.
    pub fn add_report(&mut self, plan: &Plan, report: &engine::Report) {
        let done = plan
            .actions
            .iter()
            .filter(|action| action.changes() && report.outcomes[action.id] == ActionOutcome::Done);
        self.changes += done.count();
        let unfinished = report.unfinished();
        self.items
            .extend(unfinished.filter_map(|(id, outcome)| unfinished_item(plan, id, outcome)));
    }

    /// Adds the findings that refuse a plan.
    pub fn add_refusal<'a>(
        &mut self,
        command: &str,
        findings: impl IntoIterator<Item = &'a Finding>,
    ) {
        let errors = findings.into_iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        self.items.extend(errors.map(|finding| {
            let key = format!("refused {} {}", finding.rule, finding.reason);
            let line = report::finding_line(&format!("deploy {command} is refused by"), finding);
            Item::new(&key, None, line, "")
        }));
    }
}

fn unfinished_item(plan: &Plan, id: ActionId, outcome: &ActionOutcome) -> Option<Item> {
    let (severity, text) = match outcome {
        // What was not begun waits for what stopped it, which has an item of its own.
        ActionOutcome::Done | ActionOutcome::Skipped(_) | ActionOutcome::NotBegun => return None,
        ActionOutcome::Failed(error) => (
            Severity::Error,
            format!("failed: {} ({})", error.message, error.operation),
        ),
        ActionOutcome::Broken(why) => (Severity::Error, format!("failed: {why}")),
        ActionOutcome::Refused(rule, seen) => {
            (Severity::Error, format!("refused by {rule}: {seen}"))
        }
        ActionOutcome::Waiting(what) | ActionOutcome::NotYet(what) => {
            (Severity::Info, format!("waits for {what}"))
        }
    };
    let action = &plan.actions[id];
    let resource = &action.resource;
    let line = Line {
        severity,
        mail: match severity {
            Severity::Info => MailImpact::None,
            _ => action.impact.mail,
        },
        subject: format!(
            "{} {} {}",
            resource.domain,
            resource.kind.as_str(),
            resource.name
        ),
        text,
    };
    let key = resource.to_string();
    Some(Item::new(&key, Some(&resource.domain), line, ""))
}

/// How a run ended, for those who are told.
pub struct Ended<'a> {
    /// The command.
    pub command: &'static str,
    /// Its findings; or why it failed.
    pub news: Result<News, String>,
    /// When it began.
    pub begun: Timestamp,
    /// The command to go on with.
    pub next: String,
    /// The page of the run.
    pub link: Option<String>,
    /// Those who are told.
    pub receivers: &'a [Receiver],
}

impl Project {
    /// Tells everybody of a run what is new to them.
    pub async fn tell(&self, ended: Ended<'_>) -> Result<Told, Error> {
        let (about, news) = match ended.news {
            Ok(news) => (self.about(), news),
            Err(reason) => {
                let items = vec![Item::failure(ended.command, &reason)];
                (About::Nothing, News { items, changes: 0 })
            }
        };
        let run = Run {
            project: self.manifest.project.to_string(),
            command: ended.command,
            about,
            begun: ended.begun,
            items: news.items,
            done: (news.changes > 0).then(|| report::counted(news.changes, "change")),
            next: ended.next,
            link: ended.link,
        };
        let https = self.https()?;
        let ways = self.ways(&https);
        let store = self.store(&self.ledger_place).await;
        let store = store.as_deref().map_err(|error| report::causes(error));
        Ok(notify::tell(store, &run, ended.receivers, ways).await)
    }

    /// Sends one receiver a message that says that it is a test.
    pub async fn try_out(
        &self,
        receiver: &Receiver,
        next: String,
        page: Option<String>,
    ) -> Result<Result<(), String>, Error> {
        let line = Line {
            severity: Severity::Info,
            mail: MailImpact::None,
            subject: "deploy notify test".to_owned(),
            text: "this is a test: nothing is wrong".to_owned(),
        };
        let run = Run {
            project: self.manifest.project.to_string(),
            command: "notify test",
            about: About::Nothing,
            begun: self.clock.now(),
            items: vec![Item::new("test", None, line, "")],
            done: None,
            next,
            link: page,
        };
        let https = self.https()?;
        Ok(notify::try_out(&run, receiver, self.ways(&https)).await)
    }

    fn ways<'a>(&'a self, https: &'a Https) -> Ways<'a> {
        Ways {
            post: https,
            publish: self,
            clock: self.clock,
        }
    }

    /// The way to web servers: from a sandbox it leads to this machine only. Time is real from then
    /// on, as for probes.
    fn https(&self) -> Result<Https, Error> {
        let tls = verify::tls(self.authorities.as_deref())
            .map_err(|error| Error::outside("could not notify anybody", error))?;
        if self.sandbox.is_none() {
            return Ok(Https::new(tls));
        }
        self.resume_time();
        Ok(Https::of_sandbox(tls))
    }

    fn about(&self) -> About {
        if self.scope.is_all() {
            return About::All;
        }
        let domains: BTreeSet<String> = self.domains().iter().map(ToString::to_string).collect();
        About::Domains(domains)
    }
}

#[async_trait]
impl Publish for Project {
    async fn publish(&self, topic: &Topic, subject: &str, text: &str) -> Result<(), String> {
        let ids = crate::accounts::ids(&self.manifest);
        let account = topic.account.as_str().into();
        let account_id = ids.get(&account).cloned();
        let account_id =
            account_id.ok_or_else(|| format!("the manifest has no account {account}"))?;
        let location = Location {
            account,
            account_id,
            region: topic.region.as_str().into(),
        };
        let session = Box::pin(self.engine.session(&location)).await;
        let session = session.map_err(|error| error.to_string())?;
        let published = aws::publish(&session, &topic.arn, subject, text).await;
        published.map_err(|error| {
            let hint = match error.class {
                model::ErrorClass::Denied => "; `deploy iam` prints what the role must be allowed",
                _ => "",
            };
            format!("SNS answers: {}{hint}", error.message)
        })
    }
}
