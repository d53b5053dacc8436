//! Lists of objects and of versions, in pages, by prefix and delimiter.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use s3s::dto::{self, ETag};

use super::error::{self, Error};
use super::state::{Bucket, Object, Version};
use super::work::{Work, owner, timestamp};

/// One line of a list.
pub(super) enum Entry<'a> {
    Key(&'a str),
    /// Keys that share everything up to the delimiter.
    Prefix(&'a str),
}

/// The query of a list.
pub(super) struct Query<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    /// Everything up to here was on earlier pages.
    pub(super) after: &'a str,
}

impl Query<'_> {
    fn entry<'b>(&self, key: &'b str) -> Entry<'b> {
        let delimiter = self.delimiter.filter(|delimiter| !delimiter.is_empty());
        let end = delimiter.and_then(|delimiter| {
            let at = key[self.prefix.len()..].find(delimiter)?;
            Some(self.prefix.len() + at + delimiter.len())
        });
        end.map_or(Entry::Key(key), |end| Entry::Prefix(&key[..end]))
    }

    /// Whether an earlier page ended with the common prefix that `key` is under.
    fn is_rolled_up(&self, key: &str) -> bool {
        match self.entry(key) {
            // Also a marker inside of it: all of it was on earlier pages.
            Entry::Prefix(prefix) => self.after.starts_with(prefix),
            Entry::Key(_) => false,
        }
    }

    /// The keys and common prefixes from where the last page ended, `keys` being in order.
    pub(super) fn entries<'b>(&self, keys: impl Iterator<Item = &'b str>) -> Vec<Entry<'b>> {
        let mut entries = Vec::<Entry>::new();
        let keys = keys.filter(|key| key.starts_with(self.prefix));
        for key in keys.filter(|key| !self.is_rolled_up(key)) {
            let entry = self.entry(key);
            match (&entry, entries.last()) {
                (Entry::Prefix(new), Some(Entry::Prefix(last))) if new == last => {}
                _ => entries.push(entry),
            }
        }
        entries
    }
}

impl Entry<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(name) | Self::Prefix(name) => name,
        }
    }
}

/// The page size, and whether names are to be encoded.
struct Form {
    limit: usize,
    encoded: bool,
}

impl Form {
    fn new(max_keys: Option<i32>, encoding: Option<&dto::EncodingType>) -> Result<Self, Error> {
        let max_keys = max_keys.unwrap_or(1000).min(1000);
        let Ok(limit) = usize::try_from(max_keys) else {
            return Err(error::invalid_argument(
                "Argument maxKeys must be an integer between 0 and 2147483647",
                "maxKeys",
                max_keys.to_string(),
            ));
        };
        let encoded = match encoding.map(dto::EncodingType::as_str) {
            None => false,
            Some("url") => true,
            Some(other) => {
                return Err(error::invalid_argument(
                    "Invalid Encoding Method specified in Request",
                    "encoding-type",
                    other,
                ));
            }
        };
        Ok(Self { limit, encoded })
    }

    fn max_keys(&self) -> Option<i32> {
        i32::try_from(self.limit).ok()
    }

    fn text(&self, name: &str) -> String {
        if self.encoded {
            encode(name)
        } else {
            name.to_owned()
        }
    }

    fn option(&self, name: Option<&str>) -> Option<String> {
        name.map(|name| self.text(name))
    }
}

/// As S3 encodes names in lists: like a form, but with slashes left alone.
fn encode(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' | b'/' => {
                text.push(char::from(byte));
            }
            b' ' => text.push('+'),
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    })
}

/// A page of the current objects.
struct Page {
    contents: Vec<dto::Object>,
    prefixes: Vec<dto::CommonPrefix>,
    /// The last name of a page that is not the last.
    next: Option<String>,
}

fn page(bucket: &Bucket, query: &Query, form: &Form, with_owner: bool) -> Page {
    let keys = bucket.objects.keys().map(String::as_str);
    let keys = keys.filter(|key| *key > query.after && bucket.current(key).is_some());
    let entries = query.entries(keys);
    let more = entries.len() > form.limit;
    let mut page = Page {
        contents: Vec::new(),
        prefixes: Vec::new(),
        next: None,
    };
    for entry in entries.iter().take(form.limit) {
        match entry {
            Entry::Prefix(prefix) => page.prefixes.push(dto::CommonPrefix {
                prefix: Some(form.text(prefix)),
            }),
            Entry::Key(key) => {
                let found = bucket.current(key).map(|(version, object)| {
                    let owner = with_owner.then(|| owner(&bucket.owner));
                    content(form.text(key), version, object, owner)
                });
                page.contents.extend(found);
            }
        }
    }
    let last = entries.get(form.limit.wrapping_sub(1)).filter(|_| more);
    page.next = last.map(|entry| entry.name().to_owned());
    page
}

fn content(
    key: String,
    version: &Version,
    object: &Object,
    owner: Option<dto::Owner>,
) -> dto::Object {
    dto::Object {
        checksum_algorithm: algorithms(object),
        checksum_type: checksum_type(object),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        key: Some(key),
        last_modified: Some(timestamp(version.modified)),
        owner,
        restore_status: None,
        size: i64::try_from(object.body.len()).ok(),
        storage_class: Some(object.storage_class.clone().into()),
    }
}

fn algorithms(object: &Object) -> Option<Vec<dto::ChecksumAlgorithm>> {
    let checksum = object.checksum.as_ref()?;
    let name = checksum.algorithm.name();
    Some(vec![dto::ChecksumAlgorithm::from_static(name)])
}

fn checksum_type(object: &Object) -> Option<dto::ChecksumType> {
    object.checksum.as_ref()?;
    let name = super::work::checksum_type(object);
    Some(dto::ChecksumType::from_static(name))
}

pub(super) fn list_objects_v2(
    work: &mut Work,
    input: dto::ListObjectsV2Input,
) -> Result<dto::ListObjectsV2Output, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let form = Form::new(input.max_keys, input.encoding_type.as_ref())?;
    if input.continuation_token.as_deref() == Some("") {
        return Err(incorrect_token(""));
    }
    let token = input.continuation_token.as_deref().map(read_token);
    let token = token.transpose()?;
    let start = input.start_after.as_deref().unwrap_or_default();
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref(),
        after: token.as_deref().unwrap_or(start),
    };
    let page = page(bucket, &query, &form, input.fetch_owner.unwrap_or(false));
    let count = page.contents.len() + page.prefixes.len();
    Ok(dto::ListObjectsV2Output {
        prefix: Some(form.text(query.prefix)),
        delimiter: form.option(query.delimiter),
        start_after: form.option(input.start_after.as_deref()),
        name: Some(input.bucket),
        max_keys: form.max_keys(),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.map(|name| STANDARD.encode(name)),
        contents: Some(page.contents),
        common_prefixes: Some(page.prefixes),
        encoding_type: input.encoding_type,
        request_charged: None,
    })
}

fn read_token(token: &str) -> Result<String, Error> {
    let name = STANDARD.decode(token).ok();
    let name = name.and_then(|name| String::from_utf8(name).ok());
    name.ok_or_else(|| incorrect_token(token))
}

fn incorrect_token(token: &str) -> Error {
    error::invalid_argument(
        "The continuation token provided is incorrect",
        "continuation-token",
        token,
    )
}

pub(super) fn list_objects(
    work: &mut Work,
    input: dto::ListObjectsInput,
) -> Result<dto::ListObjectsOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let form = Form::new(input.max_keys, input.encoding_type.as_ref())?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref(),
        after: input.marker.as_deref().unwrap_or_default(),
    };
    let page = page(bucket, &query, &form, true);
    let truncated = page.next.is_some();
    // The first version of the list names the next page only where a delimiter is given.
    let next = page.next.filter(|_| query.delimiter.is_some());
    Ok(dto::ListObjectsOutput {
        prefix: Some(form.text(query.prefix)),
        delimiter: form.option(query.delimiter),
        marker: Some(form.text(query.after)),
        next_marker: form.option(next.as_deref()),
        name: Some(input.bucket),
        max_keys: form.max_keys(),
        is_truncated: Some(truncated),
        contents: Some(page.contents),
        common_prefixes: Some(page.prefixes),
        encoding_type: input.encoding_type,
        request_charged: None,
    })
}

pub(super) fn list_object_versions(
    work: &mut Work,
    input: dto::ListObjectVersionsInput,
) -> Result<dto::ListObjectVersionsOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let form = Form::new(input.max_keys, input.encoding_type.as_ref())?;
    let key_marker = input.key_marker.as_deref().unwrap_or_default();
    let version_marker = input.version_id_marker.as_deref();
    let version_marker = version_marker.filter(|marker| !marker.is_empty());
    if version_marker.is_some() && key_marker.is_empty() {
        return Err(error::invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
            "version-id-marker",
            version_marker.unwrap_or_default(),
        ));
    }
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref(),
        after: key_marker,
    };
    let mut lines = version_lines(bucket, &query, version_marker);
    let more = lines.len() > form.limit;
    lines.truncate(form.limit);
    let last = lines.last().filter(|_| more);
    let next = last.map(|(entry, version)| (entry.name().to_owned(), version.map(|v| &v.1.id)));
    let mut output = dto::ListObjectVersionsOutput {
        delimiter: form.option(query.delimiter),
        encoding_type: input.encoding_type.clone(),
        is_truncated: Some(more),
        key_marker: Some(form.text(key_marker)),
        max_keys: form.max_keys(),
        name: Some(input.bucket.clone()),
        next_key_marker: form.option(next.as_ref().map(|(name, _)| name.as_str())),
        next_version_id_marker: next.and_then(|(_, version)| version.cloned()),
        prefix: Some(form.text(query.prefix)),
        version_id_marker: Some(version_marker.unwrap_or_default().to_owned()),
        ..dto::ListObjectVersionsOutput::default()
    };
    fill_versions(&mut output, bucket, &form, &lines);
    Ok(output)
}

/// A common prefix, or a version of a key and whether it is the latest.
type Line<'a> = (Entry<'a>, Option<(bool, &'a Version)>);

/// Versions by key, the newest of each first.
fn version_lines<'a>(
    bucket: &'a Bucket,
    query: &Query,
    version_marker: Option<&str>,
) -> Vec<Line<'a>> {
    let keys = bucket.objects.keys().map(String::as_str);
    let keys = keys.filter(|key| match version_marker {
        Some(_) => *key >= query.after,
        None => *key > query.after,
    });
    let mut lines = Vec::new();
    for entry in query.entries(keys) {
        let Entry::Key(key) = entry else {
            lines.push((entry, None));
            continue;
        };
        let versions = bucket.objects.get(key).into_iter().flatten().rev();
        let versions = versions.enumerate().collect::<Vec<_>>();
        let marker = version_marker.filter(|_| key == query.after);
        let seen = marker.and_then(|id| versions.iter().position(|(_, v)| v.id == id));
        let skip = seen.map_or(0, |seen| seen + 1);
        for (age, version) in versions.into_iter().skip(skip) {
            lines.push((Entry::Key(key), Some((age == 0, version))));
        }
    }
    lines
}

fn fill_versions(
    output: &mut dto::ListObjectVersionsOutput,
    bucket: &Bucket,
    form: &Form,
    lines: &[Line],
) {
    let mut prefixes = Vec::new();
    let mut versions = Vec::new();
    let mut markers = Vec::new();
    for (entry, version) in lines {
        let key = form.text(entry.name());
        let Some((is_latest, version)) = version else {
            prefixes.push(dto::CommonPrefix { prefix: Some(key) });
            continue;
        };
        let Some(object) = &version.object else {
            markers.push(dto::DeleteMarkerEntry {
                is_latest: Some(*is_latest),
                key: Some(key),
                last_modified: Some(timestamp(version.modified)),
                owner: Some(owner(&bucket.owner)),
                version_id: Some(version.id.clone()),
            });
            continue;
        };
        versions.push(dto::ObjectVersion {
            checksum_algorithm: algorithms(object),
            checksum_type: checksum_type(object),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            is_latest: Some(*is_latest),
            key: Some(key),
            last_modified: Some(timestamp(version.modified)),
            owner: Some(owner(&bucket.owner)),
            restore_status: None,
            size: i64::try_from(object.body.len()).ok(),
            storage_class: Some(object.storage_class.clone().into()),
            version_id: Some(version.id.clone()),
        });
    }
    output.common_prefixes = Some(prefixes);
    output.versions = Some(versions);
    output.delete_markers = Some(markers);
}
