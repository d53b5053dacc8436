//! The operations on configuration sets.

use serde_json::Value;

use super::caller::Caller;
use super::configuration_set::ConfigurationSet;
use super::identity::Identity;
use super::problem::Problem;
use super::state::State;

/// The most configuration sets of an account and region, and of event destinations in one.
const MOST_SETS: usize = 10_000;
const MOST_DESTINATIONS: usize = 10;

/// An event destination of a configuration set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DestinationName<'a> {
    pub(crate) set: &'a str,
    pub(crate) name: &'a str,
}

impl State {
    /// Makes a configuration set with the options that are given.
    pub(crate) fn create_set(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        set: ConfigurationSet,
    ) -> Result<(), Problem> {
        check_name("configuration set", name)?;
        for (option, value) in &set.options {
            self.check_option(caller, option, value)?;
        }
        let held = self.here(caller).map_or(0, |place| place.sets.len());
        if self.set(caller, name).is_ok() {
            return Err(Problem::SetExists(name.to_owned()));
        }
        if held >= MOST_SETS {
            return Err(Problem::Limit(
                "Maximum number of configuration sets reached.".to_owned(),
            ));
        }
        self.here_mut(caller).sets.insert(name.to_owned(), set);
        Ok(())
    }

    /// Replaces one option of a set.
    pub(crate) fn put_option(
        &mut self,
        caller: Caller<'_>,
        set: &str,
        option: &str,
        value: Value,
    ) -> Result<(), Problem> {
        self.set(caller, set)?;
        self.check_option(caller, option, &value)?;
        let options = &mut self.set_mut(caller, set)?.options;
        let says_nothing =
            |fields: &serde_json::Map<String, Value>| fields.values().all(Value::is_null);
        if value.as_object().is_some_and(says_nothing) {
            options.remove(option);
        } else {
            options.insert(option.to_owned(), value);
        }
        Ok(())
    }

    /// Removes a configuration set.
    pub(crate) fn delete_set(&mut self, caller: Caller<'_>, name: &str) -> Result<(), Problem> {
        self.set(caller, name)?;
        self.here_mut(caller).sets.remove(name);
        Ok(())
    }

    /// Adds an event destination, or replaces one.
    pub(crate) fn put_destination(
        &mut self,
        caller: Caller<'_>,
        named: DestinationName<'_>,
        destination: Value,
        is_new: bool,
    ) -> Result<(), Problem> {
        let DestinationName { set, name } = named;
        check_name("event destination", name)?;
        check_destination(&destination)?;
        let destinations = &mut self.set_mut(caller, set)?.destinations;
        match destinations.contains_key(name) {
            true if is_new => {
                return Err(Problem::DestinationExists(set.to_owned(), name.to_owned()));
            }
            false if !is_new => {
                return Err(Problem::NoDestination(set.to_owned(), name.to_owned()));
            }
            false if destinations.len() >= MOST_DESTINATIONS => {
                return Err(Problem::Limit(
                    "Maximum number of event destinations reached.".to_owned(),
                ));
            }
            _ => destinations.insert(name.to_owned(), destination),
        };
        Ok(())
    }

    /// Removes an event destination.
    pub(crate) fn delete_destination(
        &mut self,
        caller: Caller<'_>,
        named: DestinationName<'_>,
    ) -> Result<(), Problem> {
        let DestinationName { set, name } = named;
        let removed = self.set_mut(caller, set)?.destinations.remove(name);
        removed
            .map(drop)
            .ok_or_else(|| Problem::NoDestination(set.to_owned(), name.to_owned()))
    }

    fn check_option(&self, caller: Caller<'_>, option: &str, value: &Value) -> Result<(), Problem> {
        match option {
            "TrackingOptions" => self.check_tracking(caller, value),
            "DeliveryOptions" => check_delivery(value),
            "SuppressionOptions" => check_suppression(value),
            _ => Ok(()),
        }
    }

    fn check_tracking(&self, caller: Caller<'_>, value: &Value) -> Result<(), Problem> {
        let domain = value["CustomRedirectDomain"].as_str();
        let policy = &value["HttpsPolicy"];
        if domain.is_some_and(|domain| domain.trim().is_empty())
            || (domain.is_none() && !policy.is_null())
        {
            return Err(Problem::invalid("CustomRedirectDomain must be specified."));
        }
        let is_verified = |domain: &&str| {
            let mut parents =
                std::iter::successors(Some(*domain), |name| Some(name.split_once('.')?.1));
            parents.any(|name| self.identity(caller, name).is_ok_and(Identity::is_verified))
        };
        if let Some(domain) = domain.filter(|domain| !is_verified(domain)) {
            return Err(Problem::Invalid(format!(
                "Domain <{domain}> is not verified under this account."
            )));
        }
        check_enum(
            "httpsPolicy",
            policy,
            &["OPTIONAL", "REQUIRE", "REQUIRE_OPEN_ONLY"],
        )
    }
}

fn check_delivery(value: &Value) -> Result<(), Problem> {
    check_enum("tlsPolicy", &value["TlsPolicy"], &["OPTIONAL", "REQUIRE"])?;
    if let Some(pool) = value["SendingPoolName"].as_str() {
        return Err(Problem::Invalid(format!(
            "SendingPool <{pool}> doesn't exist"
        )));
    }
    let bound = match value["MaxDeliverySeconds"].as_i64() {
        Some(seconds) if seconds < 300 => "greater than or equal to 300",
        Some(seconds) if seconds > 50_400 => "less than or equal to 50400",
        _ => return Ok(()),
    };
    Err(Problem::Invalid(format!(
        "1 validation error detected: Value at 'maxDeliverySeconds' failed to satisfy constraint: Member must have value \
         {bound}"
    )))
}

fn check_suppression(value: &Value) -> Result<(), Problem> {
    let reasons = value["SuppressedReasons"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    match reasons
        .iter()
        .find(|reason| !["BOUNCE", "COMPLAINT"].contains(&reason.as_str().unwrap_or_default()))
    {
        None => Ok(()),
        Some(reason) => {
            let reason = reason.as_str().unwrap_or("null");
            Err(Problem::Invalid(format!(
                "Reason {reason} is invalid, must be one of [BOUNCE, COMPLAINT]."
            )))
        }
    }
}

fn check_enum(field: &str, value: &Value, allowed: &[&str]) -> Result<(), Problem> {
    match value.as_str() {
        Some(text) if !allowed.contains(&text) => Err(Problem::Invalid(format!(
            "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must satisfy enum value \
             set: [{}]",
            allowed.join(", ")
        ))),
        _ => Ok(()),
    }
}

fn check_name(what: &str, name: &str) -> Result<(), Problem> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(fits) {
        return Err(Problem::Invalid(format!(
            "Invalid {what} name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."
        )));
    }
    if name.len() > 64 {
        return Err(Problem::Invalid(format!(
            "The {what} name can't be longer than 64 characters."
        )));
    }
    Ok(())
}

fn check_destination(destination: &Value) -> Result<(), Problem> {
    const EVENTS: [&str; 10] = [
        "SEND",
        "REJECT",
        "BOUNCE",
        "COMPLAINT",
        "DELIVERY",
        "OPEN",
        "CLICK",
        "RENDERING_FAILURE",
        "DELIVERY_DELAY",
        "SUBSCRIPTION",
    ];
    const KINDS: [&str; 5] = [
        "KinesisFirehoseDestination",
        "CloudWatchDestination",
        "SnsDestination",
        "EventBridgeDestination",
        "PinpointDestination",
    ];
    let events = destination["MatchingEventTypes"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if events.is_empty() {
        return Err(Problem::invalid(
            "At least one event type must be specified.",
        ));
    }
    for event in events {
        check_enum("eventDestination.matchingEventTypes", event, &EVENTS)?;
    }
    let kinds = KINDS
        .iter()
        .filter(|kind| !destination[**kind].is_null())
        .count();
    if kinds != 1 {
        return Err(Problem::invalid(
            "Exactly one destination must be specified in an event destination.",
        ));
    }
    check_arns(destination)
}

/// The destinations of events are in other services, which are not emulated: their ARNs are checked by form alone.
fn check_arns(destination: &Value) -> Result<(), Problem> {
    let arns = [
        ("/SnsDestination/TopicArn", "sns"),
        ("/EventBridgeDestination/EventBusArn", "events"),
        ("/KinesisFirehoseDestination/DeliveryStreamArn", "firehose"),
        ("/KinesisFirehoseDestination/IamRoleArn", "iam"),
    ];
    for (field, service) in arns {
        let arn = destination.pointer(field).and_then(Value::as_str);
        if let Some(arn) = arn.filter(|arn| arn.split(':').nth(2) != Some(service)) {
            return Err(Problem::Invalid(format!("Invalid ARN <{arn}>.")));
        }
    }
    let bus = destination
        .pointer("/EventBridgeDestination/EventBusArn")
        .and_then(Value::as_str);
    if bus.is_some_and(|arn| !arn.ends_with(":event-bus/default")) {
        return Err(Problem::invalid(
            "The EventBridge destination must be the default event bus.",
        ));
    }
    Ok(())
}
