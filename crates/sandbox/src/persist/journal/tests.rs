//! A journal is written and read to the octet, whatever a kill left of its end.

use super::*;
use crate::stats::Stats;
use crate::world::World;

fn call(number: u8) -> Call {
    let request = http::Request::builder()
        .method("PUT")
        .uri("https://mail-assets.s3.eu-west-1.amazonaws.com/a%20file?x=1")
        .header("host", "mail-assets.s3.eu-west-1.amazonaws.com")
        // "Müller" in Latin-1, as no text is.
        .header("x-amz-meta-by", &b"M\xfcller"[..]);
    let (request, ()) = request.body(()).expect("a request").into_parts();
    Call {
        account: "111111111111".to_owned(),
        principal: "arn:aws:iam::111111111111:user/admin".to_owned(),
        region: "eu-west-1".to_owned(),
        service: "s3".to_owned(),
        request,
        body: vec![0, 255, number].into(),
        now: Timestamp::UNIX_EPOCH,
        arrived: Timestamp::UNIX_EPOCH,
        caller_now: Timestamp::UNIX_EPOCH,
        arrived_body: None,
        request_id: "id".to_owned(),
    }
}

#[test]
fn a_call_is_written_and_read_to_the_octet() {
    let Event::Change(request) = Event::change(&call(7)) else {
        panic!("a change")
    };
    let text = serde_json::to_string(&request).expect("JSON");
    let request: Request = serde_json::from_str(&text).expect("the same");
    let (before, after) = (
        call(7),
        request.call(std::path::Path::new("")).expect("a call"),
    );
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
}

fn kept(lines: u64) -> Kept {
    Kept {
        time: Timestamp::UNIX_EPOCH,
        calls: 0,
        lines,
        stats: Stats::default(),
        world: World::default(),
    }
}

fn line(number: u64) -> String {
    let logged = Logged {
        at: Timestamp::UNIX_EPOCH,
        account: "111111111111".to_owned(),
        region: "us-east-1".to_owned(),
        service: "sts".to_owned(),
        operation: "GetCallerIdentity".to_owned(),
        changing: false,
        took_effect: true,
        result: "ok".to_owned(),
        fingerprint: 0,
        url: String::new(),
        parameters: serde_json::Value::Null,
    };
    let event = Event::Call(Box::new(logged));
    serde_json::to_string(&Line { number, event }).expect("JSON") + "\n"
}

#[test]
fn half_a_line_at_the_end_is_passed_over_and_cut_off() {
    let whole = line(1) + &line(2);
    let text = whole.clone() + &line(3)[..20];
    let mut kept = kept(0);
    let read = carry_out(&mut kept, std::path::Path::new(""), text.as_bytes()).expect("a journal");
    assert_eq!((read.lines, read.length), (2, whole.len() as u64));
    assert_eq!(kept.stats.total(), 2);
}

#[test]
fn lines_that_the_world_has_in_it_count_once() {
    let text = line(4) + &line(5) + &line(6);
    let mut kept = kept(5);
    let read = carry_out(&mut kept, std::path::Path::new(""), text.as_bytes()).expect("a journal");
    assert_eq!(read.lines, 6);
    assert_eq!(kept.stats.total(), 1);
}

#[test]
fn a_line_that_is_none_is_an_error() {
    carry_out(&mut kept(0), std::path::Path::new(""), b"{\n").expect_err("no line");
}
