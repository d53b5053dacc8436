//! The values that are written as one piece of text: each type holds only what passed its parser.

use std::fmt;

use crate::read::Text;
use crate::regions;

/// Makes a value that keeps its text.
macro_rules! text_value {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { what: $what:literal, pattern: $pattern:expr, examples: $examples:expr, parse: $parse:expr }
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

            fn parse(text: &str) -> Result<Self, String> {
                let parse: fn(&str) -> Result<String, String> = $parse;
                parse(text).map(Self)
            }
        }
    };
}

text_value! {
    /// The name of the project: it is in the names and the tags of what we make.
    pub struct ProjectName {
        what: "a project name",
        pattern: Some("^[a-z0-9-]{1,32}$"),
        examples: &["anycompany"],
        parse: |text| check(text, (1, 32), "a project name", "lower-case letters, digits and `-`", |c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
        })
    }
}

text_value! {
    /// What the manifest calls an account.
    pub struct AccountName {
        what: "an account's name",
        pattern: Some("^[A-Za-z0-9_-]{1,64}$"),
        examples: &["marketing"],
        parse: |text| check(text, (1, 64), "an account's name", "letters, digits, `-` and `_`", is_word)
    }
}

text_value! {
    /// The twelve digits that AWS calls an account by.
    pub struct AccountId {
        what: "an account id of 12 digits",
        pattern: Some("^[0-9]{12}$"),
        examples: &["111111111111"],
        parse: |text| {
            if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(text.to_owned())
            } else {
                Err(format!("an account id has 12 digits, `{}` has not", crate::report::shorten(text)))
            }
        }
    }
}

text_value! {
    /// A role to assume: its name in the account, or its whole ARN.
    pub struct RoleName {
        what: "a role's name or ARN",
        pattern: Some(r"^(arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}|[\w+=,.@-]{1,64})$"),
        examples: &["mail-deploy", "arn:aws:iam::444444444444:role/mail-deploy"],
        parse: |text| if text.starts_with("arn:") { arn(text, Some("iam")) } else {
            check(text, (1, 64), "a role's name", "letters, digits and `_+=,.@-`", |c| {
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
        parse: |text| check(text, (2, 1224), "an external id", "letters, digits and `_+=,.@:/-`", |c| {
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
        parse: |text| check(text, (2, 64), "a session's name", "letters, digits and `_+=,.@-`", |c| {
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
        parse: |text| check(text, (1, 128), "a profile's name", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// A name of the DNS, in lower case and A-labels, without a final dot.
    pub struct DomainName {
        what: "a domain name",
        pattern: None,
        examples: &["example.com"],
        parse: domain_name
    }
}

text_value! {
    /// A host name, or the labels of one below the domain.
    ///
    /// `bimi-assets` and `bimi-assets.example.com` are the same host of `example.com`; [`HostName::under`] tells.
    pub struct HostName {
        what: "a label or a host name",
        pattern: None,
        examples: &["mail1"],
        parse: |text| host_labels(text)
    }
}

text_value! {
    /// A DKIM or BIMI selector.
    pub struct Selector {
        what: "a selector",
        pattern: Some(r"^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$"),
        examples: &["default"],
        parse: |text| host_labels(text)
    }
}

text_value! {
    /// A local part prefix of BIMI's `lps`.
    pub struct LocalPart {
        what: "a local part of letters, digits and `-`",
        pattern: Some("^[A-Za-z0-9-]{1,63}$"),
        examples: &["news"],
        parse: |text| check(text, (1, 63), "a local part", "letters, digits and `-`", |c| {
            c.is_ascii_alphanumeric() || c == '-'
        })
    }
}

text_value! {
    /// A region of AWS.
    pub struct Region {
        what: "an AWS region",
        pattern: Some("^[a-z]{2,4}(-[a-z]+)+-[0-9]$"),
        examples: &["eu-west-1"],
        parse: regions::parse
    }
}

text_value! {
    /// An S3 bucket's name.
    pub struct BucketName {
        what: "a bucket's name",
        pattern: Some("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        examples: &["anycompany-deploy-ledger"],
        parse: |text| {
            let text = check(text, (3, 63), "a bucket's name", "lower-case letters, digits, `-` and `.`", |c| {
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
            check(text, (2, 32), "a hosted zone's id", "capital letters and digits", |c| {
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
    /// An address or an endpoint for reports.
    pub struct ReportUri {
        what: "a `mailto:` or `https:` address",
        pattern: Some("^(mailto|https):"),
        examples: &["mailto:dmarc@example.com"],
        parse: report_uri
    }
}

text_value! {
    /// A pattern for MX hosts in an MTA-STS policy.
    pub struct MxPattern {
        what: "a host name, perhaps with a leading `*.`",
        pattern: None,
        examples: &["*.mail.example.com"],
        parse: |text| match text.strip_prefix("*.") {
            Some(rest) => domain_name(rest).map(|name| format!("*.{name}")),
            None => domain_name(text),
        }
    }
}

text_value! {
    /// One argument of an SPF term; the whole record is checked as SPF.
    pub struct SpfArgument {
        what: "an argument of an SPF term",
        pattern: Some(r"^\S+$"),
        examples: &["amazonses.com"],
        parse: |text| check(text, (1, 255), "an argument of an SPF term", "visible ASCII characters", |c| c.is_ascii_graphic())
    }
}

text_value! {
    /// A whole record, as it is to be published.
    pub struct RawRecord {
        what: "a record's text",
        pattern: None,
        examples: &["v=spf1 include:amazonses.com ~all"],
        parse: |text| check(text, (1, 4000), "a record's text", "printable ASCII characters", |c| c.is_ascii_graphic() || c == ' ')
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
        }
    }
}

text_value! {
    /// The name of an SES configuration set or of one of its event destinations.
    pub struct SesName {
        what: "a name for SES",
        pattern: Some("^[A-Za-z0-9_-]{1,64}$"),
        examples: &["marketing"],
        parse: |text| check(text, (1, 64), "a name for SES", "letters, digits, `-` and `_`", is_word)
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
        parse: rule_id
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
            check(text, (1, 500), "a reason", "printable characters", |c| !c.is_control())
        }
    }
}

text_value! {
    /// A folder below the manifest's own.
    pub struct FolderPath {
        what: "a folder",
        pattern: None,
        examples: &[".deploy/"],
        parse: |text| check(text, (1, 1024), "a path", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// Paths of files to include, with `*` for anything within one part of the path.
    pub struct Pattern {
        what: "a path, perhaps with `*`",
        pattern: None,
        examples: &["fleet/*.yaml"],
        parse: |text| check(text, (1, 1024), "a path", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// The name of a quota, as QUOTAS.md lists them.
    pub struct QuotaName {
        what: "a quota's name",
        pattern: Some("^[a-z0-9_.-]{1,64}$"),
        examples: &["route53"],
        parse: |text| check(text, (1, 64), "a quota's name", "lower-case letters, digits, `_`, `.` and `-`", |c| {
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
        parse: |text| check(text, (1, 256), "a CloudWatch name", "letters, digits and `_:.@-`", |c| {
            c.is_ascii_alphanumeric() || "_:.@-".contains(c)
        })
    }
}

impl DomainName {
    /// Whether this name is `other`, or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0
            .strip_suffix(&other.0)
            .is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
    }
}

impl HostName {
    /// The whole host name: itself, if it is below `domain`, and otherwise its labels put before `domain`.
    pub fn under(&self, domain: &DomainName) -> DomainName {
        let itself = DomainName(self.0.clone());
        if itself.is_within(domain) {
            itself
        } else {
            DomainName(format!("{}.{domain}", self.0))
        }
    }
}

/// One MX record: a preference and a host, or the null MX of RFC 7505.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mx {
    /// `0 .`: this domain receives no mail.
    Null,
    /// A host that receives mail.
    Host {
        /// The lower is tried first.
        preference: u16,
        /// The host.
        host: DomainName,
    },
}

impl fmt::Display for Mx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("0 ."),
            Self::Host { preference, host } => write!(f, "{preference} {host}"),
        }
    }
}

impl Text for Mx {
    const WHAT: &'static str = "a preference and a host";
    const PATTERN: Option<&'static str> = Some(r"^[0-9]{1,5} \S+$");
    const EXAMPLES: &'static [&'static str] = &["10 inbound-smtp.us-east-1.amazonaws.com"];

    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split_ascii_whitespace();
        let (Some(preference), Some(host), None) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!(
                "an MX is a preference and a host, `{}` is not",
                crate::report::shorten(text)
            ));
        };
        let preference: u16 = preference.parse().map_err(|_| {
            format!(
                "a preference is a number from 0 to 65535, `{}` is not",
                crate::report::shorten(preference)
            )
        })?;
        if host == "." {
            return match preference {
                0 => Ok(Self::Null),
                _ => Err("the null MX has the preference 0".to_owned()),
            };
        }
        if host.parse::<std::net::IpAddr>().is_ok() {
            return Err(format!("an MX names a host, `{host}` is an address"));
        }
        domain_name(host).map(|host| Self::Host {
            preference,
            host: DomainName(host),
        })
    }
}

/// A length of time, as people write it: `90d`, `7d`, `1h`, `300s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its length.
    pub seconds: u64,
}

/// The units of a period, the longest first.
const UNITS: [(char, u64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3600),
    ('m', 60),
    ('s', 1),
];

impl Period {
    /// Whole days, rounded up.
    pub fn days(self) -> u64 {
        self.seconds.div_ceil(86_400)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days read better than weeks where both are whole.
        let (unit, length) = UNITS[1..]
            .iter()
            .find(|(_, length)| self.seconds != 0 && self.seconds.is_multiple_of(*length))
            .unwrap_or(&('s', 1));
        write!(f, "{}{unit}", self.seconds / length)
    }
}

impl Text for Period {
    const WHAT: &'static str = "a length of time";
    const PATTERN: Option<&'static str> = Some("^[0-9]+[wdhms]$");
    const EXAMPLES: &'static [&'static str] = &["7d", "1h", "300s"];

    fn parse(text: &str) -> Result<Self, String> {
        let fault = || {
            format!(
                "a length of time is a number and one of w, d, h, m, s; `{}` is not",
                crate::report::shorten(text)
            )
        };
        let unit = text.chars().last().ok_or_else(fault)?;
        let (_, length) = UNITS
            .iter()
            .find(|(known, _)| *known == unit)
            .ok_or_else(fault)?;
        let count = &text[..text.len() - unit.len_utf8()];
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fault());
        }
        let seconds = count
            .parse::<u64>()
            .ok()
            .and_then(|count| count.checked_mul(*length));
        match seconds {
            Some(seconds) if seconds <= 10 * 31_557_600 => Ok(Self { seconds }),
            _ => Err(format!(
                "`{}` is longer than ten years",
                crate::report::shorten(text)
            )),
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

/// Accepts `text` if its length is in `lengths` and all its characters are `allowed`.
fn check(
    text: &str,
    lengths: (usize, usize),
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
    let (shortest, longest) = lengths;
    let length = text.chars().count();
    if length < shortest || length > longest {
        return Err(format!(
            "{what} has {shortest} to {longest} characters, this one has {length}"
        ));
    }
    Ok(text.to_owned())
}

fn tag(text: &str, shortest: usize, longest: usize, what: &str) -> Result<String, String> {
    check(
        text,
        (shortest, longest),
        what,
        "letters, digits, spaces and `_.:/=+-@`",
        |c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c),
    )
}

fn arn(text: &str, service: Option<&str>) -> Result<String, String> {
    let text = check(text, (1, 2048), "an ARN", "visible ASCII characters", |c| {
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

/// A name with at least two labels, in lower case, without its final dot.
fn domain_name(text: &str) -> Result<String, String> {
    let name = host_labels(text.strip_suffix('.').unwrap_or(text))?;
    if name.contains('.') {
        Ok(name)
    } else {
        Err(format!(
            "`{name}` has one label only, a domain name has at least two"
        ))
    }
}

/// One label or more, each 1 to 63 letters, digits and `-` (or `_`), 253 characters in all.
fn host_labels(text: &str) -> Result<String, String> {
    let shown = crate::report::shorten(text);
    if text.len() > 253 {
        return Err("a name has at most 253 characters".to_owned());
    }
    if !text.is_ascii() {
        return Err(format!("`{shown}` is not in A-labels (`xn--…`)"));
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return Err(format!(
                "every label of a name has 1 to 63 characters, those of `{shown}` have not"
            ));
        }
        if let Some(character) = label.chars().find(|character| !is_word(*character)) {
            return Err(format!(
                "a name has only letters, digits, `-` and `_`, not `{}`",
                character.escape_default()
            ));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(format!(
                "no label of a name starts or ends with `-`, as one of `{shown}` does"
            ));
        }
    }
    Ok(text.to_ascii_lowercase())
}

fn report_uri(text: &str) -> Result<String, String> {
    let text = check(
        text,
        (1, 1024),
        "an address for reports",
        "visible ASCII characters",
        |c| c.is_ascii_graphic(),
    )?;
    if let Some(address) = text.strip_prefix("mailto:") {
        let Some((local, host)) = address.split_once('@') else {
            return Err("a `mailto:` address has an `@`".to_owned());
        };
        if local.is_empty() {
            return Err("a `mailto:` address has something before its `@`".to_owned());
        }
        let host = host.split(['!', '?']).next().unwrap_or("");
        domain_name(host)?;
        return Ok(text);
    }
    if let Some(rest) = text.strip_prefix("https://") {
        domain_name(rest.split(['/', '?', ':']).next().unwrap_or(""))?;
        return Ok(text);
    }
    Err("an address for reports starts with `mailto:` or `https://`".to_owned())
}

fn rule_id(text: &str) -> Result<String, String> {
    let known = |id: &str| standards::rules::find(id).is_some();
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
    // The registry knows every rule; while it is empty there is nothing to compare with.
    if standards::rules::all().next().is_none() || known(text) {
        return Ok(text.to_owned());
    }
    let nearest = crate::report::nearest(text, standards::rules::all().map(|rule| rule.id));
    Err(match nearest {
        Some(id) => format!("there is no rule `{text}`; did you mean `{id}`?"),
        None => format!("there is no rule `{text}`"),
    })
}
