//! A table for each rule of SES that is decided here.

use super::*;
use crate::test_support::{name, rules};

fn tokens(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn ses_04_the_zone_of_a_region() {
    let check = |region: &str, zone: &str, expect: bool| {
        let finding = check_signing_zone(region, &name(zone));
        assert_eq!(finding.is_some(), expect, "{region} {zone}");
    };
    check("us-east-1", "dkim.amazonses.com", false);
    check("eu-south-1", "dkim.eu-south-1.amazonses.com", false);
    check("eu-south-1", "dkim.amazonses.com", true);
    check("us-east-1", "dkim.us-east-1.amazonses.com", true);
    assert_eq!(
        signing_zone("us-gov-east-1"),
        name("dkim.us-gov-east-1.amazonses.com")
    );
}

#[test]
fn ses_05_three_cnames() {
    let identity = name("example.com");
    let zone = signing_zone("us-east-1");
    let check = |given: &str, published: &[(&str, &str)], expect: &[&str]| {
        let tokens = tokens(given);
        let dkim = EasyDkim {
            identity: &identity,
            tokens: &tokens,
            zone: &zone,
        };
        let published: Vec<_> = published
            .iter()
            .map(|(owner, target)| (name(owner), name(target)))
            .collect();
        let findings = dkim.check_cnames(&published).expect("names");
        assert_eq!(rules(&findings), expect, "{given}");
    };
    let all = [
        ("a._domainkey.example.com", "a.dkim.amazonses.com"),
        ("b._domainkey.example.com", "b.dkim.amazonses.com"),
        ("c._domainkey.example.com", "c.dkim.amazonses.com"),
    ];
    check("a b c", &all, &[]);
    check("a b c", &all[..2], &["SES-05"]);
    check("a b", &all, &["SES-05"]);
    check("a b b", &all, &["SES-05"]);
    let misplaced = [
        all[0],
        all[1],
        ("_c._domainkey.example.com", "c.dkim.amazonses.com"),
    ];
    check("a b c", &misplaced, &["SES-05"]);
}

#[test]
fn ses_06_what_another_instance_signs_with_stays() {
    let (identity, zone) = (name("example.com"), signing_zone("us-east-1"));
    let others = tokens("d e f");
    let other = EasyDkim {
        identity: &identity,
        tokens: &others,
        zone: &zone,
    };
    let check = |removed: &[&str], expect: &[&str]| {
        let removed: Vec<_> = removed.iter().map(|owner| name(owner)).collect();
        let findings = other.check_removal(&removed).expect("names");
        assert_eq!(rules(&findings), expect, "{removed:?}");
    };
    check(&["a._domainkey.example.com"], &[]);
    check(
        &["a._domainkey.example.com", "E._domainkey.example.com."],
        &["SES-06"],
    );
}

const LIMITED: &str = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "ses:SendEmail", "Condition": {"StringLike": {"ses:FromAddress": "news@example.com"}}}]}"#;

#[test]
fn ses_27_what_ses_refuses() {
    let check = |policy_name: &str, document: &str, expect: &[&str]| {
        let policy = IdentityPolicy {
            name: policy_name,
            document,
        };
        let findings = check_identity_policies(&[policy], true);
        assert_eq!(rules(&findings), expect, "{policy_name}");
    };
    check("news-1_a", LIMITED, &[]);
    check("", LIMITED, &["SES-27"]);
    check("no spaces", LIMITED, &["SES-27"]);
    check(&"x".repeat(64), LIMITED, &[]);
    check(&"x".repeat(65), LIMITED, &["SES-27"]);
    check("p", "[]", &["SES-27"]);
    check("p", "{", &["SES-27"]);
    check("p", &" ".repeat(5000), &["SES-27"]);
    check("p", "{}", &[]);
    let policy = IdentityPolicy {
        name: "p",
        document: LIMITED,
    };
    assert_eq!(
        rules(&check_identity_policies(&[policy], false)),
        ["SES-27"]
    );
    assert_eq!(rules(&check_identity_policies(&[], false)), [""; 0]);
    assert_eq!(
        rules(&check_identity_policies(&[policy; 20], true)),
        [""; 0]
    );
    assert_eq!(
        rules(&check_identity_policies(&[policy; 21], true)),
        ["SES-27"]
    );
}

#[test]
fn ses_28_who_may_send_and_as_whom() {
    let check = |statement: &str, expect: &[&str]| {
        let document = format!(r#"{{"Statement": {statement}}}"#);
        let policy = IdentityPolicy {
            name: "p",
            document: &document,
        };
        let findings = check_identity_policies(&[policy], true);
        assert_eq!(rules(&findings), expect, "{statement}");
    };
    let from = r#""Condition": {"StringEquals": {"SES:fromAddress": "a@example.com"}}"#;
    let other = r#""Condition": {"StringEquals": {"aws:SourceAccount": "1"}}"#;
    check(r#"{"Effect": "Allow", "Principal": "*"}"#, &["SES-28"]);
    check(
        r#"{"Effect": "Allow", "Principal": {"AWS": ["1", "*"]}}"#,
        &["SES-28"],
    );
    check(
        r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}}"#,
        &["SES-28"],
    );
    check(
        r#"[{"Effect": "Allow", "Principal": {"AWS": "1"}}]"#,
        &["SES-28"],
    );
    check(
        &format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "1"}}, {other}}}"#),
        &["SES-28"],
    );
    check(
        &format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "1"}}, {from}}}"#),
        &[],
    );
    check(
        &format!(r#"{{"Effect": "Allow", "Principal": "*", {from}}}"#),
        &[],
    );
    check(r#"{"Effect": "Deny", "Principal": "*"}"#, &[]);
}

#[test]
fn ses_29_bounces_of_another_account() {
    let check = |account: &str, has_event_destinations: bool, expect: bool| {
        let delegate = Delegate {
            account,
            identity_account: "111111111111",
            has_event_destinations,
        };
        assert_eq!(check_delegate(&delegate).is_some(), expect, "{delegate:?}");
    };
    check("222222222222", false, true);
    check("222222222222", true, false);
    check("111111111111", false, false);
}

#[test]
fn ses_30_a_default_set_is_where_its_identity_is() {
    let existing = Existing {
        configuration_sets: ["news"].into(),
        ..Existing::default()
    };
    assert!(check_default_set("news", &existing).is_none());
    assert!(check_default_set("alerts", &existing).is_some());
}

fn prepared(region: &str, signing: Signing) -> Prepared {
    Prepared {
        region: region.to_owned(),
        is_verified: true,
        configuration_set: Some("news".to_owned()),
        signing,
    }
}

fn replica_of(parent: &str) -> Signing {
    Signing::Replica {
        parent: parent.to_owned(),
    }
}

#[test]
fn ses_34_two_regions_prepared_alike() {
    let first = prepared("us-east-1", Signing::Easy);
    let other = prepared("eu-west-1", replica_of("us-east-1"));
    let check = |others: &[Prepared], expect: &[&str]| {
        assert_eq!(rules(&check_endpoint(&first, others)), expect, "{others:?}");
    };
    check(std::slice::from_ref(&other), &[]);
    check(&[], &["SES-34"]);
    let third = prepared("us-west-2", replica_of("us-east-1"));
    check(&[other.clone(), third], &["SES-34"]);
    let same = prepared("us-east-1", replica_of("us-east-1"));
    check(&[same], &["SES-34"]);
    let unverified = Prepared {
        is_verified: false,
        ..other.clone()
    };
    check(&[unverified], &["SES-34"]);
    let without_set = Prepared {
        configuration_set: None,
        ..other
    };
    check(&[without_set], &["SES-34"]);
}

#[test]
fn ses_35_one_key_for_both_regions() {
    let own = |selector: &str| Signing::OwnKey {
        owner: name(&format!("{selector}._domainkey.example.com")),
    };
    let check = |first: Signing, other: Signing, expect: &[&str]| {
        let findings = check_endpoint(
            &prepared("us-east-1", first),
            &[prepared("eu-west-1", other)],
        );
        assert_eq!(rules(&findings), expect);
    };
    check(Signing::Easy, Signing::Easy, &["SES-35"]);
    check(Signing::Easy, replica_of("us-east-1"), &[]);
    check(replica_of("eu-west-1"), Signing::Easy, &[]);
    check(replica_of("eu-west-3"), replica_of("eu-west-3"), &[]);
    check(Signing::Easy, replica_of("eu-west-3"), &["SES-35"]);
    check(own("one"), own("one"), &[]);
    check(own("one"), own("two"), &["SES-35"]);
    check(own("one"), Signing::Easy, &["SES-35"]);
}

#[test]
fn ses_36_what_is_named_is_there() {
    let existing = Existing {
        identities: ["example.com"].into(),
        configuration_sets: ["news"].into(),
    };
    let check = |identities: &[&str], configuration_sets: &[&str], expect: &[&str]| {
        let tenant = Dependent {
            name: "the tenant a",
            identities,
            configuration_sets,
        };
        let findings = check_dependents(&[tenant], &existing);
        assert_eq!(rules(&findings), expect, "{tenant:?}");
    };
    check(&["example.com"], &["news"], &[]);
    check(&[], &[], &[]);
    check(&["example.net"], &["news"], &["SES-36"]);
    check(&["example.com"], &["alerts"], &["SES-36"]);
}

#[test]
fn ses_40_an_identity_above() {
    let check = |domain: &str, identities: &[&str], expect: &[&str]| {
        let identities: Vec<_> = identities.iter().map(|identity| name(identity)).collect();
        let findings = check_parents(&name(domain), &identities);
        assert_eq!(rules(&findings), expect, "{domain} {identities:?}");
    };
    check(
        "news.example.com",
        &["news.example.com", "example.com"],
        &["SES-40"],
    );
    check("example.com", &["news.example.com", "example.com"], &[]);
    check("news.example.com", &["example.net", "s.example.com"], &[]);
}
