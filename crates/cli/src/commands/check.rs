//! `deploy check`: the state of any domain's mail, as an unauthenticated observer sees it.

use std::sync::Arc;

use clock::Clock;
use futures::{StreamExt, stream};
use model::{Outside, Overview};
use reconcile::sandbox;
use standards::dns::Name;
use verify::{NothingPublished, Options, overview};

use super::init::names;
use crate::args::{Check, CheckFormat, Global};
use crate::exit::{Exit, Failure};
use crate::manifest_file::find;
use crate::open;
use crate::printer::Printer;

/// Domains that are read side by side.
const AT_ONCE: usize = 4;

pub(crate) async fn run(global: &Global, args: &Check, printer: &Printer) -> Result<Exit, Failure> {
    let domains = names(&args.domains)?;
    let (outside, clock) = observer(global, args, printer)?;
    let options = Options {
        smtp: args.smtp,
        ..Options::at(clock.now())
    };
    let seen: Vec<Result<Overview, NothingPublished>> = stream::iter(&domains)
        .map(async |domain: &Name| overview(domain, outside.as_ref(), &options).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut overviews = Vec::new();
    let mut causes = Vec::new();
    let mut is_silent = false;
    for one in seen {
        match one {
            Ok(overview) => overviews.push(overview),
            Err(nothing) => {
                is_silent |= matches!(nothing, NothingPublished::NoAnswer { .. });
                causes.push(text(&nothing));
            }
        }
    }
    let has_failed = !causes.is_empty();
    if has_failed {
        let next = if is_silent {
            "Next: `deploy check --resolver 1.1.1.1`, which asks another resolver"
        } else {
            "Next: `deploy check` with the name as it is registered"
        };
        printer.note(&report::failure_text(
            &causes,
            next,
            &printer.note_palette(),
        ));
    }
    if printer.json || !overviews.is_empty() {
        print(&overviews, args.format, &clock, printer);
    }
    Ok(
        if has_failed || overviews.iter().any(Overview::is_unanswered) {
            Exit::Failed
        } else if overviews.iter().any(Overview::is_faulty) {
            Exit::Changes
        } else {
            Exit::Done
        },
    )
}

fn text(nothing: &NothingPublished) -> String {
    match nothing {
        NothingPublished::NoSuchDomain(_) => nothing.to_string(),
        NothingPublished::NoAnswer { source, .. } => format!("{nothing}: {source}"),
    }
}

/// An external observer, on the network or in the sandbox of a manifest, and its clock.
fn observer(
    global: &Global,
    args: &Check,
    printer: &Printer,
) -> Result<(Arc<dyn Outside>, Clock), Failure> {
    if !global.sandbox {
        return Ok((open::network(global)?.outside()?, Clock::real()));
    }
    let loaded = open::load(&find(args.sandbox_of.as_deref(), printer)?)?;
    let settings = open::sandbox(global)?;
    Ok(sandbox::observer(&loaded, settings)?)
}

fn print(overviews: &[Overview], format: CheckFormat, clock: &Clock, printer: &Printer) {
    let format = if printer.json {
        CheckFormat::Json
    } else {
        format
    };
    match format {
        CheckFormat::Text => printer.data(&report::overview_text(
            overviews,
            printer.detail,
            &printer.palette(),
        )),
        CheckFormat::Json => printer.value(&report::overview_json(overviews)),
        CheckFormat::Markdown => printer.data(&report::overview_markdown(overviews)),
        CheckFormat::Html => printer.data(&report::overview_html(overviews, clock.now())),
    }
}
