//! The files that a manifest names: each is read when the manifest is, up to the size that its use allows.

use std::sync::Arc;

use schemars::{Schema, SchemaGenerator, json_schema};

use crate::files::{File, SecretFile};
use crate::path;
use crate::read::{Read, Reader};
use crate::yaml::Node;
use model::rules;

/// A logo as large as this is refused by the rules of BIMI anyway; the rest is for the message that says so.
const LOGO_BYTES_MAX: usize = 1 << 20;
const CERTIFICATE_BYTES_MAX: usize = 1 << 20;
/// RFC 8461 section 3.3 suggests this limit to senders.
const POLICY_BYTES_MAX: usize = 64 << 10;
const KEY_BYTES_MAX: usize = 64 << 10;

/// Makes the type of a named file of one use.
macro_rules! file {
    ($(#[doc = $documentation:literal])* pub struct $name:ident($content:ty), $bytes_max:expr, $example:literal, $make:expr) => {
        $(#[doc = $documentation])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $content);

        impl std::ops::Deref for $name {
            type Target = $content;

            fn deref(&self) -> &$content {
                &self.0
            }
        }

        impl Read for $name {
            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                read_file(node, reader, $bytes_max).map($make).map(Self)
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "examples": [$example] })
            }
        }
    };
}

file! {
    /// A logo: an SVG file.
    pub struct LogoFile(File), LOGO_BYTES_MAX, "../assets/logo.svg", |file| file
}

file! {
    /// A mark certificate and its issuers: a PEM file.
    pub struct MarkCertificateFile(File), CERTIFICATE_BYTES_MAX, "../assets/bimi_vmc.pem", |file| file
}

file! {
    /// An MTA-STS policy.
    pub struct PolicyFile(File), POLICY_BYTES_MAX, "../assets/.well-known/mta-sts.txt", |file| file
}

file! {
    /// A private key. Its bytes are in no debug output.
    pub struct PrivateKeyFile(SecretFile), KEY_BYTES_MAX, "keys/dkim.pem", SecretFile::new
}

/// Reads the file that `node` names, relative to the file that says so.
fn read_file(node: &Node, reader: &mut Reader<'_>, bytes_max: usize) -> Option<File> {
    let named = reader.scalar(node, "a path to a file")?;
    let position = &node.position;
    let path = match path::resolve(&position.source.path, named) {
        Ok(path) => path,
        Err(reason) => {
            reader
                .report
                .add(rules::MAN_06, position, reason, path::FIX);
            return None;
        }
    };
    // One file may have two uses with limits of their own.
    let known = reader
        .read
        .get(&path)
        .filter(|bytes| bytes.len() <= bytes_max);
    let bytes = match known {
        Some(bytes) => Ok(Arc::clone(bytes)),
        None => reader.files.read(&path, bytes_max).map(Arc::from),
    };
    match bytes {
        Ok(bytes) => {
            reader.read.insert(path.clone(), Arc::clone(&bytes));
            Some(File { path, bytes })
        }
        Err(error) => {
            let reason = format!("`{path}` can't be read: {error}");
            reader.report.add(
                rules::MAN_07,
                position,
                reason,
                "name a file that is there; paths are relative to the file that names them",
            );
            None
        }
    }
}
