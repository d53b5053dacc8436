//! Every exchange of a life, in the order of the answers, without secrets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use reconcile::{Exchange, Recorder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shape;

/// One exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The service of the signature: `route53`.
    pub service: String,
    /// AWS's name of the operation; the method and the path where the sandbox knows none.
    pub operation: String,
    /// The request: method, host, path and query.
    pub request: String,
    /// The body of the request, without secrets.
    pub sent: String,
    /// The status; 0 where no answer came.
    pub status: u16,
    /// The names of the headers that the service set.
    pub headers: BTreeSet<String>,
    /// The body of the answer, without secrets.
    pub answered: String,
}

/// A recording that goes on.
#[derive(Clone, Debug, Default)]
pub struct Recording(Arc<Mutex<Vec<Recorded>>>);

impl Recording {
    /// A recorder that writes into it.
    pub fn recorder(&self) -> Recorder {
        let all = self.0.clone();
        Recorder::new(move |exchange| {
            let one = recorded(exchange);
            all.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        })
    }

    /// The exchanges so far.
    pub fn all(&self) -> Vec<Recorded> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Recorded {
    /// How it ended: the status, with AWS's error code where it refused.
    pub fn outcome(&self) -> String {
        if self.status == 0 {
            return "no answer".to_owned();
        }
        match error_code(&self.answered).filter(|_| self.status >= 300) {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }

    /// The form of the answer.
    pub fn elements(&self) -> BTreeSet<String> {
        shape::elements(self.answered.as_bytes())
    }
}

fn recorded(exchange: Exchange) -> Recorded {
    let Exchange { request, answer } = exchange;
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().host()).unwrap_or_default();
    let line = format!("{} {host}{path}", request.method());
    let sent = clean(&String::from_utf8_lossy(request.body()));
    let unknown = format!("{} {}", request.method(), request.uri().path());
    let operation = sandbox::naming::operation(request);
    let (service, operation) = match operation {
        Some(operation) => (operation.service, operation.name.to_owned()),
        None => (String::new(), unknown),
    };
    let (status, headers, answered) = match answer {
        Some(answer) => (
            answer.status().as_u16(),
            shape::headers(answer.headers()),
            clean(&String::from_utf8_lossy(answer.body())),
        ),
        None => (0, BTreeSet::new(), String::new()),
    };
    Recorded {
        service,
        operation,
        request: line,
        sent,
        status,
        headers,
        answered,
    }
}

/// The code in an error's body: XML's `Code`, JSON's `__type` or `code`.
fn error_code(body: &str) -> Option<String> {
    if let Some((_, rest)) = body.split_once("<Code>") {
        return rest.split_once("</Code>").map(|(code, _)| code.to_owned());
    }
    let value: Value = serde_json::from_str(body).ok()?;
    let code = value
        .get("__type")
        .or(value.get("code"))
        .or(value.get("Code"))?;
    let code = code.as_str()?;
    Some(code.rsplit('#').next().unwrap_or(code).to_owned())
}

/// The elements that hold secrets: the credentials of an assumed role, and the private keys of DKIM.
const SECRETS: [&str; 6] = [
    "SecretAccessKey",
    "SessionToken",
    "AccessKeyId",
    "DomainSigningPrivateKey",
    "ExternalId",
    "WebIdentityToken",
];

/// A body without its secrets, in each of the three forms that AWS's services speak.
fn clean(body: &str) -> String {
    let mut text = body.to_owned();
    for name in SECRETS {
        for (begin, ends) in [
            (format!("<{name}>"), &['<'][..]),
            (format!("\"{name}\":\""), &['"'][..]),
            (format!("{name}="), &['&'][..]),
        ] {
            text = without(&text, &begin, ends);
        }
    }
    text
}

/// The text with what stands between `begin` and the next of `ends` taken out, wherever it does.
fn without(text: &str, begin: &str, ends: &[char]) -> String {
    let mut parts = text.split(begin);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(ends).unwrap_or(part.len());
        clean.push_str(begin);
        clean.push_str("(secret)");
        clean.push_str(&part[end..]);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::{clean, error_code};

    #[test]
    fn secrets_are_taken_out_in_each_form() {
        for (body, expect) in [
            (
                "<C><SecretAccessKey>abc/+</SecretAccessKey><E>1</E></C>",
                "<C><SecretAccessKey>(secret)</SecretAccessKey><E>1</E></C>",
            ),
            (
                r#"{"A":{"DomainSigningPrivateKey":"MIIE","S":"s"},"B":1}"#,
                r#"{"A":{"DomainSigningPrivateKey":"(secret)","S":"s"},"B":1}"#,
            ),
            (
                "Action=AssumeRole&ExternalId=mail&Version=1",
                "Action=AssumeRole&ExternalId=(secret)&Version=1",
            ),
            ("ExternalId=last", "ExternalId=(secret)"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(clean(body), expect);
        }
    }

    #[test]
    fn the_code_of_an_error_is_found_in_each_form() {
        for (body, expect) in [
            (
                "<Error><Code>NoSuchBucket</Code></Error>",
                Some("NoSuchBucket"),
            ),
            (
                r#"{"__type":"com.amazon#ValidationException"}"#,
                Some("ValidationException"),
            ),
            (r#"{"message":"no"}"#, None),
            ("", None),
        ] {
            assert_eq!(error_code(body).as_deref(), expect);
        }
    }
}
