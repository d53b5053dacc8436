//! The checks of `deploy doctor` as text: a line each, by machine, account and domain.

use jiff::Timestamp;
use model::Check;

use crate::checks_text::{Counts, show};
use crate::page::{Page, Part};
use crate::{Palette, words};

/// Every check, in their order, with the fix where a rule is broken or could not be checked. `now` says
/// how long there is to wait.
pub fn doctor_text(checks: &[Check], now: Timestamp, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for group in checks.chunk_by(|one, next| one.about == next.about) {
        page.gap();
        page.line(0, &[Part(palette.strong, &group[0].about.to_string())]);
        for check in group {
            show(&mut page, check, now);
        }
    }
    page.gap();
    page.line(0, &[Part(palette.strong, &summary(checks))]);
    page.finish()
}

fn summary(checks: &[Check]) -> String {
    format!(
        "{}: {}. Nothing was changed.",
        words::counted(checks.len(), "check"),
        Counts::of(checks).in_words("could not be seen")
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use insta::assert_snapshot;
    use model::rules::{self, Rule};
    use model::{About, CheckOutcome};
    use standards::Finding;

    use super::*;

    /// One check of each outcome, about one subject of each sort.
    pub(crate) fn checks() -> Vec<Check> {
        let account = About::Account {
            name: "web".into(),
            id: "222222222222".parse().expect("an account id"),
        };
        let domain = About::Domain("example.com".parse().expect("a name"));
        let check = |about: &About, rule: &'static Rule, what: &str, outcome| Check {
            about: about.clone(),
            rule: rule.id.into(),
            what: what.to_owned(),
            seen: None,
            outcome,
        };
        let good = |about: &About, rule: &'static Rule, what: &str, seen: &str| Check {
            seen: Some(seen.to_owned()),
            ..check(about, rule, what, CheckOutcome::Good)
        };
        let denied = Finding::new(
            rules::AWS_02,
            "not allowed: s3:PutObject\u{1b}[2J (implicitDeny)",
        );
        vec![
            good(&About::Machine, rules::AWS_01, "clock", "as AWS's"),
            good(
                &account,
                rules::PLAN_03,
                "credentials",
                "arn:aws:sts::222222222222:assumed-role/mail-deploy/deploy",
            ),
            check(
                &account,
                rules::AWS_02,
                "permissions for s3",
                CheckOutcome::Finding(denied),
            ),
            check(
                &domain,
                rules::PLAN_09,
                "mta-sts.example.com at CloudFront",
                CheckOutcome::Skipped {
                    why: "what other accounts have is not known".to_owned(),
                    fix: Some("apply tells".to_owned()),
                },
            ),
        ]
    }

    #[test]
    fn every_line_says_what_was_seen() {
        assert_snapshot!(doctor_text(&checks(), Timestamp::UNIX_EPOCH, &Palette::plain()), @r"
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
