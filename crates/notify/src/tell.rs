//! Tells every receiver of a run, and remembers what each was told.

use clock::Clock;
use futures::future::join_all;
use jiff::Timestamp;
use ledger::Store;
use model::MailImpact;
use model::plan::sha256;
use report::{Line, Message};
use standards::Severity;

use crate::deliver::{Post, Publish, deliver};
use crate::receiver::{Address, Incident, Receiver};
use crate::run::Run;
use crate::state::{Memory, News, State, news, record};
use crate::stored::{self, Held, Kept};

/// The ways to receivers.
#[derive(Clone, Copy)]
pub struct Ways<'a> {
    /// To web servers.
    pub post: &'a dyn Post,
    /// To topics.
    pub publish: &'a dyn Publish,
    /// The clock.
    pub clock: Clock,
}

/// The outcome for one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to say.
    Silent,
    /// It was told.
    Told,
    /// It could not be told, and why.
    Failed(String),
}

/// The outcome for all receivers.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Of each, by its name.
    pub outcomes: Vec<(String, Outcome)>,
    /// Why it is not known, or not recorded, what they were told: it will be told again.
    pub forgetful: Option<String>,
}

impl Told {
    /// Whether everybody was told who was to be.
    pub fn is_whole(&self) -> bool {
        let failed = |(_, outcome): &(String, Outcome)| matches!(outcome, Outcome::Failed(_));
        !self.outcomes.iter().any(failed)
    }
}

/// Tells every receiver of `run` what is new to it.
pub async fn tell(
    store: Result<&dyn Store, String>,
    run: &Run,
    receivers: &[Receiver],
    ways: Ways<'_>,
) -> Told {
    let read = match store {
        Ok(store) => stored::read(store).await.map(|held| Record { store, held }),
        Err(why) => Err(why),
    };
    // Told twice is better than not told: without a record everything is new.
    let (kept, forgetful) = match read {
        Ok(kept) => (Some(kept), None),
        Err(why) => (None, Some(why)),
    };
    let state = kept
        .as_ref()
        .map(|kept| kept.held.kept.told.clone())
        .unwrap_or_default();
    let now = ways.clock.now();
    let reports = receivers
        .iter()
        .map(|receiver| one(receiver, run, &state, now, ways));
    let outcomes: Vec<(Outcome, bool)> = join_all(reports).await;
    let mut told = Told {
        forgetful,
        ..Told::default()
    };
    let recorded = receivers
        .iter()
        .zip(&outcomes)
        .filter(|(_, (_, records))| *records);
    let recorded: Vec<&Receiver> = recorded.map(|(receiver, _)| receiver).collect();
    if let Some(kept) = kept
        && !recorded.is_empty()
        && let Err(why) = remember(kept, run, now, &recorded, ways).await
    {
        told.forgetful = Some(why);
    }
    let names = receivers.iter().map(|receiver| receiver.name.clone());
    told.outcomes = names
        .zip(outcomes.into_iter().map(|(outcome, _)| outcome))
        .collect();
    told
}

/// Tells one receiver; and says whether that is to be recorded.
async fn one(
    receiver: &Receiver,
    run: &Run,
    state: &State,
    now: Timestamp,
    ways: Ways<'_>,
) -> (Outcome, bool) {
    let run = &*receiver.hears(run);
    let memory = state.memory(&receiver.name, run.command);
    let news = news(&memory, run, now);
    if !news.speaks {
        return (Outcome::Silent, news.forgets);
    }
    let address = match &receiver.address {
        Ok(address) => address,
        Err(why) => return (Outcome::Failed(why.clone()), false),
    };
    let mut after = memory;
    record(&mut after, run, now);
    let incident = incident(&after);
    match send(address, &message(run, &news), incident, now, ways).await {
        Ok(()) => (Outcome::Told, true),
        Err(why) => (Outcome::Failed(why), false),
    }
}

/// The next state of the incident, where the receiver has incidents: it lasts as long as something is
/// wrong.
fn incident(after: &Memory) -> Incident {
    let mut known = after.values();
    if known.any(|known| known.severity > Severity::Info) {
        Incident::Open
    } else {
        Incident::Over
    }
}

/// The record of what receivers were told, as it was read, and where it is kept.
struct Record<'a> {
    store: &'a dyn Store,
    held: Held,
}

/// Records what receivers were told. Where another run wrote in between, an incident is sent once more
/// as it stands for both: nobody knows in which order the service got their two events.
async fn remember(
    kept: Record<'_>,
    run: &Run,
    now: Timestamp,
    recorded: &[&Receiver],
    ways: Ways<'_>,
) -> Result<(), String> {
    let change = |kept: &mut Kept| {
        for receiver in recorded {
            kept.told.record(&receiver.name, &receiver.hears(run), now);
        }
    };
    let (kept, is_raced) = stored::change(kept.store, kept.held, &change).await?;
    let raced = recorded.iter().filter(|receiver| receiver.is_incident());
    for receiver in raced.filter(|_| is_raced) {
        let Ok(address) = &receiver.address else {
            continue;
        };
        let memory = kept.told.memory(&receiver.name, run.command);
        let lines: Vec<Line> = memory.values().filter_map(told_before).collect();
        let news = News {
            lines,
            over: Vec::new(),
            speaks: true,
            forgets: false,
        };
        let incident = incident(&memory);
        send(address, &message(run, &news), incident, now, ways).await?;
    }
    Ok(())
}

fn told_before(known: &crate::state::Known) -> Option<Line> {
    (known.severity > Severity::Info).then(|| Line {
        severity: known.severity,
        mail: MailImpact::None,
        subject: known.subject.clone(),
        text: "still so".to_owned(),
    })
}

fn message<'a>(run: &'a Run, news: &'a News) -> Message<'a> {
    Message {
        project: &run.project,
        command: run.command,
        lines: &news.lines,
        over: &news.over,
        done: run.done.as_deref(),
        next: &run.next,
        link: run.link.as_deref(),
        at: run.begun,
    }
}

async fn send(
    address: &Address,
    message: &Message<'_>,
    incident: Incident,
    now: Timestamp,
    ways: Ways<'_>,
) -> Result<(), String> {
    if let Address::Topic(topic) = address {
        let (subject, text) = report::sns(message);
        return ways.publish.publish(topic, &subject, &text).await;
    }
    let Some(request) = address.request(message, &id(message, now), incident) else {
        return Ok(());
    };
    deliver(ways.post, ways.clock, address.service(), &request).await
}

/// The id of an event: the same for its repeated attempts, and another for each message.
fn id(message: &Message<'_>, now: Timestamp) -> String {
    let Message {
        project,
        command,
        at,
        ..
    } = message;
    let mut id = sha256(format!("{project} {command} {now} {at}").as_bytes());
    id.truncate(32);
    id
}

/// Sends a message that says that it is a test. An incident is begun and ended.
pub async fn try_out(run: &Run, receiver: &Receiver, ways: Ways<'_>) -> Result<(), String> {
    let address = receiver.address.as_ref().map_err(String::clone)?;
    let lines: Vec<Line> = run.items.iter().map(|item| item.line.clone()).collect();
    let news = News {
        lines,
        over: Vec::new(),
        speaks: true,
        forgets: false,
    };
    let message = message(run, &news);
    let now = ways.clock.now();
    send(address, &message, Incident::Open, now, ways).await?;
    if receiver.is_incident() {
        send(address, &message, Incident::Over, now, ways).await?;
    }
    Ok(())
}
