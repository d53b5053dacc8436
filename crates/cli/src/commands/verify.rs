//! `deploy verify`: the live domain, as a stranger sees it.

use futures::StreamExt;
use model::Outside;
use verify::{Check, Options, Verdict};

use crate::args::{Global, Verify};
use crate::exit::{Exit, Failure};
use crate::expected;
use crate::printer::Printer;
use crate::project::{Planned, Project, Wish};

/// Domains from which on the run says how far it is.
const MANY: usize = 20;

/// What to look at more closely than everybody may.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Closely {
    /// Ask the mail hosts for STARTTLS.
    pub(crate) smtp: bool,
    /// Send an empty report to where TLS reports go by https.
    pub(crate) reports: bool,
}

pub(crate) async fn run(
    global: &Global,
    args: &Verify,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, &args.selection)?;
    let planned = project.plan(project.ledger().await?, Wish::All).await;
    let eyes = project.look_outside().await?;
    let closely = Closely {
        smtp: args.smtp,
        reports: args.reports,
    };
    let checks = look(&project, &planned, (eyes.outside(), closely), printer).await;
    if printer.json {
        printer.value(&report::checks_json(&checks));
    } else if args.junit {
        printer.data(&report::checks_junit(&checks));
    } else if args.markdown {
        printer.data(&report::checks_markdown(&checks));
    } else {
        printer.data(&report::checks_text(
            &checks,
            args.all,
            project.clock.now(),
            &printer.palette(),
        ));
    }
    Ok(exit(&checks))
}

/// Looks at every domain.
pub(crate) async fn look(
    project: &Project,
    planned: &Planned,
    (outside, closely): (&dyn Outside, Closely),
    printer: &Printer,
) -> Vec<Check> {
    let mut expected = expected::expected(project, planned);
    expected::ask_senders(project, planned, &mut expected).await;
    let options = Options {
        smtp: closely.smtp,
        reports: closely.reports,
        ..Options::at(project.clock.now())
    };
    let mut checks: Vec<Check> = Vec::new();
    let mut domains = std::pin::pin!(verify::verify_all(&expected, outside, &options));
    let mut done = 0;
    while let Some((_, more)) = domains.next().await {
        checks.extend(more);
        done += 1;
        if expected.len() >= MANY && (done % MANY == 0 || done == expected.len()) {
            printer.note(&format!("looked at {done} of {} domains", expected.len()));
        }
    }
    checks.sort_by(|a, b| a.domain.cmp(&b.domain));
    expected::accepted(&project.manifest, &mut checks);
    checks
}

/// What the checks come to.
pub(crate) fn exit(checks: &[Check]) -> Exit {
    match Verdict::of(checks) {
        Verdict::Good => Exit::Done,
        Verdict::Waiting => Exit::Incomplete,
        Verdict::Faulty => Exit::Changes,
    }
}
