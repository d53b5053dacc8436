//! The AWS endpoint on a local port, for other people's clients.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use tokio::net::TcpListener;

use crate::Sandbox;
use crate::broken::{self, Cut};
use crate::call::{Origin, Reply, Streamed};
use crate::intake::Failed;

impl Sandbox {
    /// Answers the AWS API on `listener`, for clients with `AWS_ENDPOINT_URL`. The signature of a
    /// request says which service it is for.
    pub async fn serve_aws(self, listener: TcpListener) -> io::Result<()> {
        let app = axum::Router::new().fallback(answer).with_state(self);
        axum::serve(listener, app).await
    }
}

async fn answer(State(sandbox): State<Sandbox>, request: http::Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = match sandbox.receive(&parts, body).await {
        Ok(body) => body,
        Err(Failed::Refused(reply)) => return streamed(*reply),
        Err(Failed::Broken) => return status(http::StatusCode::BAD_REQUEST),
    };
    match sandbox.carry(Origin::Socket, parts, body).await {
        Ok(reply) => streamed(reply),
        // A client over a socket sees a gateway that gave up.
        Err(_) => status(http::StatusCode::GATEWAY_TIMEOUT),
    }
}

/// An answer as it is sent: the bytes of a large object are read from its files on the way.
fn streamed(reply: Reply) -> Response {
    if let Some(chunks) = reply.extensions().get::<Streamed>().map(Streamed::chunks) {
        return reply.map(|_| Body::from_stream(futures::stream::iter(chunks)));
    }
    match reply.extensions().get::<Cut>().copied() {
        Some(cut) => reply.map(|body| Body::from_stream(broken::pieces(&body, Some(cut)))),
        None => reply.map(Body::from),
    }
}

fn status(status: http::StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
