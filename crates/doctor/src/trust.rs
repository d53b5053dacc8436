//! The trust policy of a role: who may assume it.

use std::fmt;
use std::str::FromStr;

use model::AccountId;
use serde_json::{Value, json};

/// Those who may assume a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    /// ARNs of roles and users, or of the roots of accounts.
    pub principals: Vec<String>,
    /// Workflows of GitHub.
    pub workflows: Vec<Workflows>,
}

/// Workflows of one repository, by the subject of their tokens (GitHub's documentation, "OIDC
/// reference").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflows {
    /// `anycompany/mail`.
    pub repository: String,
    /// `ref:refs/heads/main`, `environment:production` or `pull_request`.
    pub subject: String,
}

/// The text names no repository and subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWorkflows;

impl fmt::Display for NoWorkflows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "name a repository and the subject of its tokens: OWNER/REPO:ref:refs/heads/main, \
             OWNER/REPO:environment:NAME or OWNER/REPO:pull_request",
        )
    }
}

impl std::error::Error for NoWorkflows {}

impl FromStr for Workflows {
    type Err = NoWorkflows;

    fn from_str(text: &str) -> Result<Self, NoWorkflows> {
        let (repository, subject) = text.split_once(':').ok_or(NoWorkflows)?;
        let mut names = repository.split('/');
        let whole = |name: Option<&str>| name.is_some_and(|name| !name.is_empty());
        let is_repository = whole(names.next()) && whole(names.next()) && names.next().is_none();
        let known = ["ref:refs/", "environment:"];
        let is_subject = subject == "pull_request"
            || known
                .iter()
                .any(|start| subject.len() > start.len() && subject.starts_with(start));
        // A star would let in what nobody named: another branch, or another repository.
        if !is_repository || !is_subject || text.contains(['*', '?']) {
            return Err(NoWorkflows);
        }
        Ok(Self {
            repository: repository.to_owned(),
            subject: subject.to_owned(),
        })
    }
}

/// The host whose tokens GitHub's workflows bring.
const GITHUB: &str = "token.actions.githubusercontent.com";

impl Trusted {
    /// Whether nobody is.
    pub fn is_nobody(&self) -> bool {
        self.principals.is_empty() && self.workflows.is_empty()
    }

    /// The trust policy of a role of `account`, with the external id that it asks for.
    pub fn policy(&self, account: &AccountId, partition: &str, external_id: Option<&str>) -> Value {
        let mut statements = Vec::new();
        if !self.principals.is_empty() {
            statements.extend(self.of_principals(external_id));
        }
        if !self.workflows.is_empty() {
            statements.push(self.of_workflows(account, partition));
        }
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    /// A session that brings tags or a source identity of its own, as EKS Pod Identity's do, needs two
    /// more permissions. They know no external id, so they stand by themselves; alone they let
    /// nobody in.
    fn of_principals(&self, external_id: Option<&str>) -> [Value; 2] {
        let allow = |actions: &[&str]| {
            json!({
                "Effect": "Allow",
                "Principal": { "AWS": self.principals },
                "Action": actions,
            })
        };
        let mut assume = allow(&["sts:AssumeRole"]);
        if let Some(id) = external_id {
            assume["Condition"] = json!({ "StringEquals": { "sts:ExternalId": id } });
        }
        [assume, allow(&["sts:SetSourceIdentity", "sts:TagSession"])]
    }

    fn of_workflows(&self, account: &AccountId, partition: &str) -> Value {
        let subjects = self.workflows.iter();
        let subjects: Vec<String> = subjects
            .map(|one| format!("repo:{}:{}", one.repository, one.subject))
            .collect();
        json!({
            "Effect": "Allow",
            "Principal": {
                "Federated": format!("arn:{partition}:iam::{account}:oidc-provider/{GITHUB}"),
            },
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {
                "StringEquals": {
                    format!("{GITHUB}:aud"): "sts.amazonaws.com",
                    format!("{GITHUB}:sub"): subjects,
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_have_a_repository_and_a_subject() {
        for (text, good) in [
            ("anycompany/mail:ref:refs/heads/main", true),
            ("anycompany/mail:environment:production", true),
            ("anycompany/mail:pull_request", true),
            ("anycompany/mail", false),
            ("anycompany/mail:*", false),
            ("anycompany/*:pull_request", false),
            ("anycompany:pull_request", false),
            ("anycompany/mail:ref:refs/", false),
            ("anycompany/mail:environment:", false),
        ] {
            assert_eq!(text.parse::<Workflows>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn r_52_sessions_with_tags_and_a_source_identity_may_assume_the_role() {
        let trusted = Trusted {
            principals: vec!["arn:aws:iam::999999999999:role/ci".to_owned()],
            workflows: Vec::new(),
        };
        let account = "111111111111".parse().expect("an account id");
        let policy = trusted.policy(&account, "aws", Some("anycompany"));
        let [assume, bring] = [0, 1].map(|at| &policy["Statement"][at]);
        assert_eq!(assume["Action"], json!(["sts:AssumeRole"]));
        assert_eq!(
            assume["Condition"],
            json!({ "StringEquals": { "sts:ExternalId": "anycompany" } })
        );
        assert_eq!(
            bring["Action"],
            json!(["sts:SetSourceIdentity", "sts:TagSession"])
        );
        assert_eq!(bring["Condition"], Value::Null);
    }

    #[test]
    fn a_workflow_is_let_in_by_its_whole_subject() {
        let workflows = "anycompany/mail:ref:refs/heads/main";
        let trusted = Trusted {
            principals: Vec::new(),
            workflows: vec![workflows.parse().expect("workflows")],
        };
        let account = "111111111111".parse().expect("an account id");
        let policy = trusted.policy(&account, "aws", Some("anycompany"));
        assert_eq!(
            policy["Statement"],
            json!([{
                "Effect": "Allow",
                "Principal": {
                    "Federated": "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
                },
                "Action": ["sts:AssumeRoleWithWebIdentity"],
                "Condition": {
                    "StringEquals": {
                        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                        "token.actions.githubusercontent.com:sub": ["repo:anycompany/mail:ref:refs/heads/main"],
                    },
                },
            }])
        );
    }
}
