//! Buckets.

use aws_sdk_s3::Client;
use sandbox::Sandbox;

use super::config;

pub(crate) fn client(sandbox: &Sandbox, account: &str, region: &str) -> Client {
    Client::new(&config(sandbox, account, region))
}

/// Creates a bucket in us-east-1.
pub(crate) async fn create_bucket(client: &Client, bucket: &str) {
    let created = client.create_bucket().bucket(bucket).send().await;
    created.expect("a new bucket");
}
