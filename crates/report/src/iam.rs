//! The policies of roles in the forms of the tools that make roles: Terraform and CloudFormation.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::documents::AccountPolicy;

/// The name of the policy in each role.
const POLICY: &str = "deploy";

/// A role to make, by its ARN.
struct Role<'a> {
    path: String,
    name: &'a str,
}

impl<'a> Role<'a> {
    /// Of `arn:aws:iam::111111111111:role/path/name`.
    fn of(arn: &'a str) -> Option<Self> {
        let (_, whole) = arn.split_once(":role/")?;
        let (path, name) = whole.rsplit_once('/').unwrap_or(("", whole));
        let path = match path {
            "" => "/".to_owned(),
            path => format!("/{path}/"),
        };
        Some(Self { path, name })
    }
}

/// The roles and their policies as a configuration of Terraform in its JSON syntax: a file
/// `NAME.tf.json`. Each account is a provider with the account's name as its alias. An account without
/// a role gets a policy that somebody attaches.
pub fn iam_terraform(accounts: &IndexMap<String, AccountPolicy>) -> Value {
    let (mut roles, mut policies, mut loose) = (Map::new(), Map::new(), Map::new());
    for (name, account) in accounts {
        let label = label(name, "_");
        let provider = format!("aws.{label}");
        let policy = account.policy.to_string();
        let Some((role, trust)) = made(account) else {
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
    let sorts = [
        ("aws_iam_role", roles),
        ("aws_iam_role_policy", policies),
        ("aws_iam_policy", loose),
    ];
    let sorts = sorts.into_iter().filter(|(_, some)| !some.is_empty());
    let resource: Map<String, Value> = sorts
        .map(|(sort, some)| (sort.to_owned(), Value::Object(some)))
        .collect();
    json!({ "resource": resource })
}

/// The roles and their policies as a template of CloudFormation in JSON. It is for all accounts, as a
/// stack set is: in each account it makes the role of that account.
pub fn iam_cloudformation(accounts: &IndexMap<String, AccountPolicy>) -> Value {
    let (mut conditions, mut resources) = (Map::new(), Map::new());
    for (name, account) in accounts {
        let label = label(name, "x");
        let condition = format!("Is{label}");
        let is_it = json!({ "Fn::Equals": [{ "Ref": "AWS::AccountId" }, account.account_id] });
        conditions.insert(condition.clone(), is_it);
        let (sort, properties) = match made(account) {
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
        let one = json!({ "Type": sort, "Condition": condition, "Properties": properties });
        resources.insert(format!("Role{label}"), one);
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What deploy may do in each account",
        "Conditions": conditions,
        "Resources": resources,
    })
}

fn made(account: &AccountPolicy) -> Option<(Role<'_>, &Value)> {
    Role::of(account.role.as_deref()?).zip(account.trust.as_ref())
}

/// An account's name as an identifier of the tool: letters and digits, and `other` for the rest.
fn label(name: &str, other: &str) -> String {
    name.replace(|letter: char| !letter.is_ascii_alphanumeric(), other)
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
            iam_terraform(&accounts()),
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
        let template = iam_cloudformation(&accounts());
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
}
