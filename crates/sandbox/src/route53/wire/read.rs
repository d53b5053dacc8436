//! Requests: bodies and query strings.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::query::pairs;
use crate::route53::draft::ChangeBatch;
use crate::route53::error::Error;
use crate::route53::state::NewZone;
use crate::route53::zone::Vpc;

/// The page that a list call asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) max_items: Option<usize>,
    pub(super) marker: Option<String>,
    pub(super) delegation_set_id: Option<String>,
    pub(super) zone_type: Option<String>,
    pub(super) dns_name: Option<String>,
    pub(super) zone_id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) rtype: Option<String>,
    pub(super) identifier: Option<String>,
}

/// The query string of a list call.
pub(super) fn page(call: &Call) -> Result<Page, Error> {
    let mut page = Page::default();
    for (name, value) in pairs(call.request.uri.query().unwrap_or_default()) {
        let field = match name.as_str() {
            "maxitems" => {
                page.max_items = Some(max_items(&value)?);
                continue;
            }
            "marker" => &mut page.marker,
            "delegationsetid" => &mut page.delegation_set_id,
            "hostedzonetype" => &mut page.zone_type,
            "dnsname" => &mut page.dns_name,
            "hostedzoneid" => &mut page.zone_id,
            "name" => &mut page.name,
            "type" => &mut page.rtype,
            "identifier" => &mut page.identifier,
            _ => continue,
        };
        *field = Some(value);
    }
    Ok(page)
}

fn max_items(text: &str) -> Result<usize, Error> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Error::InvalidInput(format!(
            "Value '{text}' at 'maxItems' failed to satisfy constraint: Member must be a positive number"
        ))),
    }
}

fn body<T: DeserializeOwned>(body: &[u8], root: &str) -> Result<T, Error> {
    let malformed = |problem: String| Error::MalformedInput(problem);
    let text = std::str::from_utf8(body).map_err(|_| malformed("Unparseable XML".to_owned()))?;
    let found = root_of(text).unwrap_or_default();
    if found != root {
        return Err(malformed(format!("{found} is not valid, expected {root}")));
    }
    quick_xml::de::from_str(text)
        .map_err(|error| Error::InvalidInput(format!("Invalid XML ; {error}")))
}

fn root_of(text: &str) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                return Some(String::from_utf8_lossy(tag.local_name().as_ref()).into_owned());
            }
            quick_xml::events::Event::Eof => return None,
            _ => {}
        }
    }
}

pub(super) fn change_batch(text: &[u8]) -> Result<ChangeBatch, Error> {
    #[derive(Deserialize)]
    struct Request {
        #[serde(rename = "ChangeBatch")]
        batch: ChangeBatch,
    }
    Ok(body::<Request>(text, "ChangeResourceRecordSetsRequest")?.batch)
}

pub(super) fn new_zone(text: &[u8]) -> Result<NewZone, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        name: String,
        caller_reference: String,
        hosted_zone_config: Option<Config>,
        #[serde(rename = "VPC")]
        vpc: Option<VpcElement>,
        delegation_set_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Config {
        comment: Option<String>,
        private_zone: Option<bool>,
    }
    #[derive(Deserialize)]
    struct VpcElement {
        #[serde(rename = "VPCRegion")]
        region: Option<String>,
        #[serde(rename = "VPCId")]
        id: Option<String>,
    }
    let request: Request = body(text, "CreateHostedZoneRequest")?;
    if let Some(id) = request.delegation_set_id.filter(|id| !id.is_empty()) {
        return Err(Error::NoSuchDelegationSet(id));
    }
    if request.caller_reference.is_empty() || request.caller_reference.len() > 128 {
        return Err(Error::InvalidInput(
            "The caller reference must have between 1 and 128 characters.".to_owned(),
        ));
    }
    let config = request.hosted_zone_config;
    let private = config.as_ref().and_then(|config| config.private_zone);
    let vpc = request.vpc.map(|vpc| Vpc {
        region: vpc.region.unwrap_or_default(),
        id: vpc.id.unwrap_or_default(),
    });
    if private == Some(true) && vpc.is_none() {
        return Err(Error::InvalidInput(
            "When you're creating a private hosted zone, you must specify a VPC.".to_owned(),
        ));
    }
    Ok(NewZone {
        name: request.name,
        caller_reference: request.caller_reference,
        comment: config.and_then(|config| config.comment),
        vpc,
    })
}

pub(super) fn comment(text: &[u8]) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        comment: Option<String>,
    }
    Ok(body::<Request>(text, "UpdateHostedZoneCommentRequest")?.comment)
}

/// Tags to add, and keys to remove.
type TagChanges = (Vec<(String, String)>, Vec<String>);

pub(super) fn tag_changes(text: &[u8]) -> Result<TagChanges, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        add_tags: Option<Tags>,
        remove_tag_keys: Option<Keys>,
    }
    #[derive(Deserialize)]
    struct Tags {
        #[serde(rename = "Tag", default)]
        tags: Vec<Tag>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Tag {
        #[serde(default)]
        key: String,
        #[serde(default)]
        value: String,
    }
    #[derive(Deserialize)]
    struct Keys {
        #[serde(rename = "Key", default)]
        keys: Vec<String>,
    }
    let request: Request = body(text, "ChangeTagsForResourceRequest")?;
    let add = request.add_tags.into_iter().flat_map(|tags| tags.tags);
    let remove = request.remove_tag_keys.map(|keys| keys.keys);
    Ok((
        add.map(|tag| (tag.key, tag.value)).collect(),
        remove.unwrap_or_default(),
    ))
}

pub(super) fn resource_ids(text: &[u8]) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        resource_ids: Ids,
    }
    #[derive(Deserialize)]
    struct Ids {
        #[serde(rename = "ResourceId", default)]
        ids: Vec<String>,
    }
    let ids = body::<Request>(text, "ListTagsForResourcesRequest")?
        .resource_ids
        .ids;
    if (1..=10).contains(&ids.len()) {
        return Ok(ids);
    }
    Err(Error::InvalidInput(
        "You must specify between 1 and 10 resource ids.".to_owned(),
    ))
}

/// Whether a resource is of a type that has tags here.
pub(super) fn zone_resource(rtype: &str, id: &str) -> Result<(), Error> {
    match rtype {
        "hostedzone" => Ok(()),
        "healthcheck" => Err(Error::NoSuchHealthCheck(id.to_owned())),
        _ => Err(Error::InvalidInput(format!(
            "Value '{rtype}' at 'resourceType' failed to satisfy constraint: Member must satisfy \
             enum value set: [healthcheck, hostedzone]"
        ))),
    }
}
