//! Service Quotas: what an account was granted.

use aws::{GrantedQuota, granted_quotas};
use model::ErrorClass;
use sandbox::Sandbox;
use sandbox::faults::{Fault, FaultKind};

use crate::stand::{clock, in_sandbox, world_denying};

#[tokio::test(start_paused = true)]
async fn what_an_account_was_granted_is_listed() {
    let mut world = world_denying(&[]);
    world.cloudfront.limits.distributions = 2_000;
    let sandbox = Sandbox::new(world, clock());
    let session = in_sandbox(&sandbox).await;
    let granted = granted_quotas(&session, "cloudfront").await.unwrap();
    let distributions = GrantedQuota {
        quota_code: "L-24B04930".to_owned(),
        value: 2_000.0,
    };
    assert_eq!(granted, [distributions]);
    let none = granted_quotas(&session, "braket").await.unwrap_err();
    assert_eq!(none.code.as_deref(), Some("NoSuchResourceException"));
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_is_told_which_permission_is_missing() {
    let sandbox = Sandbox::new(world_denying(&["servicequotas:ListServiceQuotas"]), clock());
    let session = in_sandbox(&sandbox).await;
    let denied = granted_quotas(&session, "cloudfront").await.unwrap_err();
    assert_eq!(denied.class, ErrorClass::Denied);
    let says = "not authorized to perform: servicequotas:ListServiceQuotas";
    assert!(denied.message.contains(says), "{}", denied.message);
}

/// As moto answers it, which has no Service Quotas.
#[tokio::test(start_paused = true)]
async fn a_service_that_only_fails_is_left_after_a_quarter_of_a_minute() {
    let mut world = world_denying(&[]);
    let fault = Fault::new(FaultKind::ErrorBefore).at("servicequotas", "ListServiceQuotas");
    world.faults.script = vec![fault];
    let clock = clock();
    let sandbox = Sandbox::new(world, clock);
    let session = in_sandbox(&sandbox).await;
    let begun = clock.now();
    let error = granted_quotas(&session, "cloudfront").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Ambiguous);
    assert!(
        error.message.contains("no answer in 15 seconds"),
        "{}",
        error.message
    );
    assert_eq!(clock.now().duration_since(begun).as_secs(), 15);
}
