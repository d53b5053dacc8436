//! The container image: one layer from scratch, with the binary and nothing else, as an archive of an OCI
//! image layout (OCI Image Format Specification 1.1). No container engine is needed to make it.

use serde_json::{Value, json};
use tar::{Builder, Header};

use super::{Release, cannot, file_names, read, sha256};
use crate::command::Failure;

/// The user and group of the program: nobody's, and not root.
const USER: &str = "65532:65532";

/// Writes the image of a release for Linux.
pub(super) fn write(release: &Release) -> Result<(), Failure> {
    let Some(architecture) = architecture(release) else {
        eprintln!(
            "no image: it would be for Linux, and {} is not",
            release.target
        );
        return Ok(());
    };
    let layer = layer(&read(&release.binary())?);
    let layer = layer.map_err(|error| cannot(&release.binary(), &error))?;
    let image = Image::of(layer, architecture, &release.version);
    let path = release.file(file_names::IMAGE);
    let archive = image.archive().map_err(|error| cannot(&path, &error))?;
    super::write(&path, &archive)
}

/// The word of the specification for the processor, which is Go's.
fn architecture(release: &Release) -> Option<&'static str> {
    if !release.is_for("linux") {
        return None;
    }
    match release.target.split('-').next()? {
        "x86_64" => Some("amd64"),
        "aarch64" => Some("arm64"),
        _ => None,
    }
}

/// A tar of the binary alone.
fn layer(binary: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    add(&mut builder, "deploy", (binary, 0o755))?;
    builder.into_inner()
}

fn add(
    builder: &mut Builder<Vec<u8>>,
    path: &str,
    (bytes, mode): (&[u8], u32),
) -> std::io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_cksum();
    builder.append_data(&mut header, path, bytes)
}

/// An image: its layer, its configuration, its manifest.
struct Image {
    layer: Vec<u8>,
    configuration: Vec<u8>,
    manifest: Vec<u8>,
    version: String,
}

impl Image {
    fn of(layer: Vec<u8>, architecture: &str, version: &str) -> Self {
        let configuration = json!({
            "architecture": architecture,
            "os": "linux",
            "config": {
                "Entrypoint": ["/deploy"],
                "User": USER,
                "WorkingDir": "/work",
                "Labels": { "org.opencontainers.image.version": version },
            },
            "rootfs": { "type": "layers", "diff_ids": [digest(&layer)] },
        });
        let configuration = configuration.to_string().into_bytes();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": described("application/vnd.oci.image.config.v1+json", &configuration),
            "layers": [described("application/vnd.oci.image.layer.v1.tar", &layer)],
        });
        Self {
            manifest: manifest.to_string().into_bytes(),
            layer,
            configuration,
            version: version.to_owned(),
        }
    }

    fn archive(&self) -> std::io::Result<Vec<u8>> {
        let mut manifest = described("application/vnd.oci.image.manifest.v1+json", &self.manifest);
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": self.version });
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [manifest],
        });
        let mut builder = Builder::new(Vec::new());
        let version = br#"{"imageLayoutVersion":"1.0.0"}"#;
        add(&mut builder, "oci-layout", (version, 0o644))?;
        add(
            &mut builder,
            "index.json",
            (index.to_string().as_bytes(), 0o644),
        )?;
        for blob in [&self.manifest, &self.configuration, &self.layer] {
            let path = format!("blobs/sha256/{}", sha256(blob));
            add(&mut builder, &path, (blob, 0o644))?;
        }
        builder.into_inner()
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256(bytes))
}

fn described(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(bytes), "size": bytes.len() })
}
