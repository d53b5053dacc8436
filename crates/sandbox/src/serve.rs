//! The AWS endpoint on a local port, for other people's clients.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http_body_util::BodyExt;
use tokio::net::TcpListener;

use crate::Sandbox;
use crate::handle::Origin;

impl Sandbox {
    /// Answers the AWS API on `listener`, for clients with `AWS_ENDPOINT_URL`. Which service a
    /// request is for follows from its signature.
    pub async fn serve_aws(self, listener: TcpListener) -> io::Result<()> {
        let app = axum::Router::new().fallback(answer).with_state(self);
        axum::serve(listener, app).await
    }
}

async fn answer(State(sandbox): State<Sandbox>, request: http::Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return status(http::StatusCode::BAD_REQUEST);
    };
    match sandbox
        .call_from(
            Origin::Socket,
            http::Request::from_parts(parts, body.to_bytes()),
        )
        .await
    {
        Ok(reply) => reply.map(Body::from),
        // A client over a socket sees a gateway that gave up.
        Err(_) => status(http::StatusCode::GATEWAY_TIMEOUT),
    }
}

fn status(status: http::StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
