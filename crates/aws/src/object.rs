//! An object of S3, read whole.
//!
//! The SDK repeats a request whose answer did not come, and knows nothing of a body that ends in the
//! middle: it has handed the stream over by then. So whoever reads a body repeats the request.

use std::time::Duration;

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::Session;

/// How often an object is read whose body does not come whole.
const ATTEMPTS: u32 = 6;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(200);

/// An answer of `GetObject` with its whole body.
#[derive(Debug)]
pub struct Whole {
    /// The answer's headers. Its body has been taken out.
    pub answer: GetObjectOutput,
    /// The bytes of the object.
    pub bytes: Vec<u8>,
}

/// Sends the request and reads the body, again where the body was cut.
///
/// # Errors
///
/// What the request itself ended with; after six cut bodies a response error that carries the last
/// cause.
pub async fn whole(
    session: &Session,
    request: GetObjectFluentBuilder,
) -> Result<Whole, SdkError<GetObjectError, HttpResponse>> {
    let mut attempt = 1;
    loop {
        let mut answer = request.clone().send().await?;
        match std::mem::take(&mut answer.body).collect().await {
            Ok(bytes) => {
                let bytes = bytes.to_vec();
                return Ok(Whole { answer, bytes });
            }
            Err(_) if attempt < ATTEMPTS => attempt += 1,
            Err(cause) => {
                // What was received is no longer at hand; only its status is known.
                let ok = StatusCode::try_from(200).map_err(SdkError::construction_failure)?;
                let received = HttpResponse::new(ok, SdkBody::empty());
                return Err(SdkError::response_error(cause, received));
            }
        }
        session.clock().sleep(PAUSE).await;
    }
}
