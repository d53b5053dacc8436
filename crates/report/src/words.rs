//! Numbers, times and places in words.

use jiff::Timestamp;
use model::{Impact, Location, Precondition, PreconditionCheck, ResourceId, Verb};
use plan::ChangedBy;
use standards::Strictness;

/// The sign of a verb at the start of its line.
pub(crate) fn sign(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "+",
        Verb::Update => "~",
        Verb::Replace => "±",
        Verb::Delete => "-",
        Verb::Adopt => ">",
        Verb::Forget => ".",
        Verb::None => " ",
    }
}

/// `12,345`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An error and its causes, with colons between.
pub fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// `1 error`, `2 errors`.
pub fn counted(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// Whole seconds as `11 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`.
pub(crate) fn lasting(seconds: u64) -> String {
    let parts = match seconds {
        0..60 => [(seconds, "s"), (0, "")],
        60..3600 => [(seconds / 60, "min"), (seconds % 60, "s")],
        3600..86400 => [(seconds / 3600, "h"), (seconds / 60 % 60, "min")],
        _ => [(seconds / 86400, "d"), (seconds / 3600 % 24, "h")],
    };
    let shown = |(count, unit): &(u64, &str)| format!("{count} {unit}");
    match &parts {
        [first, (0, _)] => shown(first),
        [first, second] => format!("{} {}", shown(first), shown(second)),
    }
}

/// The condition that a check waits for: time, or a person.
pub(crate) fn waiting(until: Option<Timestamp>) -> String {
    match until {
        Some(until) => format!("wait until {}", moment(until)),
        None => "not published yet: `deploy records --missing` shows what is to be published, and \
                 `deploy apply` goes on"
            .to_owned(),
    }
}

/// The program in a user agent, and the name that its user gave it: `aws-sdk-rust/1.7.0 app/deploy`.
fn program(agent: &str) -> String {
    let mut words = agent.split_whitespace();
    let first = words.next().unwrap_or_default();
    let app = words.find(|word| word.starts_with("app/"));
    app.map_or_else(|| first.to_owned(), |app| format!("{first} {app}"))
}

/// The event by which a resource was changed, and by whom.
pub(crate) fn changed_by(by: &ChangedBy) -> String {
    match by {
        ChangedBy::Caller(caller) => {
            let with = caller
                .with
                .as_deref()
                .map(|with| format!(", with {}", program(with)));
            let from = caller.from.as_ref().map(|from| format!(", from {from}"));
            format!(
                "{} by {}{}{} on {}",
                caller.event,
                caller.who,
                from.unwrap_or_default(),
                with.unwrap_or_default(),
                moment(caller.at)
            )
        }
        ChangedBy::NotTold => {
            "CloudTrail has no event for it, or not yet: they come about five minutes late"
                .to_owned()
        }
        ChangedBy::Unasked(why) => format!("not known from CloudTrail: {why}"),
    }
}

/// When a run first saw that something had moved.
pub(crate) fn first_seen(since: Timestamp) -> String {
    format!("first seen on {}", moment(since))
}

/// A moment as people read it: `2026-11-24 09:05 UTC`.
pub fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The verb of an action, in a word: a record that a person publishes by hand is not created by us.
pub fn verb(by_hand: bool, verb: Verb) -> String {
    let word = match (by_hand, verb) {
        (true, Verb::Create) => "publish",
        (true, Verb::Update | Verb::Replace) => "publish anew",
        (true, Verb::Delete) => "take out",
        // The action waits or observes, and changes nothing.
        (_, Verb::None) => "check",
        (_, verb) => return verb.to_string(),
    };
    word.to_owned()
}

/// Words whose spelling in text differs from that in the name of a field.
const SPELLINGS: [(&str, &str); 9] = [
    ("arn", "ARN"),
    ("aws", "AWS"),
    ("dkim", "DKIM"),
    ("dns", "DNS"),
    ("id", "ID"),
    ("mx", "MX"),
    ("sha256", "SHA-256"),
    ("tls", "TLS"),
    ("ttl", "TTL"),
];

/// A field's name in words: `accepts_log_delivery` is `accepts log delivery`, `logging.bucket` is
/// `logging bucket`. The key of a tag stays as it is.
pub(crate) fn field(name: &str) -> String {
    if let Some(key) = name.strip_prefix("tags.") {
        return format!("tag {key}");
    }
    let spelled = |word: &str| {
        let known = SPELLINGS.iter().find(|(plain, _)| *plain == word);
        known.map_or(word, |(_, spelled)| spelled).to_owned()
    };
    let words: Vec<String> = name.split(['_', '.', ' ']).map(spelled).collect();
    // MAIL FROM is a term of SES.
    words.join(" ").replace("mail from", "MAIL FROM")
}

/// A resource within its domain: `route53_record_set dmarc`.
pub(crate) fn within_domain(id: &ResourceId) -> String {
    format!("{} {}", id.kind, id.name)
}

/// The location of a resource, short: `web us-east-1`.
pub(crate) fn place(location: Option<&Location>) -> String {
    match location {
        Some(location) => format!("{} {}", location.account, location.region),
        None => "published by hand".to_owned(),
    }
}

/// The mail impact of a change: which mail, in which direction, why, and within which time.
/// `receiving, stricter: senders refuse …; for who writes to example.com; within 1 h`
pub fn impact(impact: &Impact) -> String {
    let direction = match impact.direction {
        Strictness::Same => "",
        Strictness::Stricter => ", stricter",
        Strictness::Weaker => ", weaker",
    };
    let when = match impact.within_seconds {
        0 => String::new(),
        seconds => format!("; everybody within {}", lasting(seconds.into())),
    };
    format!("{}{direction}: {}{when}", impact.mail, impact.reason)
}

/// The condition that a precondition waits for, for a text that names the domain already.
pub(crate) fn brief_precondition(precondition: &Precondition) -> String {
    let seen = match &precondition.check {
        PreconditionCheck::Served { url, .. } => format!("{url} is served"),
        PreconditionCheck::DmarcEnforced { .. } => "DMARC is enforced".to_owned(),
        PreconditionCheck::MxMatches { .. } => "every MX host matches the policy".to_owned(),
        PreconditionCheck::MxOffersTls { .. } => "every MX host offers TLS".to_owned(),
        // Every part of these waits is worth saying: a person has to act on them.
        PreconditionCheck::NotRead { .. }
        | PreconditionCheck::Shown { .. }
        | PreconditionCheck::Forgotten { .. }
        | PreconditionCheck::Recorded { .. } => return self::precondition(precondition),
    };
    format!("{seen} ({})", precondition.rule)
}

/// The condition that a precondition waits for.
pub fn precondition(precondition: &Precondition) -> String {
    let seen = match &precondition.check {
        PreconditionCheck::Served { url, .. } => format!("{url} returns the planned bytes"),
        PreconditionCheck::DmarcEnforced { domain } => {
            format!("the live DMARC policy of {domain} is quarantine or reject")
        }
        PreconditionCheck::MxMatches { domain, .. } => {
            format!("every live MX host of {domain} matches a pattern of the policy")
        }
        PreconditionCheck::MxOffersTls { domain } => {
            format!(
                "every live MX host of {domain} offers STARTTLS with a certificate for its name"
            )
        }
        PreconditionCheck::NotRead {
            zone,
            successors,
            leads_to,
            until,
            ..
        } => not_read(zone, successors, leads_to, *until),
        PreconditionCheck::Shown { until } => format!("AWS would show it ({})", moment(*until)),
        PreconditionCheck::Forgotten { seconds, .. } => format!(
            "resolvers have forgotten where the records of its names led before, {} after their change",
            lasting((*seconds).into())
        ),
        PreconditionCheck::Recorded { resource } => {
            format!("{resource}, of another shard, is on record")
        }
    };
    format!("{seen} ({})", precondition.rule)
}

/// The wait for the world to read another zone: what has to be done, and where the name leads now.
fn not_read(
    zone: &str,
    successors: &[String],
    leads_to: &[String],
    until: Option<Timestamp>,
) -> String {
    let to = match successors {
        [] => "elsewhere".to_owned(),
        successors => format!("to {}", successors.join(", ")),
    };
    let now = match leads_to {
        [] => "now it is delegated to nobody, or nobody answers".to_owned(),
        servers => format!("now it leads to {}", servers.join(", ")),
    };
    let forgotten = match until {
        Some(until) => format!("until {}", moment(until)),
        None => "for two days and the record's TTL".to_owned(),
    };
    format!(
        "{zone} is delegated {to}, and resolvers have had time to forget the old servers, {forgotten}; {now}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_in_two_units_at_most() {
        let check = |seconds, expect: &str| assert_eq!(lasting(seconds), expect);
        check(0, "0 s");
        check(59, "59 s");
        check(60, "1 min");
        check(125, "2 min 5 s");
        check(3661, "1 h 1 min");
        check(7200, "2 h");
        check(90_000, "1 d 1 h");
    }

    #[test]
    fn fields_read_as_words() {
        let check = |name, expect: &str| assert_eq!(field(name), expect);
        check("accepts_log_delivery", "accepts log delivery");
        check("dkim.easy.key_length", "DKIM easy key length");
        check("on_mx_failure", "on MX failure");
        check("mail_from", "MAIL FROM");
        check("tags.deploy:project", "tag deploy:project");
        check("values of others", "values of others");
    }

    #[test]
    fn moments_have_no_fractions() {
        let at = "2026-11-24T09:05:07.123456789Z".parse().expect("a time");
        assert_eq!(moment(at), "2026-11-24 09:05 UTC");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "error"), "1 error");
        assert_eq!(counted(0, "error"), "0 errors");
    }
}
