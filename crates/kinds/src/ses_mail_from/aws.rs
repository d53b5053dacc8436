//! SES v2's calls for a MAIL FROM domain.

use async_trait::async_trait;
use aws_sdk_sesv2::types::BehaviorOnMxFailure;
use model::kind::{Called, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target};

use super::{OnMxFailure, SesMailFrom, Spec, State};
use crate::context::Context;
use crate::sdk::done;
use crate::ses_identity::{Identity, client};
use crate::ses_v1::{MailFrom, MailFromDomain};

#[async_trait]
impl Observe<Context> for SesMailFrom {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let identity = Identity(target.spec.identity.clone());
        let answer = context.read_key(&identity).await?;
        let seen = answer.as_ref().and_then(|it| it.mail_from.as_ref());
        Ok(observation(target, seen))
    }

    /// One request answers for a hundred identities, where the rest of the identity is not asked for.
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _recorded: Option<&State>,
    ) -> Result<Observation<State>, KindError> {
        by_v1(context, target).await
    }

    /// One request answers for a hundred identities.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _seen: &State,
    ) -> Result<Observation<State>, KindError> {
        by_v1(context, target).await
    }
}

async fn by_v1(context: &Context, target: &Target<Spec>) -> Result<Observation<State>, KindError> {
    let identity = MailFrom(target.spec.identity.clone());
    let seen = context.read_key(&identity).await?;
    Ok(observation(target, seen.as_deref()))
}

fn observation(target: &Target<Spec>, seen: Option<&MailFromDomain>) -> Observation<State> {
    let Some(seen) = seen else {
        return Observation::Absent;
    };
    Observation::Present {
        physical: PhysicalId::from(target.spec.identity.as_str()),
        state: State {
            mail_from: seen.domain.clone(),
            on_mx_failure: if seen.rejects {
                OnMxFailure::RejectMessage
            } else {
                OnMxFailure::UseDefaultValue
            },
            status: seen.status.clone(),
        },
        // The identity says whose it is.
        ownership: Ownership::Ours,
    }
}

async fn put(context: &Context, identity: &str, spec: Option<&Spec>) -> Called<Nothing> {
    let behavior = match spec.map(|spec| spec.on_mx_failure) {
        Some(OnMxFailure::RejectMessage) => BehaviorOnMxFailure::RejectMessage,
        Some(OnMxFailure::UseDefaultValue) | None => BehaviorOnMxFailure::UseDefaultValue,
    };
    let request = client(context)?
        .put_email_identity_mail_from_attributes()
        .email_identity(identity)
        .set_mail_from_domain(spec.map(|spec| spec.mail_from.clone()))
        .behavior_on_mx_failure(behavior);
    done("PutEmailIdentityMailFromAttributes", request.send().await)?;
    Ok(PhysicalId::from(identity).into())
}

#[async_trait]
impl Mutate<Context> for SesMailFrom {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let spec = &target.spec;
        let outcome = put(context, &spec.identity, Some(spec)).await?;
        Ok(outcome.in_state::<Self>(State {
            mail_from: spec.mail_from.clone(),
            on_mx_failure: spec.on_mx_failure,
            status: "PENDING".to_owned(),
        }))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        put(context, &target.spec.identity, Some(&target.spec)).await
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        match put(context, &target.spec.identity, None).await {
            Ok(_) => Ok(()),
            // SES answers that the request is bad where the identity has gone, and the attribute
            // with it.
            Err(error) => match self.observe(&context.afresh(), target).await {
                Ok(Observation::Absent) => Ok(()),
                _ => Err(error),
            },
        }
    }
}
