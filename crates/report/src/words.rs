//! Numbers, times and places in words.

use model::{Gate, GateCheck, Home, ResourceId, Verb};

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

/// `1 error`, `2 errors`.
pub(crate) fn counted(number: usize, one: &str) -> String {
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

/// What a check waits for: time, or a person.
pub(crate) fn waiting(until: Option<jiff::Timestamp>) -> String {
    match until {
        Some(until) => format!("wait until {until}"),
        None => "not published yet: `deploy records --missing` shows what is to be published, and \
                 `deploy apply` goes on"
            .to_owned(),
    }
}

/// A resource within its domain: `route53_record_set dmarc`.
pub(crate) fn within_domain(id: &ResourceId) -> String {
    format!("{} {}", id.kind, id.name)
}

/// Where a resource lives, short: `web us-east-1`.
pub(crate) fn place(home: Option<&Home>) -> String {
    match home {
        Some(home) => format!("{} {}", home.account, home.region),
        None => "published by hand".to_owned(),
    }
}

/// What a gate waits for.
pub(crate) fn gate(gate: &Gate) -> String {
    let seen = match &gate.check {
        GateCheck::Served { url, .. } => format!("{url} returns the planned bytes"),
        GateCheck::DmarcEnforced { domain } => {
            format!("the live DMARC policy of {domain} is quarantine or reject")
        }
        GateCheck::MxMatches { domain, .. } => {
            format!("every live MX host of {domain} matches a pattern of the policy")
        }
        GateCheck::MxOffersTls { domain } => {
            format!(
                "every live MX host of {domain} offers STARTTLS with a certificate for its name"
            )
        }
    };
    format!("{seen} ({})", gate.rule)
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
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "error"), "1 error");
        assert_eq!(counted(0, "error"), "0 errors");
    }
}
