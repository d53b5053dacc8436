//! CloudTrail: who changed something.

use std::time::Duration;

use aws::trail_events;
use jiff::Timestamp;
use model::ErrorClass;
use sandbox::Sandbox;

use crate::stand::{clock, in_sandbox, world_denying};

#[tokio::test(start_paused = true)]
async fn a_change_is_told_some_minutes_late_with_who_made_it() {
    let clock = clock();
    let sandbox = Sandbox::new(world_denying(&[]), clock);
    let session = in_sandbox(&sandbox).await;
    let made = session.ses().create_email_identity();
    let made = made.email_identity("example.com").send().await;
    assert!(made.is_ok(), "{made:?}");
    let events = async |name, since: Timestamp| {
        let events = trail_events(&session, name, since).await.unwrap();
        assert!(events.is_whole);
        events.found
    };
    let start = clock.now() - Duration::from_mins(1);
    assert_eq!(events("CreateEmailIdentity", start).await, []);
    clock.sleep(Duration::from_mins(6)).await;
    let told = events("CreateEmailIdentity", start).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let event = &told[0];
    assert!(event.who.contains("role/mail-deploy"), "{event:?}");
    assert!(
        event
            .with
            .as_ref()
            .is_some_and(|with| with.contains("deploy")),
        "{event:?}"
    );
    assert_eq!(event.parameters["emailIdentity"], "example.com");
    assert_eq!(events("CreateEmailIdentity", clock.now()).await, []);
    assert_eq!(events("DeleteEmailIdentity", start).await, []);
}

/// Sixty events are two pages, and a data event is none.
#[tokio::test(start_paused = true)]
async fn all_pages_are_read() {
    let clock = clock();
    let sandbox = Sandbox::new(world_denying(&[]), clock);
    let session = in_sandbox(&sandbox).await;
    let start = clock.now();
    for number in 0..60 {
        let made = session.ses().create_email_identity();
        let name = format!("d{number}.example.com");
        assert!(made.email_identity(name).send().await.is_ok());
    }
    clock.sleep(Duration::from_mins(6)).await;
    let events = trail_events(&session, "CreateEmailIdentity", start).await;
    assert_eq!(events.unwrap().found.len(), 60);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_is_told_so() {
    let sandbox = Sandbox::new(world_denying(&["cloudtrail:LookupEvents"]), clock());
    let session = in_sandbox(&sandbox).await;
    let since = Timestamp::UNIX_EPOCH;
    let denied = trail_events(&session, "DeleteBucket", since)
        .await
        .unwrap_err();
    assert_eq!(denied.class, ErrorClass::Denied);
}
