//! Configuration sets and their event destinations.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::create_configuration_set_event_destination::{
    CreateConfigurationSetEventDestinationError, CreateConfigurationSetEventDestinationOutput,
};
use aws_sdk_sesv2::types::{
    DeliveryOptions, EventDestinationDefinition, EventType, SnsDestination, TlsPolicy,
};

use crate::common::{code, error};
use crate::{ses, tag};

/// Makes a configuration set without options.
pub(crate) async fn make_set(ses: &Client, name: &str) {
    let made = ses.create_configuration_set();
    let made = made.configuration_set_name(name);
    made.send().await.expect("a configuration set");
}

/// Asks for an event destination of the set `mail`.
async fn ask_destination(
    ses: &Client,
    name: &str,
    definition: EventDestinationDefinition,
) -> Result<
    CreateConfigurationSetEventDestinationOutput,
    SdkError<CreateConfigurationSetEventDestinationError>,
> {
    let asked = ses
        .create_configuration_set_event_destination()
        .configuration_set_name("mail");
    let asked = asked.event_destination_name(name);
    asked.event_destination(definition).send().await
}

#[tokio::test(start_paused = true)]
async fn configuration_sets_keep_their_options() {
    let (_sandbox, ses) = ses();
    let delivery = DeliveryOptions::builder()
        .tls_policy(TlsPolicy::Require)
        .max_delivery_seconds(3600)
        .build();
    let make = || {
        let make = ses.create_configuration_set();
        make.configuration_set_name("mail")
    };
    let new = make().delivery_options(delivery.clone());
    new.tags(tag("a", "1")).send().await.expect("a set");
    assert_eq!(
        error(make().send().await),
        "AlreadyExistsException: Configuration set <mail> already exists."
    );
    let put = ses.put_configuration_set_reputation_options();
    let put = put.configuration_set_name("mail");
    let put = put.reputation_metrics_enabled(true).send().await;
    put.expect("put");
    let find = || {
        let find = ses.get_configuration_set();
        find.configuration_set_name("mail").send()
    };
    let got = find().await.expect("the set");
    assert_eq!(got.delivery_options, Some(delivery));
    let reputation = got.reputation_options.expect("options");
    assert!(reputation.reputation_metrics_enabled);
    assert!(got.sending_options.expect("options").sending_enabled);
    assert_eq!(got.tags, Some(vec![tag("a", "1")]));
    let put = ses.put_configuration_set_delivery_options();
    let put = put.configuration_set_name("mail").max_delivery_seconds(299);
    assert_eq!(code(put.send().await), "BadRequestException");
    let delete = ses.delete_configuration_set();
    let delete = delete.configuration_set_name("mail").send().await;
    delete.expect("deleted");
    assert_eq!(
        error(find().await),
        "NotFoundException: Configuration set <mail> does not exist."
    );
}

#[tokio::test(start_paused = true)]
async fn event_destinations_are_made_updated_and_deleted() {
    let (_sandbox, ses) = ses();
    make_set(&ses, "mail").await;
    let topic = "arn:aws:sns:us-east-1:111111111111:bounces";
    let topic = SnsDestination::builder().topic_arn(topic).build();
    let topic = topic.expect("a topic");
    let definition = |event| {
        let definition = EventDestinationDefinition::builder().enabled(true);
        let definition = definition.matching_event_types(event);
        definition.sns_destination(topic.clone()).build()
    };
    let make = || ask_destination(&ses, "bounces", definition(EventType::Bounce));
    make().await.expect("a destination");
    assert_eq!(
        error(make().await),
        "AlreadyExistsException: An event destination with name <bounces> already exists for configuration set <mail>."
    );
    let update = |name: &str| {
        ses.update_configuration_set_event_destination()
            .configuration_set_name("mail")
            .event_destination_name(name)
            .event_destination(definition(EventType::Complaint))
            .send()
    };
    update("bounces").await.expect("updated");
    assert_eq!(code(update("others").await), "NotFoundException");
    let got = ses.get_configuration_set_event_destinations();
    let got = got.configuration_set_name("mail").send().await;
    assert_eq!(
        got.expect("destinations").event_destinations()[0].matching_event_types(),
        [EventType::Complaint]
    );
    let delete = ses.delete_configuration_set_event_destination();
    let delete = delete.configuration_set_name("mail");
    let delete = delete.event_destination_name("bounces").send().await;
    delete.expect("deleted");
}

#[tokio::test(start_paused = true)]
async fn r_18_an_event_destination_that_goes_nowhere_is_refused() {
    let (_sandbox, ses) = ses();
    make_set(&ses, "mail").await;
    let empty = EventDestinationDefinition::builder()
        .matching_event_types(EventType::Send)
        .build();
    assert_eq!(
        code(ask_destination(&ses, "none", empty).await),
        "BadRequestException"
    );
}
