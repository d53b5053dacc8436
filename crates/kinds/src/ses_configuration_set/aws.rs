//! SES v2's calls for a configuration set.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{
    CloudWatchDestination, CloudWatchDimensionConfiguration, DeliveryOptions, DimensionValueSource,
    EventBridgeDestination, EventDestinationDefinition, EventType, KinesisFirehoseDestination,
    ReputationOptions, SendingOptions, SnsDestination, SuppressionListReason, SuppressionOptions,
    TlsPolicy,
};
use model::kind::{Called, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, PhysicalId, Target};

use super::{Destination, EventDestination, SesConfigurationSet, Spec};
use crate::context::Context;
use crate::sdk::{built, done, finish, found, made};
use crate::ses_identity::{client, retag, sdk_tags};
use crate::tags;

#[async_trait]
impl Observe<Context> for SesConfigurationSet {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<Spec>, KindError> {
        let client = client(context)?;
        let name = &target.spec.name;
        let answer = client
            .get_configuration_set()
            .configuration_set_name(name)
            .send()
            .await;
        let Some(answer) = found("GetConfigurationSet", answer)? else {
            return Ok(Observation::Absent);
        };
        let delivery = answer.delivery_options();
        let reasons = answer.suppression_options().map(|options| {
            let reasons = options.suppressed_reasons().iter();
            let mut reasons: Vec<String> =
                reasons.map(|reason| reason.as_str().to_owned()).collect();
            reasons.sort();
            reasons
        });
        let tags = tags::visible(
            answer
                .tags()
                .iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned())),
        );
        let ownership = tags::ownership(&target.spec.tags, &tags);
        let state = Spec {
            name: name.clone(),
            tls_required: delivery.and_then(|options| options.tls_policy())
                == Some(&TlsPolicy::Require),
            max_delivery_seconds: delivery
                .and_then(DeliveryOptions::max_delivery_seconds)
                .and_then(|seconds| u64::try_from(seconds).ok()),
            reputation_metrics: answer
                .reputation_options()
                .is_some_and(ReputationOptions::reputation_metrics_enabled),
            sending: answer
                .sending_options()
                .is_none_or(SendingOptions::sending_enabled),
            suppressed_reasons: reasons,
            events: events(&client, name).await?,
            tags,
        };
        Ok(Observation::Present {
            physical: name.as_str().into(),
            state,
            ownership,
        })
    }
}

async fn events(
    client: &Client,
    name: &str,
) -> Result<BTreeMap<String, EventDestination>, KindError> {
    let answer = client
        .get_configuration_set_event_destinations()
        .configuration_set_name(name)
        .send()
        .await;
    let answer = found("GetConfigurationSetEventDestinations", answer)?;
    let destinations = answer
        .map(|answer| answer.event_destinations().to_vec())
        .unwrap_or_default();
    Ok(destinations
        .iter()
        .filter_map(|event| {
            let mut types: Vec<String> = event
                .matching_event_types()
                .iter()
                .filter(|_| event.enabled())
                .map(|word| word.as_str().to_owned())
                .collect();
            types.sort();
            Some((
                event.name().to_owned(),
                EventDestination {
                    types,
                    destination: destination(event)?,
                },
            ))
        })
        .collect())
}

fn destination(event: &aws_sdk_sesv2::types::EventDestination) -> Option<Destination> {
    if let Some(sns) = event.sns_destination() {
        return Some(Destination::Sns(sns.topic_arn().to_owned()));
    }
    if let Some(bus) = event.event_bridge_destination() {
        return Some(Destination::EventBridge(bus.event_bus_arn().to_owned()));
    }
    if let Some(firehose) = event.kinesis_firehose_destination() {
        return Some(Destination::Firehose {
            stream: firehose.delivery_stream_arn().to_owned(),
            role: firehose.iam_role_arn().to_owned(),
        });
    }
    event.cloud_watch_destination().map(|watch| {
        let dimension = |one: &CloudWatchDimensionConfiguration| {
            let value = format!(
                "{} {}",
                one.dimension_value_source().as_str(),
                one.default_dimension_value()
            );
            (one.dimension_name().to_owned(), value)
        };
        Destination::CloudWatch(
            watch
                .dimension_configurations()
                .iter()
                .map(dimension)
                .collect(),
        )
    })
}

fn definition(event: &EventDestination) -> Result<EventDestinationDefinition, KindError> {
    let operation = "CreateConfigurationSetEventDestination";
    let types = event
        .types
        .iter()
        .map(|word| EventType::from(word.as_str()))
        .collect();
    let sdk = EventDestinationDefinition::builder()
        .enabled(true)
        .set_matching_event_types(Some(types));
    Ok(match &event.destination {
        Destination::Sns(arn) => sdk.sns_destination(built(
            operation,
            SnsDestination::builder().topic_arn(arn).build(),
        )?),
        Destination::EventBridge(arn) => sdk.event_bridge_destination(built(
            operation,
            EventBridgeDestination::builder().event_bus_arn(arn).build(),
        )?),
        Destination::Firehose { stream, role } => {
            let firehose = KinesisFirehoseDestination::builder()
                .delivery_stream_arn(stream)
                .iam_role_arn(role);
            sdk.kinesis_firehose_destination(built(operation, firehose.build())?)
        }
        Destination::CloudWatch(dimensions) => {
            let mut watch = CloudWatchDestination::builder();
            for (name, value) in dimensions {
                let (source, default) = value.split_once(' ').unwrap_or(("MESSAGE_TAG", value));
                let dimension = CloudWatchDimensionConfiguration::builder()
                    .dimension_name(name)
                    .dimension_value_source(DimensionValueSource::from(source))
                    .default_dimension_value(default);
                watch = watch.dimension_configurations(built(operation, dimension.build())?);
            }
            sdk.cloud_watch_destination(built(operation, watch.build())?)
        }
    }
    .build())
}

fn delivery(spec: &Spec) -> DeliveryOptions {
    let policy = if spec.tls_required {
        TlsPolicy::Require
    } else {
        TlsPolicy::Optional
    };
    let seconds = spec
        .max_delivery_seconds
        .and_then(|seconds| i64::try_from(seconds).ok());
    DeliveryOptions::builder()
        .tls_policy(policy)
        .set_max_delivery_seconds(seconds)
        .build()
}

fn reasons(spec: &Spec) -> Option<Vec<SuppressionListReason>> {
    let reasons = spec.suppressed_reasons.as_ref()?.iter();
    Some(
        reasons
            .map(|reason| SuppressionListReason::from(reason.as_str()))
            .collect(),
    )
}

/// Makes, changes and removes event destinations until they are `desired`.
async fn put_events(
    client: &Client,
    name: &str,
    desired: &BTreeMap<String, EventDestination>,
    actual: &BTreeMap<String, EventDestination>,
) -> Result<(), KindError> {
    for gone in actual.keys().filter(|event| !desired.contains_key(*event)) {
        let request = client
            .delete_configuration_set_event_destination()
            .configuration_set_name(name)
            .event_destination_name(gone);
        found(
            "DeleteConfigurationSetEventDestination",
            request.send().await,
        )?;
    }
    for (event, wanted) in desired {
        match actual.get(event) {
            Some(seen) if seen == wanted => {}
            Some(_) => {
                let request = client
                    .update_configuration_set_event_destination()
                    .configuration_set_name(name)
                    .event_destination_name(event)
                    .event_destination(definition(wanted)?);
                done(
                    "UpdateConfigurationSetEventDestination",
                    request.send().await,
                )?;
            }
            None => {
                let operation = "CreateConfigurationSetEventDestination";
                let request = client
                    .create_configuration_set_event_destination()
                    .configuration_set_name(name)
                    .event_destination_name(event)
                    .event_destination(definition(wanted)?);
                made(operation, request.send().await)?;
            }
        }
    }
    Ok(())
}

#[async_trait]
impl Mutate<Context> for SesConfigurationSet {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let client = client(context)?;
        let operation = "CreateConfigurationSet";
        let spec = &target.spec;
        let request = client
            .create_configuration_set()
            .configuration_set_name(&spec.name)
            .delivery_options(delivery(spec))
            .reputation_options(
                ReputationOptions::builder()
                    .reputation_metrics_enabled(spec.reputation_metrics)
                    .build(),
            )
            .sending_options(
                SendingOptions::builder()
                    .sending_enabled(spec.sending)
                    .build(),
            )
            .set_suppression_options(reasons(spec).map(|reasons| {
                SuppressionOptions::builder()
                    .set_suppressed_reasons(Some(reasons))
                    .build()
            }))
            .set_tags(Some(sdk_tags(operation, &spec.tags)?));
        let made = made(operation, request.send().await)?;
        if made.is_none() {
            return finish(self, context, target, operation).await;
        }
        let none = BTreeMap::new();
        let events = put_events(&client, &spec.name, &spec.events, &none);
        events.await.map_err(KindError::begun)?;
        Ok(PhysicalId::from(spec.name.as_str()).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let spec = &target.spec;
        let touches = |field: &str| update.diff.touches(field);
        if touches("tls_required") || touches("max_delivery_seconds") {
            let options = delivery(spec);
            let pool = sending_pool(&client, &spec.name).await?;
            let request = client
                .put_configuration_set_delivery_options()
                .configuration_set_name(&spec.name)
                .set_tls_policy(options.tls_policy().cloned())
                .set_max_delivery_seconds(options.max_delivery_seconds())
                // The options are set whole, and the pool of addresses is none of ours.
                .set_sending_pool_name(pool);
            done("PutConfigurationSetDeliveryOptions", request.send().await)?;
        }
        if touches("reputation_metrics") {
            let request = client
                .put_configuration_set_reputation_options()
                .configuration_set_name(&spec.name)
                .reputation_metrics_enabled(spec.reputation_metrics);
            done("PutConfigurationSetReputationOptions", request.send().await)?;
        }
        if touches("sending") {
            let request = client
                .put_configuration_set_sending_options()
                .configuration_set_name(&spec.name)
                .sending_enabled(spec.sending);
            done("PutConfigurationSetSendingOptions", request.send().await)?;
        }
        if touches("suppressed_reasons") {
            let request = client
                .put_configuration_set_suppression_options()
                .configuration_set_name(&spec.name)
                .set_suppressed_reasons(reasons(spec));
            done(
                "PutConfigurationSetSuppressionOptions",
                request.send().await,
            )?;
        }
        if touches("events") {
            put_events(
                &client,
                &spec.name,
                &spec.events,
                &events(&client, &spec.name).await?,
            )
            .await?;
        }
        if touches("tags") {
            retag(
                context,
                &format!("configuration-set/{}", spec.name),
                &spec.tags,
                update.owned.as_ref().map(|owned| &owned.tags),
            )
            .await?;
        }
        Ok(PhysicalId::from(spec.name.as_str()).into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let answer = client(context)?
            .delete_configuration_set()
            .configuration_set_name(&target.spec.name)
            .send()
            .await;
        found("DeleteConfigurationSet", answer)?;
        Ok(())
    }
}

async fn sending_pool(client: &Client, name: &str) -> Result<Option<String>, KindError> {
    let request = client.get_configuration_set().configuration_set_name(name);
    let answer = done("GetConfigurationSet", request.send().await)?;
    let options = answer.delivery_options();
    Ok(options.and_then(|options| options.sending_pool_name().map(str::to_owned)))
}
