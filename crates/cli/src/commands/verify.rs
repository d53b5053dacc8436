//! `deploy verify`: the live domains, probed from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::Outside;
use reconcile::{Closely, Conclusion, News, Planned, Project, Wish};
use verify::Check;

use crate::args::{Global, ResultFormat, Verify};
use crate::commands::notify::{Telling, tell};
use crate::exit::{Exit, Failure};
use crate::files::write_results;
use crate::live::Live;
use crate::open;
use crate::printer::Printer;
use crate::progress::while_reading;

/// Domains from which on the run says how far it is.
const MANY: usize = 20;

pub(crate) async fn run(
    global: &Global,
    args: &Verify,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let telling = Telling::begin(&project, "verify", "deploy verify", args.notifying);
    let mut news = News::default();
    let ended = Box::pin(observe(&project, args, &mut news, printer)).await;
    tell(&project, &telling, ended, news, printer).await
}

async fn observe(
    project: &Project,
    args: &Verify,
    news: &mut News,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let ledger = open::ledger(project, printer).await?;
    let planned = while_reading(project, printer, project.plan(ledger, Wish::All)).await?;
    let probe = project.probe().await?;
    let closely = Closely {
        smtp: args.smtp,
        reports: args.reports,
    };
    let checks = probe_all(project, &planned, probe.outside(), closely, printer).await;
    news.items = reconcile::check_items(&checks);
    let now = project.clock.now();
    let form = |format| match format {
        ResultFormat::Text => {
            report::checks_text(&checks, args.all, printer.detail, now, &printer.palette())
        }
        ResultFormat::Json => report::json_text(&report::checks_json(&checks)),
        ResultFormat::Markdown => report::checks_markdown(&checks),
        ResultFormat::Junit => report::checks_junit(&checks),
        ResultFormat::Html => report::checks_html(&checks, now),
    };
    printer.data(&form(args.format.or_json(printer.json)));
    write_results(&args.out, &form)?;
    Ok(Conclusion::of_checks(&checks).into())
}

/// Probes every domain, and says how far it is where there are many.
pub(crate) async fn probe_all(
    project: &Project,
    planned: &Planned,
    outside: &dyn Outside,
    closely: Closely,
    printer: &Printer,
) -> Vec<Check> {
    let probed = Arc::new(AtomicUsize::new(0));
    let (shown, domains) = (Arc::clone(&probed), project.domains().len());
    let live = Live::show(printer.is_watched(), move |columns| {
        report::probing_text(shown.load(Ordering::Relaxed), domains, columns)
    });
    let progress = |done: usize, all: usize| {
        probed.store(done, Ordering::Relaxed);
        if live.is_shown() {
            return;
        }
        if all >= MANY && (done.is_multiple_of(MANY) || done == all) {
            printer.note(&format!("verified {done} of {all} domains"));
        }
    };
    reconcile::verify(project, planned, outside, closely, &progress).await
}
