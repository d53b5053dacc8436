//! Lists from a moment ago: they lack what was made since.

use std::time::Duration;

use reconcile::{Project, Wish};
use sandbox::faults::{Fault, FaultKind, Faults};
use sandbox::world::World;

use crate::fleet;
use crate::run::{Run, mail_session};

/// Somebody makes an identity of SES that nobody else knows.
async fn make_something(project: &Project) {
    let session = mail_session(project).await;
    let creation = session.ses().create_email_identity();
    let made = creation.email_identity("elsewhere.example").send().await;
    assert!(made.is_ok(), "{made:?}");
}

/// Plans, and finds nothing to do.
async fn no_change(project: &Project) {
    let ledger = project.ledger().await.expect("a ledger");
    let planned = project.plan(ledger, Wish::All).await.expect("a plan");
    assert!(planned.plan.is_empty(), "{:?}", planned.plan.actions);
}

/// E5: what is on record and missing in a list is asked for again before anybody forgets it. The first list
/// here is answered from the world before the apply.
#[tokio::test(start_paused = true)]
async fn e5_what_one_list_lacks_is_listed_again_before_it_is_forgotten() {
    for (service, operation) in [
        ("route53", "ListResourceRecordSets"),
        ("cloudfront", "ListDistributions"),
        ("acm", "ListCertificates"),
    ] {
        let fleet = Run::beside_shipped(&fleet::manifest(1));
        let world = |project: &Project| {
            let sandbox = project.sandbox.as_ref().expect("a sandbox");
            sandbox.clone()
        };
        let empty = world(&fleet.open()).world().clone();
        assert!(fleet.bring_about(Wish::All).await.is_complete());
        let project = fleet.open();
        project.clock.sleep(Duration::from_hours(1)).await;
        // Later, every account is entered, which the sandbox counts as a change.
        no_change(&project).await;
        project.clock.sleep(Duration::from_mins(1)).await;
        let sandbox = world(&project);
        let stale = Fault::new(FaultKind::StaleRead)
            .at(service, operation)
            .nth(1);
        let faults = Faults {
            script: vec![stale],
            seeded: None,
        };
        let full = sandbox.world().clone();
        // An answer can be from before the last change: the only one there is in this process.
        *sandbox.world() = World {
            route53: empty.route53,
            cloudfront: empty.cloudfront,
            acm: empty.acm,
            ..full.clone()
        };
        sandbox.world().faults = faults.clone();
        make_something(&project).await;
        *sandbox.world() = full;
        sandbox.world().faults = faults;
        no_change(&project).await;
        assert_eq!(sandbox.injected(), 1, "{operation}");
    }
}
