//! A run that can't do its work tells why on one screen: first the cause, last the next command.

use tests::place::{Place, Ran};

/// Nobody's machine: no credentials, no configuration but this one, no metadata.
fn on_an_empty_machine(place: &Place, config: &str, arguments: &[&str]) -> Ran {
    place.write("user/.aws/config", config);
    let user = place.path().join("user").display().to_string();
    let file = format!("{user}/.aws/config");
    let environment = [
        ("HOME", user.as_str()),
        ("AWS_CONFIG_FILE", &file),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_MAX_ATTEMPTS", "1"),
    ];
    place.deploy_in(&environment, arguments)
}

/// All that a run said, which is nothing but `expect`.
#[track_caller]
fn says_only(ran: &Ran, expect: &str) {
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout, "");
    let said: Vec<&str> = ran.stderr.trim_end().lines().collect();
    let expect: Vec<&str> = expect.trim().lines().map(str::trim).collect();
    let trimmed: Vec<&str> = said.iter().map(|line| line.trim()).collect();
    assert_eq!(trimmed, expect, "{}", ran.stderr);
    assert!(
        said.iter().all(|line| line.chars().count() <= 100),
        "{said:#?}"
    );
}

const MANIFEST: &str = "project: one\n\
    accounts: { mail: { id: \"111111111111\", profile: work } }\n\
    domains: { example.com: { dns: manual, spf: { all: fail }, ses: [{ account: mail, region: eu-west-1 }] } }\n";

#[test]
fn without_credentials() {
    // The account of a ledger in a bucket would be the first that cannot be entered, and the only one told.
    let place = Place::of("example").in_folder();
    let ran = on_an_empty_machine(&place, "", &["plan", place.manifest()]);
    says_only(
        &ran,
        "
        error: cannot enter dns, marketing, operations, web: there are no usable AWS credentials (none in
        the environment, in the profile, or of this machine); profile `default`: run `aws sso login`
        or `aws configure`, or name a `profile` for the account
        Nothing was planned and nothing was changed. Next: `deploy doctor`",
    );
}

#[test]
fn with_a_missing_profile() {
    // The ledger's account is entered first, and told like any other.
    for place in [Place::with(MANIFEST), Place::with(MANIFEST).in_bucket()] {
        let ran = on_an_empty_machine(&place, "", &["apply", place.manifest(), "--yes"]);
        says_only(
            &ran,
            "
            error: cannot enter mail: there is no profile `work` in the shared AWS configuration: `aws configure
            list-profiles` shows those that there are
            Nothing was planned and nothing was changed. Next: `deploy doctor`",
        );
    }
}

#[test]
fn with_an_expired_session() {
    let place = Place::with(MANIFEST);
    let config = "[profile work]\nsso_session = corp\nsso_account_id = 111111111111\n\
        sso_role_name = deploy\nregion = us-east-1\n\
        [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n";
    // The name of the session's file is the SHA-1 of `corp`.
    place.write(
        "user/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
        r#"{"startUrl": "https://example.awsapps.com/start", "region": "us-east-1",
            "accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z"}"#,
    );
    let ran = on_an_empty_machine(&place, config, &["plan", place.manifest()]);
    says_only(
        &ran,
        "
        error: cannot enter mail: there are no usable AWS credentials (an error occurred while loading an
        access token: the SSO token has expired and cannot be refreshed); profile `work`: run `aws
        sso login --profile work`
        Nothing was planned and nothing was changed. Next: `deploy doctor`",
    );
}

#[test]
fn without_a_network() {
    let place = Place::with(MANIFEST);
    let config = "[profile work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
        aws_secret_access_key = x\nendpoint_url = http://127.0.0.1:9\nregion = us-east-1\n";
    let ran = on_an_empty_machine(&place, config, &["plan", place.manifest()]);
    says_only(
        &ran,
        "
        error: cannot enter mail: the host refuses connections: check the network and the endpoint (tcp
        connect error: Connection refused (os error 111))
        Nothing was planned and nothing was changed. Next: `deploy doctor`",
    );
}

#[test]
fn with_a_denied_action() {
    let place = Place::of("two-accounts-one-region").in_calm();
    place.make_world(Some(
        r#"accounts: { "111111111111": { roles: { mail-deploy: { denied: ["route53:ListResourceRecordSets"] } } } }"#,
    ));
    let ran = place.run("plan", &[]);
    says_only(
        &ran,
        "
        error: could not be observed: ListResourceRecordSets: AccessDenied: User:
        arn:aws:sts::111111111111:assumed-role/mail-deploy/deploy is not authorized to perform:
        route53:ListResourceRecordSets because no identity-based policy allows the
        route53:ListResourceRecordSets action (not allowed) (and 10 resources more) (PLAN-04)
        Nothing was planned and nothing was changed. Next: `deploy doctor`, which names what is missing",
    );
}

#[test]
fn with_a_dead_resolver() {
    let place = Place::of("example");
    let ran = place.deploy(&["check", "example.com", "--resolver", "127.0.0.1:9"]);
    says_only(
        &ran,
        "
        error: what example.com publishes can't be seen: DNS gave no answer for example.com: no answer in 10
        seconds
        Next: `deploy check --resolver 1.1.1.1`, which asks another resolver",
    );
}
