//! Delivery of one message: three attempts, ten seconds each, as the service asks to be treated.

use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;

use crate::secret::Secret;
use crate::topic::Topic;

/// How often a message is attempted.
const ATTEMPTS: u32 = 3;
/// How long one attempt may take.
const LIMIT: Duration = Duration::from_secs(10);
/// The pause after the first attempt that failed; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that a service may ask for. A run does not wait longer for a message.
const PAUSE_MAX: Duration = Duration::from_mins(1);
/// The most characters of an answer that are shown.
const SHOWN_MAX: usize = 200;

/// A message on its way to a web server.
pub struct Request {
    /// The address.
    pub url: Secret,
    /// The media type of the body.
    pub media_type: &'static str,
    /// The body.
    pub body: String,
    /// The texts that no message of ours shows.
    pub(crate) secrets: Vec<Secret>,
}

impl std::fmt::Debug for Request {
    /// The body of some forms has a key in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}

/// The answer of a web server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long it asks to wait, as it says it.
    pub retry_after: Option<String>,
    /// The beginning of its text. Untrusted.
    pub text: String,
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It can't be sent like this.
    Unusable(String),
    /// The network failed: another attempt may succeed.
    Lost(String),
}

/// A way to web servers.
#[async_trait]
pub trait Post: Send + Sync {
    /// Posts a message once. No redirect is followed.
    async fn post(&self, request: &Request) -> Result<Answer, Unsent>;
}

/// A way to topics of SNS.
#[async_trait]
pub trait Publish: Send + Sync {
    /// Publishes a text with its subject to a topic, as the role of the topic's account.
    async fn publish(&self, topic: &Topic, subject: &str, text: &str) -> Result<(), String>;
}

/// The outcome of an attempt.
enum Verdict {
    Delivered,
    Again(Option<Duration>, String),
    Failed(String),
}

/// Delivers a message, or says why it could not. Errors do not name the URL.
pub(crate) async fn deliver(
    post: &dyn Post,
    clock: Clock,
    service: &str,
    request: &Request,
) -> Result<(), String> {
    let mut pause = PAUSE;
    let mut attempt = 1;
    loop {
        let answer = tokio::time::timeout(LIMIT, post.post(request)).await;
        let verdict = match answer {
            Ok(Ok(answer)) => judge(service, request, &answer),
            Ok(Err(Unsent::Unusable(why))) => Verdict::Failed(request.hidden(&why)),
            Ok(Err(Unsent::Lost(why))) => {
                let why = format!("{service} could not be reached: {}", request.hidden(&why));
                Verdict::Again(None, why)
            }
            Err(_) => {
                let why = format!("{service} did not answer within {} s", LIMIT.as_secs());
                Verdict::Again(None, why)
            }
        };
        let (asked, why) = match verdict {
            Verdict::Delivered => return Ok(()),
            Verdict::Failed(why) => return Err(why),
            Verdict::Again(asked, why) => (asked, why),
        };
        if attempt == ATTEMPTS {
            return Err(format!("{why} ({ATTEMPTS} attempts)"));
        }
        if let Some(asked) = asked.filter(|asked| *asked > PAUSE_MAX) {
            return Err(format!("{why}, and asks to wait {} s", asked.as_secs()));
        }
        clock.sleep(asked.unwrap_or(pause)).await;
        pause *= 2;
        attempt += 1;
    }
}

impl Request {
    fn hidden(&self, text: &str) -> String {
        let secrets = self.secrets.iter();
        secrets.fold(text.to_owned(), |text, secret| secret.hidden_in(&text))
    }
}

fn judge(service: &str, request: &Request, answer: &Answer) -> Verdict {
    let said = request.hidden(answer.text.trim());
    let said: String = said.chars().take(SHOWN_MAX).collect();
    let text = match said.as_str() {
        "" => format!("{service} answers {}", answer.status),
        said => format!("{service} answers {}: {said}", answer.status),
    };
    match answer.status {
        200..300 => Verdict::Delivered,
        300..400 => Verdict::Failed(format!(
            "{service} answers {} and leads elsewhere, which is not followed: name the address itself",
            answer.status
        )),
        408 | 429 | 500.. => Verdict::Again(retry_after(answer), text),
        _ => Verdict::Failed(text),
    }
}

/// The pause that a server asks for, in seconds, perhaps with a fraction (Discord). A date (RFC 9110
/// §10.2.3) is sent by none of these services, and would compare two clocks.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let seconds: f64 = answer.retry_after.as_deref()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
