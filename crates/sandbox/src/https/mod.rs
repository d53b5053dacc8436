//! The HTTPS port: distributions by the name that a client asks TLS for.
//!
//! A client that asks for a name that no deployed distribution serves is shown the certificate of
//! `*.cloudfront.net`, as at AWS, and so has no good connection. A bucket
//! answers by its own name too, to show that it lets no anonymous reader in. Registries answer who asks for
//! registration data (`rdap`).

mod certificates;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Sandbox;
use crate::call::{Origin, whole};
use crate::cloudfront::edge::{self, Answer, Viewer};
use crate::rdap;

impl Sandbox {
    /// The root certificate of this sandbox's own authority as PEM: for `curl --cacert`.
    pub fn root_certificate(&self) -> String {
        self.world().acm.authority.certificate_pem()
    }

    /// Gives the sandbox's authority a secret of its own, if it has none yet. Whoever serves one to
    /// people calls this first: they may come to trust its root.
    pub fn make_authority_secret(&self) {
        let mut world = self.world();
        world.acm.authority.make_secret();
        self.save(&world);
    }

    /// Answers HTTPS on `listener`, for every name that a deployed distribution serves.
    pub async fn serve_https(self, listener: TcpListener) -> io::Result<()> {
        let acceptor = TlsAcceptor::from(Arc::new(self.tls().map_err(io::Error::other)?));
        loop {
            let (stream, _) = listener.accept().await?;
            let sandbox = self.clone();
            let acceptor = acceptor.clone();
            // A client that goes away in the middle is no one's concern but its own.
            tokio::spawn(sandbox.serve_connection(acceptor, stream));
        }
    }

    fn tls(&self) -> Result<ServerConfig, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificates::BySni::new(self.clone())));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    async fn serve_connection(self, acceptor: TlsAcceptor, stream: TcpStream) {
        let Ok(stream) = acceptor.accept(stream).await else {
            return;
        };
        let service = service_fn(move |request| {
            let sandbox = self.clone();
            async move { Ok::<_, io::Error>(sandbox.view(request).await) }
        });
        let _ = Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn view(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, _) = request.into_parts();
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let host = parts
            .uri
            .host()
            .or_else(|| header("host"))
            .unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        if edge::is_bucket(host) {
            return self
                .bucket(Origin::Socket, &parts.method, host, target)
                .await
                .map(Full::new);
        }
        let now = self.clock().now();
        if let Some(answer) = rdap::answer(&self.public_world(), host, target, now) {
            return response(answer).map(Full::new);
        }
        let viewer = Viewer {
            secure: true,
            method: parts.method.as_str(),
            host,
            target,
            if_none_match: header("if-none-match"),
            if_modified_since: header("if-modified-since"),
            now,
        };
        response(edge::answer(&mut *self.public_world(), &viewer)).map(Full::new)
    }

    /// The answer of a bucket to an anonymous reader. It is asked to read and nothing else: whoever signs
    /// requests sends them to the port of the AWS API.
    pub(crate) async fn bucket(
        &self,
        origin: Origin,
        method: &Method,
        host: &str,
        target: &str,
    ) -> Response<Bytes> {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let request = Request::builder()
            .method(method)
            .uri(format!("https://{host}{target}"));
        let answer = match request.body(Bytes::new()) {
            Ok(request) if reads => self.call_from(origin, request).await.ok().map(whole),
            _ => None,
        };
        answer.unwrap_or_else(|| {
            let mut refusal = Response::new(Bytes::new());
            *refusal.status_mut() = StatusCode::FORBIDDEN;
            refusal
        })
    }
}

/// The answer of the edge as an HTTP response.
pub(crate) fn response(answer: Answer) -> Response<Bytes> {
    let mut response = Response::new(answer.body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
