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

/// Version 1 has no readings. A run can be done before one that began earlier.
#[tokio::test(start_paused = true)]
async fn the_latest_reading_of_each_document_is_kept() {
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
    let early = world.clock.now();
    let late = early + jiff::SignedDuration::from_hours(1);
    let reading = |anew, moved: &[&str]| crate::Reading {
        anew,
        moved: moved.iter().map(|id| ((*id).to_owned(), anew)).collect(),
    };
    let [a, b] = ["a.example", "b.example"].map(str::to_owned);
    let both = [
        (a.clone(), reading(late, &["bucket"])),
        (b.clone(), reading(late, &[])),
    ];
    let one = [(a.clone(), reading(early, &["bucket", "record"]))];
    for read in [both.into(), one.into()] {
        assert_eq!(crate::record_readings(store, &read).await, Ok(()));
    }
    let told = world.tell(&run(&world, wrong()), &[world.slack()]).await;
    assert_eq!(told.forgetful, None);
    let first_seen = crate::Reading {
        anew: late,
        ..reading(early, &["bucket", "record"])
    };
    let kept = [(a, first_seen), (b, reading(late, &[]))].into();
    assert_eq!(crate::readings(store).await, Ok(kept));
}
