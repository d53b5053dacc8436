//! Tells people of a run, and `deploy notify test`.

use std::path::Path;

use jiff::Timestamp;
use notify::{Outcome, Receiver, Secret, Told};
use reconcile::{Ended, News, Project};
use report::escape;

use crate::args::{self, NotifyTest, Notifying, Selection};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::{Printer, chain};

/// A run, as far as people are told of it.
pub(crate) struct Telling {
    pub(crate) command: &'static str,
    /// The command to go on with, before the manifest's name.
    pub(crate) next: &'static str,
    pub(crate) begun: Timestamp,
    pub(crate) notifying: Notifying,
}

impl Telling {
    /// A run that begins now.
    pub(crate) fn begin(
        project: &Project,
        command: &'static str,
        next: &'static str,
        notifying: Notifying,
    ) -> Self {
        Self {
            command,
            next,
            begun: project.clock.now(),
            notifying,
        }
    }
}

/// Tells everybody whom the manifest names how a run ended, and what it found. A message that cannot be
/// sent changes nothing about the run, unless the operator asks for it.
pub(crate) async fn tell(
    project: &Project,
    telling: &Telling,
    ended: Result<Exit, Failure>,
    news: News,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if project.manifest.notify.is_empty() {
        return ended;
    }
    let is_nothing = news.items.is_empty() && news.changes == 0;
    let news = match &ended {
        Err(failure) => match reason(failure) {
            Some(reason) => Err(reason),
            // Whoever typed it reads it.
            None => return ended,
        },
        Ok(Exit::Failed) if is_nothing => Err("it failed: its output says why".to_owned()),
        // The person who was asked said no.
        Ok(Exit::Refused) if is_nothing => return ended,
        Ok(_) => Ok(news),
    };
    let receivers = receivers(project);
    let told = project
        .tell(Ended {
            command: telling.command,
            news,
            begun: telling.begun,
            next: format!("{} {}", telling.next, project.file.display()),
            link: open::who().link,
            receivers: &receivers,
        })
        .await;
    let is_whole = match told {
        Ok(told) => {
            show(&told, printer);
            told.is_whole()
        }
        Err(error) => {
            printer.note(&format!("could not notify anybody: {}", chain(&error)));
            false
        }
    };
    match ended {
        Ok(_) if telling.notifying.notify_required && !is_whole => Ok(Exit::Failed),
        ended => ended,
    }
}

/// Why a run failed, for people who did not type it; nothing where its command or its manifest is wrong,
/// which nobody but the typist can put right.
fn reason(failure: &Failure) -> Option<String> {
    match failure {
        Failure::Manifest(_) | Failure::Usage(_) => None,
        Failure::Closed(accounts) => {
            let reasons = accounts.iter();
            let reasons = reasons.map(|(account, why)| format!("cannot enter {account}: {why}"));
            Some(reasons.collect::<Vec<_>>().join("; "))
        }
        Failure::Outside { what, source } => Some(format!("{what}: {}", chain(source.as_ref()))),
    }
}

fn receivers(project: &Project) -> Vec<Receiver> {
    let folder = project.file.parent().unwrap_or(Path::new(""));
    let read = |source: &manifest::SecretSource| {
        open::secret(source, folder).map(|text| Secret::new(&text))
    };
    reconcile::receivers(&project.manifest, &read)
}

fn show(told: &Told, printer: &Printer) {
    for (name, outcome) in &told.outcomes {
        match outcome {
            Outcome::Silent => {}
            Outcome::Told => printer.progress(&format!("notified {name}")),
            Outcome::Failed(why) => {
                printer.note(&format!("could not notify {name}: {}", escape(why)));
            }
        }
    }
    if let Some(why) = &told.forgetful {
        let why = escape(why);
        printer.note(&format!(
            "what people were told is not recorded, so that it will be told again: {why}"
        ));
    }
}

pub(crate) async fn run(command: args::Notify, printer: &Printer) -> Result<Exit, Failure> {
    let args::Notify::Test(NotifyTest {
        name,
        manifest,
        global,
    }) = command;
    let selection = Selection::all(manifest);
    let project = open::project(&global, &selection, printer)?;
    let receivers = receivers(&project);
    let Some(receiver) = receivers.iter().find(|receiver| receiver.name == name) else {
        let names: Vec<&str> = receivers.iter().map(|one| one.name.as_str()).collect();
        let known = match names.as_slice() {
            [] => "it has no `notify`".to_owned(),
            names => format!("it has {}", names.join(", ")),
        };
        let text = format!("the manifest notifies nobody called {name}: {known}");
        return Err(Failure::Usage(text));
    };
    let next = format!("deploy drift {}", project.file.display());
    let tried = project.try_out(receiver, next, open::who().link).await?;
    Ok(match tried {
        Ok(()) => {
            printer.note(&format!(
                "{name} was sent a message that says that it is a test."
            ));
            Exit::Done
        }
        Err(why) => {
            printer.note(&format!("could not notify {name}: {}", escape(&why)));
            Exit::Failed
        }
    })
}
