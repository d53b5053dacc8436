//! `deploy verify`: the live domain, as a stranger sees it.

use futures::StreamExt;
use verify::{Check, Options, Verdict};

use crate::args::{Global, Verify};
use crate::exit::{Exit, Failure};
use crate::expected;
use crate::printer::Printer;
use crate::project::{Planned, Project, Wish};

pub(crate) async fn run(
    global: &Global,
    args: &Verify,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, &args.selection)?;
    let planned = project.plan(project.ledger().await?, Wish::All).await;
    let checks = look(&project, &planned, args.smtp).await;
    if printer.json {
        printer.value(&report::checks_json(&checks));
    } else if args.junit {
        printer.data(&report::checks_junit(&checks));
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
pub(crate) async fn look(project: &Project, planned: &Planned, smtp: bool) -> Vec<Check> {
    let expected = expected::expected(project, planned);
    let options = Options {
        smtp,
        ..Options::at(project.clock.now())
    };
    let outside = project.engine.outside();
    let mut checks: Vec<Check> = Vec::new();
    let mut domains = std::pin::pin!(verify::verify_all(&expected, outside, &options));
    while let Some((_, more)) = domains.next().await {
        checks.extend(more);
    }
    checks.extend(expected::instances(project, planned));
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
