//! The surroundings of each attempt of a request: the wait for the quota before it, and what is
//! learnt from it afterwards.
//!
//! The SDK resolves an identity at the start of every attempt, before it signs, and asks the identity
//! cache for it, asynchronously. So the wait stands there: it comes before the credentials are taken
//! and the signature is dated, for the first attempt as for every repeated one, and outside all
//! time-outs of the SDK that are set here. docs/decisions/0018 weighs the other places.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime::client::retries::classifiers::run_classifiers_on_ctx;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::{
    IdentityFuture, ResolveCachedIdentity, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_runtime_api::client::retries::classifiers::{RetryAction, RetryReason};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::retry::{ErrorKind, RetryConfig};
use jiff::Timestamp;
use model::AccountId;

use crate::class::Class;
use crate::guard::Guard;
use crate::log::{self, Attempted};
use crate::quotas::{Limit, Operation};
use crate::repeat::{self, Verdict};
use crate::scheduler::{Draw, Scheduler};
use crate::wallet::Wallet;
use crate::whole;

/// How long an operation may take, with all its attempts and the pauses between them, before no
/// further attempt is made. The waits for the quota do not count: in a fleet they last for minutes,
/// and nothing is wrong then.
pub(crate) const DEADLINE: Duration = Duration::from_mins(2);

/// The lane of one client: its account and region, the queue before it, and its credentials.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) scheduler: Scheduler,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) class: Class,
    pub(crate) rank: u64,
    pub(crate) wallet: Wallet,
    pub(crate) guard: Option<Guard>,
}

/// One operation under way. It is kept in the SDK's configuration of the operation.
#[derive(Debug)]
struct Call {
    operation: Operation,
    charges: Vec<(&'static Limit, f64)>,
    begun: Timestamp,
    attempt: Mutex<Attempt>,
}

/// The attempt that is being made.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    /// How long the operation has waited for quotas so far.
    waited: Duration,
    /// When the quota let this attempt through.
    granted: Timestamp,
    /// The edition of the credentials that it was signed with.
    edition: u64,
    /// Counted from 1.
    number: u32,
}

impl Storable for Call {
    type Storer = StoreReplace<Self>;
}

impl Call {
    fn attempt(&self) -> Attempt {
        *self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn draw<'a>(&'a self, call: &'a Call) -> Draw<'a> {
        Draw {
            account: &self.account,
            region: &self.region,
            operation: &call.operation,
            class: self.class,
            rank: self.rank,
            charges: &call.charges,
        }
    }

    async fn wait(&self, call: &Call) {
        let clock = self.scheduler.clock();
        let before = clock.now();
        self.scheduler.acquire(&self.draw(call)).await;
        let granted = clock.now();
        let mut attempt = call.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        attempt.waited += granted.duration_since(before).unsigned_abs();
        attempt.granted = granted;
        attempt.edition = self.wallet.edition();
        attempt.number += 1;
    }

    fn log(&self, call: &Call, attempt: Attempt, context: &FinalizerInterceptorContextRef<'_>) {
        let attempted = Attempted {
            account: &self.account,
            region: &self.region,
            operation: &call.operation,
            number: attempt.number,
            waited: attempt.waited,
        };
        log::attempt(&attempted, context);
    }

    fn is_overdue(&self, call: &Call, attempt: Attempt) -> bool {
        let passed = self.scheduler.clock().now().duration_since(call.begun);
        passed.unsigned_abs().saturating_sub(attempt.waited) >= DEADLINE
    }
}

impl ResolveCachedIdentity for Lane {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        IdentityFuture::new(async move {
            if let Some(call) = config.load::<Call>() {
                self.wait(call).await;
                if let Some(guard) = &self.guard {
                    guard.agrees().await?;
                }
            }
            let wallet = &self.wallet;
            wallet
                .resolve_cached_identity(resolver, components, config)
                .await
        })
    }
}

impl Intercept for Lane {
    fn name(&self) -> &'static str {
        "Lane"
    }

    /// The request is written once for all attempts, and its records are counted here.
    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = config.load::<Metadata>() else {
            return Ok(());
        };
        let operation = Operation {
            service: metadata.service().to_owned(),
            name: metadata.name().to_owned(),
        };
        let now = self.scheduler.clock().now();
        let call = Call {
            charges: operation.charges(record_changes(context.request())),
            operation,
            begun: now,
            attempt: Mutex::new(Attempt {
                waited: Duration::ZERO,
                granted: now,
                edition: 0,
                number: 0,
            }),
        };
        config.interceptor_state().store_put(call);
        Ok(())
    }

    /// An answer that the SDK could read, though its end is missing, is none: see [`whole`].
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What is streamed to its reader, as the content of an object, is not held here.
        let body = context.response().body().bytes();
        match (config.load::<Call>(), body, context.output_or_error()) {
            (Some(call), Some(body), Ok(_)) => Ok(whole::check(&call.operation, body)?),
            _ => Ok(()),
        }
    }

    /// Learns from an attempt, when the SDK has read the answer and knows its error code.
    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = config.load::<Call>() else {
            return Ok(());
        };
        let attempt = call.attempt();
        self.log(call, attempt, context);
        let action = run_classifiers_on_ctx(components.retry_classifiers(), context.inner());
        let verdict = repeat::verdict(context);
        if is_throttling(&action) && verdict != Verdict::Busy {
            self.scheduler.throttled(&self.draw(call), attempt.granted);
        }
        if verdict == Verdict::Expired {
            self.wallet.renew(attempt.edition);
        }
        let may_repeat = verdict == Verdict::Refused || call.operation.is_repeatable();
        if (!may_repeat && verdict == Verdict::Unknown) || self.is_overdue(call, attempt) {
            stop(config);
        }
        Ok(())
    }
}

/// Lets this attempt be the last. The SDK's classifiers do not see which operation they judge, but
/// its retry strategy reads the number of attempts anew after each.
fn stop(config: &mut ConfigBag) {
    let retries = config.load::<RetryConfig>().cloned();
    let last = retries.unwrap_or_else(RetryConfig::standard);
    config
        .interceptor_state()
        .store_put(last.with_max_attempts(1));
}

fn is_throttling(action: &RetryAction) -> bool {
    matches!(
        action,
        RetryAction::RetryIndicated(RetryReason::RetryableError {
            kind: ErrorKind::ThrottlingError,
            ..
        })
    )
}

/// CREATE and DELETE cost one record change, UPSERT two (Route 53 Developer Guide, quotas).
fn record_changes(request: &HttpRequest) -> f64 {
    let body = request.body().bytes();
    let body = body.map(String::from_utf8_lossy).unwrap_or_default();
    let all = body.matches("<Action>").count();
    let twice = body.matches("<Action>UPSERT<").count();
    f64::from(u32::try_from(all + twice).unwrap_or(u32::MAX))
}
