//! SES v1's calls for the `_amazonses` token, which v2 does not have.

use async_trait::async_trait;
use aws_sdk_ses::Client;
use model::kind::{CallResult, Called, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target};

use super::{SesDomainToken, Spec, State, VERIFIED};
use crate::context::Context;
use crate::sdk::done;
use crate::ses_identity::Identity;
use crate::ses_v1::Verification;
use crate::tags;

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.ses_v1())
}

#[async_trait]
impl Observe<Context> for SesDomainToken {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let domain = &target.spec.domain;
        let verified = context.read_key(&Verification(domain.clone())).await?;
        let Some(token) = verified.as_ref().and_then(|it| it.token.clone()) else {
            return Ok(Observation::Absent);
        };
        let state = State {
            token,
            status: verified.map(|it| it.status.clone()).unwrap_or_default(),
        };
        // The identity says whose it is.
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            state,
            ownership: Ownership::Ours,
        })
    }

    /// A token lasts as long as its identity, about which the run has asked anyway. One that others deleted and made
    /// again carries no tags of ours, and is asked for its token.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        let domain = &target.spec.domain;
        let identity = context.read_key(&Identity(domain.clone())).await?;
        if !identity.is_some_and(|it| it.is_verified() && tags::project(it.tags()).is_some()) {
            return self.observe(context, target).await;
        }
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            state: State {
                status: VERIFIED.to_owned(),
                ..recorded.clone()
            },
            ownership: Ownership::Ours,
        })
    }

    /// One request answers for a hundred tokens, where the rest of their identities is not asked for.
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _recorded: Option<&State>,
    ) -> Result<Observation<State>, KindError> {
        self.observe(context, target).await
    }
}

#[async_trait]
impl Mutate<Context> for SesDomainToken {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let answer = client(context)?
            .verify_domain_identity()
            .domain(&target.spec.domain)
            .send()
            .await;
        let answer = done("VerifyDomainIdentity", answer)?;
        let state = State {
            token: answer.verification_token().to_owned(),
            status: "Pending".to_owned(),
        };
        let outcome = CallResult::from(PhysicalId::from(target.spec.domain.as_str()));
        Ok(outcome.in_state::<Self>(state))
    }

    async fn update(
        &self,
        _context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        Ok(PhysicalId::from(target.spec.domain.as_str()).into())
    }

    /// The token goes with its identity.
    async fn delete(&self, _context: &Context, _target: &Target<Spec>) -> Result<(), KindError> {
        Ok(())
    }
}
