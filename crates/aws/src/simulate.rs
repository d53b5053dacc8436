//! IAM's `SimulatePrincipalPolicy`: what a principal may do, without doing it.

use model::{ErrorClass, KindError};
use serde::Deserialize;

use crate::by_hand::{Operation, Protocol, encode};
use crate::session::Session;
use crate::simulator::Known;

const OPERATION: &str = "SimulatePrincipalPolicy";

/// IAM's decision on one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The action: `s3:PutObject`.
    pub action: String,
    /// Whether it is allowed, by the principal's policies and by the organisation's.
    pub allowed: bool,
    /// IAM's word: `allowed`, `implicitDeny`, `explicitDeny`.
    pub word: String,
    /// Condition keys that policies ask for and the simulation did not have: what is decided here
    /// may be decided otherwise at a call.
    pub missing: Vec<String>,
}

/// Asks IAM whether `principal`, a role or user of the session's account, may do `actions` on
/// `resource`. It changes nothing.
pub async fn simulate(
    session: &Session,
    principal: &str,
    actions: &[&str],
    resource: &str,
) -> Result<Vec<Decision>, KindError> {
    let form = form(principal, actions, resource);
    let mut known = session.simulator().0.lock().await;
    match &*known {
        Known::Refuses(error) => return Err(error.clone()),
        Known::Answers => {
            drop(known);
            return ask(session, form).await;
        }
        Known::Nothing => {}
    }
    let answer = ask(session, form).await;
    match &answer {
        Ok(_) => *known = Known::Answers,
        Err(error) if is_about_the_simulator(error) => *known = Known::Refuses(error.clone()),
        Err(_) => {}
    }
    answer
}

/// Whether a refusal would meet every question. IAM answers `InvalidInput` to actions that it does not
/// simulate together, which is about this question only (R-16; IAM API reference,
/// `SimulatePrincipalPolicy`).
fn is_about_the_simulator(error: &KindError) -> bool {
    let passes = matches!(error.class, ErrorClass::NotYet | ErrorClass::Throttled);
    !passes && error.code.as_deref() != Some("InvalidInput")
}

async fn ask(session: &Session, form: String) -> Result<Vec<Decision>, KindError> {
    let text = operation(session)
        .invoke(session.config(), session.lane(), form)
        .await?;
    decisions(&text)
}

fn form(principal: &str, actions: &[&str], resource: &str) -> String {
    let start = format!(
        "Action={OPERATION}&Version=2010-05-08&MaxItems=1000&PolicySourceArn={}&ResourceArns.member.1={}",
        encode(principal),
        encode(resource)
    );
    let named = actions.iter().zip(1..).map(|(action, number)| {
        let action = encode(action);
        format!("&ActionNames.member.{number}={action}")
    });
    std::iter::once(start).chain(named).collect()
}

/// IAM is in one place for each partition, and its signatures are of that place's region.
fn operation(session: &Session) -> Operation {
    let (url, region) = match crate::access::partition(session.location().region.as_str()) {
        "aws-cn" => ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        "aws-us-gov" => ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-eusc" => ("https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        _ => ("https://iam.amazonaws.com", "us-east-1"),
    };
    Operation {
        service: "IAM",
        signs_as: "iam",
        name: OPERATION,
        protocol: Protocol::Query,
        url: url.to_owned(),
        region: region.to_owned(),
    }
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "SimulatePrincipalPolicyResult")]
    result: Simulated,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simulated {
    #[serde(default)]
    evaluation_results: Members<Evaluation>,
}

#[derive(Deserialize)]
struct Members<T> {
    #[serde(rename = "member", default = "Vec::new")]
    members: Vec<T>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Evaluation {
    eval_action_name: String,
    eval_decision: String,
    #[serde(default)]
    missing_context_values: Members<String>,
    organizations_decision_detail: Option<Organization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    allowed_by_organizations: bool,
}

fn decisions(text: &str) -> Result<Vec<Decision>, KindError> {
    let response: Response = quick_xml::de::from_str(text).map_err(|error| {
        let message = format!("IAM's answer cannot be read: {error}");
        KindError::new(ErrorClass::Invalid, OPERATION, message)
    })?;
    let evaluations = response.result.evaluation_results.members;
    let decisions = evaluations.into_iter().map(|evaluation| {
        let organization = evaluation.organizations_decision_detail;
        let permitted = organization.is_none_or(|detail| detail.allowed_by_organizations);
        Decision {
            allowed: evaluation.eval_decision == "allowed" && permitted,
            action: evaluation.eval_action_name,
            word: if permitted {
                evaluation.eval_decision
            } else {
                "denied by the organisation".to_owned()
            },
            missing: evaluation.missing_context_values.members,
        }
    });
    Ok(decisions.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the API reference shows it, with what an organisation adds.
    const ANSWER: &str = r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <SimulatePrincipalPolicyResult>
    <IsTruncated>false</IsTruncated>
    <EvaluationResults>
      <member>
        <MatchedStatements>
          <member><SourcePolicyId>p</SourcePolicyId><EndPosition><Column>6</Column><Line>18</Line></EndPosition></member>
        </MatchedStatements>
        <MissingContextValues/>
        <EvalResourceName>arn:aws:s3:::bucket</EvalResourceName>
        <EvalDecision>allowed</EvalDecision>
        <EvalActionName>s3:ListBucket</EvalActionName>
      </member>
      <member>
        <MatchedStatements/>
        <MissingContextValues><member>aws:ResourceTag/team</member></MissingContextValues>
        <EvalDecision>implicitDeny</EvalDecision>
        <EvalActionName>s3:PutObject</EvalActionName>
      </member>
      <member>
        <EvalDecision>allowed</EvalDecision>
        <EvalActionName>s3:GetObject</EvalActionName>
        <OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>
      </member>
    </EvaluationResults>
  </SimulatePrincipalPolicyResult>
  <ResponseMetadata><RequestId>1cdb5b0a</RequestId></ResponseMetadata>
</SimulatePrincipalPolicyResponse>"#;

    #[test]
    fn decisions_are_read_as_iam_writes_them() {
        let decisions = decisions(ANSWER).expect("an answer");
        let short: Vec<(&str, bool, usize)> = decisions
            .iter()
            .map(|one| (one.action.as_str(), one.allowed, one.missing.len()))
            .collect();
        assert_eq!(
            short,
            [
                ("s3:ListBucket", true, 0),
                ("s3:PutObject", false, 1),
                ("s3:GetObject", false, 0)
            ]
        );
    }

    #[test]
    fn a_form_names_each_action() {
        let form = form(
            "arn:aws:iam::1:role/x",
            &["s3:GetObject", "s3:PutObject"],
            "*",
        );
        assert!(
            form.ends_with(
                "ActionNames.member.1=s3%3AGetObject&ActionNames.member.2=s3%3APutObject"
            )
        );
        assert!(form.contains("PolicySourceArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx&"));
    }
}
