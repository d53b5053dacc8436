//! Networks for the tests: one that answers from a list, and one that dates what passes through.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::{Access, Connection, Session, Sessions};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use clock::Clock;
use futures::stream;
use http_body_util::StreamBody;
use jiff::Timestamp;
use model::Location;
use sandbox::Sandbox;
use sandbox::sts::Role;
use sandbox::world::World;

pub(crate) const ACCOUNT: &str = "111111111111";

/// The answer to `GetCallerIdentity`.
pub(crate) const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::111111111111:user/u</Arn><UserId>U</UserId><Account>111111111111</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

/// The answer to a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A status and a body, which comes as a stream in two pieces.
    Says(u16, &'static str),
    /// The connection ends before there is an answer.
    Broken,
    /// The connection ends in the middle of a 200's body.
    Cut(&'static str),
    /// Nothing, ever.
    Silence,
}

/// A network that answers `GetCallerIdentity`, and everything else from a list, whose last answer
/// stays.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    /// The `Authorization` of each request.
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    /// The URI of each request.
    pub(crate) hosts: Arc<Mutex<Vec<String>>>,
    is_silent: bool,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            requests: Arc::default(),
            hosts: Arc::default(),
            is_silent: false,
        }
    }

    /// A network on which nobody answers, STS neither.
    pub(crate) fn silent() -> Self {
        Self {
            is_silent: true,
            ..Self::new([Answer::Silence])
        }
    }

    /// How many requests came, `GetCallerIdentity` apart.
    pub(crate) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    fn next(&self, request: &HttpRequest) -> Answer {
        if self.is_silent {
            return Answer::Silence;
        }
        if request.uri().contains("sts.") {
            return Answer::Says(200, CALLER);
        }
        let authorization = request.headers().get("authorization").unwrap_or_default();
        self.requests.lock().unwrap().push(authorization.to_owned());
        self.hosts.lock().unwrap().push(request.uri().to_owned());
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            0 | 1 => answers.front().cloned().unwrap_or(Answer::Silence),
            _ => answers.pop_front().unwrap(),
        }
    }
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.next(&request);
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Says(status, text) => Ok(respond(status, text, false)),
                Answer::Cut(text) => Ok(respond(200, text, true)),
                Answer::Broken => Err(ConnectorError::io("connection reset by peer".into())),
                Answer::Silence => std::future::pending().await,
            }
        })
    }
}

fn respond(status: u16, text: &'static str, is_cut: bool) -> HttpResponse {
    let (first, second) = text.split_at(text.len() / 2);
    let frame = |text: &'static str| {
        Ok::<_, std::io::Error>(http_body::Frame::data(bytes::Bytes::from_static(
            text.as_bytes(),
        )))
    };
    let last = if is_cut {
        Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
    } else {
        frame(second)
    };
    let body = StreamBody::new(stream::iter([frame(first), last]));
    let response = http::Response::builder()
        .status(status)
        .body(SdkBody::from_body_1_x(body))
        .unwrap();
    HttpResponse::try_from(response).unwrap()
}

/// Passes requests on, and notes how old their signatures are.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub(crate) inner: SharedHttpClient,
    pub(crate) clock: Clock,
    pub(crate) oldest: Arc<Mutex<Duration>>,
}

#[derive(Debug)]
struct DatedConnector(SharedHttpConnector, Dated);

impl HttpClient for Dated {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(DatedConnector(inner, self.clone()))
    }
}

impl HttpConnector for DatedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(date) = request.headers().get("x-amz-date") {
            let form = "%Y%m%dT%H%M%SZ %z";
            let signed = Timestamp::strptime(form, format!("{date} +0000")).unwrap();
            let age = self.1.clock.now().duration_since(signed).unsigned_abs();
            let mut oldest = self.1.oldest.lock().unwrap();
            *oldest = (*oldest).max(age);
        }
        self.0.call(request)
    }
}

/// Credentials that are counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted(pub(crate) Arc<Mutex<u32>>);

impl ProvideCredentials for Counted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        let key = format!("AKIA{count}");
        future::ProvideCredentials::ready(Ok(Credentials::new(key, "secret", None, None, "test")))
    }
}

pub(crate) fn clock() -> Clock {
    let noon: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    Clock::starting_at(noon, 1.0)
}

pub(crate) fn access(role: Option<&str>) -> Access {
    Access {
        id: ACCOUNT.parse().expect("an account id"),
        role: role.map(str::to_owned),
        profile: None,
        external_id: None,
        session_name: None,
    }
}

pub(crate) fn location(region: &str) -> Location {
    Location {
        account: "mail".into(),
        account_id: ACCOUNT.parse().expect("an account id"),
        region: region.into(),
    }
}

/// A session over this network.
pub(crate) async fn session(
    access: Access,
    connection: Connection,
) -> Result<Arc<Session>, aws::SessionError> {
    let sessions = Sessions::new(BTreeMap::from([("mail".into(), access)]), connection);
    sessions.session(&location("us-east-1")).await
}

/// A session over a scripted network.
pub(crate) async fn scripted(script: &Script, clock: Clock) -> (Arc<Session>, Counted) {
    let counted = Counted::default();
    let connection = Connection {
        http: Some(SharedHttpClient::new(script.clone())),
        credentials: Some(SharedCredentialsProvider::new(counted.clone())),
        ..Connection::new(clock)
    };
    (session(access(None), connection).await.unwrap(), counted)
}

/// A world in which the role of the account is denied these actions.
pub(crate) fn world_denying(denied: &[&str]) -> World {
    let mut world = World::calm();
    world.sts.seed_account(ACCOUNT, &[]);
    world.sts.seed_account("999999999999", &[]);
    let role = Role {
        denied: denied.iter().map(|action| (*action).to_owned()).collect(),
        ..Role::default()
    };
    let account = world.sts.accounts.entry(ACCOUNT.to_owned()).or_default();
    account.roles.insert("mail-deploy".to_owned(), role);
    world
}

/// A session of that role.
pub(crate) async fn in_sandbox(sandbox: &Sandbox) -> Arc<Session> {
    let credentials = sandbox.credentials("999999999999");
    let connection = Connection {
        http: Some(sandbox.http_client()),
        credentials: Some(SharedCredentialsProvider::new(credentials)),
        ..Connection::new(sandbox.clock())
    };
    session(access(Some("mail-deploy")), connection)
        .await
        .unwrap()
}
