//! Operations that are written by hand, where one operation does not weigh the SDK of its service,
//! which takes a minute to compile (docs/decisions/0016). The body is made and read by whoever asks;
//! the SDK's own runtime signs, sends and repeats it.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
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
use serde::de::DeserializeOwned;

use crate::attempt::Lane;
use crate::repeat::Classifier;
use crate::session::Session;

/// The protocol of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    /// Forms, answered in XML.
    Query,
    /// JSON 1.1, whose requests name their target: `ServiceQuotasV20190624.ListServiceQuotas`.
    Json(&'static str),
}

/// One operation of a service.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The service id of its model: `IAM`.
    pub(crate) service: &'static str,
    /// The name that requests are signed for: `iam`.
    pub(crate) signs_as: &'static str,
    /// Its name: `SimulatePrincipalPolicy`.
    pub(crate) name: &'static str,
    pub(crate) protocol: Protocol,
    /// The endpoint that AWS has for it.
    pub(crate) url: String,
    /// The region of its signatures.
    pub(crate) region: String,
}

/// How long an answer in JSON may take, with all repeats. Nothing depends on what these operations tell: without
/// it, AWS's default is taken for a quota, and a change is nobody's. An emulator that has not got them answers
/// each repeat with 500, for a minute.
const PATIENCE: Duration = Duration::from_secs(15);

/// An operation whose questions and answers are JSON, at the endpoint of a region. It tells something that the
/// program can do without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonOperation {
    /// The service id of its model: `CloudTrail`.
    pub(crate) service: &'static str,
    /// The name of its hosts, and the one that requests are signed for: `cloudtrail`.
    pub(crate) host: &'static str,
    /// Its name: `LookupEvents`.
    pub(crate) name: &'static str,
    /// The target that requests name: `ServiceQuotasV20190624.ListServiceQuotas`.
    pub(crate) target: &'static str,
}

impl JsonOperation {
    /// Asks in the account and region of a session. An answer that cannot be read is ambiguous.
    pub(crate) async fn ask<A: DeserializeOwned>(
        self,
        session: &Session,
        question: &serde_json::Value,
    ) -> Result<A, KindError> {
        let region = session.location().region.as_str();
        let suffix = crate::access::suffix(region);
        let operation = Operation {
            service: self.service,
            signs_as: self.host,
            name: self.name,
            protocol: Protocol::Json(self.target),
            url: format!("https://{}.{region}.{suffix}", self.host),
            region: region.to_owned(),
        };
        let ambiguous = |message: String| KindError::new(ErrorClass::Ambiguous, self.name, message);
        let answer = operation.invoke(session.config(), session.lane(), question.to_string());
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let late = |_| ambiguous(format!("no answer in {} seconds", PATIENCE.as_secs()));
        serde_json::from_str(&answer.map_err(late)??)
            .map_err(|error| ambiguous(format!("the answer cannot be read: {error}")))
    }
}

/// A field of a form, encoded.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl Operation {
    /// Posts a body with the settings and in the lane of a session, and gives the answer's.
    pub(crate) async fn invoke(
        self,
        config: &SdkConfig,
        lane: Lane,
        body: String,
    ) -> Result<String, KindError> {
        let name = self.name;
        let operation = self.orchestrated(config, lane)?;
        let answer = operation.invoke(body).await;
        answer.map_err(|error| crate::error(name, &error))
    }

    fn orchestrated(
        &self,
        config: &SdkConfig,
        lane: Lane,
    ) -> Result<Orchestrated<String, String, Refused>, KindError> {
        let missing = |what: &str| KindError::new(ErrorClass::Invalid, self.name, what.to_owned());
        let http = config
            .http_client()
            .ok_or_else(|| missing("no HTTP client"))?;
        let time = config.time_source().ok_or_else(|| missing("no clock"))?;
        let sleep = config.sleep_impl().ok_or_else(|| missing("no clock"))?;
        let credentials = config.credentials_provider();
        let credentials = credentials.ok_or_else(|| missing("no credentials"))?;
        let protocol = self.protocol;
        let retries = config.retry_config().cloned();
        let timeouts = config.timeout_config().cloned();
        let signer = StaticRuntimePlugin::new()
            .with_config(self.signing())
            .with_runtime_components(
                RuntimeComponentsBuilder::new("sigv4")
                    .with_auth_scheme(SigV4AuthScheme::new())
                    .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(
                        vec![SCHEME_ID],
                    )))
                    .with_identity_resolver(SCHEME_ID, credentials)
                    .with_identity_cache(Some(lane.clone())),
            );
        Ok(Orchestrated::builder()
            .service_name(self.service)
            .operation_name(self.name)
            .http_client(http)
            .endpoint_url(&self.endpoint(config))
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
            .serializer(move |body: String| post(protocol, body))
            .deserializer(move |response: &HttpResponse| answer(protocol, response))
            .build())
    }

    /// The configured endpoint, which leads to other people's emulators, goes before AWS's own.
    fn endpoint(&self, config: &SdkConfig) -> String {
        let key = ServiceConfigKey::builder()
            .service_id(self.service)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let own = config.service_config().zip(key.ok());
        own.and_then(|(settings, key)| settings.load_config(key))
            .or_else(|| config.endpoint_url().map(str::to_owned))
            .unwrap_or_else(|| self.url.clone())
    }

    fn signing(&self) -> FrozenLayer {
        let mut layer = Layer::new("sigv4");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_types::region::Region::new(
                self.region.clone(),
            ))),
            name: Some(SigningName::from_static(self.signs_as)),
            ..SigV4OperationSigningConfig::default()
        });
        layer.freeze()
    }
}

/// The service's error.
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

fn post(protocol: Protocol, body: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::post("/").header("content-length", body.len());
    let request = match protocol {
        Protocol::Query => request.header("content-type", "application/x-www-form-urlencoded"),
        Protocol::Json(target) => request
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target),
    };
    Ok(HttpRequest::try_from(request.body(SdkBody::from(body))?)?)
}

/// The body of an answer, or the error in it.
fn answer(
    protocol: Protocol,
    response: &HttpResponse,
) -> Result<String, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(body).into_owned();
    if response.status().is_success() {
        return Ok(text);
    }
    let error = match protocol {
        Protocol::Query => {
            let read = quick_xml::de::from_str::<ErrorResponse>(&text);
            read.ok().map(|read| read.error)
        }
        Protocol::Json(_) => serde_json::from_str::<JsonError>(&text)
            .ok()
            .map(ErrorBody::from),
    };
    let mut meta = ErrorMetadata::builder();
    if let Some(ErrorBody { code, message }) = error {
        meta = meta.code(code).message(message);
    }
    Err(OrchestratorError::operation(Refused(meta.build())))
}

/// An error of a JSON protocol.
#[derive(Deserialize)]
struct JsonError {
    /// The code, behind the name of the service where it has one: `com.amazonaws#AccessDeniedException`.
    #[serde(rename = "__type")]
    code: String,
    #[serde(default, alias = "Message")]
    message: String,
}

impl From<JsonError> for ErrorBody {
    fn from(error: JsonError) -> Self {
        let code = error.code.rsplit('#').next().unwrap_or_default();
        Self {
            code: code.to_owned(),
            message: error.message,
        }
    }
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
