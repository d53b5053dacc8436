//! IAM's simulator, where there is none.

use aws::Question;
use futures::future::join_all;
use model::ErrorClass;

use crate::stand::{Answer, Script, clock, scripted};

/// Emulators answer so to an operation that they do not have.
#[tokio::test(start_paused = true)]
async fn e10_a_simulator_that_is_not_there_is_asked_once() {
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
        let question = Question {
            principal: role,
            actions: vec!["s3:PutObject"],
            resource: "*",
            context: Vec::new(),
        };
        let asked = (0..77).map(|_| aws::simulate(&session, &question));
        for answer in join_all(asked).await {
            assert_eq!(answer.unwrap_err().class, ErrorClass::Invalid);
        }
        assert_eq!(script.count(), 1, "{answer:?}");
    }
}

/// The answer of IAM to actions that it does not simulate together.
const MIXTURE: &str = "<ErrorResponse><Error><Code>InvalidInput</Code><Message>Invalid Input Actions: \
    [s3:ListAllMyBuckets] and [s3:PutObject] require different authorization information</Message></Error></ErrorResponse>";

const ALLOWED: &str = "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>\
    <member><EvalActionName>s3:PutObject</EvalActionName><EvalDecision>allowed</EvalDecision></member>\
    </EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>";

#[tokio::test(start_paused = true)]
async fn r_16_actions_that_are_not_simulated_together_are_asked_in_halves() {
    let answers = [
        Answer::Says(400, MIXTURE),
        Answer::Says(200, ALLOWED),
        Answer::Says(400, MIXTURE),
        Answer::Says(200, ALLOWED),
        Answer::Says(200, ALLOWED),
    ];
    let script = Script::new(answers);
    let (session, _) = scripted(&script, clock()).await;
    let question = Question {
        principal: "arn:aws:iam::111111111111:role/mail",
        actions: vec!["s3:PutObject", "s3:GetObject", "s3:ListAllMyBuckets"],
        resource: "*",
        context: Vec::new(),
    };
    let decisions = aws::simulate(&session, &question).await.expect("decisions");
    assert_eq!(decisions.len(), 3);
    assert_eq!(script.count(), 5);
}
