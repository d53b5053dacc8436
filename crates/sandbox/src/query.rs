//! AWS's Query protocol, as STS and SES v1 speak it: a form in, XML out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::call::{Call, Reply};
use crate::service::ServiceError;

/// The fields of a form (or of a query string), decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// The form of a call: its body, or its query string for a GET.
    pub(crate) fn of(call: &Call) -> Self {
        let body = String::from_utf8_lossy(&call.body);
        let query = call.request.uri.query().unwrap_or_default();
        Self(pairs(query).chain(pairs(&body)).collect())
    }

    /// The same, if the request is one of the Query protocol at all.
    pub(crate) fn of_query(call: &Call) -> Option<Self> {
        let form = Self::of(call);
        let kind = call.request.headers.get("content-type");
        let posted = kind.is_some_and(|kind| {
            let form = b"application/x-www-form-urlencoded";
            kind.as_bytes().starts_with(form)
        });
        let asks = form.get("Action").is_some() && form.get("Version").is_some();
        (asks && (posted || call.request.method == http::Method::GET)).then_some(form)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `Name.member.1`, `Name.member.2`, …
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|number| self.get(&format!("{name}.member.{number}")))
            .collect()
    }
}

/// The pairs of an `a=b&c=d` text, decoded.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

/// XML being written: elements with text, and elements with elements.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// An element with text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        let _ = write!(self.0, "<{name}>{}</{name}>", escape(text));
    }

    /// An element with a `member` for each text.
    pub(crate) fn list<'a>(&mut self, name: &str, texts: impl IntoIterator<Item = &'a str>) {
        self.element(name, |xml| {
            for text in texts {
                xml.text("member", text);
            }
        });
    }

    /// Adds the text that was written elsewhere.
    pub(crate) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// An element with what `inside` writes.
    pub(crate) fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let _ = write!(self.0, "<{name}>");
        inside(self);
        let _ = write!(self.0, "</{name}>");
    }

    /// The text that was written.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// A service that speaks the Query protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    pub(crate) namespace: &'static str,
}

impl Dialect {
    /// The answer to an operation: `<OpResponse><OpResult>…</OpResult>…`.
    pub(crate) fn reply(
        self,
        call: &Call,
        operation: &str,
        result: impl FnOnce(&mut Xml),
    ) -> Reply {
        let mut xml = Xml::default();
        let _ = write!(xml.0, "<{operation}Response xmlns=\"{}\">", self.namespace);
        xml.element(&format!("{operation}Result"), result);
        xml.element("ResponseMetadata", |xml| {
            xml.text("RequestId", &call.request_id);
        });
        let _ = write!(xml.0, "</{operation}Response>");
        answer(call, 200, xml)
    }

    /// An error.
    pub(crate) fn error(self, call: &Call, error: &ServiceError) -> Reply {
        let mut xml = Xml::default();
        let _ = write!(xml.0, "<ErrorResponse xmlns=\"{}\">", self.namespace);
        xml.element("Error", |xml| {
            xml.text(
                "Type",
                if error.status < 500 {
                    "Sender"
                } else {
                    "Receiver"
                },
            );
            xml.text("Code", &error.code);
            xml.text("Message", &error.message);
        });
        xml.text("RequestId", &call.request_id);
        let _ = write!(xml.0, "</ErrorResponse>");
        answer(call, error.status, xml)
    }
}

/// An error in EC2's form of the protocol.
pub(crate) fn ec2_error(call: &Call, error: &ServiceError) -> Reply {
    let mut xml = Xml::default();
    xml.element("Response", |xml| {
        xml.element("Errors", |xml| {
            xml.element("Error", |xml| {
                xml.text("Code", &error.code);
                xml.text("Message", &error.message);
            });
        });
        xml.text("RequestID", &call.request_id);
    });
    answer(call, error.status, xml)
}

fn answer(call: &Call, status: u16, xml: Xml) -> Reply {
    let mut reply = Reply::new(xml.0.into());
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let headers = reply.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static("text/xml"));
    if let Ok(id) = http::HeaderValue::from_str(&call.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}
