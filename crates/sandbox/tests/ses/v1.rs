//! SES v1, which shares its store with v2.

use aws_sdk_ses::Client;
use aws_sdk_sesv2::types::{DkimStatus, VerificationStatus};
use sandbox::Sandbox;

use crate::common::{ONE, code, config, error, publish, sandbox, wait};
use crate::{DOMAIN, ask, create, dkim_status, find, identity, v2, verification_status};

/// A sandbox, and SES v1 in it.
fn v1() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let ses = Client::new(&config(&sandbox, ONE, "us-east-1"));
    (sandbox, ses)
}

/// Asks that the domain is verified; returns its token.
async fn verify(ses: &Client) -> String {
    let asked = ses.verify_domain_identity().domain(DOMAIN).send().await;
    asked.expect("a token").verification_token
}

#[tokio::test(start_paused = true)]
async fn v1_verifies_a_domain_by_its_token_in_amazonses() {
    let (sandbox, ses) = v1();
    let token = verify(&ses).await;
    assert_eq!(token, verify(&ses).await, "the same token");
    let status = || async {
        let got = ses
            .get_identity_verification_attributes()
            .identities(DOMAIN)
            .identities("example.org");
        let got = got.send().await.expect("attributes");
        let got = got.verification_attributes;
        assert_eq!(got.len(), 1, "an unknown identity is left out");
        got[DOMAIN].verification_status.as_str().to_owned()
    };
    assert_eq!(status().await, "Pending");
    let values = ["someone else's token", &token];
    publish(&sandbox, "_amazonses.example.com", "TXT", &values);
    wait(&sandbox, 61).await;
    assert_eq!(status().await, "Success");
    let v2 = v2(&sandbox);
    assert_eq!(
        verification_status(&v2, DOMAIN).await,
        VerificationStatus::Success
    );
    assert_eq!(dkim_status(&v2, DOMAIN).await, DkimStatus::NotStarted);
}

#[tokio::test(start_paused = true)]
async fn v1_takes_a_token_by_its_prefix_at_the_domain() {
    let (sandbox, ses) = v1();
    let token = verify(&ses).await;
    // Without its prefix it is any text.
    publish(&sandbox, DOMAIN, "TXT", &["v=spf1 -all", &token]);
    wait(&sandbox, 61).await;
    let status = verification_status(&v2(&sandbox), DOMAIN).await;
    assert_eq!(status, VerificationStatus::Pending);
    let prefixed = format!("amazonses:{token}");
    publish(&sandbox, DOMAIN, "TXT", &["v=spf1 -all", &prefixed]);
    wait(&sandbox, 61).await;
    let status = verification_status(&v2(&sandbox), DOMAIN).await;
    assert_eq!(status, VerificationStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn v1_and_v2_share_one_store() {
    let (sandbox, ses) = v1();
    let v2 = v2(&sandbox);
    let asked = ses.verify_domain_dkim().domain(DOMAIN).send().await;
    let tokens = asked.expect("tokens").dkim_tokens;
    assert_eq!(tokens.len(), 3);
    assert_eq!(code(ask(&v2, DOMAIN).await), "AlreadyExistsException");
    let got = identity(&v2, DOMAIN).await;
    assert_eq!(got.dkim_attributes.expect("DKIM").tokens(), tokens);
    let listed = ses.list_identities().send().await.expect("identities");
    assert_eq!(listed.identities, [DOMAIN]);
    for _ in 0..2 {
        let deleted = ses.delete_identity().identity(DOMAIN).send().await;
        deleted.expect("deleting what is gone succeeds");
    }
    assert_eq!(code(find(&v2, DOMAIN).await), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn v1_reads_attributes_of_up_to_100_identities_at_once() {
    let (sandbox, ses) = v1();
    let name = |number: usize| format!("d{number}.example.com");
    for number in 0..3 {
        create(&v2(&sandbox), &name(number)).await;
    }
    let names = |count| Some((0..count).map(name).collect());
    let verification = ses.get_identity_verification_attributes();
    let verification = verification.set_identities(names(100)).send().await;
    let verification = verification.expect("attributes").verification_attributes;
    assert_eq!(verification.len(), 3);
    let dkim = |count| {
        let dkim = ses.get_identity_dkim_attributes();
        dkim.set_identities(names(count)).send()
    };
    let found = dkim(100).await.expect("attributes").dkim_attributes;
    assert_eq!(found["d0.example.com"].dkim_tokens().len(), 3);
    let mail_from = ses.get_identity_mail_from_domain_attributes();
    let mail_from = mail_from.set_identities(names(100)).send().await;
    let mail_from = mail_from.expect("attributes").mail_from_domain_attributes;
    assert_eq!(mail_from.len(), 3);
    assert_eq!(code(dkim(101).await), "ValidationError");
}

#[tokio::test(start_paused = true)]
async fn v1_words_its_errors_in_its_own_way() {
    let (_sandbox, ses) = v1();
    let put = ses.set_identity_mail_from_domain().identity(DOMAIN);
    let refused = put.mail_from_domain("mail.example.com").send().await;
    assert_eq!(
        error(refused),
        "InvalidParameterValue: Identity <example.com> does not exist."
    );
    let refused = ses.describe_active_receipt_rule_set().send().await;
    assert_eq!(code(refused), "InvalidAction");
}
