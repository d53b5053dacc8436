//! The traces that a change of a resource leaves in AWS CloudTrail, whoever makes it.

use serde_json::Value;

/// The fields of an event's parameters, any of which has a text, and this text: `["bucketName"]`, `b`.
pub type Parameter = (&'static [&'static str], String);

/// How a change of a resource is known among CloudTrail's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The service that the events come from: `route53.amazonaws.com`. Services have operations of the
    /// same name, such as `TagResource`.
    pub source: &'static str,
    /// The names of the events that change such a resource: `UpdateDistribution`.
    pub events: &'static [&'static str],
    /// The parameters by which such an event is about the resource, all of them: an id, a name, a type.
    pub about: Vec<Parameter>,
}

impl Trail {
    /// A change by one of these events of this service, whose parameters have all of these texts.
    pub fn of(
        source: &'static str,
        events: &'static [&'static str],
        about: impl IntoIterator<Item = Parameter>,
    ) -> Self {
        Self {
            source,
            events,
            about: about.into_iter().collect(),
        }
    }

    /// Whether an event with these parameters is about the resource. The items of a list are alternatives:
    /// a batch that changes the MX record of one name and the TXT record of another changes no TXT record
    /// of the first.
    pub fn leads_to(&self, parameters: &Value) -> bool {
        branches("", parameters).iter().any(|branch| {
            self.about.iter().all(|(fields, name)| {
                let mut about = branch.iter().filter(|(field, _)| fields.contains(field));
                about.any(|(_, text)| is_named(text, name))
            })
        })
    }
}

/// The fields with a text on each way through the lists of a document. What stands beside a list is on
/// each way through it.
fn branches<'a>(field: &'a str, value: &'a Value) -> Vec<Vec<(&'a str, &'a str)>> {
    match value {
        Value::String(text) => vec![vec![(field, text)]],
        Value::Array(items) => {
            let ways = items.iter().flat_map(|item| branches(field, item));
            ways.collect()
        }
        Value::Object(fields) => {
            let (mut beside, mut ways) = (Vec::new(), Vec::new());
            for (name, value) in fields {
                match branches(name, value) {
                    found if found.len() > 1 => ways.extend(found),
                    found => beside.extend(found.into_iter().flatten()),
                }
            }
            if ways.is_empty() {
                return vec![beside];
            }
            for way in &mut ways {
                way.extend(&beside);
            }
            ways
        }
        _ => vec![Vec::new()],
    }
}

/// Whether a text is a name: by itself, or at the end of an ARN or a path. Names of the DNS come with and
/// without their final dot, and Route 53 gives ids with their path, and takes them without it.
fn is_named(text: &str, name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    let text = text.trim_end_matches('.');
    let start = text.len().checked_sub(name.len());
    let end = start.and_then(|start| Some((text.get(..start)?, text.get(start..)?)));
    end.is_some_and(|(before, end)| {
        let is_whole = before.is_empty() || before.ends_with(['/', ':']);
        is_whole && end.eq_ignore_ascii_case(name)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_about(about: &[(&'static [&'static str], &str)], parameters: &Value) -> bool {
        let about = about
            .iter()
            .map(|(fields, name)| (*fields, (*name).to_owned()));
        Trail::of("route53.amazonaws.com", &[], about).leads_to(parameters)
    }

    #[test]
    fn one_change_of_a_batch_has_all_of_it() {
        let change = |name: &str, rtype: &str| {
            let set = json!({ "name": name, "type": rtype, "tTL": 300, "resourceRecords": [
                { "value": "a" }, { "value": "b" },
            ] });
            json!({ "action": "UPSERT", "resourceRecordSet": set })
        };
        let changes = [
            change("_DMARC.example.com.", "TXT"),
            change("example.com.", "MX"),
        ];
        let batch = json!({
            "hostedZoneId": "/hostedzone/Z1", "changeBatch": { "changes": changes },
        });
        let check = |zone, name, rtype, expect| {
            let about: [(&'static [&'static str], &str); 3] = [
                (&["hostedZoneId"], zone),
                (&["name"], name),
                (&["type"], rtype),
            ];
            assert_eq!(is_about(&about, &batch), expect, "{zone} {name} {rtype}");
        };
        check("Z1", "_dmarc.example.com", "TXT", true);
        check("/hostedzone/Z1", "example.com", "MX", true);
        check("Z1", "_dmarc.example.com", "MX", false);
        check("Z1", "example.com", "TXT", false);
        check("1", "example.com", "MX", false);
        check("Z1", "com", "MX", false);
        check("Z1", "\u{fc}", "MX", false);
    }

    #[test]
    fn a_text_counts_in_its_own_field() {
        let parameters = json!({
            "resource": "arn:aws:cloudfront::1:distribution/E1",
            "distributionConfig": { "comment": "E2", "origins": { "items": [{ "id": "E3" }] } },
        });
        assert!(is_about(&[(&["id", "resource"], "E1")], &parameters));
        assert!(!is_about(&[(&["id", "resource"], "E2")], &parameters));
        assert!(!is_about(&[(&["resource"], "E3")], &parameters));
        assert!(!is_about(&[(&["resource"], "E1")], &json!([])));
    }
}
