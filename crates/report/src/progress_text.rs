//! The lines at the bottom of a terminal while a run goes on: totals, and the slowest beneath.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::escape;
use crate::words::{self, grouped, lasting};

/// How many of what goes on are shown by name.
const SHOWN_MAX: usize = 4;

/// A plan that is carried out, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Carrying {
    /// The changes that are over.
    pub over: usize,
    /// The changes of the plan.
    pub of: usize,
    /// Those of them that did not end well.
    pub failed: usize,
    /// The actions that go on, in any order.
    pub running: Vec<Running>,
    /// How long the rest lasts; zero where nobody knows.
    pub left: Duration,
}

/// Something that goes on.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its name: `create s3_bucket/example.com/assets`, or `example.com/assets` while it waits.
    pub name: String,
    /// How long it has been going on.
    pub lasts: Duration,
    /// The wait that it is in, after its call or before it.
    pub wait: Option<Wait>,
}

/// A wait.
#[derive(Clone, Debug)]
pub struct Wait {
    /// By whom: a service, a person, a probe.
    pub whom: &'static str,
    /// Why, in the words of the kind.
    pub what: String,
}

/// `1,203 of 4,999 · waiting 37: SES 31, ACM 6 · about 4 min`, and what takes longest beneath. No line
/// is wider than `columns`: one that a terminal breaks in two would scroll it.
pub fn carrying_text(carrying: &Carrying, columns: usize) -> String {
    let mut parts = vec![format!(
        "{} of {}",
        grouped(carrying.over),
        grouped(carrying.of)
    )];
    if carrying.failed > 0 {
        parts.push(format!("{} not done", grouped(carrying.failed)));
    }
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    for wait in carrying.running.iter().filter_map(|one| one.wait.as_ref()) {
        *waits.entry(wait.whom).or_default() += 1;
    }
    if !waits.is_empty() {
        let all = waits.values().sum();
        parts.push(format!("waiting {}: {}", grouped(all), most(waits)));
    }
    if !carrying.left.is_zero() {
        parts.push(format!("about {}", roughly(carrying.left)));
    }
    let mut slow: Vec<&Running> = carrying.running.iter().collect();
    slow.sort_by_key(|one| (std::cmp::Reverse(one.lasts.as_secs()), &one.name));
    let slow = slow.into_iter().take(SHOWN_MAX).map(line);
    let lines = std::iter::once(parts.join(" · ")).chain(slow);
    let lines = lines.map(|line| cut(&line, columns));
    lines.collect::<Vec<_>>().join("\n")
}

/// `Reading 12 of 40 resources: Route 53 20, SES 8`.
pub fn reading_text(
    seen: usize,
    of: usize,
    asked: &BTreeMap<String, usize>,
    columns: usize,
) -> String {
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in asked {
        *services.entry(service(kind)).or_default() += count;
    }
    let asked = if services.is_empty() {
        String::new()
    } else {
        format!(": {}", most(services))
    };
    let text = match of {
        0 => "Reading".to_owned(),
        of => format!(
            "Reading {} of {} resources{asked}",
            grouped(seen),
            grouped(of)
        ),
    };
    cut(&text, columns)
}

/// `Probing 12 of 40 domains`.
pub fn probing_text(probed: usize, of: usize, columns: usize) -> String {
    let of = words::counted(of, "domain");
    cut(&format!("Probing {} of {of}", grouped(probed)), columns)
}

/// The service that a kind is of, as AWS calls it. What a person publishes is read in public DNS.
pub fn service(kind: &str) -> &'static str {
    match kind.split('_').next().unwrap_or_default() {
        "acm" => "ACM",
        "cloudfront" => "CloudFront",
        "route53" => "Route 53",
        "s3" => "S3",
        "ses" => "SES",
        _ => "public DNS",
    }
}

/// `SES 31, ACM 6`.
fn most(counts: BTreeMap<&str, usize>) -> String {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let count = |(whom, count): &(&str, usize)| format!("{whom} {}", grouped(*count));
    counts.iter().map(count).collect::<Vec<_>>().join(", ")
}

/// `40 s`, `4 min`: in tens of seconds, or in minutes that have begun.
fn roughly(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..60 => lasting(seconds.div_ceil(10).max(1) * 10),
        seconds => lasting(seconds.div_ceil(60) * 60),
    }
}

/// The line of something that goes on.
fn line(running: &Running) -> String {
    let lasts = lasting(running.lasts.as_secs());
    let what = running.wait.as_ref().map(|wait| {
        // The kind says the reason after a colon; how long it usually takes is before it.
        let what = wait
            .what
            .split_once(": ")
            .map_or(&*wait.what, |(what, _)| what);
        format!(": {what}")
    });
    escape(&format!(
        "  {lasts:>10}  {}{}",
        running.name,
        what.unwrap_or_default()
    ))
}

fn cut(line: &str, columns: usize) -> String {
    // The last column is left free: some terminals go on to the next line when it is written.
    let room = columns.saturating_sub(1);
    if line.chars().count() <= room {
        return line.to_owned();
    }
    let start: String = line.chars().take(room.saturating_sub(1)).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn waiting(name: &str, lasts: u64, (whom, what): (&'static str, &str)) -> Running {
        Running {
            name: name.to_owned(),
            lasts: Duration::from_secs(lasts),
            wait: Some(Wait {
                whom,
                what: what.to_owned(),
            }),
        }
    }

    fn fleet() -> Carrying {
        let deployment = (
            "CloudFront",
            "distribution deployment (usually 3 minutes): CloudFront carries it to its edges",
        );
        let verification = (
            "SES",
            "SES verification (usually minutes): it has to see records",
        );
        let mut running: Vec<Running> = (0..31)
            .map(|at| waiting(&format!("d{at}.example/web"), 20, verification))
            .collect();
        running.push(waiting("example.com/site", 125, deployment));
        running.push(Running {
            name: "create s3_bucket/example.com/\u{1b}assets".to_owned(),
            lasts: Duration::from_secs(30),
            wait: None,
        });
        Carrying {
            over: 1203,
            of: 4999,
            failed: 2,
            running,
            left: Duration::from_secs(200),
        }
    }

    #[test]
    fn totals_come_first_and_the_slowest_beneath() {
        assert_snapshot!(carrying_text(&fleet(), 120), @r"
        1,203 of 4,999 · 2 not done · waiting 32: SES 31, CloudFront 1 · about 4 min
           2 min 5 s  example.com/site: distribution deployment (usually 3 minutes)
                30 s  create s3_bucket/example.com/\u{1b}assets
                20 s  d0.example/web: SES verification (usually minutes)
                20 s  d1.example/web: SES verification (usually minutes)
        ");
        assert_snapshot!(carrying_text(&fleet(), 60), @r"
        1,203 of 4,999 · 2 not done · waiting 32: SES 31, CloudFro…
           2 min 5 s  example.com/site: distribution deployment (u…
                30 s  create s3_bucket/example.com/\u{1b}assets
                20 s  d0.example/web: SES verification (usually mi…
                20 s  d1.example/web: SES verification (usually mi…
        ");
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let carrying = Carrying {
            of: 3,
            ..Carrying::default()
        };
        assert_eq!(carrying_text(&carrying, 80), "0 of 3");
        assert_eq!(reading_text(0, 0, &BTreeMap::new(), 80), "Reading");
    }

    #[test]
    fn the_rest_is_told_roughly() {
        let rough = [
            (1, "10 s"),
            (41, "50 s"),
            (60, "1 min"),
            (61, "2 min"),
            (3700, "1 h 2 min"),
        ];
        for (seconds, text) in rough {
            assert_eq!(roughly(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn probing_counts_domains() {
        assert_eq!(probing_text(1, 1200, 80), "Probing 1 of 1,200 domains");
    }

    #[test]
    fn reading_says_what_is_asked_about() {
        let asked = [
            ("ses_identity", 8),
            ("ses_mail_from", 4),
            ("route53_record_set", 20),
        ];
        let asked = asked.map(|(kind, count)| (kind.to_owned(), count)).into();
        assert_eq!(
            reading_text(1203, 4999, &asked, 80),
            "Reading 1,203 of 4,999 resources: Route 53 20, SES 12"
        );
        assert_eq!(reading_text(1203, 4999, &asked, 20), "Reading 1,203 of 4…");
    }
}
