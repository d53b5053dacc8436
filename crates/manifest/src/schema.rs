//! The JSON Schema of a manifest, for editors.

use schemars::generate::SchemaSettings;

use crate::manifest::ManifestFile;

/// The schema of `deploy.yaml`, made from the types that read it.
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<ManifestFile>();
    schema.insert("title".to_owned(), "Manifest of deploy".into());
    schema.to_value()
}
