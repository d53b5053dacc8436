//! The way of a request over the network: how long it may take, who is told that it takes long, and
//! what its answer says of the time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use clock::Clock;

use crate::skew::Skew;

/// How long an answer may take to begin. AWS's control planes answer within seconds; what takes
/// longer is an endpoint that accepts connections and does nothing with them.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// After how long somebody is told that an answer is awaited.
const SLOW: Duration = Duration::from_secs(10);

/// Hears what the sessions wait for.
#[derive(Clone, Default)]
pub struct Notice(Option<Arc<Hear>>);

type Hear = dyn Fn(&str) + Send + Sync;

impl Notice {
    /// Hands every sentence to `hear`.
    pub fn to(hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    fn say(&self, text: &str) {
        if let Some(hear) = &self.0 {
            hear(text);
        }
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notice")
    }
}

/// No answer within [`ANSWER_LIMIT`].
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", ANSWER_LIMIT.as_secs())]
struct Unanswered;

/// The way that all requests of a program have in common.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) clock: Clock,
    pub(crate) skew: Skew,
    pub(crate) notice: Notice,
}

impl Wire {
    /// `client`, its requests limited and its answers observed.
    pub(crate) fn watch(&self, client: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Watched {
            client,
            wire: self.clone(),
        })
    }
}

#[derive(Debug)]
struct Watched<T> {
    client: T,
    wire: Wire,
}

impl HttpClient for Watched<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Watched {
            client: self.client.http_connector(settings, components),
            wire: self.wire.clone(),
        })
    }
}

impl HttpConnector for Watched<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, wire) = (self.client.clone(), self.wire.clone());
        HttpConnectorFuture::new(async move {
            let host = host(request.uri()).to_owned();
            let sent = wire.clock.now();
            let mut answer = connector.call(request);
            let answer = tokio::select! {
                biased;
                answer = &mut answer => answer,
                () = wire.clock.sleep(SLOW) => {
                    wire.notice.say(&format!("{host} has not answered for {} s", SLOW.as_secs()));
                    tokio::select! {
                        biased;
                        answer = &mut answer => answer,
                        () = wire.clock.sleep(ANSWER_LIMIT.saturating_sub(SLOW)) => {
                            Err(ConnectorError::timeout(Unanswered.into()))
                        }
                    }
                }
            };
            if let Ok(response) = &answer {
                wire.skew.note(response, sent, wire.clock.now());
            }
            answer
        })
    }
}

/// The host of a URI, with its port.
fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}
