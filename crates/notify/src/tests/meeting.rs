//! Two runs that end at the same moment.

use std::sync::mpsc::channel;

use super::*;

/// A run about one domain.
fn about(world: &World, domain: &str, items: Vec<Item>) -> Run {
    Run {
        about: About::Domains([domain.to_owned()].into()),
        ..run(world, items)
    }
}

fn of(domain: &str) -> Vec<Item> {
    vec![item(domain, Severity::Error, "")]
}

/// Tells of `first`, whose message is answered only after all of `second` was told and recorded.
async fn meet(world: &World, receivers: &[Receiver], (first, second): (&Run, &Run)) {
    let (answer, until) = channel();
    world.service.will([Behaviour::Waits(until)]);
    let overtaken = async {
        world.service.request().await;
        let told = world.tell(second, receivers).await;
        assert!(told.is_whole(), "{told:?}");
        answer.send(()).expect("a request that waits");
    };
    let (told, ()) = futures::join!(world.tell(first, receivers), overtaken);
    assert!(told.is_whole() && told.forgetful.is_none(), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn what_two_runs_told_at_once_is_remembered_of_both() {
    let world = World::new();
    let receivers = [world.slack()];
    let a = about(&world, "a.example", of("a.example"));
    let b = about(&world, "b.example", of("b.example"));
    meet(&world, &receivers, (&a, &b)).await;
    assert_eq!(world.service.take().len(), 2);
    // Both are over: had one write replaced the other, one of the two would never be told.
    assert_eq!(
        world.tell_team(&run(&world, Vec::new())).await,
        Outcome::Told
    );
    let text = world.service.take()[0].body.to_string();
    assert!(text.contains("2 over"), "{text}");
    assert!(
        text.contains("a.example") && text.contains("b.example"),
        "{text}"
    );
}

/// The older of two runs about the same domain ends last, and did not see what the later one told.
#[tokio::test(start_paused = true)]
async fn an_older_run_does_not_end_what_a_later_one_told() {
    let world = World::new();
    let receivers = [world.slack()];
    let older = run(&world, vec![item("b.example", Severity::Error, "")]);
    world.clock.sleep(std::time::Duration::from_mins(1)).await;
    let later = run(&world, [wrong(), of("b.example")].concat());
    meet(&world, &receivers, (&older, &later)).await;
    world.service.take();
    assert_eq!(world.tell_team(&later).await, Outcome::Silent);
}

/// The service gets the end of one thing and the beginning of another, in whatever order: in the end
/// the incident is open.
#[tokio::test(start_paused = true)]
async fn an_incident_stays_open_when_another_run_opened_it() {
    let check = async |resolves_first: bool| {
        let world = World::new();
        let receivers = [world.pagerduty()];
        let a = about(&world, "a.example", of("a.example"));
        world.tell(&a, &receivers).await;
        let over = about(&world, "a.example", Vec::new());
        let other = about(&world, "b.example", of("b.example"));
        let runs = if resolves_first {
            (&over, &other)
        } else {
            (&other, &over)
        };
        world.service.take();
        meet(&world, &receivers, runs).await;
        let got = world.service.take();
        let last = got.last().map(|got| got.body["event_action"].clone());
        assert_eq!(last, Some("trigger".into()), "{got:?}");
        world.tell(&run(&world, Vec::new()), &receivers).await;
        let got = world.service.take();
        assert_eq!(got[0].body["event_action"], "resolve");
    };
    check(true).await;
    check(false).await;
}

/// A record that this program did not write is left as it is.
#[tokio::test(start_paused = true)]
async fn a_record_of_a_later_version_is_not_overwritten() {
    let world = World::new();
    let text = br#"{"format":"deploy.notify","version":9,"number":1,"told":{},"hash":""}"#;
    let content = ledger::Content {
        bytes: text,
        kept: None,
    };
    let key = ledger::Key::Notified;
    assert!(world.store.swap(&key, None, content).await.is_ok());
    let told = world.tell(&run(&world, wrong()), &[world.slack()]).await;
    assert_eq!(told.outcomes[0].1, Outcome::Told);
    let forgetful = told.forgetful.expect("a reason");
    assert!(forgetful.contains("another version"), "{forgetful}");
    let stored = world
        .store
        .read(&key)
        .await
        .expect("a store")
        .expect("an object");
    assert_eq!(stored.bytes, text);
}

/// Version 1 has no readings, and a message changes none.
#[tokio::test(start_paused = true)]
async fn readings_stand_beside_what_people_were_told() {
    let world = World::new();
    let text = br#"{"format":"deploy.notify","version":1,"number":1,"told":{},"hash":""}"#;
    let content = ledger::Content {
        bytes: text,
        kept: None,
    };
    let written = world.store.swap(&ledger::Key::Notified, None, content);
    assert!(written.await.is_ok());
    let store = &world.store;
    assert_eq!(crate::readings(store).await, Ok([].into()));
    let now = world.clock.now();
    let reading = crate::Reading {
        anew: now,
        moved: [("bucket".to_owned(), Some(now))].into(),
    };
    let readings = crate::Readings::from([("a.example".to_owned(), reading)]);
    let read = crate::Read {
        readings: readings.clone(),
        judged: ["bucket".to_owned()].into(),
        is_all: true,
        done: now,
    };
    assert_eq!(crate::record_reading(store, &read).await, Ok(()));
    let told = world.tell(&run(&world, wrong()), &[world.slack()]).await;
    assert_eq!(told.forgetful, None);
    assert_eq!(crate::readings(store).await, Ok(readings));
    let told = world.tell(&run(&world, wrong()), &[world.slack()]).await;
    assert_eq!(told.outcomes[0].1, Outcome::Silent);
}
