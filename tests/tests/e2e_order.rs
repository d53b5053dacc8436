//! Mail-safe order: the view of an external observer at every moment of an apply and of a destroy, second by
//! second, and the order of the calls.

use std::sync::OnceLock;

use sandbox::cloudfront::edge;
use sandbox::stats::Logged;
use serde_json::Value;
use tests::place::{Moment, Place, replay};

const POLICY_HOST: &str = "mta-sts.example.com";
const POLICY_PATH: &str = "/.well-known/mta-sts.txt";

fn policy(moment: &mut Moment) -> Result<String, u16> {
    let body = moment.fetch(POLICY_HOST, POLICY_PATH)?;
    Ok(String::from_utf8(body).expect("UTF-8"))
}

fn policy_id(moment: &Moment) -> Option<String> {
    moment.resolve("_mta-sts.example.com", "TXT").pop()
}

/// The example's first apply, and its destroy, with every world on the way.
fn example() -> &'static [Vec<Moment>; 2] {
    static HISTORY: OnceLock<[Vec<Moment>; 2]> = OnceLock::new();
    HISTORY.get_or_init(|| {
        let place = Place::of("example");
        place.make_world(None);
        place.keep_history();
        place.apply().exits(0);
        let apply = place.history();
        place.advance("5m");
        place.forget_history();
        place.destroy().exits(0);
        [apply, place.history()]
    })
}

fn identity(moment: &Moment, place: &str) -> Value {
    let dump = moment.owned();
    dump["ses"]["places"][place]["identities"]["example.com"].clone()
}

const INSTANCES: [&str; 2] = ["333333333333/us-east-1", "444444444444/eu-west-1"];

/// Promise 9: "No order of steps lets a conforming sender see a policy id without its policy, or a
/// name without its certificate."
#[test]
fn no_moment_has_a_policy_id_without_its_policy_or_a_name_without_its_certificate() {
    for history in example() {
        let mut seen = [0, 0];
        replay(history, 120, |moment| {
            if policy_id(moment).is_some() {
                seen[0] += 1;
                let policy = policy(moment);
                assert!(policy.is_ok(), "{policy:?} at {}", moment.time);
            }
            for host in [POLICY_HOST, "bimi-assets.example.com"] {
                if !moment.resolve(host, "A").is_empty() {
                    seen[1] += 1;
                    let shown = edge::certificate(&moment.world, host, moment.time);
                    assert!(shown.is_some(), "{host} at {}", moment.time);
                }
            }
        });
        assert!(
            seen.iter().all(|count| *count > 0),
            "the test looked: {seen:?}"
        );
    }
}

/// "MAIL FROM. MX and SPF first, in sync, then the MAIL FROM attribute"; "senders
/// before their records".
#[test]
fn no_moment_has_a_mail_from_without_its_records() {
    let names = ["mail1.example.com", "mail2.example.com"];
    for history in example() {
        let mut seen = 0;
        replay(history, 0, |moment| {
            for (instance, name) in INSTANCES.iter().zip(names) {
                let identity = identity(moment, instance);
                if identity["mail_from"].is_object() {
                    seen += 1;
                    assert_eq!(identity["mail_from"]["domain"], name);
                    let records = [moment.resolve(name, "MX"), moment.resolve(name, "TXT")];
                    assert!(records.iter().all(|set| set.len() == 1), "{records:?}");
                }
            }
        });
        assert!(seen > 0, "the test looked");
    }
}

/// "Tighten last. DMARC enforcement after every declared instance has verified DKIM;
/// BIMI after DMARC enforcement is live".
#[test]
fn dmarc_tightens_after_dkim_and_bimi_comes_after_dmarc() {
    let [apply, _] = example();
    let mut seen = [0, 0];
    replay(apply, 120, |moment| {
        let dmarc = moment.resolve("_dmarc.example.com", "TXT");
        if !dmarc.is_empty() {
            seen[0] += 1;
            for instance in INSTANCES {
                let dkim = &identity(moment, instance)["dkim"]["check"]["status"];
                assert_eq!(dkim, "Success", "{instance} at {}", moment.time);
            }
        }
        if !moment
            .resolve("default._bimi.example.com", "TXT")
            .is_empty()
        {
            seen[1] += 1;
            assert!(dmarc[0].contains("p=quarantine"), "{dmarc:?}");
            for file in ["/logo.svg", "/bimi_vmc.pem"] {
                let served = moment.fetch("bimi-assets.example.com", file);
                assert!(served.is_ok(), "{file} at {}", moment.time);
            }
        }
    });
    assert!(
        seen.iter().all(|count| *count > 0),
        "the test looked: {seen:?}"
    );
}

/// "Never dangle. DNS goes before what it points at; senders before their records".
#[test]
fn destroy_never_leaves_a_record_without_what_it_points_at() {
    let [_, destroy] = example();
    let mut seen = 0;
    replay(destroy, 0, |moment| {
        for instance in INSTANCES {
            let identity = identity(moment, instance);
            let tokens = identity["dkim"]["tokens"].as_array();
            for token in tokens.into_iter().flatten() {
                seen += 1;
                let token = token.as_str().expect("a token");
                let name = format!("{token}._domainkey.example.com");
                let found = moment.resolve(&name, "CNAME");
                assert_eq!(found.len(), 1, "{name} at {}", moment.time);
            }
        }
    });
    assert!(seen > 0, "the test looked");
    let end = destroy.last().expect("a change").clone().later(120);
    for name in [
        "_mta-sts.example.com",
        "_dmarc.example.com",
        "_smtp._tls.example.com",
    ] {
        assert_eq!(end.resolve(name, "TXT"), Vec::<String>::new());
    }
}

fn position(calls: &[Logged], operation: &str) -> usize {
    let found: Vec<usize> = (0..calls.len())
        .filter(|number| calls[*number].operation == operation && calls[*number].took_effect)
        .collect();
    assert_eq!(found.len(), 1, "{operation} once in {calls:#?}");
    found[0]
}

/// Issue 2, 3: "Changing the MTA-STS mode changes the policy object, invalidates its path, waits,
/// fetches, and only then changes the TXT id; a test watches the order of calls and shows that no
/// moment exists with the new id and the old policy."
fn change_the_policy(from: &str, to: &str, accept: &[&str]) {
    let place = Place::of("example");
    place.make_world(None);
    place.apply().exits(0);
    place.advance("1h");
    let before = place.world();
    let old = (
        policy_id(&before).expect("an id"),
        policy(&mut before.clone()).expect("a policy"),
    );
    // A sender has just fetched the old policy, so that the edge keeps it.
    place.change_world(|world, time| {
        let mut moment = Moment {
            time,
            world: std::mem::take(world),
        };
        moment.fetch(POLICY_HOST, POLICY_PATH).expect("a policy");
        *world = moment.world;
    });
    place.keep_history();
    place.edit(from, to);
    place.run("apply", &[&["--yes"], accept].concat()).exits(0);

    let calls = place.changing_calls();
    let put = position(&calls, "PutObject");
    let invalidate = position(&calls, "CreateInvalidation");
    let txt = position(&calls, "ChangeResourceRecordSets");
    assert!(put < invalidate && invalidate < txt, "{calls:#?}");
    assert_eq!(calls.len(), 3, "nothing else is changed: {calls:#?}");
    let waited = calls[txt].at.duration_since(calls[invalidate].at);
    assert!(
        waited.as_secs() >= 20,
        "the invalidation takes 20 s: {waited}"
    );

    let history = place.history();
    let mut end = history.last().expect("a change").clone().later(120);
    let new = (
        policy_id(&end).expect("an id"),
        policy(&mut end).expect("a policy"),
    );
    assert_ne!(old.0, new.0);
    assert_ne!(old.1, new.1);
    let mut seen = [0, 0];
    replay(&history, 120, |moment| {
        let (id, policy) = (
            policy_id(moment).expect("an id"),
            policy(moment).expect("one"),
        );
        if id == new.0 {
            seen[1] += 1;
            assert_eq!(
                policy, new.1,
                "the new id and the old policy at {}",
                moment.time
            );
        } else {
            seen[0] += 1;
            assert_eq!(id, old.0);
        }
    });
    assert!(
        seen.iter().all(|count| *count > 0),
        "the test looked: {seen:?}"
    );
}

#[test]
fn another_max_age_changes_the_policy_before_its_id() {
    change_the_policy("max_age: 7d", "max_age: 14d", &[]);
}

#[test]
fn enforce_changes_the_policy_before_its_id() {
    // No mail host of the sandbox answers on port 25, and the operator knows better.
    change_the_policy(
        "mode: testing",
        "mode: enforce",
        &["--accept-risk", "STS-P16"],
    );
}
