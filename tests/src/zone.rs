//! The records and files that a manifest asks for, as they would stand after an apply.
//!
//! Names and tokens that only AWS can give are filled in with others of their form.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kinds::record::{LiveValue, Record};
use kinds::{S3Object, s3_object};
use manifest::Manifest;
use model::{OutputRef, Resource};
use standards::Severity;
use standards::dns::{Presentation, RecordType, Txt};

/// Everything that a manifest asks for.
pub struct Published {
    /// Record sets by name and type, with the values that they mean.
    pub records: BTreeMap<(String, RecordType), RecordSet>,
    /// Hosted files by their keys.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One record set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSet {
    /// In seconds.
    pub ttl: u32,
    /// Their meanings, in their order.
    pub values: Vec<String>,
}

impl Published {
    /// The records of `domain` by `manifest`.
    pub fn new(manifest: &Manifest, domain: &str) -> Self {
        let (resources, findings) = blueprint::desired(manifest, &blueprint::Facts::default());
        let errors = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<_> = errors.collect();
        assert!(errors.is_empty(), "the manifest is broken: {errors:#?}");
        let mut published = Self {
            records: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        for resource in resources
            .iter()
            .filter(|resource| resource.id.domain == domain)
        {
            published.add(resource);
        }
        published
    }

    fn add(&mut self, resource: &Resource) {
        let spec = resource.spec.resolved(&|output| Some(example(output)));
        if let Some(record) = kinds::record_of(&spec) {
            self.add_record(record);
        } else if let Some(file) = spec.get::<S3Object>() {
            self.files.insert(file.key.clone(), file.bytes());
        }
    }

    fn add_record(&mut self, record: &Record) {
        let name = record.name.known().expect("all outputs are filled in");
        let set = self
            .records
            .entry((name.clone(), record.rtype))
            .or_default();
        set.ttl = record.ttl;
        // What a resolver sees of an alias is addresses (RFC 5737, RFC 3849).
        let alias = record.alias.as_ref().map(|_| match record.rtype {
            RecordType::Aaaa => "2001:db8::1".to_owned(),
            _ => "192.0.2.1".to_owned(),
        });
        set.values
            .extend(record.known_values().into_iter().chain(alias));
    }

    /// The record sets as Route 53 would have them: name, type, TTL, values.
    pub fn route53(&self) -> impl Iterator<Item = (&str, &str, u32, Vec<String>)> {
        self.records.iter().map(|((name, rtype), set)| {
            let written = set
                .values
                .iter()
                .map(|value| LiveValue::ours(*rtype, value).written);
            (name.as_str(), rtype.as_str(), set.ttl, written.collect())
        })
    }

    /// The zone as a file (RFC 1035 section 5).
    pub fn zone_file(&self, domain: &str) -> String {
        let mut text = format!(
            "$ORIGIN {domain}.\n\
             @ 900 IN SOA ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400\n\
             @ 172800 IN NS ns-1.awsdns-00.com.\n\
             @ 172800 IN NS ns-2.awsdns-00.net.\n"
        );
        for ((name, rtype), set) in &self.records {
            for value in &set.values {
                let value = match rtype {
                    RecordType::Txt => Txt::new(value.as_bytes()).print(Presentation::ZoneFile),
                    // A null MX already is the root (RFC 7505).
                    RecordType::Cname | RecordType::Mx => {
                        format!("{}.", value.trim_end_matches('.'))
                    }
                    _ => value.clone(),
                };
                writeln!(text, "{name}. {} IN {rtype} {value}", set.ttl).expect("text grows");
            }
        }
        // The addresses of the domain's own mail hosts are somebody else's records.
        let hosts = self
            .records
            .iter()
            .filter(|((_, rtype), _)| *rtype == RecordType::Mx);
        for value in hosts.flat_map(|(_, set)| &set.values) {
            let host = value.split(' ').next_back().unwrap_or_default();
            if host.ends_with(&format!(".{domain}")) {
                writeln!(text, "{host}. 300 IN A 192.0.2.2").expect("text grows");
            }
        }
        text
    }
}

/// A value of the form that AWS gives.
fn example(output: &OutputRef) -> String {
    let domain = &output.resource.domain;
    let parts: Vec<&str> = output.output.split('/').collect();
    let token = |about: &str| {
        let digest = s3_object::sha256(format!("{} {about}", output.resource).as_bytes());
        digest[..32].to_owned()
    };
    match parts.as_slice() {
        ["dkim", position, "name"] => format!("{}._domainkey.{domain}", token(position)),
        ["dkim", position, "target"] => format!("{}.dkim.amazonses.com", token(position)),
        ["validation", name, "name"] => format!("_{}.{name}", token("name")),
        ["validation", name, "value"] => {
            format!("_{}.jkddzztszm.acm-validations.aws", token(name))
        }
        ["token"] => format!("{}/abcdefghij+=", token("token")),
        ["domain_name"] => "d111111abcdef8.cloudfront.net".to_owned(),
        _ => token(&output.output),
    }
}
