//! SES's behaviours, v2 and v1, through the AWS SDK.

mod account;
#[path = "../common/mod.rs"]
mod common;
mod configuration_sets;
mod dkim;
mod dkim_keys;
mod identities;
mod mail_from;
mod v1;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::create_email_identity::{
    CreateEmailIdentityError, CreateEmailIdentityOutput,
};
use aws_sdk_sesv2::operation::delete_email_identity::{
    DeleteEmailIdentityError, DeleteEmailIdentityOutput,
};
use aws_sdk_sesv2::operation::get_email_identity::{GetEmailIdentityError, GetEmailIdentityOutput};
use aws_sdk_sesv2::types::{DkimAttributes, DkimStatus, Tag, VerificationStatus};
use common::{ONE, config, publish, sandbox};
use sandbox::Sandbox;

const DOMAIN: &str = "example.com";

/// SES v2 as the administrator of the first account calls it in us-east-1.
fn v2(sandbox: &Sandbox) -> Client {
    v2_in(sandbox, ONE, "us-east-1")
}

fn v2_in(sandbox: &Sandbox, account: &str, region: &str) -> Client {
    Client::new(&config(sandbox, account, region))
}

/// A sandbox, and SES v2 in it.
fn ses() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    (sandbox, ses)
}

/// The same, with an identity of the domain and its tokens.
async fn with_identity() -> (Sandbox, Client, Tokens) {
    let (sandbox, ses) = ses();
    let tokens = create(&ses, DOMAIN).await;
    (sandbox, ses, tokens)
}

/// Asks for an identity.
async fn ask(
    ses: &Client,
    name: &str,
) -> Result<CreateEmailIdentityOutput, SdkError<CreateEmailIdentityError>> {
    let asked = ses.create_email_identity().email_identity(name);
    asked.send().await
}

/// Asks for an identity as SES shows it.
async fn find(
    ses: &Client,
    name: &str,
) -> Result<GetEmailIdentityOutput, SdkError<GetEmailIdentityError>> {
    ses.get_email_identity().email_identity(name).send().await
}

/// Asks for the end of an identity.
async fn delete(
    ses: &Client,
    name: &str,
) -> Result<DeleteEmailIdentityOutput, SdkError<DeleteEmailIdentityError>> {
    let asked = ses.delete_email_identity().email_identity(name);
    asked.send().await
}

/// Makes an identity; returns its tokens.
async fn create(ses: &Client, name: &str) -> Tokens {
    let created = ask(ses, name).await.expect("a new identity");
    Tokens::of(&created.dkim_attributes.expect("DKIM"))
}

/// An identity as SES shows it.
async fn identity(ses: &Client, name: &str) -> GetEmailIdentityOutput {
    find(ses, name).await.expect("an identity")
}

/// The tokens of an identity, and the zone that their records lead to.
#[derive(Debug, PartialEq)]
struct Tokens {
    tokens: Vec<String>,
    zone: String,
}

impl Tokens {
    fn of(dkim: &DkimAttributes) -> Self {
        Self {
            tokens: dkim.tokens().to_vec(),
            zone: dkim.signing_hosted_zone().expect("a zone").to_owned(),
        }
    }

    /// Publishes the records of all tokens.
    fn publish(&self, sandbox: &Sandbox) {
        publish_dkim(sandbox, &self.tokens, &self.zone);
    }
}

/// The name of a token's record.
fn dkim_name(token: &str) -> String {
    format!("{token}._domainkey.{DOMAIN}")
}

fn publish_dkim(sandbox: &Sandbox, tokens: &[String], zone: &str) {
    for token in tokens {
        let target = format!("{token}.{zone}");
        publish(sandbox, &dkim_name(token), "CNAME", &[&target]);
    }
}

async fn dkim_status(ses: &Client, name: &str) -> DkimStatus {
    let got = identity(ses, name).await;
    got.dkim_attributes
        .and_then(|dkim| dkim.status)
        .expect("a status")
}

async fn verification_status(ses: &Client, name: &str) -> VerificationStatus {
    let got = identity(ses, name).await;
    got.verification_status.expect("a status")
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("a tag")
}
