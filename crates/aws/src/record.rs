//! The exchanges with AWS, told to somebody who writes them down: `cargo xtask real` compares AWS with the
//! sandbox by them.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

/// One request to AWS, and what came of it. It holds the signature, and it may hold credentials: whoever
/// keeps it takes them out first.
#[derive(Debug)]
pub struct Exchange {
    /// The request as it was signed. A body that is streamed is not in it.
    pub request: http::Request<Bytes>,
    /// The answer, whole; nothing where none came, or where it ended in its middle.
    pub answer: Option<http::Response<Bytes>>,
}

/// Hears each exchange with AWS.
#[derive(Clone)]
pub struct Recorder(Arc<Hear>);

type Hear = dyn Fn(Exchange) + Send + Sync;

impl Recorder {
    /// Hands every exchange to `hear`, in the order of the answers.
    pub fn new(hear: impl Fn(Exchange) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// `client`, its exchanges told.
    pub(crate) fn over(&self, client: SharedHttpClient) -> SharedHttpClient {
        let recorder = self.clone();
        SharedHttpClient::new(Recorded { client, recorder })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

#[derive(Debug)]
struct Recorded<T> {
    client: T,
    recorder: Recorder,
}

impl HttpClient for Recorded<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Recorded {
            client: self.client.http_connector(settings, components),
            recorder: self.recorder.clone(),
        })
    }
}

impl HttpConnector for Recorded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, recorder) = (self.client.clone(), self.recorder.clone());
        HttpConnectorFuture::new(async move {
            let sent = request
                .try_clone()
                .and_then(|one| one.try_into_http1x().ok());
            let sent = sent.map(|sent| sent.map(|body| held(&body)));
            let answer = match connector.call(request).await {
                Ok(answer) => whole(answer).await,
                Err(error) => Err(error),
            };
            if let Some(request) = sent {
                let answer = answer.as_ref().ok().map(clone_of);
                (recorder.0)(Exchange { request, answer });
            }
            let rebuilt = HttpResponse::try_from(answer?.map(SdkBody::from));
            rebuilt.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn held(body: &SdkBody) -> Bytes {
    Bytes::copy_from_slice(body.bytes().unwrap_or_default())
}

/// An answer with the whole of its body.
async fn whole(answer: HttpResponse) -> Result<http::Response<Bytes>, ConnectorError> {
    let answer = answer.try_into_http1x();
    let answer = answer.map_err(|error| ConnectorError::other(error.into(), None))?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(ConnectorError::io)?;
    Ok(http::Response::from_parts(parts, body.to_bytes()))
}

/// Without its extensions, which belong to the connection.
fn clone_of(answer: &http::Response<Bytes>) -> http::Response<Bytes> {
    let mut copy = http::Response::new(answer.body().clone());
    *copy.status_mut() = answer.status();
    *copy.headers_mut() = answer.headers().clone();
    copy
}
