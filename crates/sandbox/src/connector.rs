//! The sandbox as the AWS SDK's HTTP client: no socket, the same bytes.

use std::fmt;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures::StreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::Sandbox;
use crate::broken::{self, Cut};
use crate::call::{Reply, whole};

/// Hands the SDK's signed requests to a sandbox.
#[derive(Clone)]
struct Connector(Sandbox);

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connector")
    }
}

impl Sandbox {
    /// An HTTP client for the AWS SDK that reaches this sandbox and nothing else.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Connector(self.clone()))
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sandbox = self.0.clone();
        HttpConnectorFuture::new(async move { exchange(&sandbox, request).await })
    }
}

async fn exchange(sandbox: &Sandbox, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    // A streamed body says how it ends (and its trailers) only when it is read.
    let body = body
        .collect()
        .await
        .map_err(ConnectorError::user)?
        .to_bytes();
    let reply = sandbox
        .call(http::Request::from_parts(parts, body))
        .await
        .map_err(|error| ConnectorError::timeout(error.into()))?;
    HttpResponse::try_from(stream(whole(reply)))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

/// The answer as a stream of pieces, as it comes over a network: whoever reads it has to read it
/// whole before it can be parsed.
fn stream(reply: Reply) -> http::Response<SdkBody> {
    let (parts, body) = reply.into_parts();
    let cut = parts.extensions.get::<Cut>().copied();
    let frames = broken::pieces(&body, cut).map(|piece| piece.map(Frame::data));
    let body = StreamBody::new(frames);
    http::Response::from_parts(parts, SdkBody::from_body_1_x(body))
}
