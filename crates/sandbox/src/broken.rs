//! Answers that are broken on their way: pages of a load balancer, and bodies that end too early.

use std::io;
use std::task::Poll;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderValue, Response, StatusCode};

use crate::call::Reply;

/// Says that only so many octets of a body arrive, and what comes after them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    at: usize,
    end: End,
}

/// The end of a body that is cut, after its last octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection ends.
    Broken,
    /// Nothing, for ever.
    Stalled,
}

/// The page of a load balancer whose service does not answer.
pub(crate) fn load_balancer(number: u64) -> Reply {
    let statuses = [
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::BAD_GATEWAY,
        StatusCode::INTERNAL_SERVER_ERROR,
    ];
    let status = statuses[usize::try_from(number % 3).unwrap_or(0)];
    let title = format!(
        "{} {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    );
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    let mut reply = Response::new(Bytes::from(page));
    *reply.status_mut() = status;
    let html = HeaderValue::from_static("text/html");
    reply.headers_mut().insert("content-type", html);
    reply
}

/// How many octets of an answer arrive at once.
const PIECE: usize = 512;

/// A body in the pieces in which it arrives.
pub(crate) fn pieces(
    body: &Bytes,
    cut: Option<Cut>,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let end = cut.map_or(body.len(), |cut| cut.at.min(body.len()));
    let whole = (0..end).step_by(PIECE);
    let whole = whole.map(|at| Ok(body.slice(at..end.min(at + PIECE))));
    let ends = cut.map(|cut| cut.end);
    let broken = (ends == Some(End::Broken)).then(|| Err(io::ErrorKind::UnexpectedEof.into()));
    let pieces: Vec<io::Result<Bytes>> = whole.chain(broken).collect();
    let rest = stream::poll_fn(move |_| match ends {
        Some(End::Stalled) => Poll::Pending,
        _ => Poll::Ready(None),
    });
    stream::iter(pieces).chain(rest)
}

/// The same answer, of whose body one half arrives.
pub(crate) fn cut(mut reply: Reply, end: End) -> Reply {
    let length = reply.body().len();
    if length < 2 {
        return reply;
    }
    announce(&mut reply, length);
    let at = length / 2;
    reply.extensions_mut().insert(Cut { at, end });
    reply
}

/// One half of an answer, which looks whole to whoever does not read it.
pub(crate) fn short(reply: Reply) -> Reply {
    let half = reply.body().len() / 2;
    let mut reply = reply.map(|body| body.slice(..half));
    announce(&mut reply, half);
    reply
}

fn announce(reply: &mut Reply, length: usize) {
    if let Ok(announced) = HeaderValue::from_str(&length.to_string()) {
        reply.headers_mut().insert("content-length", announced);
    }
}
