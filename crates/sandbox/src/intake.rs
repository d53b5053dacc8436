//! Bodies on their way in: how much of one is held in memory, and when the rest is read.
//!
//! A body of up to [`HELD`] bytes is read before anything else is known about its request. A larger one
//! is read only when its headers show that it is an upload to S3 which would be let in; it goes
//! into a file as it comes, so that neither its size nor its number takes memory.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http_body_util::BodyExt;

use crate::Sandbox;
use crate::call::{Incoming, Origin, Reply};

/// More than any document of AWS: a batch of 1,000 keys, 10,000 parts, 1,000 record sets.
const HELD: usize = 4 * 1024 * 1024;

/// Objects up to this size are kept in the world itself.
const KEPT_IN_WORLD: usize = 64 * 1024;

/// Why there is no body.
pub(crate) enum Failed {
    /// The answer to the request.
    Refused(Box<Reply>),
    /// The connection broke.
    Broken,
}

impl Sandbox {
    /// Reads the body of a request that comes over a socket.
    pub(crate) async fn receive(&self, parts: &Parts, mut body: Body) -> Result<Incoming, Failed> {
        let mut held = BytesMut::new();
        while let Some(bytes) = next(&mut body).await? {
            held.extend_from_slice(&bytes);
            if held.len() > HELD {
                return self.receive_upload(parts, &held, body).await;
            }
        }
        let held = self.set_aside(parts, held.freeze());
        held.map_err(Failed::Refused)
    }

    async fn receive_upload(
        &self,
        parts: &Parts,
        held: &[u8],
        mut body: Body,
    ) -> Result<Incoming, Failed> {
        self.check_upload(Origin::Socket, parts)
            .map_err(Failed::Refused)?;
        let refused =
            |refused| Failed::Refused(Box::new(self.refuse(Origin::Socket, parts, refused)));
        let Some(files) = self.files() else {
            return self.hold(held, body).await;
        };
        let mut spool = files.begin(&parts.headers).map_err(refused)?;
        spool.take(held).map_err(refused)?;
        while let Some(bytes) = next(&mut body).await? {
            spool.take(&bytes).map_err(refused)?;
        }
        Ok(Incoming::Filed(spool.finish().map_err(refused)?))
    }

    /// A sandbox that is kept nowhere has no files: it holds everything in memory.
    async fn hold(&self, held: &[u8], body: Body) -> Result<Incoming, Failed> {
        let rest = body.collect().await.map_err(|_| Failed::Broken)?;
        let all = [held, &rest.to_bytes()].concat();
        Ok(Incoming::Held(all.into()))
    }

    /// Puts the body of an upload into a file, if it is large and the sandbox is kept.
    pub(crate) fn set_aside(&self, parts: &Parts, body: Bytes) -> Result<Incoming, Box<Reply>> {
        let files = self.files().filter(|_| body.len() > KEPT_IN_WORLD);
        let upload = files.filter(|_| self.check_upload(Origin::Process, parts).is_ok());
        let Some(files) = upload else {
            return Ok(Incoming::Held(body));
        };
        let spooled = files.begin(&parts.headers).and_then(|mut spool| {
            spool.take(&body)?;
            spool.finish()
        });
        spooled
            .map(Incoming::Filed)
            .map_err(|refused| Box::new(self.refuse(Origin::Process, parts, refused)))
    }
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Failed> {
    loop {
        let Some(frame) = body.frame().await else {
            return Ok(None);
        };
        let frame = frame.map_err(|_| Failed::Broken)?;
        if let Ok(bytes) = frame.into_data() {
            return Ok(Some(bytes));
        }
    }
}
