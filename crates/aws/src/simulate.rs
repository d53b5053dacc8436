//! IAM's `SimulatePrincipalPolicy`: what a principal may do, without doing it.
//!
//! One operation of a service does not weigh its SDK, which takes a minute to compile. So the
//! request is written here, in IAM's query protocol, and the SDK's own runtime signs, sends and
//! repeats it.

use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{FrozenLayer, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use model::{ErrorClass, KindError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::repeat::Classifier;
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
    let operation = operation(session, &Endpoint::of(session))?;
    let answer = operation.invoke(form).await;
    let text = answer.map_err(|error| crate::error(OPERATION, &error))?;
    decisions(&text)
}

fn form(principal: &str, actions: &[&str], resource: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
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

/// The endpoint of IAM, and the region of its signatures: it is one for each partition.
struct Endpoint {
    url: &'static str,
    region: &'static str,
}

impl Endpoint {
    fn of(session: &Session) -> Self {
        let (url, region) = match crate::access::partition(session.location().region.as_str()) {
            "aws-cn" => ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            "aws-us-gov" => ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            "aws-eusc" => ("https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            _ => ("https://iam.amazonaws.com", "us-east-1"),
        };
        Self { url, region }
    }
}

/// IAM's error.
#[derive(Debug)]
struct Refused(ErrorMetadata);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn operation(
    session: &Session,
    endpoint: &Endpoint,
) -> Result<Operation<String, String, Refused>, KindError> {
    let (config, lane) = (session.config(), session.lane());
    let missing = |what: &str| KindError::new(ErrorClass::Invalid, OPERATION, what.to_owned());
    let http = config
        .http_client()
        .ok_or_else(|| missing("no HTTP client"))?;
    let time = config.time_source().ok_or_else(|| missing("no clock"))?;
    let sleep = config.sleep_impl().ok_or_else(|| missing("no clock"))?;
    let credentials = config.credentials_provider();
    let credentials = credentials.ok_or_else(|| missing("no credentials"))?;
    let retries = config.retry_config().cloned();
    let timeouts = config.timeout_config().cloned();
    let signer = StaticRuntimePlugin::new()
        .with_config(signing(endpoint.region))
        .with_runtime_components(
            RuntimeComponentsBuilder::new("sigv4")
                .with_auth_scheme(SigV4AuthScheme::new())
                .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                    SCHEME_ID,
                ])))
                .with_identity_resolver(SCHEME_ID, credentials)
                .with_identity_cache(Some(lane.clone())),
        );
    Ok(Operation::builder()
        .service_name("IAM")
        .operation_name(OPERATION)
        .http_client(http)
        .endpoint_url(&endpoint_url(session, endpoint))
        .time_source(time)
        .sleep_impl(sleep)
        .timeout_config(timeouts.unwrap_or_else(TimeoutConfig::disabled))
        .standard_retry(&retries.unwrap_or_else(RetryConfig::standard))
        .retry_classifier(TransientErrorClassifier::<Refused>::new())
        .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(Classifier)
        .interceptor(lane)
        .runtime_plugin(signer)
        .serializer(|form: String| post(form))
        .deserializer(answer)
        .build())
}

/// The URL of the endpoint. A configured one leads to an emulator, and goes before AWS's own.
fn endpoint_url(session: &Session, endpoint: &Endpoint) -> String {
    let config = session.config();
    let key = ServiceConfigKey::builder()
        .service_id("IAM")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = config.service_config().zip(key.ok());
    own.and_then(|(settings, key)| settings.load_config(key))
        .or_else(|| config.endpoint_url().map(str::to_owned))
        .unwrap_or_else(|| endpoint.url.to_owned())
}

fn signing(region: &'static str) -> FrozenLayer {
    let mut layer = Layer::new("sigv4");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from_static(region)),
        name: Some(SigningName::from_static("iam")),
        ..SigV4OperationSigningConfig::default()
    });
    layer.freeze()
}

fn post(form: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", form.len())
        .body(SdkBody::from(form))?;
    Ok(HttpRequest::try_from(request)?)
}

/// The body of an answer, or the error in it.
fn answer(response: &HttpResponse) -> Result<String, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(body).into_owned();
    if response.status().is_success() {
        return Ok(text);
    }
    let error = quick_xml::de::from_str::<ErrorResponse>(&text);
    let mut meta = ErrorMetadata::builder();
    if let Ok(ErrorResponse { error }) = error {
        meta = meta.code(error.code).message(error.message);
    }
    Err(OrchestratorError::operation(Refused(meta.build())))
}

#[derive(Deserialize)]
struct ErrorResponse {
    #[serde(rename = "Error")]
    error: ErrorBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
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
