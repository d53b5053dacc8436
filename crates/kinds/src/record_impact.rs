//! The mail impact of a change of a record: the same for a record set of Route 53 and for a record that
//! a person publishes.

mod purpose;

use model::{Field, Impact, MailImpact, Transition};
use standards::bimi::Bimi;
use standards::dkim::{DkimKey, PublicKey};
use standards::dmarc::{self, Dmarc};
use standards::spf::{self, Spf};

use crate::record::{LiveSet, Record, State, canonical};

pub use purpose::Purpose;

/// A record set before and after, in what its values mean.
struct Change<'a> {
    name: &'a str,
    before: Vec<String>,
    after: Vec<String>,
}

/// The mail impact of a change of a record.
pub(crate) fn mail_impact(change: &Transition<'_, Record, State, Vec<LiveSet>>) -> Impact {
    let Some(record) = change.becomes.or(change.was) else {
        return Impact::none();
    };
    let mut before = before(change);
    let mut after = after(change, &before);
    before.sort();
    after.sort();
    if before == after {
        return Impact::none();
    }
    let seen = change.seen.and_then(|state| state.set.as_ref());
    let ttl = seen.and_then(|set| set.ttl).unwrap_or_default();
    let impact = judge(
        Purpose::of(record),
        &change.id.domain,
        &Change {
            name: record.name.known().map_or("", String::as_str),
            before,
            after,
        },
    );
    impact.about(&change.id.domain).within(ttl)
}

fn before(change: &Transition<'_, Record, State, Vec<LiveSet>>) -> Vec<String> {
    match (change.seen, change.was) {
        (Some(state), _) => state.set.iter().flat_map(live).collect(),
        (None, Some(was)) => asked(was),
        (None, None) => Vec::new(),
    }
}

/// The values that stand there afterwards: values of others stay beside ours.
fn after(change: &Transition<'_, Record, State, Vec<LiveSet>>, before: &[String]) -> Vec<String> {
    let were = change.was.map(asked).unwrap_or_default();
    let Some(record) = change.becomes else {
        let mut left: Vec<String> = before.to_vec();
        left.retain(|value| !were.contains(value));
        let mut restored = change.restores.into_iter().flatten();
        let same = restored.find(|set| change.was.is_some_and(|was| was.rtype == set.rtype));
        left.extend(same.into_iter().flat_map(live));
        return left;
    };
    let ours = asked(record);
    let stays =
        |value: &&String| !were.contains(value) && !ours.contains(value) && !record.excludes(value);
    let mut after: Vec<String> = before.iter().filter(stays).cloned().collect();
    after.extend(ours);
    after
}

fn live(set: &LiveSet) -> Vec<String> {
    let values = set.values.iter().map(|value| value.means.clone());
    let alias = set
        .alias
        .iter()
        .map(|(target, _)| target.to_ascii_lowercase());
    values.chain(alias).collect()
}

/// The values of a record; those that are known after apply by where they come from.
fn asked(record: &Record) -> Vec<String> {
    let value = |value: &Field<String>| match value.known() {
        Some(known) => canonical(record.rtype, known),
        None => value.to_string(),
    };
    let alias = record.alias.iter().map(|alias| match alias.target.known() {
        Some(target) => target.trim_end_matches('.').to_ascii_lowercase(),
        None => alias.target.to_string(),
    });
    record.values.iter().map(value).chain(alias).collect()
}

/// Whether something comes, goes, or takes another's place.
enum Fate {
    Comes,
    Changes,
    Goes,
}

impl Change<'_> {
    fn fate(&self) -> Fate {
        match (self.before.is_empty(), self.after.is_empty()) {
            (true, _) => Fate::Comes,
            (false, true) => Fate::Goes,
            (false, false) => Fate::Changes,
        }
    }

    /// The impact of a record that mail can only lose by.
    fn carried(&self, mail: MailImpact, comes: &str, changes: &str, goes: &str) -> Impact {
        match self.fate() {
            Fate::Comes => Impact::new(mail, comes),
            Fate::Changes => Impact::new(mail, changes),
            Fate::Goes => Impact::new(mail, goes).weaker(),
        }
    }

    /// The policies before and after, where there is one that receivers can read.
    fn policies<T>(&self, parse: impl Fn(&str) -> Option<T>) -> (Option<T>, Option<T>) {
        let first = |values: &[String]| values.iter().find_map(|value| parse(value));
        (first(&self.before), first(&self.after))
    }
}

fn judge(purpose: Purpose, domain: &str, change: &Change<'_>) -> Impact {
    match purpose {
        Purpose::TlsRpt | Purpose::ReportAuthorization | Purpose::Token => Impact::none(),
        Purpose::Mx => mx(change),
        Purpose::Dkim => dkim(change),
        Purpose::Bimi => bimi(change),
        Purpose::Dmarc => {
            let (before, after) = change.policies(|value| Dmarc::parse(value).0);
            let steps = dmarc::steps(before.as_ref(), after.as_ref());
            moved(MailImpact::Sending, &steps)
        }
        // A name of its own that nobody else sends by: nobody's mail is held to more than before.
        Purpose::Spf if change.name != domain => change.carried(
            MailImpact::Sending,
            "SPF passes for what SES sends by this name",
            "SPF passes for other hosts by this name",
            "SPF no longer passes for what SES sends by this name",
        ),
        Purpose::Spf => {
            let (before, after) = change.policies(|value| Spf::parse(value).0);
            let steps = spf::steps(before.as_ref(), after.as_ref());
            Impact::of_steps(MailImpact::Sending, &steps)
        }
        Purpose::MailFromMx => change.carried(
            MailImpact::Sending,
            "bounces come back to SES by this name",
            "bounces come back to SES in another region",
            "SES no longer takes bounces by this name, and SPF no longer aligns",
        ),
        Purpose::MtaSts => change.carried(
            MailImpact::Receiving,
            "senders begin to fetch the MTA-STS policy",
            "senders fetch the MTA-STS policy anew",
            "senders find no MTA-STS policy any more, once the one that they hold has run out",
        ),
        Purpose::PolicyHost => change.carried(
            MailImpact::Receiving,
            "the MTA-STS policy can be fetched by this name",
            "the MTA-STS policy is fetched from elsewhere",
            "the MTA-STS policy can no longer be fetched",
        ),
        Purpose::LogoHost => change.carried(
            MailImpact::Branding,
            "the logo can be fetched by this name",
            "the logo is fetched from elsewhere",
            "the logo can no longer be fetched",
        ),
        Purpose::Validation(mail) => match change.fate() {
            Fate::Comes => Impact::none(),
            Fate::Changes | Fate::Goes => {
                Impact::new(mail, "ACM can no longer renew the certificate of the host").weaker()
            }
        },
    }
}

/// The impact of differences between policies: none, where nothing that fails is treated otherwise.
fn moved(mail: MailImpact, steps: &[standards::Step]) -> Impact {
    let impact = Impact::of_steps(mail, steps);
    match impact.direction {
        standards::Strictness::Same => Impact::new(MailImpact::None, impact.reason),
        _ => impact,
    }
}

/// The null MX (RFC 7505).
const NULL_MX: &str = "0 .";

fn mx(change: &Change<'_>) -> Impact {
    let receiving = |reason: String| Impact::new(MailImpact::Receiving, reason);
    let refuses = |values: &[String]| values.iter().any(|value| value == NULL_MX);
    let name = change.name;
    match change.fate() {
        Fate::Goes if refuses(&change.before) => {
            receiving(format!("{name} no longer says that it takes no mail")).weaker()
        }
        Fate::Goes => receiving(format!(
            "senders find no host for {name}: its mail is returned, or goes to the address of the name"
        ))
        .weaker(),
        Fate::Comes if refuses(&change.after) => {
            receiving(format!("senders are told that {name} takes no mail")).stricter()
        }
        Fate::Changes if refuses(&change.after) => {
            receiving(format!("{name} says that it takes no mail: nothing is delivered any more"))
                .weaker()
        }
        Fate::Comes | Fate::Changes => receiving(delivered(change)),
    }
}

fn delivered(change: &Change<'_>) -> String {
    let hosts = |values: &[String], beside: &[String]| -> Vec<String> {
        let host = |value: &String| value.rsplit(' ').next().unwrap_or_default().to_owned();
        let others: Vec<String> = beside.iter().map(host).collect();
        let mut hosts: Vec<String> = values.iter().map(host).collect();
        hosts.retain(|host| !others.contains(host));
        hosts
    };
    let new = hosts(&change.after, &change.before).join(" and ");
    let gone = hosts(&change.before, &change.after).join(" and ");
    match (new.as_str(), gone.as_str()) {
        ("", "") => "senders try the hosts in another order".to_owned(),
        (new, "") => format!("mail is delivered to {new}"),
        ("", gone) => format!("mail is no longer delivered to {gone}"),
        (new, gone) => format!("mail is delivered to {new} instead of {gone}"),
    }
}

fn dkim(change: &Change<'_>) -> Impact {
    let is_revoked = |values: &[String]| {
        let mut keys = values.iter().filter_map(|value| DkimKey::parse(value).0);
        keys.any(|key| key.key == PublicKey::Revoked)
    };
    let sending = |reason: &str| Impact::new(MailImpact::Sending, reason);
    match change.fate() {
        _ if is_revoked(&change.after) => {
            sending("receivers take signatures by this key for broken").stricter()
        }
        Fate::Comes => sending("receivers can check signatures by this key"),
        Fate::Changes | Fate::Goes if is_revoked(&change.before) => {
            sending("the key is no longer revoked").weaker()
        }
        Fate::Changes => sending("signatures by the key before this one no longer pass").weaker(),
        Fate::Goes => sending("signatures by this key no longer pass").weaker(),
    }
}

fn bimi(change: &Change<'_>) -> Impact {
    let is_declination =
        |record: Option<Bimi>| record.is_some_and(|record| record.is_declination());
    let (before, after) = change.policies(|value| Bimi::parse(value).0);
    let branding = |reason: &str| Impact::new(MailImpact::Branding, reason);
    let certified = |record: &Option<Bimi>| {
        let record = record.as_ref();
        record.is_some_and(|record| record.authority().is_some())
    };
    let (was_certified, is_certified) = (certified(&before), certified(&after));
    let (was_declined, declines) = (is_declination(before), is_declination(after));
    match change.fate() {
        Fate::Goes if was_declined => branding("receivers may show a logo of their own choice"),
        Fate::Comes if declines => branding("receivers are told to show no logo"),
        Fate::Changes if declines && was_declined => Impact::none(),
        Fate::Goes | Fate::Changes if !was_declined && (declines || change.after.is_empty()) => {
            branding("mail no longer shows the logo").weaker()
        }
        // Gmail and Apple Mail show none without it.
        Fate::Changes if was_certified && !is_certified => {
            branding("receivers that ask for a mark certificate no longer show the logo").weaker()
        }
        Fate::Changes if is_certified && !was_certified && !was_declined => {
            branding("receivers that ask for a mark certificate can show the logo")
        }
        Fate::Changes if !was_declined => branding("mail shows the logo by another record"),
        Fate::Comes | Fate::Changes | Fate::Goes => branding("mail shows the logo"),
    }
}

#[cfg(test)]
mod tests {
    use model::ResourceId;
    use standards::Strictness::{self, Same, Stricter, Weaker};

    use super::*;
    use crate::record::Sharing;

    fn record((rtype, name): (&str, &str), values: &[&str]) -> Record {
        let value = |value: &&str| Field::Known((*value).to_owned());
        Record {
            name: Field::Known(name.to_owned()),
            rtype: rtype.parse().expect("a type"),
            ttl: 300,
            values: values.iter().map(value).collect(),
            alias: None,
            sharing: Sharing::default(),
        }
    }

    fn judged(of: (&str, &str), from: &[&str], to: &[&str]) -> (MailImpact, Strictness) {
        let id = ResourceId::new("route53_record_set", "example.com", "a-record");
        let (was, becomes) = (record(of, from), record(of, to));
        let impact = mail_impact(&Transition {
            id: &id,
            seen: None,
            was: (!from.is_empty()).then_some(&was),
            becomes: (!to.is_empty()).then_some(&becomes),
            restores: None,
        });
        (impact.mail, impact.direction)
    }

    /// Each change and the way back.
    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn a_change_and_the_way_back_have_their_own_impact() {
        use MailImpact::{Branding, None, Receiving, Sending};
        let check = |of, (a, b): (&[&str], &[&str]), there, back| {
            assert_eq!(judged(of, a, b), there, "{of:?} {a:?} -> {b:?}");
            assert_eq!(judged(of, b, a), back, "{of:?} {b:?} -> {a:?}");
        };
        let mx = ("MX", "example.com");
        check(
            mx,
            (&[], &["10 a.example"]),
            (Receiving, Same),
            (Receiving, Weaker),
        );
        check(
            mx,
            (&["10 a.example"], &["10 b.example"]),
            (Receiving, Same),
            (Receiving, Same),
        );
        check(
            mx,
            (&[], &["0 ."]),
            (Receiving, Stricter),
            (Receiving, Weaker),
        );
        check(
            mx,
            (&["10 a.example"], &["0 ."]),
            (Receiving, Weaker),
            (Receiving, Same),
        );
        let dmarc = ("TXT", "_dmarc.example.com");
        let policy = |from, to, there, back| check(dmarc, (from, to), there, back);
        policy(&[], &["v=DMARC1; p=none"], (None, Same), (None, Same));
        policy(
            &[],
            &["v=DMARC1; p=reject"],
            (Sending, Stricter),
            (Sending, Weaker),
        );
        let quarantine: &[&str] = &["v=DMARC1; p=quarantine"];
        policy(
            quarantine,
            &["v=DMARC1; p=reject"],
            (Sending, Stricter),
            (Sending, Weaker),
        );
        policy(
            quarantine,
            &["v=DMARC1; p=quarantine; sp=none"],
            (Sending, Weaker),
            (Sending, Stricter),
        );
        policy(
            quarantine,
            &["v=DMARC1; p=quarantine; t=y"],
            (Sending, Weaker),
            (Sending, Stricter),
        );
        policy(
            quarantine,
            &["v=DMARC1; p=quarantine; adkim=s"],
            (Sending, Stricter),
            (Sending, Weaker),
        );
        policy(
            quarantine,
            &["v=DMARC1; p=quarantine; rua=mailto:a@example.com"],
            (None, Same),
            (None, Same),
        );
        let spf = ("TXT", "example.com");
        let hosts = |from, to, there, back| check(spf, (from, to), there, back);
        hosts(
            &[],
            &["v=spf1 -all"],
            (Sending, Stricter),
            (Sending, Weaker),
        );
        hosts(
            &["v=spf1 ~all"],
            &["v=spf1 -all"],
            (Sending, Stricter),
            (Sending, Weaker),
        );
        hosts(
            &["v=spf1 -all"],
            &["v=spf1 include:a.example -all"],
            (Sending, Same),
            (Sending, Stricter),
        );
        let dkim = ("CNAME", "abc._domainkey.example.com");
        check(
            dkim,
            (&[], &["abc.dkim.amazonses.com"]),
            (Sending, Same),
            (Sending, Weaker),
        );
        let revoked = ("TXT", "*._domainkey.example.com");
        check(
            revoked,
            (&[], &["v=DKIM1; p="]),
            (Sending, Stricter),
            (Sending, Weaker),
        );
        let id = ("TXT", "_mta-sts.example.com");
        check(
            id,
            (&[], &["v=STSv1; id=1;"]),
            (Receiving, Same),
            (Receiving, Weaker),
        );
        check(
            id,
            (&["v=STSv1; id=1;"], &["v=STSv1; id=2;"]),
            (Receiving, Same),
            (Receiving, Same),
        );
        let bimi = ("TXT", "default._bimi.example.com");
        let logo: &[&str] = &["v=BIMI1; l=https://a.example/l.svg;"];
        check(bimi, (&[], logo), (Branding, Same), (Branding, Weaker));
        check(
            bimi,
            (logo, &["v=BIMI1; l=; a=;"]),
            (Branding, Weaker),
            (Branding, Same),
        );
        check(
            ("A", "mta-sts.example.com"),
            (&[], &["192.0.2.1"]),
            (Receiving, Same),
            (Receiving, Weaker),
        );
        check(
            ("A", "logos.example.com"),
            (&[], &["192.0.2.1"]),
            (Branding, Same),
            (Branding, Weaker),
        );
        let reports: &[&str] = &["v=TLSRPTv1; rua=mailto:a@example.com"];
        check(
            ("TXT", "_smtp._tls.example.com"),
            (&[], reports),
            (None, Same),
            (None, Same),
        );
        check(
            ("TXT", "_amazonses.example.com"),
            (&[], &["token"]),
            (None, Same),
            (None, Same),
        );
    }

    #[test]
    fn a_record_that_stays_as_it_is_has_no_impact() {
        let values: &[&str] = &["v=DMARC1; p=reject"];
        let of = ("TXT", "_dmarc.example.com");
        assert_eq!(judged(of, values, values), (MailImpact::None, Same));
    }
}
