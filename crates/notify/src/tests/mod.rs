//! Receivers that behave as the services do, and runs that meet. Time is virtual.

mod days;
mod meeting;
mod service;

use std::sync::Mutex;

use async_trait::async_trait;
use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use ledger::{Memory, Store};
use model::MailImpact;
use report::Line;
use standards::Severity;

use crate::deliver::{Post, Publish};
use crate::https::Https;
use crate::tell::{Outcome, Told, Ways, tell, try_out};
use crate::{About, Address, Item, Receiver, Run, Secret, Topic};
use service::{Behaviour, Service, Still};

/// The integration key that the service knows.
const ROUTING_KEY: &str = "0123456789abcdef0123456789abcdef";

/// Topics that keep what is published.
#[derive(Default)]
struct Topics(Mutex<Vec<(String, String)>>);

#[async_trait]
impl Publish for Topics {
    async fn publish(&self, topic: &Topic, subject: &str, text: &str) -> Result<(), String> {
        let mut published = self.0.lock().expect("no other test panicked");
        published.push((topic.arn.clone(), format!("{subject}\n{text}")));
        Ok(())
    }
}

/// A service, a way to it, a record and a clock.
struct World {
    service: Service,
    still: Still,
    topics: Topics,
    store: Memory,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let service = Service::start();
        let tls = verify::tls(None).expect("a client");
        let begun: Timestamp = "2026-11-01T06:00:00Z".parse().expect("a time");
        Self {
            still: Still {
                https: Https::of_sandbox(tls),
                service: service.clone(),
            },
            service,
            topics: Topics::default(),
            store: Memory::default(),
            clock: Clock::starting_at(begun, 1.0),
        }
    }

    fn ways(&self) -> Ways<'_> {
        Ways {
            post: &self.still,
            publish: &self.topics,
            clock: self.clock,
        }
    }

    fn secret(&self, path: &str) -> Secret {
        Secret::new(&self.service.url(path))
    }

    fn slack(&self) -> Receiver {
        receiver("team", Address::Slack(self.secret("/slack")))
    }

    fn pagerduty(&self) -> Receiver {
        let address = Address::Pagerduty {
            key: Secret::new(ROUTING_KEY),
            url: Some(self.secret("/pagerduty")),
        };
        receiver("oncall", address)
    }

    async fn tell(&self, run: &Run, receivers: &[Receiver]) -> Told {
        let store: &dyn Store = &self.store;
        tell(Ok(store), run, receivers, self.ways()).await
    }

    /// Tells the team, and says what became of it.
    async fn tell_team(&self, run: &Run) -> Outcome {
        let told = self.tell(run, &[self.slack()]).await;
        assert_eq!(told.forgetful, None);
        told.outcomes[0].1.clone()
    }
}

fn receiver(name: &str, address: Address) -> Receiver {
    Receiver {
        name: name.to_owned(),
        address: Ok(address),
    }
}

fn item(domain: &str, severity: Severity, details: &str) -> Item {
    let line = Line {
        severity,
        mail: MailImpact::Sending,
        subject: format!("{domain} route53_record_set dmarc"),
        text: "is gone".to_owned(),
    };
    Item::new(&format!("{domain}/dmarc"), Some(domain), line, details)
}

fn run(world: &World, items: Vec<Item>) -> Run {
    Run {
        project: "anycompany".to_owned(),
        command: "drift",
        about: About::All,
        begun: world.clock.now(),
        items,
        done: None,
        next: "deploy plan deploy.yaml".to_owned(),
        link: None,
    }
}

fn wrong() -> Vec<Item> {
    vec![item("a.example", Severity::Error, "")]
}

#[tokio::test(start_paused = true)]
async fn every_form_is_taken_by_its_service() {
    let world = World::new();
    let topic = Address::Topic(Topic {
        account: "mail".to_owned(),
        region: "eu-west-1".to_owned(),
        arn: "arn:aws:sns:eu-west-1:222222222222:mail".to_owned(),
    });
    let receivers = [
        world.slack(),
        receiver("teams", Address::Teams(world.secret("/teams"))),
        receiver("chat", Address::GoogleChat(world.secret("/google_chat"))),
        receiver("discord", Address::Discord(world.secret("/discord"))),
        world.pagerduty(),
        receiver("bus", Address::Cloudevents(world.secret("/cloudevents"))),
        receiver("topic", topic),
    ];
    // More than any of them takes.
    let long = |number: usize| Item {
        key: number.to_string(),
        line: Line {
            text: "&<`*_\"\\\u{1f4e7}".repeat(2000),
            ..item("a.example", Severity::Error, "").line
        },
        ..item("a.example", Severity::Error, "")
    };
    let told = world
        .tell(&run(&world, (0..99).map(long).collect()), &receivers)
        .await;
    for (name, outcome) in &told.outcomes {
        assert_eq!(*outcome, Outcome::Told, "{name}");
    }
    assert!(told.is_whole());
    assert_eq!(world.service.take().len(), 6);
    let published = world.topics.0.lock().expect("no other test panicked");
    assert_eq!(published.len(), 1);
}

/// The service's own words tell people most.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_said_in_the_service_s_words_and_without_the_secret() {
    let world = World::new();
    let path = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
    let unknown = receiver("team", Address::Slack(world.secret(path)));
    let told = world.tell(&run(&world, wrong()), &[unknown]).await;
    let why = "Slack answers 404: no_team".to_owned();
    assert_eq!(told.outcomes, [("team".to_owned(), Outcome::Failed(why))]);
    assert!(!told.is_whole());
    // A wrong address does not become right: one attempt.
    assert_eq!(world.service.take().len(), 1);

    world.service.will([Behaviour::Says(
        410,
        "",
        "gone: /services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    )]);
    let unknown = receiver("team", Address::Slack(world.secret(path)));
    let told = world.tell(&run(&world, wrong()), &[unknown]).await;
    let said = format!("{told:?}");
    assert!(said.contains("410") && !said.contains("XXXX"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_not_taken_is_told_by_the_next_run() {
    let world = World::new();
    world
        .service
        .will([Behaviour::Says(403, "", "action_prohibited")]);
    assert!(matches!(
        world.tell_team(&run(&world, wrong())).await,
        Outcome::Failed(_)
    ));
    assert_eq!(world.tell_team(&run(&world, wrong())).await, Outcome::Told);
    assert_eq!(
        world.tell_team(&run(&world, wrong())).await,
        Outcome::Silent
    );
}

/// Discord's `Retry-After` has a fraction; PagerDuty sends none.
#[tokio::test(start_paused = true)]
async fn a_service_that_asks_to_wait_is_waited_for() {
    let check = async |header: &'static str, waits: Option<i64>| {
        let world = World::new();
        world
            .service
            .will([Behaviour::Says(429, header, "slow down")]);
        let begun = world.clock.now();
        let outcome = world.tell_team(&run(&world, wrong())).await;
        let took = world.clock.now().duration_since(begun);
        let Some(waits) = waits else {
            let why = "Slack answers 429: slow down, and asks to wait 3600 s".to_owned();
            assert_eq!(outcome, Outcome::Failed(why));
            assert_eq!(world.service.take().len(), 1);
            return;
        };
        assert_eq!(outcome, Outcome::Told, "{header}");
        let waits = SignedDuration::from_millis(waits);
        let within = waits..waits + SignedDuration::from_secs(1);
        assert!(within.contains(&took), "{took:?}");
        assert_eq!(world.service.take().len(), 2);
    };
    check("Retry-After: 7\r\n", Some(7000)).await;
    check("Retry-After: 0.65\r\n", Some(650)).await;
    check("", Some(1000)).await;
    check("Retry-After: soon\r\n", Some(1000)).await;
    check("Retry-After: 3600\r\n", None).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_is_attempted_three_times() {
    let world = World::new();
    let down = || Behaviour::Says(503, "", "");
    world.service.will([down(), Behaviour::Hangs, down()]);
    let outcome = world.tell_team(&run(&world, wrong())).await;
    let why = "Slack answers 503 (3 attempts)".to_owned();
    assert_eq!(outcome, Outcome::Failed(why));
    assert_eq!(world.service.take().len(), 3);

    world.service.will([down(), Behaviour::Hangs]);
    assert_eq!(world.tell_team(&run(&world, wrong())).await, Outcome::Told);
}

#[tokio::test(start_paused = true)]
async fn a_stall_ends_after_ten_seconds() {
    let world = World::new();
    let begun = world.clock.now();
    world
        .service
        .will([Behaviour::Stalls, Behaviour::Stalls, Behaviour::Stalls]);
    let outcome = world.tell_team(&run(&world, wrong())).await;
    let why = "Slack did not answer within 10 s (3 attempts)".to_owned();
    assert_eq!(outcome, Outcome::Failed(why));
    // Three times ten seconds, and pauses of one and two.
    let took = world.clock.now().duration_since(begun);
    assert_eq!(took.as_secs(), 33, "{took:?}");
}

/// A redirect would carry the message, and its key, to another server.
#[tokio::test(start_paused = true)]
async fn no_redirect_is_followed() {
    let world = World::new();
    let location = "Location: /elsewhere\r\n";
    for status in [301, 302, 307, 308] {
        world.service.will([Behaviour::Says(status, location, "")]);
        let Outcome::Failed(why) = world.tell_team(&run(&world, wrong())).await else {
            panic!("{status} is followed");
        };
        assert!(why.contains("leads elsewhere"), "{why}");
        let paths: Vec<String> = world
            .service
            .take()
            .into_iter()
            .map(|got| got.path)
            .collect();
        assert_eq!(paths, ["/slack"], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_whose_address_is_not_known_is_named() {
    let world = World::new();
    let unset = Receiver {
        name: "team".to_owned(),
        address: Err("the variable DEPLOY_SLACK_URL is not set".to_owned()),
    };
    let told = world
        .tell(&run(&world, wrong()), std::slice::from_ref(&unset))
        .await;
    let why = "the variable DEPLOY_SLACK_URL is not set".to_owned();
    assert_eq!(told.outcomes[0].1, Outcome::Failed(why));
    // Without news the address is not asked for.
    let told = world.tell(&run(&world, Vec::new()), &[unset]).await;
    assert_eq!(told.outcomes[0].1, Outcome::Silent);
}

#[tokio::test(start_paused = true)]
async fn without_a_record_everything_is_told() {
    let world = World::new();
    let why = "AccessDenied".to_owned();
    for _ in 0..2 {
        let receivers = [world.slack()];
        let told = tell(
            Err(why.clone()),
            &run(&world, wrong()),
            &receivers,
            world.ways(),
        )
        .await;
        assert_eq!(told.outcomes[0].1, Outcome::Told);
        assert_eq!(told.forgetful.as_ref(), Some(&why));
    }
    assert_eq!(world.service.take().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_test_begins_an_incident_and_ends_it() {
    let world = World::new();
    let run = run(&world, vec![item("a.example", Severity::Info, "")]);
    for receiver in [world.pagerduty(), world.slack()] {
        assert_eq!(try_out(&run, &receiver, world.ways()).await, Ok(()));
    }
    let got = world.service.take();
    let actions: Vec<&str> = got
        .iter()
        .filter_map(|got| got.body["event_action"].as_str())
        .collect();
    assert_eq!(actions, ["trigger", "resolve"]);
    assert_eq!(got.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_named_without_its_address() {
    let world = World::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let secret = Secret::new(&format!("http://{address}/services/XXXXXXXXXXXXXXXX"));
    let request = Address::Slack(secret).request(
        &report::Message {
            project: "anycompany",
            command: "drift",
            lines: &[],
            over: &[],
            done: None,
            next: "",
            link: None,
            at: world.clock.now(),
        },
        "1",
        crate::receiver::Incident::Open,
    );
    let unsent = world.still.post(&request.expect("a request")).await.err();
    let said = format!("{unsent:?}");
    assert!(said.contains("Lost") && !said.contains("XXXX"), "{said}");
}
