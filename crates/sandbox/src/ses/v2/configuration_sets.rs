//! Configuration sets on the wire of SES v2.

use serde_json::{Value, json};

use super::{Answer, Request, Route, print_tags};
use crate::paging::page;
use crate::ses::Environment;
use crate::ses::configuration_set::{ConfigurationSet, OPTIONS};
use crate::ses::configuration_sets::DestinationName;
use crate::ses::problem::Problem;

pub(super) const ROUTES: &[Route] = &[
    (
        "POST",
        "configuration-sets",
        "CreateConfigurationSet",
        create,
    ),
    ("GET", "configuration-sets", "ListConfigurationSets", list),
    (
        "POST",
        "list-configuration-sets",
        "ListConfigurationSets",
        list,
    ),
    ("GET", "configuration-sets/{}", "GetConfigurationSet", get),
    (
        "DELETE",
        "configuration-sets/{}",
        "DeleteConfigurationSet",
        delete,
    ),
    (
        "POST",
        "update-configuration-sets",
        "UpdateConfigurationSet",
        update,
    ),
    (
        "PUT",
        "configuration-sets/{}/tracking-options",
        "PutConfigurationSetTrackingOptions",
        put_tracking,
    ),
    (
        "PUT",
        "configuration-sets/{}/delivery-options",
        "PutConfigurationSetDeliveryOptions",
        put_delivery,
    ),
    (
        "PUT",
        "configuration-sets/{}/reputation-options",
        "PutConfigurationSetReputationOptions",
        put_reputation,
    ),
    (
        "PUT",
        "configuration-sets/{}/sending",
        "PutConfigurationSetSendingOptions",
        put_sending,
    ),
    (
        "PUT",
        "configuration-sets/{}/suppression-options",
        "PutConfigurationSetSuppressionOptions",
        put_suppression,
    ),
    (
        "PUT",
        "configuration-sets/{}/vdm-options",
        "PutConfigurationSetVdmOptions",
        put_vdm,
    ),
    (
        "PUT",
        "configuration-sets/{}/archiving-options",
        "PutConfigurationSetArchivingOptions",
        put_archiving,
    ),
    (
        "GET",
        "configuration-sets/{}/event-destinations",
        "GetConfigurationSetEventDestinations",
        get_destinations,
    ),
    (
        "POST",
        "configuration-sets/{}/event-destinations",
        "CreateConfigurationSetEventDestination",
        create_destination,
    ),
    (
        "PUT",
        "configuration-sets/{}/event-destinations/{}",
        "UpdateConfigurationSetEventDestination",
        update_destination,
    ),
    (
        "DELETE",
        "configuration-sets/{}/event-destinations/{}",
        "DeleteConfigurationSetEventDestination",
        delete_destination,
    ),
];

fn create(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let given = |option: &&str| !request.body[*option].is_null();
    let set = ConfigurationSet {
        tags: request.tags()?,
        options: OPTIONS
            .iter()
            .filter(|option| given(option))
            .map(|option| ((*option).to_owned(), request.body[*option].clone()))
            .collect(),
        ..ConfigurationSet::default()
    };
    world.ses_mut().create_set(
        request.caller,
        request.required("ConfigurationSetName")?,
        set,
    )?;
    Ok(json!({}))
}

fn get(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let set = world.ses().set(request.caller, request.name(0))?;
    let mut answer =
        json!({ "ConfigurationSetName": request.name(0), "Tags": print_tags(&set.tags) });
    for option in OPTIONS {
        if let Some(value) = set.option(option) {
            answer[option] = value;
        }
    }
    Ok(answer)
}

fn list(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let size = request.body["PageSize"]
        .as_i64()
        .or_else(|| request.query("PageSize")?.parse().ok());
    let size = match size {
        None => 50,
        Some(size @ 1..=1000) => usize::try_from(size).unwrap_or(1000),
        Some(_) => return Err(Problem::invalid("The page size must be between 1 and 1000")),
    };
    let filter = request.body["Filter"]["CONFIGURATION_SET_NAME_CONTAINS"]
        .as_str()
        .unwrap_or_default()
        .to_lowercase();
    if !filter.is_empty() && !(3..=64).contains(&filter.chars().count()) {
        return Err(Problem::invalid(
            "CONFIGURATION_SET_NAME_CONTAINS must be between 3 and 64 characters",
        ));
    }
    let token = request
        .text("NextToken")
        .or_else(|| request.query("NextToken"));
    let names = world
        .ses()
        .here(request.caller)
        .into_iter()
        .flat_map(|here| here.sets.keys().map(String::as_str));
    let fitting = names.filter(|name| name.to_lowercase().contains(&filter));
    let scope = format!("set {} {filter}", request.caller.place());
    let (names, next) = page(fitting, &scope, size, token).ok_or_else(|| {
        Problem::Invalid(format!("invalid nextToken {}", token.unwrap_or_default()))
    })?;
    let mut answer = json!({ "ConfigurationSets": names });
    if let Some(next) = next {
        answer["NextToken"] = json!(next);
    }
    Ok(answer)
}

fn delete(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world
        .ses_mut()
        .delete_set(request.caller, request.name(0))?;
    Ok(json!({}))
}

fn update(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let name = request.required("ConfigurationSetName")?;
    world.ses().set(request.caller, name)?;
    let security = &request.body["MessageSecurityOptions"];
    if !security.is_null() {
        world.ses_mut().put_option(
            request.caller,
            name,
            "MessageSecurityOptions",
            security.clone(),
        )?;
    }
    Ok(json!({}))
}

fn put(world: &mut dyn Environment, request: &Request<'_>, option: &str, value: Value) -> Answer {
    world
        .ses_mut()
        .put_option(request.caller, request.name(0), option, value)?;
    Ok(json!({}))
}

fn put_tracking(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put(world, request, "TrackingOptions", request.body.clone())
}

fn put_delivery(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put(world, request, "DeliveryOptions", request.body.clone())
}

fn put_reputation(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let enabled = request.flag("ReputationMetricsEnabled");
    let value = json!({ "ReputationMetricsEnabled": enabled });
    put(world, request, "ReputationOptions", value)
}

fn put_sending(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let enabled = request.flag("SendingEnabled");
    let value = json!({ "SendingEnabled": enabled });
    put(world, request, "SendingOptions", value)
}

fn put_suppression(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put(world, request, "SuppressionOptions", request.body.clone())
}

fn put_vdm(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let value = request.body["VdmOptions"].clone();
    put(world, request, "VdmOptions", value)
}

fn put_archiving(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put(world, request, "ArchivingOptions", request.body.clone())
}

fn get_destinations(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let set = world.ses().set(request.caller, request.name(0))?;
    let print = |(name, destination): (&String, &Value)| {
        let mut printed = destination.clone();
        printed["Name"] = json!(name);
        printed["Enabled"] = json!(destination["Enabled"].as_bool().unwrap_or(false));
        printed
    };
    Ok(json!({ "EventDestinations": set.destinations.iter().map(print).collect::<Vec<_>>() }))
}

fn create_destination(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let name = request.required("EventDestinationName")?;
    put_destination(world, request, name, true)
}

fn update_destination(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put_destination(world, request, request.name(1), false)
}

fn put_destination(
    world: &mut dyn Environment,
    request: &Request<'_>,
    name: &str,
    is_new: bool,
) -> Answer {
    let set = request.name(0);
    let destination = request.body["EventDestination"].clone();
    world.ses_mut().put_destination(
        request.caller,
        DestinationName { set, name },
        destination,
        is_new,
    )?;
    Ok(json!({}))
}

fn delete_destination(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let named = DestinationName {
        set: request.name(0),
        name: request.name(1),
    };
    world.ses_mut().delete_destination(request.caller, named)?;
    Ok(json!({}))
}
