//! The documents for other programs, one for each command: `docs/output.md` says what they are for.
//!
//! A document is a type. It is printed through serde, and its JSON Schema in `docs/schemas/` is made
//! from the same type, so that the two say the same. Field documentation here is what readers of the
//! schemas see.

mod adopt;
mod checks;
mod doctor;
mod draft;
mod drift;
mod findings;
mod graph;
mod iam;
mod overview;
mod plan;
mod records;
mod rules;
mod run;
mod stats;
mod status;

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use adopt::{AdoptDocument, AdoptedResource};
pub use checks::{ChecksDocument, checks_json};
pub use doctor::{DoctorDocument, doctor_json};
pub use draft::{DraftDocument, draft_json};
pub use drift::{AcceptDocument, DriftDocument, drift_json};
pub use findings::{FindingsDocument, findings_json};
pub use graph::{GraphDocument, graph_json};
pub use iam::{AccountPolicy, IamDocument, iam_json};
pub use overview::{OverviewDocument, overview_json};
pub use plan::{PlanDocument, plan_json};
pub use records::RecordsDocument;
pub(crate) use records::{RecordObject, RoundObject};
pub use rules::{RulesDocument, rules_json};
pub use run::{
    ApplyDocument, DestroyDocument, Left, Outcome, OutcomeDetail, OutcomeWord, RepairDocument, Run,
};
pub use stats::{CallsMade, StatsDocument, stats_json};
pub use status::{StatusDocument, status_json};

/// The content of a document, with the name and the number of its form.
pub trait Content: Serialize + JsonSchema {
    /// The name: `deploy.plan`.
    const FORMAT: &'static str;
    /// The number. It rises when a field goes, or means something else.
    const VERSION: u32;
}

/// A document: its content, below its format and version.
#[derive(Clone, Debug, Serialize)]
pub struct Document<T> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    content: T,
}

impl<T: Content> Document<T> {
    /// The document with this content.
    pub fn new(content: T) -> Self {
        Self {
            format: T::FORMAT,
            version: T::VERSION,
            content,
        }
    }
}

impl<T: Content> JsonSchema for Document<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        let mut first = |key: &str, list: Value, of_content: &str| {
            let content = schema.remove(of_content).unwrap_or_default();
            let both = match (list, content) {
                (Value::Array(mut all), Value::Array(more)) => {
                    all.extend(more);
                    Value::Array(all)
                }
                (Value::Object(mut all), Value::Object(more)) => {
                    all.extend(more);
                    Value::Object(all)
                }
                (list, _) => list,
            };
            schema.insert(key.to_owned(), both);
        };
        let properties = json!({
            "format": { "type": "string", "const": T::FORMAT },
            "version": { "type": "integer", "const": T::VERSION },
        });
        first("properties", properties, "properties");
        first("required", json!(["format", "version"]), "required");
        schema
    }
}

/// A moment, as RFC 3339 has it.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
struct Moment(#[schemars(with = "String", extend("format" = "date-time"))] Timestamp);

/// The schema of each document, by its format.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        schema::<AcceptDocument>(),
        schema::<AdoptDocument>(),
        schema::<ApplyDocument>(),
        schema::<ChecksDocument>(),
        schema::<DestroyDocument>(),
        schema::<DoctorDocument>(),
        schema::<DraftDocument>(),
        schema::<DriftDocument>(),
        schema::<FindingsDocument>(),
        schema::<GraphDocument>(),
        schema::<IamDocument>(),
        schema::<OverviewDocument>(),
        schema::<PlanDocument>(),
        schema::<RecordsDocument>(),
        schema::<RepairDocument>(),
        schema::<RulesDocument>(),
        schema::<StatsDocument>(),
        schema::<StatusDocument>(),
    ]
}

/// The schema describes output, and not input: a field that is always there is required.
fn schema<T: Content>() -> (&'static str, Value) {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let schema = generator.into_root_schema_for::<Document<T>>();
    let mut named = Map::new();
    named.insert(
        "title".to_owned(),
        format!("{}, version {}", T::FORMAT, T::VERSION).into(),
    );
    let Value::Object(rest) = schema.to_value() else {
        return (T::FORMAT, Value::Null);
    };
    named.extend(rest.into_iter().filter(|(key, _)| key != "title"));
    (T::FORMAT, Value::Object(named))
}
