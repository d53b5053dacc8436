//! IAM's simulator, where there is none.

use futures::future::join_all;
use model::ErrorClass;

use crate::stand::{Answer, Script, clock, scripted};

/// Emulators answer so to an operation that they do not have.
#[tokio::test(start_paused = true)]
async fn a_simulator_that_is_not_there_is_asked_once() {
    for answer in [
        Answer::Says(404, ""),
        Answer::Says(
            501,
            "<ErrorResponse><Error><Code>NotImplemented</Code></Error></ErrorResponse>",
        ),
        Answer::Says(
            400,
            "<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>",
        ),
    ] {
        let script = Script::new([answer.clone()]);
        let (session, _) = scripted(&script, clock()).await;
        let role = "arn:aws:iam::111111111111:role/mail";
        let asked = (0..77).map(|_| aws::simulate(&session, role, &["s3:PutObject"], "*"));
        for answer in join_all(asked).await {
            assert_eq!(answer.unwrap_err().class, ErrorClass::Invalid);
        }
        assert_eq!(script.count(), 1, "{answer:?}");
    }
}
