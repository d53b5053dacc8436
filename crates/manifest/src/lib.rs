//! YAML to manifest, every finding with its file, line and column.
