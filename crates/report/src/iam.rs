//! The policies of roles in the forms of the tools that make roles: Terraform and CloudFormation.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::documents::AccountPolicy;

/// The name of the policy in each role.
const POLICY: &str = "deploy";

/// A role to make, by its ARN.
struct Role {
    path: String,
    name: String,
}

impl Role {
    /// Of `arn:aws:iam::111111111111:role/path/name`. A role for another purpose than the manifest's own
    /// stands beside it: `name-drift`.
    fn of(arn: &str, purpose: Option<&str>) -> Option<Self> {
        let (_, whole) = arn.split_once(":role/")?;
        let (path, name) = whole.rsplit_once('/').unwrap_or(("", whole));
        let path = match path {
            "" => "/".to_owned(),
            path => format!("/{path}/"),
        };
        let name = purpose.map_or_else(|| name.to_owned(), |purpose| format!("{name}-{purpose}"));
        Some(Self { path, name })
    }
}

/// The roles and their policies as a configuration of Terraform in its JSON syntax: a file
/// `NAME.tf.json`. Each account is a provider with the account's name as its alias. An account without
/// a role gets a policy that somebody attaches. Roles for another `purpose` than apply have it in their
/// names.
pub fn iam_terraform(accounts: &IndexMap<String, AccountPolicy>, purpose: Option<&str>) -> Value {
    let (mut roles, mut policies, mut loose) = (Map::new(), Map::new(), Map::new());
    for (label, account) in labels(accounts, "_").into_iter().zip(accounts.values()) {
        let provider = format!("aws.{label}");
        let label = purpose.map_or_else(|| label.clone(), |purpose| format!("{label}_{purpose}"));
        let policy = account.policy.to_string();
        let Some((role, trust)) = made(account, purpose) else {
            let one = json!({ "provider": provider, "name": POLICY, "policy": policy });
            loose.insert(label, one);
            continue;
        };
        roles.insert(
            label.clone(),
            json!({
                "provider": provider,
                "name": role.name,
                "path": role.path,
                "assume_role_policy": trust.to_string(),
            }),
        );
        let of = format!("${{aws_iam_role.{label}.id}}");
        let one = json!({ "provider": provider, "name": POLICY, "role": of, "policy": policy });
        policies.insert(label, one);
    }
    let types = [
        ("aws_iam_role", roles),
        ("aws_iam_role_policy", policies),
        ("aws_iam_policy", loose),
    ];
    let types = types.into_iter().filter(|(_, some)| !some.is_empty());
    let resource: Map<String, Value> = types
        .map(|(of_type, some)| (of_type.to_owned(), Value::Object(some)))
        .collect();
    json!({ "resource": resource })
}

/// The roles and their policies as a template of CloudFormation in JSON. It is for all accounts, as a
/// stack set is: in each account it makes the role of that account. Roles for another `purpose` than
/// apply have it in their names.
pub fn iam_cloudformation(
    accounts: &IndexMap<String, AccountPolicy>,
    purpose: Option<&str>,
) -> Value {
    let (mut conditions, mut resources) = (Map::new(), Map::new());
    for (label, account) in labels(accounts, "x").into_iter().zip(accounts.values()) {
        let condition = format!("Is{label}");
        let is_it = json!({ "Fn::Equals": [{ "Ref": "AWS::AccountId" }, account.account_id] });
        conditions.insert(condition.clone(), is_it);
        let (of_type, properties) = match made(account, purpose) {
            Some((role, trust)) => (
                "AWS::IAM::Role",
                json!({
                    "RoleName": role.name,
                    "Path": role.path,
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{ "PolicyName": POLICY, "PolicyDocument": account.policy }],
                }),
            ),
            None => (
                "AWS::IAM::ManagedPolicy",
                json!({ "PolicyDocument": account.policy }),
            ),
        };
        let one = json!({ "Type": of_type, "Condition": condition, "Properties": properties });
        resources.insert(format!("Role{label}"), one);
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What deploy may do in each account",
        "Conditions": conditions,
        "Resources": resources,
    })
}

fn made<'a>(account: &'a AccountPolicy, purpose: Option<&str>) -> Option<(Role, &'a Value)> {
    Role::of(account.role.as_deref()?, purpose).zip(account.trust.as_ref())
}

/// The accounts' names as identifiers of the tool: letters and digits, and `other` for the rest. Accounts
/// whose names would be the same, or begin with a digit, are told by their numbers.
fn labels(accounts: &IndexMap<String, AccountPolicy>, other: &str) -> Vec<String> {
    let plain = |name: &String| name.replace(|letter: char| !letter.is_ascii_alphanumeric(), other);
    let all: Vec<String> = accounts.keys().map(plain).collect();
    let is_clear = |label: &String| {
        let same = all.iter().filter(|one| *one == label).count();
        same == 1 && label.starts_with(|letter: char| letter.is_ascii_alphabetic())
    };
    all.iter()
        .zip(accounts.values())
        .map(|(label, account)| {
            if is_clear(label) {
                label.clone()
            } else {
                format!("account{other}{}{other}{label}", account.account_id)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> IndexMap<String, AccountPolicy> {
        let account = |id: &str, role: Option<&str>| AccountPolicy {
            account_id: id.to_owned(),
            role: role.map(str::to_owned),
            policy: json!({ "Statement": [] }),
            trust: Some(json!({ "Statement": ["trust"] })),
        };
        IndexMap::from([
            (
                "mail-eu".to_owned(),
                account(
                    "111111111111",
                    Some("arn:aws:iam::111111111111:role/teams/mail"),
                ),
            ),
            ("web".to_owned(), account("222222222222", None)),
        ])
    }

    #[test]
    fn terraform_gets_a_role_for_each_account_in_its_provider() {
        assert_eq!(
            iam_terraform(&accounts(), None),
            json!({
                "resource": {
                    "aws_iam_role": {
                        "mail_eu": {
                            "provider": "aws.mail_eu",
                            "name": "mail",
                            "path": "/teams/",
                            "assume_role_policy": r#"{"Statement":["trust"]}"#,
                        },
                    },
                    "aws_iam_role_policy": {
                        "mail_eu": {
                            "provider": "aws.mail_eu",
                            "name": "deploy",
                            "role": "${aws_iam_role.mail_eu.id}",
                            "policy": r#"{"Statement":[]}"#,
                        },
                    },
                    "aws_iam_policy": {
                        "web": {
                            "provider": "aws.web",
                            "name": "deploy",
                            "policy": r#"{"Statement":[]}"#,
                        },
                    },
                },
            })
        );
    }

    #[test]
    fn cloudformation_makes_a_role_in_its_own_account_only() {
        let template = iam_cloudformation(&accounts(), None);
        assert_eq!(
            template["Conditions"]["Ismailxeu"],
            json!({ "Fn::Equals": [{ "Ref": "AWS::AccountId" }, "111111111111"] })
        );
        let role = &template["Resources"]["Rolemailxeu"];
        assert_eq!(role["Type"], "AWS::IAM::Role");
        assert_eq!(role["Condition"], "Ismailxeu");
        assert_eq!(role["Properties"]["Path"], "/teams/");
        assert_eq!(
            template["Resources"]["Roleweb"]["Type"],
            "AWS::IAM::ManagedPolicy"
        );
    }

    #[test]
    fn accounts_keep_apart_whose_names_would_be_one_identifier() {
        let mut accounts = accounts();
        let other = accounts["mail-eu"].clone();
        accounts.insert(
            "mail_eu".to_owned(),
            AccountPolicy {
                account_id: "333333333333".to_owned(),
                ..other.clone()
            },
        );
        accounts.insert("1web".to_owned(), other);
        assert_eq!(
            labels(&accounts, "_"),
            [
                "account_111111111111_mail_eu",
                "web",
                "account_333333333333_mail_eu",
                "account_111111111111_1web",
            ]
        );
        let template = iam_cloudformation(&accounts, None);
        assert_eq!(template["Resources"].as_object().map(Map::len), Some(4));
    }

    #[test]
    fn a_role_for_another_purpose_stands_beside_the_manifest_s() {
        let template = iam_cloudformation(&accounts(), Some("drift"));
        let role = &template["Resources"]["Rolemailxeu"]["Properties"];
        assert_eq!(role["RoleName"], "mail-drift");
        let terraform = iam_terraform(&accounts(), Some("drift"));
        let role = &terraform["resource"]["aws_iam_role"]["mail_eu_drift"];
        assert_eq!(role["name"], "mail-drift");
        assert_eq!(role["provider"], "aws.mail_eu");
    }
}
