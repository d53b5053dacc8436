//! The manifest crate as its users meet it: files in, a manifest and findings out.

mod broken;
mod draft;
mod fixes;
mod hostile;
mod lint;
mod online;
mod rules;
mod schema;
mod shipped;
mod support;
