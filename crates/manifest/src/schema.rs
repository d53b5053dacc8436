//! The JSON Schema of a manifest, for editors.

use std::collections::BTreeSet;
use std::iter;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::domain::Domain;
use crate::manifest::ManifestFile;
use crate::read::Read;

/// The schema of a manifest, made from the types that read it.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.root_schema_for::<ManifestFile>();
    schema.insert("title".to_owned(), "Manifest of deploy".into());
    let domain = Domain::schema(&mut generator).to_value();
    let mut schema = schema.to_value();
    relax(&mut schema, &domain);
    relax_included(&mut schema);
    schema
}

/// Lets every block of a domain leave out what `defaults` may say for it.
///
/// An editor sees one file and one block at a time and can't know what will be merged, so a key
/// that is missing there is for the reader to report. Lists are not merged: their blocks must be whole.
fn relax(schema: &mut Value, domain: &Value) {
    let mut names = BTreeSet::new();
    let Some(definitions) = schema.get("definitions").and_then(Value::as_object) else {
        return;
    };
    reach(domain, definitions, &mut names);
    let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) else {
        return;
    };
    for name in &names {
        if let Some(definition) = definitions.get_mut(name).and_then(Value::as_object_mut) {
            definition.remove("required");
            let properties = definition
                .get_mut("properties")
                .and_then(Value::as_object_mut);
            for property in properties.into_iter().flat_map(Map::values_mut) {
                or_nothing(property);
            }
        }
    }
    // A domain with nothing said about it is one that only has the defaults.
    let domain = iter::once("Domain");
    for name in names.iter().map(String::as_str).chain(domain) {
        if let Some(definition) = definitions.get_mut(name) {
            or_nothing(definition);
        }
    }
}

/// Makes a key with nothing after it right as well: it takes a default away. A type with an alternative,
/// and not two alternatives, because of those a validator reports that neither holds, and not what is
/// wrong. What refers to a block is left to the block.
fn or_nothing(schema: &mut Value) {
    if let Some(Value::String(name)) = schema.get("type") {
        schema["type"] = json!([name, "null"]);
    }
    if let Some(words) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        words.push(json!({ "type": "null" }));
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
}

/// The keys of a manifest that no file has which it includes.
const OF_MANIFESTS: [&str; 7] = [
    "accounts", "defaults", "include", "ledger", "notify", "quotas", "requires",
];

/// Lets a file that a manifest includes leave out the project, which only the manifest has.
fn relax_included(schema: &mut Value) {
    let is_manifest = OF_MANIFESTS.map(|key| json!({ "required": [key] }));
    if let Some(schema) = schema.as_object_mut()
        && let Some(required) = schema.remove("required")
    {
        schema.insert("if".to_owned(), json!({ "anyOf": is_manifest }));
        schema.insert("then".to_owned(), json!({ "required": required }));
    }
}

/// The names of the definitions that `schema` refers to, except through lists.
fn reach(schema: &Value, definitions: &Map<String, Value>, names: &mut BTreeSet<String>) {
    let Some(object) = schema.as_object() else {
        for item in schema.as_array().into_iter().flatten() {
            reach(item, definitions, names);
        }
        return;
    };
    let name = object.get("$ref").and_then(Value::as_str);
    if let Some(name) = name.and_then(|path| path.strip_prefix("#/definitions/"))
        && names.insert(name.to_owned())
        && let Some(definition) = definitions.get(name)
    {
        reach(definition, definitions, names);
    }
    for (_, value) in object.iter().filter(|(key, _)| *key != "items") {
        reach(value, definitions, names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Bimi, Hosting, Route53};
    use crate::mail::{Dmarc, MtaSts, Spf, TlsRpt};
    use crate::manifest::{Account, Quota, S3Ledger};
    use crate::notify::{Pagerduty, Topic};
    use crate::ses::{ByoDkim, ConfigurationSet, EasyDkim, EventDestination, Firehose, Instance};

    /// The reader knows exactly the keys that the schema tells editors of.
    #[test]
    fn reader_and_schema_know_the_same_keys() {
        let schema = schema();
        let check = |name: &str, keys: &[&str]| {
            let block = match name {
                "ManifestFile" => &schema,
                name => &schema["definitions"][name],
            };
            let told: BTreeSet<&str> = block["properties"]
                .as_object()
                .unwrap_or_else(|| panic!("the schema has no {name}"))
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(told, keys.iter().copied().collect(), "{name}");
            assert_eq!(block["additionalProperties"], false, "{name}");
        };
        check("ManifestFile", ManifestFile::KEYS);
        check("Domain", Domain::KEYS);
        check("Account", Account::KEYS);
        check("S3Ledger", S3Ledger::KEYS);
        check("Quota", Quota::KEYS);
        check("Pagerduty", Pagerduty::KEYS);
        check("Topic", Topic::KEYS);
        check("Route53", Route53::KEYS);
        check("Hosting", Hosting::KEYS);
        check("Bimi", Bimi::KEYS);
        check("MtaSts", MtaSts::KEYS);
        check("TlsRpt", TlsRpt::KEYS);
        check("Dmarc", Dmarc::KEYS);
        check("Spf", Spf::KEYS);
        check("Instance", Instance::KEYS);
        check("EasyDkim", EasyDkim::KEYS);
        check("ByoDkim", ByoDkim::KEYS);
        check("ConfigurationSet", ConfigurationSet::KEYS);
        check("EventDestination", EventDestination::KEYS);
        check("Firehose", Firehose::KEYS);
    }

    #[test]
    fn a_domain_may_leave_out_what_defaults_say_and_a_list_may_not() {
        let schema = schema();
        assert!(schema["definitions"]["Hosting"].get("required").is_none());
        assert_eq!(
            schema["definitions"]["Instance"]["required"],
            json!(["account", "region"])
        );
        assert_eq!(schema["then"]["required"], json!(["project"]));
    }
}
