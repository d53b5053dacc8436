//! What `deploy doctor` saw, as text: a line for each exam, by machine, account and domain.

use anstyle::Style;
use model::exam::{Exam, Outcome, Subject};
use standards::Severity;

use crate::page::{Page, Part};
use crate::{Palette, words};

/// Every exam, in their order, and what is to be done where a rule is broken or could not be seen.
pub fn doctor_text(exams: &[Exam], palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for group in exams.chunk_by(|one, next| one.subject == next.subject) {
        page.gap();
        page.line(0, &[Part(palette.strong, &title(&group[0].subject))]);
        for exam in group {
            show(&mut page, exam);
        }
    }
    page.gap();
    page.line(0, &[Part(palette.strong, &summary(exams))]);
    page.finish()
}

fn title(subject: &Subject) -> String {
    match subject {
        Subject::Machine => "this machine".to_owned(),
        Subject::Account { name, id } => format!("account {name} ({id})"),
        Subject::Domain(name) => name.to_string(),
    }
}

fn show(page: &mut Page<'_>, exam: &Exam) {
    let palette = *page.palette;
    let (sign, style) = sign(&exam.outcome, &palette);
    let what = format!("{:<9} {}", exam.rule, exam.what);
    let beside = match &exam.outcome {
        Outcome::Good { seen } => page.rest_of_line(seen, &what),
        Outcome::Unseen { .. } => "  could not be seen".to_owned(),
        Outcome::Finding(_) => String::new(),
    };
    page.line(
        2,
        &[
            Part(style, sign),
            Part(Style::new(), &what),
            Part(palette.faint, &beside),
        ],
    );
    let (reason, fix) = match &exam.outcome {
        Outcome::Good { .. } => return,
        Outcome::Finding(finding) => (&finding.reason, &finding.fix),
        Outcome::Unseen { why, fix } => (why, fix),
    };
    page.folded(6, &Part(style, ""), &Part(style, reason));
    let label = Part(palette.strong, "= ");
    page.folded(6, &label, &Part(Style::new(), fix));
}

/// Four columns, so that a line can be told without colours.
fn sign(outcome: &Outcome, palette: &Palette) -> (&'static str, Style) {
    match outcome {
        Outcome::Good { .. } => ("ok  ", palette.good),
        Outcome::Finding(finding) => {
            let sign = match finding.severity {
                Severity::Error => "!!  ",
                Severity::Warn => "!   ",
                Severity::Info => "i   ",
            };
            (sign, palette.severity(finding.severity))
        }
        Outcome::Unseen { .. } => ("?   ", palette.change),
    }
}

/// How many there are of each outcome.
pub(crate) struct Counts {
    pub(crate) good: usize,
    pub(crate) findings: usize,
    /// Those of the findings that ask for nothing: what the manifest accepts, among them.
    pub(crate) noted: usize,
    pub(crate) unseen: usize,
}

impl Counts {
    pub(crate) fn of(exams: &[Exam]) -> Self {
        let count = |is: fn(&Outcome) -> bool| exams.iter().filter(|one| is(&one.outcome)).count();
        Self {
            good: count(|outcome| matches!(outcome, Outcome::Good { .. })),
            findings: count(|outcome| matches!(outcome, Outcome::Finding(_))),
            noted: count(
                |outcome| matches!(outcome, Outcome::Finding(finding) if finding.severity == Severity::Info),
            ),
            unseen: count(|outcome| matches!(outcome, Outcome::Unseen { .. })),
        }
    }
}

fn summary(exams: &[Exam]) -> String {
    let counts = Counts::of(exams);
    let parts = [
        (counts.good, "good"),
        (counts.findings - counts.noted, "broken"),
        (counts.noted, "noted"),
        (counts.unseen, "could not be seen"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::grouped(count)))
        .collect();
    format!(
        "{}: {}. Nothing was changed.",
        words::counted(exams.len(), "check"),
        parts.join(", ")
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use insta::assert_snapshot;
    use standards::Finding;

    use super::*;
    use model::rules::{self, Rule};

    /// One exam of each outcome, about one subject of each sort.
    pub(crate) fn exams() -> Vec<Exam> {
        let account = Subject::Account {
            name: "web".into(),
            id: "222222222222".into(),
        };
        let domain = Subject::Domain("example.com".parse().expect("a name"));
        let exam = |subject: &Subject, rule: &'static Rule, what: &str, outcome| Exam {
            subject: subject.clone(),
            rule: rule.id.into(),
            what: what.to_owned(),
            outcome,
        };
        let good = |seen: &str| Outcome::Good {
            seen: seen.to_owned(),
        };
        let denied = Finding::new(
            rules::AWS_02,
            "not allowed: s3:PutObject\u{1b}[2J (implicitDeny)",
        );
        vec![
            exam(&Subject::Machine, rules::AWS_01, "clock", good("as AWS's")),
            exam(
                &account,
                rules::PLAN_03,
                "credentials",
                good("arn:aws:sts::222222222222:assumed-role/mail-deploy/deploy"),
            ),
            exam(
                &account,
                rules::AWS_02,
                "permissions for s3",
                Outcome::Finding(denied),
            ),
            exam(
                &domain,
                rules::PLAN_09,
                "mta-sts.example.com at CloudFront",
                Outcome::Unseen {
                    why: "what other accounts have is not known".to_owned(),
                    fix: "apply tells".to_owned(),
                },
            ),
        ]
    }

    #[test]
    fn every_line_says_what_was_seen() {
        assert_snapshot!(doctor_text(&exams(), &Palette::plain()), @r"
        this machine
          ok  AWS-01    clock  as AWS's

        account web (222222222222)
          ok  PLAN-03   credentials  arn:aws:sts::222222222222:assumed-role/mail-deploy/deploy
          !!  AWS-02    permissions for s3
              not allowed: s3:PutObject\u{1b}[2J (implicitDeny)
              = allow the actions: `deploy iam` prints the policy of each account

        example.com
          ?   PLAN-09   mta-sts.example.com at CloudFront  could not be seen
              what other accounts have is not known
              = apply tells

        4 checks: 2 good, 1 broken, 1 could not be seen. Nothing was changed.
        ");
    }
}
