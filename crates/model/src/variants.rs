//! The other spellings in which Amazon takes a record, for DNS providers that refuse the first.
//!
//! What `deploy records --no-underscore`, `--amazonses-prefix` and `--one-value` print is found by
//! SES and ACM, so a check of whether a record is published has to find it as well.

use standards::dns::RecordType;

/// The label below which SES looks for the token of a domain.
const TOKEN_LABEL: &str = "_amazonses.";
/// The prefix that tells a token from other values at the domain's own name.
const TOKEN_PREFIX: &str = "amazonses:";
/// The suffix of the values of ACM's validation records.
const VALIDATION_SUFFIX: &str = ".acm-validations.aws";

/// The other name at which Amazon accepts a record: for the token of a domain, the domain itself (SES Developer
/// Guide, "Domain verification records").
pub fn elsewhere(name: &str, rtype: RecordType) -> Option<&str> {
    (rtype == RecordType::Txt)
        .then(|| name.strip_prefix(TOKEN_LABEL))
        .flatten()
}

/// The values of `rtype` at `name`, with those of [`elsewhere`], as AWS gave them out: tokens of SES
/// without `amazonses:`, and ACM's values with the underscore that it does without (ACM User Guide,
/// "Troubleshoot DNS validation problems").
pub fn as_given(name: &str, rtype: RecordType, here: Vec<String>, there: &[String]) -> Vec<String> {
    if elsewhere(name, rtype).is_some() {
        let bare = |value: &String| value.strip_prefix(TOKEN_PREFIX).map(str::to_owned);
        let mut tokens: Vec<String> = here
            .into_iter()
            .map(|value| bare(&value).unwrap_or(value))
            .collect();
        tokens.extend(there.iter().filter_map(bare));
        return tokens;
    }
    let given = |value: String| {
        let host = value.strip_suffix('.').unwrap_or(&value);
        if rtype == RecordType::Cname && host.ends_with(VALIDATION_SUFFIX) && !host.starts_with('_')
        {
            format!("_{value}")
        } else {
            value
        }
    };
    here.into_iter().map(given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, rtype: RecordType, (here, there): (&[&str], &[&str]), expect: &[&str]) {
        let owned = |values: &[&str]| -> Vec<String> {
            values.iter().map(|value| (*value).to_owned()).collect()
        };
        let given = as_given(name, rtype, owned(here), &owned(there));
        assert_eq!(given, owned(expect), "{name} {rtype}");
    }

    #[test]
    fn a_token_is_one_by_its_name_or_by_its_prefix() {
        let token = "_amazonses.example.com";
        assert_eq!(elsewhere(token, RecordType::Txt), Some("example.com"));
        check(token, RecordType::Txt, (&["abc="], &[]), &["abc="]);
        check(
            token,
            RecordType::Txt,
            (&["amazonses:abc="], &[]),
            &["abc="],
        );
        let beside: &[&str] = &["v=spf1 -all", "amazonses:def="];
        check(
            token,
            RecordType::Txt,
            (&["abc="], beside),
            &["abc=", "def="],
        );
        check(token, RecordType::Txt, (&[], &["def="]), &[]);
    }

    #[test]
    fn a_validation_does_without_its_underscore() {
        let name = "_1.mta-sts.example.com";
        let given = "_2.abc.acm-validations.aws";
        check(name, RecordType::Cname, (&[given], &[]), &[given]);
        check(
            name,
            RecordType::Cname,
            (&["2.abc.acm-validations.aws"], &[]),
            &[given],
        );
    }

    #[test]
    fn everything_else_has_one_spelling() {
        assert_eq!(elsewhere("_amazonses.example.com", RecordType::Cname), None);
        assert_eq!(elsewhere("example.com", RecordType::Txt), None);
        let token: &[&str] = &["amazonses:abc="];
        check("example.com", RecordType::Txt, (token, &[]), token);
        check(
            "www.example.com",
            RecordType::Cname,
            (&["2.example.net"], &[]),
            &["2.example.net"],
        );
    }
}
