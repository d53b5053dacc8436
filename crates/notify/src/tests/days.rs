//! Thirty days of a daily schedule: what is told, told again, and over.

use super::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A day of the simulation: whether a message came, and its title.
async fn day(world: &World, items: Vec<Item>) -> Option<String> {
    let outcome = world.tell_team(&run(world, items)).await;
    let got = world.service.take();
    assert_eq!(got.len(), usize::from(outcome == Outcome::Told));
    let title = got.first()?.body["text"].as_str()?.to_owned();
    Some(title.replace("anycompany: deploy drift: ", ""))
}

/// A daily schedule starts now a little earlier, now a little later.
async fn until_tomorrow(world: &World, number: u32) {
    let wobble = SignedDuration::from_secs(i64::from(number % 7) * 60 - 180);
    let start: Timestamp = "2026-11-01T06:00:00Z".parse().expect("a time");
    let next = start + DAY * i32::try_from(number + 1).expect("a day") + wobble;
    let wait = next.duration_since(world.clock.now()).unsigned_abs();
    world.clock.sleep(wait).await;
}

#[tokio::test(start_paused = true)]
async fn thirty_days_tell_each_change_each_day_that_it_lasts_and_its_end() {
    let world = World::new();
    let error = |details: &str| item("a.example", Severity::Error, details);
    let other = item("b.example", Severity::Warn, "");
    let note = || item("c.example", Severity::Info, "");
    let mut told = Vec::new();
    for number in 0..30 {
        let items = match number {
            5..9 => vec![error("p=none")],
            // Somebody changed it once more.
            9 => vec![error("gone")],
            10..12 => vec![error("gone"), other.clone()],
            12 => vec![other.clone()],
            // A note beside nothing else, which went and came back.
            16..22 | 25..28 => vec![note()],
            _ => Vec::new(),
        };
        let message = day(&world, items).await;
        told.extend(message.map(|message| format!("{number}: {message}")));
        until_tomorrow(&world, number).await;
    }
    assert_eq!(
        told,
        [
            "5: 1 error",
            "6: 1 error",
            "7: 1 error",
            "8: 1 error",
            "9: 1 error",
            "10: 1 error, 1 warning",
            "11: 1 error, 1 warning",
            "12: 1 warning, 1 over",
            "13: 1 over",
            "16: 1 note",
            "25: 1 note",
        ]
    );
}

/// A schedule that runs each hour tells what is new at once, and what lasts once a day.
#[tokio::test(start_paused = true)]
async fn an_hourly_schedule_tells_once_a_day() {
    let world = World::new();
    let mut told = Vec::new();
    for hour in 0..72 {
        let items = if (10..60).contains(&hour) {
            wrong()
        } else {
            Vec::new()
        };
        if day(&world, items).await.is_some() {
            told.push(hour);
        }
        world.clock.sleep(DAY.unsigned_abs() / 24).await;
    }
    assert_eq!(told, [10, 33, 56, 60]);
}

/// A run about other domains says nothing of these.
#[tokio::test(start_paused = true)]
async fn only_what_a_run_compared_is_over() {
    let world = World::new();
    assert_eq!(day(&world, wrong()).await.as_deref(), Some("1 error"));
    let about = |domain: &str| Run {
        about: About::Domains([domain.to_owned()].into()),
        ..run(&world, Vec::new())
    };
    assert_eq!(world.tell_team(&about("b.example")).await, Outcome::Silent);
    let failed = Run {
        about: About::Nothing,
        ..run(&world, vec![Item::failure("drift", "cannot enter mail")])
    };
    assert_eq!(world.tell_team(&failed).await, Outcome::Told);
    // The run that failed is over, and what it could not compare is not.
    world.service.take();
    assert_eq!(world.tell_team(&about("b.example")).await, Outcome::Told);
    let got = world.service.take();
    let text = got[0].body.to_string();
    assert!(
        text.contains("deploy drift") && !text.contains("a.example"),
        "{text}"
    );
    assert_eq!(world.tell_team(&about("a.example")).await, Outcome::Told);
}

/// Another command has a memory of its own: verify does not end what drift told.
#[tokio::test(start_paused = true)]
async fn each_command_remembers_for_itself() {
    let world = World::new();
    assert_eq!(world.tell_team(&run(&world, wrong())).await, Outcome::Told);
    let verify = Run {
        command: "verify",
        ..run(&world, Vec::new())
    };
    assert_eq!(world.tell_team(&verify).await, Outcome::Silent);
    let applied = Run {
        command: "apply",
        done: Some("3 changes".to_owned()),
        ..run(&world, Vec::new())
    };
    assert_eq!(world.tell_team(&applied).await, Outcome::Told);
    assert_eq!(world.tell_team(&applied).await, Outcome::Told);
}

#[tokio::test(start_paused = true)]
async fn an_incident_lasts_as_long_as_something_is_wrong() {
    let world = World::new();
    let receivers = [world.pagerduty()];
    let mut actions = Vec::new();
    let note = || item("c.example", Severity::Info, "");
    for items in [
        vec![note()],
        wrong(),
        [wrong(), vec![note()]].concat(),
        vec![note()],
        Vec::new(),
    ] {
        world.tell(&run(&world, items), &receivers).await;
        let got = world.service.take();
        let action = got.first().map(|got| got.body["event_action"].clone());
        actions.push(action.map(|action| action.as_str().unwrap_or_default().to_owned()));
    }
    let expect = [None, Some("trigger"), None, Some("resolve"), None];
    assert_eq!(actions, expect.map(|action| action.map(str::to_owned)));
}
