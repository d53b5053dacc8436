//! `notify:` tells people of a run: once when something is new, and when it is over. Its secrets are
//! nowhere.
#![expect(
    clippy::disallowed_methods,
    reason = "a server listens, and files are read"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tests::place::{Place, Ran};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111111111111:mail";
const SECRET: &str = "XXXXXXXXXXXXXXXXXXXXXXXX";

fn manifest() -> String {
    format!(
        "project: anycompany
accounts: {{ dns: {{ id: \"111111111111\", role: mail-deploy }} }}
notify:
  team: {{ slack: {{ env: DEPLOY_SLACK_URL }} }}
  topic: {{ sns: {{ account: dns, topic: \"{TOPIC}\" }} }}
domains:
  example.com:
    dns: {{ route53: {{ account: dns }} }}
    tls_rpt: {{ rua: [\"mailto:tls@example.com\"] }}
"
    )
}

/// A webhook that takes everything.
#[derive(Clone, Default)]
struct Webhook {
    url: String,
    got: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let hook = Self {
            url: format!("http://{address}/services/{SECRET}"),
            got: Arc::default(),
        };
        let got = Arc::clone(&hook.got);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let body = read(&stream);
                got.lock().expect("no test panicked").extend(body);
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
                );
            }
        });
        hook
    }

    fn take(&self) -> Vec<String> {
        let got = std::mem::take(&mut *self.got.lock().expect("no test panicked"));
        let text = |body: &Value| body["text"].as_str().unwrap_or_default().to_owned();
        got.iter().map(text).collect()
    }
}

fn read(stream: &std::net::TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn run(place: &Place, hook: &Webhook, command: &str, options: &[&str]) -> Ran {
    place.make_bucket();
    let always = [command, place.manifest(), "--sandbox", "--speed", "instant"];
    let environment = [("DEPLOY_SLACK_URL", hook.url.as_str())];
    place.deploy_in(&environment, &[&always[..], options].concat())
}

fn published(place: &Place) -> Vec<String> {
    let moment = place.world();
    let published = moment.world.sns.published(TOPIC).iter();
    published
        .map(|one| one.subject.clone().unwrap_or_default())
        .collect()
}

fn remove_record(place: &Place) {
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let lost = world.lose_records(&zone, "_smtp._tls.example.com", "TXT");
        lost.expect("a name");
    });
}

/// Every file below a folder, as text.
fn files(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.push_str(&files(&path));
        } else {
            all.push_str(&String::from_utf8_lossy(
                &std::fs::read(path).expect("a file"),
            ));
        }
    }
    all
}

#[test]
fn people_are_told_of_drift_once_and_of_its_end() {
    let place = Place::with(&manifest()).in_calm();
    let hook = Webhook::start();
    run(&place, &hook, "apply", &["--yes"]).exits(0);
    assert_eq!(hook.take(), ["anycompany: deploy apply: done"]);
    run(&place, &hook, "drift", &[]).exits(0);
    assert_eq!(hook.take(), Vec::<String>::new());

    remove_record(&place);
    let log = ["-vv", "--log-file", "log.jsonl"];
    let ran = run(&place, &hook, "drift", &log)
        .exits(3)
        .says("notified team");
    assert_eq!(hook.take().len(), 1);
    assert!(
        !ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET),
        "{}",
        ran.stderr
    );
    assert!(
        !files(place.path()).contains(SECRET),
        "the secret is in a file"
    );
    run(&place, &hook, "drift", &[]).exits(3);
    assert_eq!(hook.take(), Vec::<String>::new());

    run(&place, &hook, "apply", &["--yes"]).exits(0);
    run(&place, &hook, "drift", &[]).exits(0);
    let told = hook.take();
    assert_eq!(
        told.last().map(String::as_str),
        Some("anycompany: deploy drift: 1 over"),
        "{told:?}"
    );
    // The topic was told the same.
    assert_eq!(published(&place).len(), 4, "{:?}", published(&place));

    run(&place, &hook, "destroy", &["--yes"]).exits(0);
    assert_eq!(hook.take(), ["anycompany: deploy destroy: done"]);
}

#[test]
fn a_message_that_cannot_be_sent_changes_no_exit_code_unless_it_is_required() {
    let place = Place::with(&manifest()).in_calm();
    let nowhere = Webhook::default();
    run(&place, &nowhere, "apply", &["--yes"])
        .exits(0)
        .says("could not notify team: the variable DEPLOY_SLACK_URL is not set");
    remove_record(&place);
    run(&place, &nowhere, "drift", &[]).exits(3);
    run(&place, &nowhere, "drift", &["--notify-required"]).exits(1);
    let outside = Webhook {
        url: format!("https://hooks.example/services/{SECRET}"),
        ..Webhook::default()
    };
    let ran = run(&place, &outside, "verify", &[]);
    let ran = ran.says("a sandbox tells nobody outside this machine");
    assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
}

/// A schedule that can't see anything says so.
#[test]
fn a_run_that_fails_is_told() {
    let place = Place::with(&manifest()).in_calm();
    let hook = Webhook::start();
    run(&place, &hook, "drift", &[]).exits(1);
    assert_eq!(hook.take(), ["anycompany: deploy drift: 1 error"]);
    run(&place, &hook, "apply", &["--yes"]).exits(0);
    hook.take();
    run(&place, &hook, "drift", &[]).exits(0);
    assert_eq!(hook.take(), ["anycompany: deploy drift: 1 over"]);
}

#[test]
fn a_notification_can_be_tried() {
    let place = Place::with(&manifest()).in_calm();
    let hook = Webhook::start();
    let test = |name: &str| {
        let arguments = [
            "notify",
            "test",
            name,
            place.manifest(),
            "--sandbox",
            "--speed",
            "instant",
        ];
        place.deploy_in(&[("DEPLOY_SLACK_URL", &hook.url)], &arguments)
    };
    test("team").exits(0).says("it is a test");
    assert_eq!(hook.take(), ["anycompany: deploy notify test: 1 note"]);
    test("topic").exits(0);
    assert_eq!(
        published(&place),
        ["anycompany: deploy notify test: 1 note"]
    );
    test("nobody").exits(2).says("it has team, topic");
}

/// The line of a URL in the manifest would stand in the log of a CI run.
#[test]
fn a_secret_in_the_manifest_is_refused_and_not_shown() {
    let place = Place::with(&manifest());
    let url = format!("https://hooks.slack.com/services/{SECRET}");
    place.edit("{ env: DEPLOY_SLACK_URL }", &format!("\"{url}\""));
    for format in ["text", "json", "sarif", "github", "junit"] {
        let ran = place.deploy(&["lint", place.manifest(), "--format", format]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("MAN-04") && !said.contains(SECRET),
            "{format}: {said}"
        );
    }
}

#[test]
fn a_topic_is_all_that_the_role_for_drift_publishes_to() {
    let place = Place::with(&manifest());
    for role in ["apply", "drift"] {
        let iam = ["iam", place.manifest(), "--role", role];
        let iam = place.deploy(&iam).exits(0).json();
        let statements = iam["accounts"]["dns"]["policy"]["Statement"].as_array();
        let statements = statements.expect("statements").iter();
        let mut publishing =
            statements.filter(|one| one["Action"] == serde_json::json!(["sns:Publish"]));
        let publishing = publishing.next().expect("a statement");
        assert_eq!(publishing["Resource"], serde_json::json!([TOPIC]), "{role}");
    }
}
