//! The values that are written as one piece of text: each type holds only what passed its parser.

mod day;
mod period;
mod requires;
mod shared;
mod standard;

use std::fmt;
use std::ops::RangeInclusive;

use model::rules::{self, Rule};
use model::{AccountId, AccountName, NoAccountId};
use standards::dns::Name;

use crate::read::{Meant, Text};
use crate::regions;

pub(crate) use day::LastDay;
pub use key::KeyArn;
pub use notify::{ReceiverName, SecretPath, TopicArn, VariableName};
pub use period::Period;
pub(crate) use requires::Requirement;
pub use shared::Shared;
pub use standard::HostName;
pub(crate) use standard::describe;

/// Makes a value that keeps its text.
macro_rules! text_value {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { what: $what:literal, pattern: $pattern:expr, examples: $examples:expr, parse: $parse:expr $(, rule: $rule:expr)? $(, meant: $meant:expr)? $(, all: $all:expr)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Text for $name {
            const WHAT: &'static str = $what;
            const PATTERN: Option<&'static str> = $pattern;
            const EXAMPLES: &'static [&'static str] = $examples;
            $( const RULE: &'static Rule = $rule; )?

            fn parse(text: &str) -> Result<Self, String> {
                let parse: fn(&str) -> Result<String, String> = $parse;
                parse(text).map(Self)
            }

            $(
                fn all() -> Vec<&'static str> {
                    $all.collect()
                }
            )?

            $(
                fn meant(text: &str) -> Option<Meant> {
                    let meant: fn(&str) -> Option<Meant> = $meant;
                    meant(text)
                }
            )?
        }
    };
}

// After the macro, which it uses.
mod key;
mod notify;

text_value! {
    /// The name of the project: it is in the names and the tags of what we make.
    pub struct ProjectName {
        what: "a project name",
        pattern: Some("^[a-z0-9-]{1,32}$"),
        examples: &["anycompany"],
        parse: |text| check(text, 1..=32, "a project name", "lower-case letters, digits and `-`", |c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
        })
    }
}

impl Text for AccountName {
    const WHAT: &'static str = "an account's name";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9_-]{1,64}$");
    const EXAMPLES: &'static [&'static str] = &["marketing"];

    fn parse(text: &str) -> Result<Self, String> {
        let name = check(
            text,
            1..=64,
            "an account's name",
            "letters, digits, `-` and `_`",
            is_word,
        )?;
        Ok(name.into())
    }
}

impl Text for AccountId {
    const WHAT: &'static str = "an account id of 12 digits";
    const PATTERN: Option<&'static str> = Some("^[0-9]{12}$");
    const RULE: &'static Rule = rules::MAN_09;
    const EXAMPLES: &'static [&'static str] = &["111111111111"];

    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|NoAccountId(text)| NoAccountId(crate::report::shorten(&text)).to_string())
    }

    fn meant(text: &str) -> Option<Meant> {
        let digits: String = text.split(['-', ' ']).collect();
        Some(Meant::surely(digits))
    }
}

text_value! {
    /// A role to assume: its name in the account, or its whole ARN.
    pub struct RoleName {
        what: "a role's name or ARN",
        pattern: Some(r"^(arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}|[\w+=,.@-]{1,64})$"),
        examples: &["mail-deploy", "arn:aws:iam::444444444444:role/mail-deploy"],
        parse: |text| if text.starts_with("arn:") { arn(text, Some("iam")) } else {
            check(text, 1..=64, "a role's name", "letters, digits and `_+=,.@-`", |c| {
                c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
            })
        }
    }
}

text_value! {
    /// The agreed word that `AssumeRole` sends along.
    pub struct ExternalId {
        what: "an external id",
        pattern: Some(r"^[\w+=,.@:/-]{2,1224}$"),
        examples: &["mail"],
        parse: |text| check(text, 2..=1224, "an external id", "letters, digits and `_+=,.@:/-`", |c| {
            c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c)
        })
    }
}

text_value! {
    /// The name that our sessions have in CloudTrail.
    pub struct SessionName {
        what: "a session's name",
        pattern: Some(r"^[\w+=,.@-]{2,64}$"),
        examples: &["deploy"],
        parse: |text| check(text, 2..=64, "a session's name", "letters, digits and `_+=,.@-`", |c| {
            c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
        })
    }
}

text_value! {
    /// A profile of the AWS configuration files.
    pub struct ProfileName {
        what: "a profile's name",
        pattern: None,
        examples: &["marketing"],
        parse: |text| check(text, 1..=128, "a profile's name", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// A DKIM or BIMI selector.
    pub struct Selector {
        what: "a selector",
        pattern: Some(r"^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$"),
        examples: &["default"],
        parse: selector
    }
}

text_value! {
    /// A local part prefix of BIMI's `lps`.
    pub struct LocalPart {
        what: "a local part of letters, digits and `-`",
        pattern: Some("^[A-Za-z0-9-]{1,63}$"),
        examples: &["news"],
        parse: |text| check(text, 1..=63, "a local part", "letters, digits and `-`", |c| {
            c.is_ascii_alphanumeric() || c == '-'
        })
    }
}

text_value! {
    /// A region of AWS.
    pub struct Region {
        what: "an AWS region",
        pattern: None,
        examples: &["eu-west-1"],
        parse: regions::parse,
        rule: rules::MAN_10,
        meant: |text| Meant::respelt(text, regions::all()),
        all: regions::all()
    }
}

text_value! {
    /// An S3 bucket's name.
    pub struct BucketName {
        what: "a bucket's name",
        pattern: Some("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        examples: &["anycompany-deploy-ledger"],
        parse: |text| {
            let text = check(text, 3..=63, "a bucket's name", "lower-case letters, digits, `-` and `.`", |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.'
            })?;
            let ends = text.starts_with(['-', '.']) || text.ends_with(['-', '.']);
            if ends || text.contains("..") {
                return Err("a bucket's name starts and ends with a letter or a digit, and has no two dots together".to_owned());
            }
            Ok(text)
        }
    }
}

text_value! {
    /// The id of a Route 53 hosted zone.
    pub struct ZoneId {
        what: "a hosted zone's id",
        pattern: Some("^Z[A-Z0-9]{1,31}$"),
        examples: &["Z0123456789ABCDEFGHIJ"],
        parse: |text| if text.starts_with('Z') {
            check(text, 2..=32, "a hosted zone's id", "capital letters and digits", |c| {
                c.is_ascii_uppercase() || c.is_ascii_digit()
            })
        } else {
            Err("a hosted zone's id starts with `Z`".to_owned())
        }
    }
}

text_value! {
    /// An Amazon resource name.
    pub struct Arn {
        what: "an ARN",
        pattern: Some("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$"),
        examples: &["arn:aws:sns:us-east-1:333333333333:bounces"],
        parse: |text| arn(text, None)
    }
}

text_value! {
    /// One argument of an SPF term; the whole record is checked as SPF.
    pub struct SpfArgument {
        what: "an argument of an SPF term",
        pattern: Some(r"^\S+$"),
        examples: &["amazonses.com"],
        parse: |text| check(text, 1..=255, "an argument of an SPF term", "visible ASCII characters", |c| c.is_ascii_graphic())
    }
}

text_value! {
    /// A whole record, as it is to be published.
    pub struct RawRecord {
        what: "a record's text",
        pattern: None,
        examples: &["v=spf1 include:amazonses.com ~all"],
        parse: |text| check(text, 1..=4000, "a record's text", "printable ASCII characters", |c| c.is_ascii_graphic() || c == ' ')
    }
}

text_value! {
    /// DMARC's choice of failures to report on: `0`, `1`, `d` and `s`, with colons between them.
    pub struct FailureOptions {
        what: "failure options",
        pattern: Some("^[01ds](:[01ds])*$"),
        examples: &["1"],
        parse: |text| {
            let options: Vec<&str> = text.split(':').collect();
            let known = options.iter().all(|option| ["0", "1", "d", "s"].contains(option));
            let repeated = options.iter().enumerate().any(|(at, option)| options[..at].contains(option));
            if known && !repeated && !(options.contains(&"0") && options.contains(&"1")) {
                Ok(text.to_owned())
            } else {
                Err("failure options are `0` or `1`, `d` and `s`, each at most once, with `:` between them".to_owned())
            }
        },
        meant: |text| Some(Meant::surely(text.to_ascii_lowercase().replace([',', ' '], ":")))
    }
}

text_value! {
    /// The name of an SES configuration set or of one of its event destinations.
    pub struct SesName {
        what: "a name for SES",
        pattern: Some("^[A-Za-z0-9_-]{1,64}$"),
        examples: &["marketing"],
        parse: |text| check(text, 1..=64, "a name for SES", "letters, digits, `-` and `_`", is_word)
    }
}

text_value! {
    /// The key of a tag.
    pub struct TagKey {
        what: "a tag's key",
        pattern: Some("^(?!aws:).{1,128}$"),
        examples: &["team"],
        parse: |text| if text.to_ascii_lowercase().starts_with("aws:") {
            Err("keys that start with `aws:` belong to AWS".to_owned())
        } else {
            tag(text, 1, 128, "a tag's key")
        }
    }
}

text_value! {
    /// The value of a tag.
    pub struct TagValue {
        what: "a tag's value",
        pattern: Some("^.{0,256}$"),
        examples: &["mail"],
        parse: |text| tag(text, 0, 256, "a tag's value")
    }
}

text_value! {
    /// The id of a rule of the catalogue.
    pub struct RuleId {
        what: "a rule's id",
        pattern: Some("^[A-Z]+-[A-Z]?[0-9]{2}$"),
        examples: &["SPF-24"],
        parse: rule_id,
        meant: |text| Meant::respelt(text, model::rules::all().map(|rule| rule.id))
    }
}

text_value! {
    /// Why the organisation lives with a finding.
    pub struct Reason {
        what: "a reason",
        pattern: None,
        examples: &["agreed with the vendor until March"],
        parse: |text| if text.trim().is_empty() {
            Err("the reason is empty".to_owned())
        } else {
            check(text, 1..=500, "a reason", "printable characters", |c| !c.is_control())
        }
    }
}

text_value! {
    /// A folder below the manifest's own.
    pub struct FolderPath {
        what: "a folder",
        pattern: None,
        examples: &[".deploy/"],
        parse: |text| check(text, 1..=1024, "a path", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// A value in DNS that others put there, with `*` for any characters.
    pub struct OthersValue {
        what: "a value, perhaps with `*`",
        pattern: None,
        examples: &["google-site-verification=*"],
        parse: |text| check(text, 1..=4096, "a value", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// Paths of files to include, with `*` for anything within one part of the path.
    pub struct Pattern {
        what: "a path, perhaps with `*`",
        pattern: None,
        examples: &["fleet/*.yaml"],
        parse: |text| check(text, 1..=1024, "a path", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// The name of a quota, as `aws::quotas` lists them.
    pub struct QuotaName {
        what: "a quota's name",
        pattern: Some("^[a-z0-9_.-]{1,64}$"),
        examples: &["route53"],
        parse: |text| check(text, 1..=64, "a quota's name", "lower-case letters, digits, `_`, `.` and `-`", |c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c)
        })
    }
}

text_value! {
    /// A name in CloudWatch: of a dimension, or its value by default.
    pub struct DimensionText {
        what: "a CloudWatch name",
        pattern: Some("^[A-Za-z0-9_:.@-]{1,256}$"),
        examples: &["campaign"],
        parse: |text| check(text, 1..=256, "a CloudWatch name", "letters, digits and `_:.@-`", |c| {
            c.is_ascii_alphanumeric() || "_:.@-".contains(c)
        })
    }
}

fn selector(text: &str) -> Result<String, String> {
    check(
        text,
        1..=200,
        "a selector",
        "letters, digits, `-` and `.`",
        |c| c.is_ascii_alphanumeric() || c == '-' || c == '.',
    )?;
    let parsed = Name::parse(text).map_err(|error| describe(&error))?;
    Ok(parsed.as_str().to_owned())
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

/// Accepts `text` if its length is in `lengths` and all its characters are `allowed`.
fn check(
    text: &str,
    lengths: RangeInclusive<usize>,
    what: &str,
    characters: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<String, String> {
    if let Some(character) = text.chars().find(|character| !allowed(*character)) {
        return Err(format!(
            "{what} has only {characters}, not `{}`",
            character.escape_default()
        ));
    }
    let length = text.chars().count();
    if !lengths.contains(&length) {
        let (shortest, longest) = lengths.into_inner();
        return Err(format!(
            "{what} has {shortest} to {longest} characters, this one has {length}"
        ));
    }
    Ok(text.to_owned())
}

fn tag(text: &str, shortest: usize, longest: usize, what: &str) -> Result<String, String> {
    check(
        text,
        shortest..=longest,
        what,
        "letters, digits, spaces and `_.:/=+-@`",
        |c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c),
    )
}

fn arn(text: &str, service: Option<&str>) -> Result<String, String> {
    let text = check(text, 1..=2048, "an ARN", "visible ASCII characters", |c| {
        c.is_ascii_graphic()
    })?;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [prefix, partition, found, _region, _account, resource] = parts[..] else {
        return Err("an ARN has six parts with `:` between them".to_owned());
    };
    if prefix != "arn" || !partition.starts_with("aws") || resource.is_empty() {
        return Err("an ARN starts with `arn:aws` and ends with a resource".to_owned());
    }
    match service {
        Some(service) if service != found => {
            Err(format!("this ARN is of `{found}`, not of `{service}`"))
        }
        _ => Ok(text),
    }
}

fn rule_id(text: &str) -> Result<String, String> {
    let shaped = text.split_once('-').is_some_and(|(family, number)| {
        !family.is_empty()
            && family.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() >= 2
            && number
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    if !shaped {
        return Err(format!(
            "`{}` is not a rule's id",
            crate::report::shorten(text)
        ));
    }
    if model::rules::find(text).is_some() {
        return Ok(text.to_owned());
    }
    Err(format!("there is no rule `{text}`"))
}

#[cfg(test)]
mod tests;
