//! SES v1's calls for the `_amazonses` token, which v2 does not have.

use async_trait::async_trait;
use aws_sdk_ses::Client;
use model::kind::{Outcome, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target};

use super::{SesDomainToken, Spec, State};
use crate::context::Context;
use crate::sdk::done;

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
        let answer = client(context)?
            .get_identity_verification_attributes()
            .identities(domain)
            .send()
            .await;
        let answer = done("GetIdentityVerificationAttributes", answer)?;
        let attributes = answer.verification_attributes().get(domain);
        let Some(token) = attributes.and_then(|attributes| attributes.verification_token()) else {
            return Ok(Observation::Absent);
        };
        let status =
            attributes.map(|attributes| attributes.verification_status().as_str().to_owned());
        let state = State {
            token: token.to_owned(),
            status: status.unwrap_or_default(),
        };
        // The identity says whose it is.
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            state,
            ownership: Ownership::Ours,
        })
    }
}

#[async_trait]
impl Mutate<Context> for SesDomainToken {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let answer = client(context)?
            .verify_domain_identity()
            .domain(&target.spec.domain)
            .send()
            .await;
        done("VerifyDomainIdentity", answer)?;
        Ok(PhysicalId::from(target.spec.domain.as_str()).into())
    }

    async fn update(
        &self,
        _context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        Ok(PhysicalId::from(target.spec.domain.as_str()).into())
    }

    /// The token goes with its identity.
    async fn delete(&self, _context: &Context, _target: &Target<Spec>) -> Result<(), KindError> {
        Ok(())
    }
}
