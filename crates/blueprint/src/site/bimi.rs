//! The logo and its mark certificate: their files, and the record that names them.

use kinds::{CloudfrontDistribution, s3_object};
use manifest::{Bimi, Located};
use model::rules;
use model::{Dependency, Impact, MailImpact, Precondition, PreconditionCheck, ResourceId};
use standards::Finding;
use standards::bimi::HttpsUri;

use super::{HostRecord, Served, Site, host_dependencies};
use crate::records;

/// A file of BIMI, where it is served.
pub(super) struct BimiFile {
    url: String,
    sha256: String,
    /// Whether it is the logo; else it is the mark certificate.
    is_logo: bool,
    pub(super) object: ResourceId,
}

impl Site<'_, '_> {
    /// The files that the block names.
    pub(super) fn bimi_files(&mut self, bimi: &Bimi) -> Vec<BimiFile> {
        let mut files = Vec::new();
        if let Some(logo) = &bimi.logo {
            let file = &logo.value.0;
            files.push(self.bimi_file(&file.path, &file.bytes, "logo", "image/svg+xml"));
        }
        if let Some(certificate) = &bimi.certificate {
            let file = &certificate.value.0;
            let media_type = "application/pem-certificate-chain";
            files.push(self.bimi_file(&file.path, &file.bytes, "mark-certificate", media_type));
        }
        files
    }

    fn bimi_file(&mut self, path: &str, bytes: &[u8], name: &str, media_type: &str) -> BimiFile {
        let host = self.assets_host();
        let key = key_of(path);
        let object = self.object(&Served {
            name,
            key: &key,
            host: &host,
            bytes,
            media_type,
            cache_control: "max-age=3600",
            impact: Impact::new(MailImpact::Branding, "the logo beside messages"),
        });
        BimiFile {
            url: format!("https://{host}/{key}"),
            sha256: s3_object::sha256(bytes),
            is_logo: name == "logo",
            object,
        }
    }

    /// The record that names the files, after them and the names of their host.
    pub(super) fn bimi_record(
        &mut self,
        bimi: &Located<Bimi>,
        files: &[BimiFile],
        aliases: &[HostRecord],
    ) {
        let text = match bimi_text(bimi, files) {
            Ok(text) => text,
            Err(reason) => {
                let finding = Finding::new(rules::BIMI_R03, reason).in_place(bimi.place());
                return self.scope.find(finding);
            }
        };
        let why = "the files are there before the record names them (BIMI-X12)";
        let mut dependencies: Vec<Dependency> = files
            .iter()
            .map(|file| Dependency::done(&file.object, why))
            .collect();
        dependencies.extend(host_dependencies("assets", aliases));
        let mut record = records::bimi(self.scope, bimi, text, dependencies);
        record
            .preconditions
            .extend(files.iter().map(|file| Precondition {
                rule: rules::BIMI_X12.id.to_owned(),
                check: PreconditionCheck::Served {
                    url: file.url.clone(),
                    sha256: file.sha256.clone(),
                },
                reason: "receivers fetch the file as soon as they see the record".to_owned(),
            }));
        // It names files of a host that only the distribution serves.
        record.through = Some(self.scope.id::<CloudfrontDistribution>("assets"));
        self.scope.push(record);
    }
}

fn bimi_text(bimi: &Bimi, files: &[BimiFile]) -> Result<String, String> {
    let uri = |is_logo: bool| {
        let file = files.iter().find(|file| file.is_logo == is_logo);
        file.map(|file| file.url.parse::<HttpsUri>())
            .transpose()
            .map_err(|error| error.to_string())
    };
    let logo = uri(true)?.ok_or("a record that is no declination names a logo")?;
    let record = bimi
        .record(logo, uri(false)?)
        .map_err(|error| error.to_string())?;
    Ok(record.to_string())
}

/// The key of a file of the manifest: its own name.
fn key_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
