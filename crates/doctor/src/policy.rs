//! The policy document of a role, as IAM takes it.

use std::collections::{BTreeMap, BTreeSet};

use model::Only;
use serde_json::{Map, Value, json};

use crate::grants::{Grant, READS};

/// IAM takes some thousand characters a policy: this many names are written out, more are written as
/// what they have in common.
const NAMES_MAX: usize = 10;

/// The policy document that allows `grants`, and what `deploy doctor` reads.
pub fn policy(grants: &[Grant]) -> Value {
    let mut statements: Vec<Value> = grants.iter().map(statement).collect();
    statements.push(json!({
        "Sid": "Doctor",
        "Effect": "Allow",
        "Action": READS,
        "Resource": ["*"],
    }));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(grant: &Grant) -> Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Action": grant.actions,
        "Resource": short(&grant.resources),
    });
    let conditions = conditions(&grant.only);
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    statement
}

/// The block `Condition`, of the keys whose values are few enough to be written.
fn conditions(only: &[Only]) -> Map<String, Value> {
    let mut operators: BTreeMap<String, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for one in only {
        let Some(values) = short_names(&one.values) else {
            continue;
        };
        let over = if one.many { "ForAllValues:" } else { "" };
        let like = values.iter().any(|value| value.contains('*'));
        let operator = if like { "StringLike" } else { "StringEquals" };
        let keys = operators.entry(format!("{over}{operator}")).or_default();
        keys.insert(one.key, values);
    }
    let operators = operators.into_iter();
    operators
        .map(|(operator, keys)| (operator, json!(keys)))
        .collect()
}

/// The resources, or what all of them have in common.
fn short(resources: &BTreeSet<String>) -> Vec<String> {
    let arns: Vec<Vec<&str>> = resources
        .iter()
        .map(|arn| arn.splitn(ARN_PARTS, ':').collect())
        .collect();
    if arns.len() <= NAMES_MAX || arns.iter().any(|parts| parts.len() < ARN_PARTS) {
        return resources.iter().cloned().collect();
    }
    let common: Vec<String> = (0..ARN_PARTS)
        .map(|at| {
            arns.iter()
                .map(|parts| parts[at].to_owned())
                .reduce(|a, b| both(&a, &b))
        })
        .map(Option::unwrap_or_default)
        .collect();
    vec![common.join(":")]
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME`
const ARN_PARTS: usize = 6;

/// How two texts begin, with a star for the rest: a region stays whole, or becomes a star.
fn both(a: &str, b: &str) -> String {
    if a == b {
        return a.to_owned();
    }
    let same = a
        .trim_end_matches('*')
        .chars()
        .zip(b.trim_end_matches('*').chars());
    let same = same.take_while(|(a, b)| a == b).map(|(a, _)| a);
    same.chain(['*']).collect()
}

/// The names, or the names that they are below, with as many labels as leave few enough. Nothing where
/// one label is what they have in common: it narrows nothing that its owner would recognise.
fn short_names(names: &[String]) -> Option<Vec<String>> {
    let distinct: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if distinct.len() <= NAMES_MAX {
        return Some(distinct.into_iter().map(str::to_owned).collect());
    }
    let most = distinct.iter().map(|name| name.split('.').count()).max()?;
    (2..most).rev().find_map(|labels| {
        let ends: BTreeSet<String> = distinct.iter().map(|name| ending(name, labels)).collect();
        (ends.len() <= NAMES_MAX).then(|| ends.into_iter().collect())
    })
}

/// `*.example.com` of `_dmarc.mail.example.com` and two labels; a name of no more labels is itself.
fn ending(name: &str, labels: usize) -> String {
    let count = name.split('.').count();
    if count <= labels {
        return name.to_owned();
    }
    let end: Vec<&str> = name.split('.').skip(count - labels).collect();
    format!("*.{}", end.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: usize, expect: &[&str]) {
        let arns = (0..names).map(|name| format!("arn:aws:s3:::anycompany-{name}"));
        assert_eq!(short(&arns.collect()), expect);
    }

    #[test]
    fn many_resources_are_written_as_what_they_have_in_common() {
        check(1, &["arn:aws:s3:::anycompany-0"]);
        check(11, &["arn:aws:s3:::anycompany-*"]);
        assert!(short(&BTreeSet::new()).is_empty());
        let identities = (0..20).map(|number| {
            let region = if number % 2 == 0 {
                "eu-west-1"
            } else {
                "us-east-1"
            };
            format!("arn:aws:ses:{region}:111111111111:identity/{number}.example")
        });
        assert_eq!(
            short(&identities.collect()),
            ["arn:aws:ses:*:111111111111:identity/*"]
        );
    }

    #[track_caller]
    fn check_names(names: impl Iterator<Item = String>, expect: Option<&[&str]>) {
        let short = short_names(&names.collect::<Vec<_>>());
        assert_eq!(
            short.as_deref(),
            expect
                .map(|names| names
                    .iter()
                    .map(|one| (*one).to_owned())
                    .collect::<Vec<_>>())
                .as_deref()
        );
    }

    #[test]
    fn many_names_are_written_as_the_names_that_they_are_below() {
        check_names(
            ["b.example.com", "a.example.com"]
                .into_iter()
                .map(str::to_owned),
            Some(&["a.example.com", "b.example.com"]),
        );
        let below = (0..20).map(|name| format!("_{name}.mail.example.com"));
        check_names(below, Some(&["*.mail.example.com"]));
        let mixed = (0..20).map(|name| match name {
            0 => "example.com".to_owned(),
            name if name % 2 == 0 => format!("_{name}.example.com"),
            name => format!("_{name}.mail{name}.example.com"),
        });
        check_names(mixed, Some(&["*.example.com", "example.com"]));
        check_names(
            (0..20).map(|name| format!("{name}.example{name}.com")),
            None,
        );
    }

    #[test]
    fn a_policy_allows_what_is_granted_and_what_the_doctor_reads() {
        let grant = Grant {
            service: "route53".to_owned(),
            actions: BTreeSet::from(["route53:ChangeResourceRecordSets"]),
            resources: BTreeSet::from(["arn:aws:route53:::hostedzone/*".to_owned()]),
            only: vec![
                Only::all_of("route53:Names", ["*.example.com"]),
                Only::all_of("route53:Types", ["TXT", "MX"]),
                Only::one_of("acm:Method", ["DNS"]),
            ],
        };
        let policy = policy(&[grant]);
        assert_eq!(
            policy["Statement"][0],
            json!({
                "Effect": "Allow",
                "Action": ["route53:ChangeResourceRecordSets"],
                "Resource": ["arn:aws:route53:::hostedzone/*"],
                "Condition": {
                    "ForAllValues:StringEquals": { "route53:Types": ["MX", "TXT"] },
                    "ForAllValues:StringLike": { "route53:Names": ["*.example.com"] },
                    "StringEquals": { "acm:Method": ["DNS"] },
                },
            })
        );
        assert_eq!(policy["Statement"][1]["Action"], json!(READS));
    }
}
