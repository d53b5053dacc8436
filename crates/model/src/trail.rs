//! The traces that a change of a resource leaves in AWS CloudTrail, whoever makes it.

use serde_json::Value;

/// How a change of a resource is known among CloudTrail's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The names of the events that change such a resource: `UpdateDistribution`.
    pub events: &'static [&'static str],
    /// The texts that the parameters of such an event have, all of them: an id, a name, a type.
    pub names: Vec<String>,
}

impl Trail {
    /// A change by one of these events whose parameters have all of these names.
    pub fn of(events: &'static [&'static str], names: impl IntoIterator<Item = String>) -> Self {
        Self {
            events,
            names: names.into_iter().collect(),
        }
    }

    /// Whether an event with these parameters is about the resource.
    pub fn leads_to(&self, parameters: &Value) -> bool {
        // Route 53 gives ids with their path, and takes them without it.
        let last = |name: &str| {
            name.rsplit('/')
                .next()
                .is_some_and(|name| has(parameters, name))
        };
        self.names.iter().all(|name| last(name))
    }
}

/// Whether a document has a text: by itself, or at the end of an ARN or a path.
fn has(document: &Value, name: &str) -> bool {
    match document {
        Value::String(text) => is_named(text, name),
        Value::Array(items) => items.iter().any(|item| has(item, name)),
        Value::Object(fields) => fields.values().any(|value| has(value, name)),
        _ => false,
    }
}

/// Names of the DNS come with and without their final dot.
fn is_named(text: &str, name: &str) -> bool {
    let text = text.trim_end_matches('.');
    let start = text.len().checked_sub(name.len());
    let end = start.and_then(|start| Some((&text[..start], text.get(start..)?)));
    end.is_some_and(|(before, end)| {
        let is_whole = before.is_empty() || before.ends_with(['/', ':']);
        is_whole && end.eq_ignore_ascii_case(name)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_names_have_to_be_there() {
        let check = |names: &[&str], expect| {
            let parameters = json!({
                "hostedZoneId": "/hostedzone/Z1",
                "changeBatch": { "changes": [
                    { "resourceRecordSet": { "name": "_DMARC.example.com.", "type": "TXT", "tTL": 300 } },
                ] },
                "resource": "arn:aws:cloudfront::1:distribution/E1",
            });
            let trail = Trail::of(&[], names.iter().map(|name| (*name).to_owned()));
            assert_eq!(trail.leads_to(&parameters), expect, "{names:?}");
        };
        check(&["Z1", "_dmarc.example.com", "TXT"], true);
        check(&["E1"], true);
        check(&["Z1", "_dmarc.example.com", "MX"], false);
        check(&["example.com"], false);
        check(&["1"], false);
        check(&["ü"], false);
    }
}
