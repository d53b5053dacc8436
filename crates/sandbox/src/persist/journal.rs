//! The lines of the journal: what was called since the world was written.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Kept;
use crate::api;
use crate::bodies::Arrived;
use crate::call::Call;
use crate::stats::Logged;

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Counted from 1, over all journals of the folder.
    pub(crate) number: u64,
    pub(crate) event: Event,
}

/// The event of a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// A call changed the world.
    Change(Box<Request>),
    /// A call was answered, and counts.
    Call(Box<Logged>),
}

/// All that a call's effect follows from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    at: Timestamp,
    /// When it arrived. What was carried out between that and `at` did not keep it from its effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arrived: Option<Timestamp>,
    /// The caller's time, where it is not the world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller_at: Option<Timestamp>,
    account: String,
    principal: String,
    region: String,
    service: String,
    id: String,
    method: String,
    uri: String,
    /// HTTP's header values are octets: each is written as the character of its number.
    headers: Vec<(String, String)>,
    /// In base64.
    body: String,
    /// The body of an upload that is in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arrived_body: Option<Arrived>,
}

impl Event {
    pub(crate) fn change(call: &Call) -> Self {
        let value = |value: &http::HeaderValue| {
            value
                .as_bytes()
                .iter()
                .map(|octet| char::from(*octet))
                .collect()
        };
        let headers = call.request.headers.iter();
        Self::Change(Box::new(Request {
            at: call.now,
            arrived: (call.arrived != call.now).then_some(call.arrived),
            caller_at: (call.caller_now != call.now).then_some(call.caller_now),
            account: call.account.clone(),
            principal: call.principal.clone(),
            region: call.region.clone(),
            service: call.service.clone(),
            id: call.request_id.clone(),
            method: call.request.method.to_string(),
            uri: call.request.uri.to_string(),
            headers: headers
                .map(|(name, octets)| (name.to_string(), value(octets)))
                .collect(),
            body: STANDARD.encode(&call.body),
            arrived_body: call.arrived_body.clone(),
        }))
    }
}

impl Request {
    /// The call as it was. Nothing when this program did not write it.
    fn call(mut self, files: &Path) -> Option<Call> {
        if let Some(arrived) = &mut self.arrived_body {
            files.clone_into(&mut arrived.filed.folder);
        }
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(self.uri);
        for (name, value) in self.headers {
            let octets: Option<Vec<u8>> = value
                .chars()
                .map(|octet| u8::try_from(octet).ok())
                .collect();
            request = request.header(name, octets?);
        }
        let (request, ()) = request.body(()).ok()?.into_parts();
        Some(Call {
            account: self.account,
            principal: self.principal,
            region: self.region,
            service: self.service,
            request,
            body: STANDARD.decode(self.body).ok()?.into(),
            arrived_body: self.arrived_body,
            now: self.at,
            arrived: self.arrived.unwrap_or(self.at),
            caller_now: self.caller_at.unwrap_or(self.at),
            request_id: self.id,
        })
    }
}

/// How a journal ends.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The number of the last line.
    pub(crate) lines: u64,
    /// How many bytes the whole lines have.
    pub(crate) length: u64,
}

/// Carries out what a journal says, as far as the world does not have it yet. The last line may be
/// half a one: its call was never answered.
pub(crate) fn carry_out(
    kept: &mut Kept,
    files: &Path,
    text: &[u8],
) -> Result<Read, serde_json::Error> {
    let mut read = Read {
        lines: kept.lines,
        length: 0,
    };
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        if !line.ends_with(b"\n") {
            break;
        }
        let Line { number, event } = serde_json::from_slice(line)?;
        read.length += u64::try_from(line.len()).unwrap_or(0);
        if number > read.lines {
            read.lines = number;
            take(kept, files, event);
        }
    }
    kept.lines = read.lines;
    // The log is of one process.
    kept.stats.log.clear();
    Ok(read)
}

fn take(kept: &mut Kept, files: &Path, event: Event) {
    match event {
        Event::Change(request) => {
            kept.time = kept.time.max(request.at);
            if let Some(call) = request.call(files) {
                api::replay(&mut kept.world, &call);
            }
        }
        Event::Call(logged) => {
            kept.calls += 1;
            kept.time = kept.time.max(logged.at);
            kept.stats.record(*logged);
        }
    }
}

#[cfg(test)]
mod tests;
