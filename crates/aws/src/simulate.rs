//! IAM's `SimulatePrincipalPolicy`: what a principal may do, without doing it.

use std::fmt::Write as _;

use model::{ErrorClass, KindError, Only};
use serde::Deserialize;

use crate::by_hand::encode;
use crate::iam;
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

/// A question for IAM's simulator.
#[derive(Clone, Debug, Default)]
pub struct Question<'a> {
    /// The ARN of a role or user of the session's account.
    pub principal: &'a str,
    /// IAM's names of what it would do.
    pub actions: Vec<&'a str>,
    /// The ARN of what it would do that to, or `*`.
    pub resource: &'a str,
    /// The condition keys that its request would have.
    pub context: Vec<Only>,
}

/// Asks IAM whether a principal may do something. It changes nothing.
///
/// IAM answers `InvalidInput` to actions that it does not simulate together (R-16; IAM API reference,
/// `SimulatePrincipalPolicy`), and does not say in a form which could be: such a question is asked in
/// halves.
pub async fn simulate(
    session: &Session,
    question: &Question<'_>,
) -> Result<Vec<Decision>, KindError> {
    let mut open = vec![question.clone()];
    let mut decisions = Vec::new();
    while let Some(question) = open.pop() {
        match ask_if_it_answers(session, form(&question)).await {
            Ok(decided) => decisions.extend(decided),
            Err(error) if is_mixture(&error) && question.actions.len() > 1 => {
                open.extend(question.halves());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(decisions)
}

impl Question<'_> {
    fn halves(self) -> [Self; 2] {
        let (first, second) = self.actions.split_at(self.actions.len() / 2);
        [second, first].map(|actions| Self {
            actions: actions.to_vec(),
            ..self.clone()
        })
    }
}

/// Asks, unless the simulator was found not to answer.
async fn ask_if_it_answers(session: &Session, form: String) -> Result<Vec<Decision>, KindError> {
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

/// Whether a refusal would meet every question.
fn is_about_the_simulator(error: &KindError) -> bool {
    let passes = matches!(error.class, ErrorClass::NotYet | ErrorClass::Throttled);
    !passes && !is_mixture(error)
}

fn is_mixture(error: &KindError) -> bool {
    error.code.as_deref() == Some("InvalidInput")
}

async fn ask(session: &Session, form: String) -> Result<Vec<Decision>, KindError> {
    let text = iam::operation(session, OPERATION)
        .invoke(session.config(), session.lane(), form)
        .await?;
    decisions(&text)
}

fn form(question: &Question) -> String {
    let mut form = format!(
        "Action={OPERATION}&Version=2010-05-08&MaxItems=1000&PolicySourceArn={}&ResourceArns.member.1={}",
        encode(question.principal),
        encode(question.resource)
    );
    let mut add = |name: &str, value: &str| {
        let _ = write!(form, "&{name}={}", encode(value));
    };
    for (action, number) in question.actions.iter().zip(1..) {
        add(&format!("ActionNames.member.{number}"), action);
    }
    for (only, number) in question.context.iter().zip(1..) {
        let entry = format!("ContextEntries.member.{number}");
        let sort = if only.many { "stringList" } else { "string" };
        add(&format!("{entry}.ContextKeyName"), only.key);
        add(&format!("{entry}.ContextKeyType"), sort);
        for (value, number) in only.values.iter().zip(1..) {
            add(&format!("{entry}.ContextKeyValues.member.{number}"), value);
        }
    }
    form
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
    fn a_form_names_each_action_and_each_condition_key() {
        let form = form(&Question {
            principal: "arn:aws:iam::1:role/x",
            actions: vec!["s3:GetObject", "s3:PutObject"],
            resource: "*",
            context: vec![Only::all_of("a:b", ["c", "d"])],
        });
        assert!(form.contains("PolicySourceArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx&"));
        assert!(form.ends_with(
            "&ActionNames.member.1=s3%3AGetObject&ActionNames.member.2=s3%3APutObject\
             &ContextEntries.member.1.ContextKeyName=a%3Ab\
             &ContextEntries.member.1.ContextKeyType=stringList\
             &ContextEntries.member.1.ContextKeyValues.member.1=c\
             &ContextEntries.member.1.ContextKeyValues.member.2=d"
        ));
    }
}
