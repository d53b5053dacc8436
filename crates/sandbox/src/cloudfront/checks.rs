//! The rules by which CloudFront refuses a distribution's configuration.

use super::config::{Asker, aliases, behaviors};
use super::owned::Owned;
use super::schema::complete;
use super::shapes::{DISTRIBUTION_CONFIG, for_updates};
use super::state::Limits;
use super::xml::Element;
use super::{certificate, error, origin, policies};
use crate::cloudfront::Environment;
use crate::dns::Lookup;
use crate::openness;
use crate::service::ServiceError;
use crate::weather::Behaviour;

/// The configuration with everything that CloudFront fills in.
pub(super) fn completed(config: &Element) -> Result<Element, ServiceError> {
    let mut config = complete(config, &DISTRIBUTION_CONFIG)?;
    if let Some(behavior) = config.child_mut("DefaultCacheBehavior") {
        fill_behavior(behavior)?;
    }
    let listed = config
        .child_mut("CacheBehaviors")
        .and_then(|list| list.child_mut("Items"));
    for behavior in listed.into_iter().flat_map(|items| &mut items.children) {
        fill_behavior(behavior)?;
    }
    let origins = config
        .child_mut("Origins")
        .and_then(|list| list.child_mut("Items"));
    for origin in origins.into_iter().flat_map(|items| &mut items.children) {
        origin::fill(origin);
    }
    if let Some(viewer) = config.child_mut("ViewerCertificate") {
        *viewer = certificate::filled(viewer)?;
    }
    Ok(config)
}

/// Methods, and what stands in for a cache policy where there is none.
fn fill_behavior(behavior: &mut Element) -> Result<(), ServiceError> {
    if behavior.child("AllowedMethods").is_none() {
        behavior.set(methods("AllowedMethods"));
    }
    if let Some(allowed) = behavior.child_mut("AllowedMethods")
        && allowed.child("CachedMethods").is_none()
    {
        allowed.set(methods("CachedMethods"));
    }
    let policy = behavior.child("CachePolicyId").is_some();
    let legacy = ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"];
    if policy {
        return match legacy.iter().find(|field| behavior.child(field).is_some()) {
            Some(field) => Err(error::argument(format!(
                "The parameter {field} cannot be used when a cache policy is associated to the cache behavior."
            ))),
            None => Ok(()),
        };
    }
    if behavior.child("ForwardedValues").is_none() {
        return Err(error::argument(
            "The parameter ForwardedValues is required.",
        ));
    }
    for (field, usual) in [
        ("MinTTL", "0"),
        ("DefaultTTL", "86400"),
        ("MaxTTL", "31536000"),
    ] {
        if behavior.child(field).is_none() {
            behavior.set(Element::leaf(field, usual));
        }
    }
    let ttl = |field: &str| behavior.text_at(field).parse::<i64>().unwrap_or_default();
    if ttl("MinTTL") > ttl("DefaultTTL") || ttl("DefaultTTL") > ttl("MaxTTL") {
        return Err(error::error(
            400,
            "InvalidTTLOrder",
            "The TTL order specified is not valid.",
        ));
    }
    Ok(())
}

fn methods(name: &str) -> Element {
    let methods = ["HEAD", "GET"].map(|method| Element::leaf("Method", method));
    let count = Element::leaf("Quantity", methods.len());
    Element::node(name, vec![count, Element::node("Items", methods.to_vec())])
}

/// Checks that an update says everything: it is not merged with what is there.
pub(super) fn sent_for_update(config: &Element) -> Result<(), ServiceError> {
    all_there(config, for_updates::CONFIG)?;
    for origin in config.items("Origins") {
        all_there(origin, for_updates::ORIGIN)?;
        if let Some(custom) = origin.child("CustomOriginConfig") {
            all_there(custom, for_updates::CUSTOM_ORIGIN)?;
        }
    }
    for behavior in behaviors(config) {
        all_there(behavior, for_updates::BEHAVIOR)?;
    }
    Ok(())
}

fn all_there(element: &Element, fields: &[&str]) -> Result<(), ServiceError> {
    match fields.iter().find(|field| element.child(field).is_none()) {
        Some(field) => Err(error::illegal_update(format!(
            "{field} is required for updates."
        ))),
        None => Ok(()),
    }
}

/// Checks a complete configuration against the world that it is to be deployed in.
pub(super) fn config(
    world: &dyn Environment,
    asker: &Asker<'_>,
    config: &Element,
) -> Result<(), ServiceError> {
    texts(config)?;
    counts(config, &world.cloudfront().limits)?;
    origin::check(world, asker, config)?;
    for behavior in behaviors(config) {
        check_behavior(config, behavior)?;
    }
    error_responses(config)?;
    certificate::check(world, asker, config)?;
    check_aliases(world, asker, config)?;
    logging(world, config)
}

fn texts(config: &Element) -> Result<(), ServiceError> {
    if config.text_at("CallerReference").is_empty() {
        return Err(error::argument(
            "The parameter CallerReference is required.",
        ));
    }
    if config.text_at("Comment").chars().count() > 128 {
        return Err(error::argument("The parameter Comment is too big."));
    }
    if let Some(alias) = aliases(config).find(|alias| !is_domain(alias)) {
        return Err(error::argument(format!(
            "The parameter CNAME contains one or more parameters that are not valid: {alias}"
        )));
    }
    let root = config.text_at("DefaultRootObject");
    if root.starts_with('/') || root.len() > 255 {
        return Err(error::error(
            400,
            "InvalidDefaultRootObject",
            "The parameter DefaultRootObject cannot begin with a slash and can have up to 255 characters.",
        ));
    }
    Ok(())
}

fn counts(config: &Element, limits: &Limits) -> Result<(), ServiceError> {
    let too_many = |code: &str, what: &str| {
        Err(error::error(
            400,
            code,
            format!("Your request contains more {what} than are allowed per distribution."),
        ))
    };
    if config.items("Aliases").len() > limits.aliases {
        return too_many("TooManyDistributionCNAMEs", "CNAMEs");
    }
    if config.items("Origins").len() > limits.origins {
        return too_many("TooManyOrigins", "origins");
    }
    if config.items("CacheBehaviors").len() > limits.cache_behaviors {
        return too_many("TooManyCacheBehaviors", "cache behaviors");
    }
    Ok(())
}

fn check_behavior(config: &Element, behavior: &Element) -> Result<(), ServiceError> {
    let target = behavior.text_at("TargetOriginId");
    let known = config
        .items("Origins")
        .iter()
        .chain(config.items("OriginGroups"))
        .any(|origin| origin.text_at("Id") == target);
    if !known {
        return Err(error::error(
            404,
            "NoSuchOrigin",
            "One or more of your origins or origin groups do not exist.",
        ));
    }
    let policy = |field: &str| {
        behavior
            .child(field)
            .map(|id| id.text.as_str())
            .filter(|id| !id.is_empty())
    };
    if let Some(id) = policy("CachePolicyId")
        && policies::cache(id).is_none()
    {
        return Err(error::error(
            404,
            "NoSuchCachePolicy",
            "The specified cache policy does not exist.",
        ));
    }
    if let Some(id) = policy("OriginRequestPolicyId")
        && !policies::is_origin_request(id)
    {
        return Err(error::error(
            404,
            "NoSuchOriginRequestPolicy",
            "The specified origin request policy does not exist.",
        ));
    }
    if let Some(id) = policy("ResponseHeadersPolicyId")
        && policies::response_headers(id).is_none()
    {
        return Err(error::error(
            404,
            "NoSuchResponseHeadersPolicy",
            "The specified response headers policy does not exist.",
        ));
    }
    check_methods(behavior)
}

fn check_methods(behavior: &Element) -> Result<(), ServiceError> {
    let sets: [&[&str]; 3] = [
        &["GET", "HEAD"],
        &["GET", "HEAD", "OPTIONS"],
        &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
    ];
    let mut sent: Vec<&str> = behavior
        .items("AllowedMethods")
        .iter()
        .map(|method| method.text.as_str())
        .collect();
    sent.sort_unstable();
    if sets.contains(&sent.as_slice()) {
        return Ok(());
    }
    Err(error::argument(
        "The parameter AllowedMethods contains methods that are not allowed together.",
    ))
}

fn error_responses(config: &Element) -> Result<(), ServiceError> {
    let codes = [
        "400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504",
    ];
    for response in config.items("CustomErrorResponses") {
        if !codes.contains(&response.text_at("ErrorCode")) {
            return Err(error::error(
                400,
                "InvalidErrorCode",
                "An invalid error code was specified.",
            ));
        }
        let page = response.text_at("ResponsePagePath").is_empty();
        let code = response.text_at("ResponseCode").is_empty();
        if page != code {
            return Err(error::error(
                400,
                "InvalidResponseCode",
                "ResponsePagePath and ResponseCode must be specified together.",
            ));
        }
    }
    Ok(())
}

/// An alternate domain name belongs to one distribution of the whole world. A wildcard and a name under
/// it are two of them, and may be in two distributions, also of two accounts: so a name moves between
/// accounts (Developer Guide, "Use a wildcard to move an alternate domain name").
fn check_aliases(
    world: &dyn Environment,
    asker: &Asker<'_>,
    config: &Element,
) -> Result<(), ServiceError> {
    for alias in aliases(config) {
        for other in world
            .cloudfront()
            .all()
            .filter(|other| Some(other.id.as_str()) != asker.id)
        {
            let mut taken = other.aliases();
            if taken.any(|taken| taken.eq_ignore_ascii_case(alias)) {
                return Err(error::alias_taken());
            }
        }
        if is_let_go_lately(world, asker, alias) {
            return Err(error::alias_taken());
        }
        if points_elsewhere(world, asker, alias) {
            return Err(error::alias_points_elsewhere());
        }
    }
    Ok(())
}

/// Whether another distribution let the alias go so lately that not all of CloudFront knows
/// (Developer Guide, moving an alternate domain name). Whoever has it already is not asked.
fn is_let_go_lately(world: &dyn Environment, asker: &Asker<'_>, alias: &str) -> bool {
    let state = world.cloudfront();
    let Some(released) = state.released.get(&alias.to_ascii_lowercase()) else {
        return false;
    };
    let has = |id| {
        let account = asker.account;
        state.distribution(Owned { account, id }).ok()
    };
    let held = asker.id.and_then(has).is_some_and(|held| {
        let mut aliases = held.aliases();
        aliases.any(|held| held.eq_ignore_ascii_case(alias))
    });
    let behaviour = Behaviour::ReleasedAliasTaken;
    !held
        && Some(released.by.as_str()) != asker.id
        && world
            .weather()
            .lasts(behaviour, alias, released.at, asker.now)
}

/// A domain name in ASCII, with a wildcard for its first label at most.
fn is_domain(alias: &str) -> bool {
    let rest = alias.strip_prefix("*.").unwrap_or(alias);
    let label = |label: &str| {
        let allowed = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(allowed)
    };
    alias.len() <= 253 && rest.contains('.') && rest.split('.').all(label)
}

/// Whether the public DNS leads an alias to a distribution other than the asker's.
fn points_elsewhere(world: &dyn Environment, asker: &Asker<'_>, alias: &str) -> bool {
    let Lookup::Found { chain, .. } = world.resolve(alias, "A", asker.now) else {
        return false;
    };
    chain.iter().any(|cname| {
        world
            .cloudfront()
            .all()
            .any(|other| other.domain_name == cname.value && Some(other.id.as_str()) != asker.id)
    })
}

/// Standard logs are written by ACL, which a bucket whose `ObjectOwnership` is
/// `BucketOwnerEnforced` has not.
fn logging(world: &dyn Environment, config: &Element) -> Result<(), ServiceError> {
    if !config.is_true("Logging/Enabled") {
        return Ok(());
    }
    let domain = config.text_at("Logging/Bucket");
    let Some(bucket) = origin::bucket_of(domain) else {
        return Err(error::argument(
            "The parameter Logging Bucket does not refer to a valid S3 bucket.",
        ));
    };
    // Standard logs are not delivered into opt-in regions (Developer Guide, "Choose an Amazon S3
    // bucket for standard logs"; aws-genai-llm-chatbot issue 517 has the words).
    let held = world.s3().bucket(&bucket);
    if let Some(region) = held.ok().map(|held| held.region.as_str())
        && openness::is_opt_in(region)
    {
        return Err(error::error(
            403,
            "AccessDenied",
            format!(
                "You don't have permission to access the S3 bucket for CloudFront logs: {domain} If you're using IAM, you need s3:GetBucketAcl and s3:PutBucketAcl permissions to create a distribution or to update log settings for an existing distribution. In addition, the S3 ACL for the bucket must grant you FULL_CONTROL."
            ),
        ));
    }
    if origin::allows_logs(world, &bucket) {
        return Ok(());
    }
    Err(error::argument(format!(
        "The S3 bucket that you specified for CloudFront logs does not enable ACL access: {domain}"
    )))
}
