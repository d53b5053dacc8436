//! The account's standing, and tags, on the wire of SES v2.
#![expect(clippy::unnecessary_wraps, reason = "all handlers have one signature")]

use serde_json::json;

use super::{Answer, Request, Route, print_tags};
use crate::ses::Environment;
use crate::ses::problem::Problem;

pub(super) const ROUTES: &[Route] = &[
    ("GET", "account", "GetAccount", get),
    ("POST", "account/details", "PutAccountDetails", put_details),
    (
        "PUT",
        "account/sending",
        "PutAccountSendingAttributes",
        put_sending,
    ),
    (
        "PUT",
        "account/suppression",
        "PutAccountSuppressionAttributes",
        put_suppression,
    ),
    ("PUT", "account/vdm", "PutAccountVdmAttributes", put_vdm),
    (
        "PUT",
        "account/dedicated-ips/warmup",
        "PutAccountDedicatedIpWarmupAttributes",
        put_warmup,
    ),
    (
        "POST",
        "resources/tenants/list",
        "ListResourceTenants",
        list_tenants,
    ),
    ("GET", "tags", "ListTagsForResource", list_tags),
    ("POST", "tags", "TagResource", tag),
    ("DELETE", "tags", "UntagResource", untag),
];

fn get(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let standing = world.ses().standing(request.caller);
    let now = request.caller.now;
    let production = standing.in_production(now);
    let (a_day, a_second) = if production {
        (50_000.0, 14.0)
    } else {
        (200.0, 1.0)
    };
    let mut answer = json!({
        "DedicatedIpAutoWarmupEnabled": standing.auto_warmup,
        "EnforcementStatus": standing.enforcement,
        "ProductionAccessEnabled": production,
        "SendQuota": { "Max24HourSend": a_day, "MaxSendRate": a_second, "SentLast24Hours": standing.sent },
        "SendingEnabled": standing.sending,
        "SuppressionAttributes": standing.suppression,
        "VdmAttributes": standing.vdm,
    });
    if let Some(details) = &standing.details {
        answer["Details"] = details.clone();
        if let Some(status) = standing.review(now) {
            answer["Details"]["ReviewDetails"] =
                json!({ "Status": status, "CaseId": "case-sandbox" });
        }
    }
    Ok(answer)
}

fn put_details(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    if !["MARKETING", "TRANSACTIONAL"].contains(&request.required("MailType")?) {
        return Err(Problem::invalid(
            "1 validation error detected: Value at 'mailType' failed to satisfy constraint: Member must satisfy enum value \
             set: [MARKETING, TRANSACTIONAL]",
        ));
    }
    request.required("WebsiteURL")?;
    let wants_production = request.flag("ProductionAccessEnabled");
    let mut details = request.body.clone();
    if let Some(fields) = details.as_object_mut() {
        fields.retain(|name, value| name != "ProductionAccessEnabled" && !value.is_null());
    }
    world
        .ses_mut()
        .put_details(request.caller, details, wants_production)?;
    Ok(json!({}))
}

fn put_sending(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().standing_mut(request.caller).sending = request.flag("SendingEnabled");
    Ok(json!({}))
}

fn put_suppression(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().standing_mut(request.caller).suppression = request.body.clone();
    Ok(json!({}))
}

fn put_vdm(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().standing_mut(request.caller).vdm = request.body["VdmAttributes"].clone();
    Ok(json!({}))
}

fn put_warmup(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().standing_mut(request.caller).auto_warmup = request.flag("AutoWarmupEnabled");
    Ok(json!({}))
}

fn list_tenants(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let arn = request.required("ResourceArn")?;
    let name = arn.rsplit('/').next().unwrap_or_default();
    let here = world.ses().here(request.caller);
    let tenants = here.and_then(|here| here.tenants.get(name));
    let tenants = tenants.into_iter().flatten();
    let tenants: Vec<_> = tenants
        .map(|tenant| json!({ "TenantName": tenant, "ResourceArn": arn }))
        .collect();
    Ok(json!({ "ResourceTenants": tenants }))
}

fn list_tags(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let arn = request.query("ResourceArn").unwrap_or_default();
    let tags = world.ses_mut().tags_mut(request.caller, arn)?;
    Ok(json!({ "Tags": print_tags(tags) }))
}

fn tag(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().tag(
        request.caller,
        request.required("ResourceArn")?,
        request.tags()?,
    )?;
    Ok(json!({}))
}

fn untag(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let arn = request.query("ResourceArn").unwrap_or_default();
    let tags = world.ses_mut().tags_mut(request.caller, arn)?;
    let keys = request.query.iter().filter(|(name, _)| name == "TagKeys");
    for (_, key) in keys {
        tags.remove(key);
    }
    Ok(json!({}))
}
