//! CloudFront's wire protocol: REST XML.

use bytes::Bytes;
use indexmap::IndexMap;

use super::distribution::Distribution;
use super::distributions::New;
use super::owned::Owned;
use super::print::{self, Listed, Page};
use super::routes::{self, Asked};
use super::xml::Element;
use super::{aliases, distributions, error, shapes, tags};
use crate::call::{Call, Reply};
use crate::cloudfront::Environment;
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use crate::weather::Behaviour;

/// The CloudFront service.
#[derive(Clone, Copy, Debug)]
pub struct CloudFront;

/// The answer of an operation.
#[derive(Default)]
struct Answer {
    status: u16,
    document: Option<Element>,
    etag: Option<String>,
    location: Option<String>,
}

type Answered = Result<Answer, ServiceError>;

impl Answer {
    fn with(document: Element) -> Self {
        Self {
            status: 200,
            document: Some(document),
            ..Self::default()
        }
    }

    fn nothing(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    fn etag(self, etag: String) -> Self {
        Self {
            etag: Some(etag),
            ..self
        }
    }

    fn created(self, path: &str) -> Self {
        let location = format!("https://cloudfront.amazonaws.com/2020-05-31/{path}");
        Self {
            status: 201,
            location: Some(location),
            ..self
        }
    }
}

impl Service for CloudFront {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        routes::operation(call).ok_or_else(|| self.error(call, &error::unknown_operation()))
    }

    fn charges(&self, _call: &Call, operation: &'static str) -> Vec<Charge> {
        let mut charges = vec![Charge::one("cloudfront.requests")];
        if operation == "CreateInvalidation" {
            charges.push(Charge::one("cloudfront.create_invalidation"));
        }
        charges
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        let kind = if error.status < 500 {
            "Sender"
        } else {
            "Receiver"
        };
        let document = Element::node(
            "ErrorResponse",
            vec![
                Element::node(
                    "Error",
                    vec![
                        Element::leaf("Type", kind),
                        Element::leaf("Code", &error.code),
                        Element::leaf("Message", &error.message),
                    ],
                ),
                Element::leaf("RequestId", &call.request_id),
            ],
        );
        reply(
            call,
            &Answer {
                status: error.status,
                document: Some(document),
                ..Answer::default()
            },
        )
    }
}

/// Carries a call out.
pub(crate) fn handle(world: &mut dyn Environment, call: &Call, operation: &'static str) -> Reply {
    let asked = Asked::of(call);
    let answered = distributions(world, call, &asked, operation)
        .or_else(|| access_controls(world, call, &asked, operation))
        .or_else(|| invalidations(world, call, &asked, operation))
        .or_else(|| tagging(world, call, &asked, operation))
        .unwrap_or_else(|| Err(error::unknown_operation()));
    match answered {
        Ok(answer) => reply(call, &answer),
        Err(refusal) => CloudFront.error(call, &refusal),
    }
}

fn reply(call: &Call, answer: &Answer) -> Reply {
    let body = answer
        .document
        .as_ref()
        .map(Element::document)
        .unwrap_or_default();
    let mut reply = Reply::new(Bytes::from(body));
    *reply.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let content_type = answer.document.as_ref().map(|_| "text/xml".to_owned());
    let headers = [
        ("content-type", content_type),
        ("x-amzn-requestid", Some(call.request_id.clone())),
        ("etag", answer.etag.clone()),
        ("location", answer.location.clone()),
    ];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| http::HeaderValue::from_str(&value).ok()) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

/// The document of a request, whose root must be of this name.
fn body(call: &Call, root: &str) -> Result<Element, ServiceError> {
    if call.body.is_empty() {
        return Err(error::missing_body());
    }
    let document = Element::parse(&call.body)?;
    if document.name == root {
        Ok(document)
    } else {
        Err(error::malformed(format!(
            "Unexpected root element {}; expected {root}",
            document.name
        )))
    }
}

fn page(asked: &Asked) -> Result<Page, ServiceError> {
    Page::new(asked.query("Marker"), asked.query("MaxItems"))
}

fn distributions(
    world: &mut dyn Environment,
    call: &Call,
    asked: &Asked,
    operation: &str,
) -> Option<Answered> {
    Some(match operation {
        "CreateDistribution" => create(world, call, false),
        "CreateDistributionWithTags" => create(world, call, true),
        "GetDistribution" => shown(world, call, asked.id()),
        "GetDistributionConfig" => config(world, call, asked.id()),
        "UpdateDistribution" => update(world, call, asked),
        "DeleteDistribution" => {
            let owned = Owned::by(call, asked.id());
            distributions::delete(world, owned, asked.if_match(), call.now)
                .map(|()| Answer::nothing(204))
        }
        "ListDistributions" => list(world, call, asked),
        "AssociateAlias" => associate(world, call, asked),
        "ListConflictingAliases" => conflicting(world, call, asked),
        "ListDistributionsByWebACLId" => by_web_acl(world, call, asked),
        "ListDistributionsByCachePolicyId" => by_policy(world, call, asked, "CachePolicyId"),
        "ListDistributionsByOriginRequestPolicyId" => {
            by_policy(world, call, asked, "OriginRequestPolicyId")
        }
        "ListDistributionsByResponseHeadersPolicyId" => {
            by_policy(world, call, asked, "ResponseHeadersPolicyId")
        }
        _ => return None,
    })
}

fn create(world: &mut dyn Environment, call: &Call, with_tags: bool) -> Answered {
    let new = if with_tags {
        let both = body(call, shapes::WITH_TAGS)?;
        let part = |name: &str| {
            both.child(name)
                .cloned()
                .ok_or_else(|| error::malformed(format!("{name} is missing")))
        };
        New {
            config: part("DistributionConfig")?,
            tags: tags::read(&part("Tags")?)?,
        }
    } else {
        New {
            config: body(call, "DistributionConfig")?,
            tags: IndexMap::new(),
        }
    };
    let id = distributions::create(world, &call.account, new, call.now)?;
    Ok(shown(world, call, &id)?.created(&format!("distribution/{id}")))
}

fn shown(world: &dyn Environment, call: &Call, id: &str) -> Answered {
    let held = world.cloudfront().distribution(Owned::by(call, id))?;
    Ok(Answer::with(print::distribution(held)).etag(held.etag()))
}

fn config(world: &dyn Environment, call: &Call, id: &str) -> Answered {
    let held = world.cloudfront().distribution(Owned::by(call, id))?;
    Ok(Answer::with(held.config.clone()).etag(held.etag()))
}

fn update(world: &mut dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let config = body(call, "DistributionConfig")?;
    let owned = Owned::by(call, asked.id());
    distributions::update(world, owned, &config, asked.if_match(), call.now)?;
    shown(world, call, asked.id())
}

fn list(world: &dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let all = world.cloudfront().list(&call.account);
    let all = all.into_iter().chain(still_listed(world, call));
    let summaries = all.map(|held| Listed::new(&held.id, print::distribution_summary(held)));
    Ok(Answer::with(
        page(asked)?.list("DistributionList", summaries)?,
    ))
}

/// Deleted distributions that the list still shows.
fn still_listed<'a>(
    world: &'a dyn Environment,
    call: &'a Call,
) -> impl Iterator<Item = &'a Distribution> {
    let weather = world.weather();
    let deleted = world.cloudfront().deleted.iter();
    deleted
        .filter(move |gone| {
            let behaviour = Behaviour::DeletedListed;
            gone.distribution.account == call.account
                && weather.lasts(behaviour, &gone.distribution.id, gone.at, call.now)
        })
        .map(|gone| &gone.distribution)
}

fn by_web_acl(world: &dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let wanted = if asked.id() == "null" { "" } else { asked.id() };
    let all = world.cloudfront().list(&call.account);
    let summaries = all
        .iter()
        .filter(|held| held.config.text_at("WebACLId") == wanted)
        .map(|held| Listed::new(&held.id, print::distribution_summary(held)));
    Ok(Answer::with(
        page(asked)?.list("DistributionList", summaries)?,
    ))
}

fn by_policy(world: &dyn Environment, call: &Call, asked: &Asked, field: &str) -> Answered {
    let uses = |config: &Element| {
        super::config::behaviors(config).any(|behavior| behavior.text_at(field) == asked.id())
    };
    let all = world.cloudfront().list(&call.account);
    let ids = all
        .iter()
        .filter(|held| uses(&held.config))
        .map(|held| Listed::new(&held.id, Element::leaf("DistributionId", &held.id)));
    Ok(Answer::with(page(asked)?.list("DistributionIdList", ids)?))
}

fn associate(world: &mut dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let alias = asked
        .query("Alias")
        .ok_or_else(|| error::argument("The parameter Alias is required."))?;
    aliases::associate(world, Owned::by(call, asked.id()), alias, call.now)?;
    Ok(Answer::nothing(200))
}

fn conflicting(world: &dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let required = |name: &str| {
        asked
            .query(name)
            .ok_or_else(|| error::argument(format!("The parameter {name} is required.")))
    };
    let (id, alias) = (required("DistributionId")?, required("Alias")?);
    let found = aliases::conflicting(world, Owned::by(call, id), alias)?;
    let mut children = vec![
        Element::leaf("MaxItems", 100),
        Element::leaf("Quantity", found.len()),
    ];
    if !found.is_empty() {
        children.push(Element::node("Items", found));
    }
    Ok(Answer::with(Element::node(
        "ConflictingAliasesList",
        children,
    )))
}

fn access_controls(
    world: &mut dyn Environment,
    call: &Call,
    asked: &Asked,
    operation: &str,
) -> Option<Answered> {
    let owned = Owned::by(call, asked.id());
    let root = "OriginAccessControlConfig";
    Some(match operation {
        "CreateOriginAccessControl" => body(call, root)
            .and_then(|config| {
                world
                    .cloudfront_mut()
                    .create_access_control(&call.account, &config)
            })
            .and_then(|id| {
                Ok(access_control(world, Owned::by(call, &id))?
                    .created(&format!("origin-access-control/{id}")))
            }),
        "GetOriginAccessControl" => access_control(world, owned),
        "GetOriginAccessControlConfig" => access_control_config(world, owned),
        "UpdateOriginAccessControl" => body(call, root)
            .and_then(|config| {
                world
                    .cloudfront_mut()
                    .update_access_control(owned, &config, asked.if_match())
            })
            .and_then(|()| access_control(world, owned)),
        "DeleteOriginAccessControl" => world
            .cloudfront_mut()
            .delete_access_control(owned, asked.if_match())
            .map(|()| Answer::nothing(204)),
        "ListOriginAccessControls" => {
            let all = world.cloudfront().list_access_controls(&call.account);
            let all = all
                .iter()
                .map(|held| Listed::new(&held.id, print::access_control_summary(held)));
            page(asked)
                .and_then(|page| page.list("OriginAccessControlList", all))
                .map(Answer::with)
        }
        _ => return None,
    })
}

fn access_control(world: &dyn Environment, owned: Owned<'_>) -> Answered {
    let held = world.cloudfront().access_control(owned)?;
    Ok(Answer::with(print::access_control(held)).etag(held.etag()))
}

fn access_control_config(world: &dyn Environment, owned: Owned<'_>) -> Answered {
    let held = world.cloudfront().access_control(owned)?;
    Ok(Answer::with(held.config.clone()).etag(held.etag()))
}

fn invalidations(
    world: &mut dyn Environment,
    call: &Call,
    asked: &Asked,
    operation: &str,
) -> Option<Answered> {
    Some(match operation {
        "CreateInvalidation" => invalidate(world, call, asked),
        "GetInvalidation" => world
            .cloudfront()
            .distribution(Owned::by(call, asked.id()))
            .and_then(|held| held.invalidation(asked.second_id()))
            .map(|held| Answer::with(print::invalidation(held))),
        "ListInvalidations" => list_invalidations(world, call, asked),
        _ => return None,
    })
}

fn invalidate(world: &mut dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let batch = body(call, "InvalidationBatch")?;
    let limits = world.cloudfront().limits;
    let delay = world.delays().cloudfront_invalidation;
    let held = world
        .cloudfront_mut()
        .distribution_mut(Owned::by(call, asked.id()))?;
    let id = held.invalidate(&batch, &limits, call.now, delay)?;
    let answer = Answer::with(print::invalidation(held.invalidation(&id)?));
    Ok(answer.created(&format!("distribution/{}/invalidation/{id}", asked.id())))
}

/// The newest comes first.
fn list_invalidations(world: &dyn Environment, call: &Call, asked: &Asked) -> Answered {
    let held = world
        .cloudfront()
        .distribution(Owned::by(call, asked.id()))?;
    let all = held.invalidations.iter().rev();
    let all = all.map(|held| Listed::new(&held.id, print::invalidation_summary(held)));
    Ok(Answer::with(page(asked)?.list("InvalidationList", all)?))
}

fn tagging(
    world: &mut dyn Environment,
    call: &Call,
    asked: &Asked,
    operation: &str,
) -> Option<Answered> {
    let resource = asked.query("Resource").unwrap_or_default();
    let held = world.cloudfront_mut().tags_mut(&call.account, resource);
    Some(match operation {
        "ListTagsForResource" => held.map(|held| Answer::with(tags::print(held))),
        "TagResource" => held
            .and_then(|held| tags::set(held, &body(call, "Tags")?))
            .map(|()| Answer::nothing(204)),
        "UntagResource" => held
            .and_then(|held| tags::unset(held, &body(call, "TagKeys")?))
            .map(|()| Answer::nothing(204)),
        _ => return None,
    })
}
