//! A server on loopback that takes messages as each service documents it, and refuses what is beyond
//! its limits.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::Notify;

use crate::deliver::{Answer, Post, Request, Unsent};
use crate::https::Https;

/// The reaction of the server to a request, in place of judging it.
pub(super) enum Behaviour {
    /// Answers with this status, these header lines and this text.
    Says(u16, &'static str, &'static str),
    /// Answers nothing, and keeps the connection.
    Stalls,
    /// Closes the connection.
    Hangs,
    /// Judges it, as soon as the test sends something.
    Waits(Receiver<()>),
}

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) path: String,
    pub(super) media_type: String,
    pub(super) body: Value,
}

#[derive(Default)]
struct Inside {
    got: Vec<Got>,
    script: VecDeque<Behaviour>,
    /// The senders that keep virtual time still, of each request that is on its way.
    holds: Vec<Sender<()>>,
    /// Connections that stall.
    stalled: Vec<TcpStream>,
}

/// The server. Each service has a path of its own: `/slack`, `/discord`.
#[derive(Clone)]
pub(super) struct Service {
    address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
    came: Arc<Notify>,
}

impl Service {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let service = Self {
            address: listener.local_addr().expect("an address"),
            inside: Arc::default(),
            came: Arc::default(),
        };
        let server = service.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        service
    }

    /// Sets the reaction to the next requests, one each.
    pub(super) fn will(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.inside().script.extend(behaviours);
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests that came since the last call.
    pub(super) fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.inside().got)
    }

    /// Waits until a request has come since the last [`Self::take`].
    pub(super) async fn request(&self) {
        // A word about a request that was taken since may still be there.
        while self.inside().got.is_empty() {
            self.came.notified().await;
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) {
        let Some(got) = read(&stream) else { return };
        let behaviour = {
            let mut inside = self.inside();
            inside.got.push(got.clone());
            inside.script.pop_front()
        };
        self.came.notify_one();
        let (status, headers, text) = match behaviour {
            None => judge(&got),
            Some(Behaviour::Says(status, headers, text)) => (status, headers, text.to_owned()),
            Some(Behaviour::Waits(until)) => {
                let _ = until.recv();
                judge(&got)
            }
            Some(Behaviour::Hangs) => return,
            Some(Behaviour::Stalls) => {
                let mut inside = self.inside();
                inside.stalled.push(stream);
                // Nothing else happens in this world: its time goes on.
                for hold in inside.holds.drain(..) {
                    let _ = hold.send(());
                }
                return;
            }
        };
        let length = text.len();
        let answer = format!(
            "HTTP/1.1 {status} Some\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{text}"
        );
        // A client that went away is what some tests are about.
        let _ = (&stream).write_all(answer.as_bytes());
    }
}

fn read(stream: &TcpStream) -> Option<Got> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut media_type) = (0, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "content-type" => value.trim().clone_into(&mut media_type),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Got {
        path,
        media_type,
        body: serde_json::from_slice(&body).ok()?,
    })
}

type Verdict = (u16, &'static str, String);

/// The answer of the service, in its own words, where the message is beyond its limits.
fn judge(got: &Got) -> Verdict {
    let refused = |status: u16, text: &str| (status, "", text.to_owned());
    let body = &got.body;
    match got.path.as_str() {
        "/slack" if is_slack(body) => refused(200, "ok"),
        "/slack" => refused(400, "invalid_blocks"),
        "/discord" if is_discord(body) => refused(204, ""),
        "/discord" => refused(400, r#"{"embeds": ["0"]}"#),
        "/teams" if body.to_string().len() <= 28 * 1024 && is_card(body) => refused(202, ""),
        "/teams" => refused(413, "Request body is too large"),
        "/google_chat" if is_text(&body["text"], 32_000) => refused(200, "{}"),
        "/google_chat" => refused(400, r#"{"error": {"status": "INVALID_ARGUMENT"}}"#),
        "/pagerduty" if is_event(body) => refused(202, r#"{"status": "success"}"#),
        "/pagerduty" => refused(400, r#"{"status": "invalid event"}"#),
        "/cloudevents" if is_cloudevent(got) => refused(200, ""),
        "/cloudevents" => refused(415, "no CloudEvent"),
        _ => refused(404, "no_team"),
    }
}

fn is_text(text: &Value, bytes_max: usize) -> bool {
    let length = text.as_str().map_or(0, str::len);
    (1..=bytes_max).contains(&length)
}

fn is_slack(body: &Value) -> bool {
    let blocks = body["blocks"].as_array();
    blocks.is_some_and(|blocks| {
        let fits = |block: &Value| {
            let max = if block["type"] == "header" { 150 } else { 3000 };
            let text = block["text"]["text"].as_str().unwrap_or_default();
            (1..=max).contains(&text.chars().count())
        };
        blocks.len() <= 50 && blocks.iter().all(fits)
    })
}

fn is_discord(body: &Value) -> bool {
    let length = |field: &str| {
        let text = body["embeds"][0][field].as_str();
        text.map_or(usize::MAX, |text| text.chars().count())
    };
    length("title") <= 256 && length("description") <= 4096
}

fn is_card(body: &Value) -> bool {
    let card = &body["attachments"][0];
    body["type"] == "message"
        && card["contentType"] == "application/vnd.microsoft.card.adaptive"
        && card["content"]["type"] == "AdaptiveCard"
}

fn is_event(body: &Value) -> bool {
    let is_known = body["routing_key"] == super::ROUTING_KEY && is_text(&body["dedup_key"], 255);
    let payload = &body["payload"];
    match body["event_action"].as_str() {
        Some("resolve") => is_known,
        Some("trigger") => {
            let severities = ["critical", "error", "warning", "info"];
            is_known
                && is_text(&payload["summary"], 1024)
                && is_text(&payload["source"], 1024)
                && severities.iter().any(|word| payload["severity"] == *word)
        }
        _ => false,
    }
}

fn is_cloudevent(got: &Got) -> bool {
    let is_there = |name: &&str| is_text(&got.body[*name], 1024);
    got.media_type.starts_with("application/cloudevents+json")
        && got.body["specversion"] == "1.0"
        && ["id", "source", "type", "time"].iter().all(is_there)
}

/// Posts for real while virtual time stands still: tokio does not move a paused clock on while a
/// blocking task runs. A server that stalls ends that task.
pub(super) struct Still {
    pub(super) https: Https,
    pub(super) service: Service,
}

#[async_trait]
impl Post for Still {
    async fn post(&self, request: &Request) -> Result<Answer, Unsent> {
        let (hold, until) = channel::<()>();
        self.service.inside().holds.push(hold.clone());
        let still = tokio::task::spawn_blocking(move || until.recv().is_ok());
        let answer = self.https.post(request).await;
        // One word ends it, whoever else keeps a sender.
        let _ = hold.send(());
        let _ = still.await;
        answer
    }
}
