//! Readings of an account as a whole.

use aws_sdk_sesv2::Client;
use kinds::ses_account;

use super::stage::{ACCOUNT, Stage};

const REGION: &str = "eu-west-1";

#[tokio::test(start_paused = true)]
async fn an_account_s_standing_with_ses_is_read_by_region() {
    let stage = Stage::with(|world| world.ses.seed_sandbox(ACCOUNT, REGION));
    let session = stage.session(REGION).await;
    let standing = ses_account::standing(&session).await.expect("an answer");
    assert!(!standing.production && standing.sending);
    assert_eq!(standing.enforcement, "HEALTHY");
    let rules: Vec<_> = standing
        .findings()
        .into_iter()
        .map(|one| one.rule)
        .collect();
    assert_eq!(rules, ["SES-25"]);
    let elsewhere = stage.session("us-east-1").await;
    let standing = ses_account::standing(&elsewhere).await.expect("an answer");
    assert!(standing.production);
    assert!(standing.findings().is_empty());
    assert_eq!(stage.sandbox.stats().changes().count(), 0, "it only reads");
}

#[tokio::test(start_paused = true)]
async fn identities_are_listed_to_the_last_page() {
    let stage = Stage::new();
    let client = Client::new(&stage.sdk(REGION));
    for name in ["example.com", "mail.example.com", "person@example.net"] {
        let request = client.create_email_identity().email_identity(name);
        request.send().await.expect("an identity");
    }
    let session = stage.session(REGION).await;
    let found = ses_account::identities(&session).await.expect("an answer");
    let names: Vec<(&str, bool)> = found
        .iter()
        .map(|identity| (identity.name.as_str(), identity.is_domain))
        .collect();
    assert_eq!(
        names,
        [
            ("example.com", true),
            ("mail.example.com", true),
            ("person@example.net", false)
        ]
    );
}
