//! The shipped workflows of GitHub and GitLab run with roles that may do no more than their task.

use tests::place::Place;
use tests::workflow::{GITHUB, GITLAB, Pipeline, on_a_runner, place_of, steps, team};

/// Nothing was changed but the record of what people were told.
#[track_caller]
fn assert_only_told(place: &Place) {
    let mut calls = place.changing_calls();
    calls.retain(|call| {
        let tells = call.operation == "Publish" || call.url.ends_with("/notify/STATE.json");
        call.took_effect && !tells
    });
    assert_eq!(calls, [], "a role that only reads");
}

/// Jobs that read enter with the role that only reads; the job that applies has the other.
#[test]
fn only_the_job_that_applies_may_change_something() {
    let pipeline = Pipeline::read();
    for (job, gitlab, profiles) in [
        ("drift", &pipeline.drift, "aws-drift.ini"),
        ("plan", &pipeline.plan, "aws-drift.ini"),
        ("continue", &pipeline.go_on, "aws-apply.ini"),
    ] {
        let named = steps(job);
        let named = named
            .iter()
            .filter_map(|step| step.env.get("AWS_CONFIG_FILE"));
        assert_eq!(named.collect::<Vec<_>>(), [profiles], "{job}");
        assert_eq!(gitlab.variables["AWS_CONFIG_FILE"], profiles, "{job}");
    }
}

#[test]
fn the_workflow_of_github_runs_with_roles_that_may_no_more_than_their_task() {
    let place = place_of(&team());

    on_a_runner(&place, GITHUB, |runner| {
        // Without a record there is nothing to compare with: that is no green run.
        assert_eq!(runner.job("drift").code, 1);
        runner.job("plan").exits(0);
        assert!(runner.read("plan.md").contains("_dmarc.example.com"));
        assert!(runner.read("summary").contains("_dmarc.example.com"));
    });
    assert_only_told(&place);

    // Under virtual time: served, an apply waits as long as AWS would take.
    place.apply().exits(0);
    place.forget_history();

    on_a_runner(&place, GITHUB, |runner| {
        runner.job("drift").exits(0).says("In sync");
        assert_eq!(runner.read("output"), "code=0\n");
    });

    // The server was killed: a command takes its journal over.
    place.run("status", &[]).exits(0);
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("the zone").id.clone();
        let value = ["\"v=DMARC1; p=reject\""];
        world
            .seed_records(&zone, "_dmarc.example.com", ("TXT", 300), &value)
            .expect("a name");
    });
    on_a_runner(&place, GITHUB, |runner| {
        runner
            .job("drift")
            .exits(0)
            .says("is not as we left it")
            .says("notified topic")
            .says("could not notify team: the URL is not one of https");
        assert_eq!(runner.read("output"), "code=3\n");
        assert!(runner.read("summary").contains("    Drift: 1 modified"));
        // The job fails in a step of its own: people are told, and only of what is new.
        let again = runner.job("drift").exits(0);
        assert!(!again.stderr.contains("notified topic"), "{}", again.stderr);
        // The role that reads can't put it back.
        let mut apply = steps("continue").remove(0);
        apply
            .env
            .insert("AWS_CONFIG_FILE".to_owned(), "aws-drift.ini".to_owned());
        let refused = runner.step(&apply);
        assert_ne!(refused.code, 0, "{}", refused.stdout);
        refused.says("AccessDenied");
    });
    assert_only_told(&place);

    on_a_runner(&place, GITHUB, |runner| {
        runner.job("continue").exits(0);
        runner.job("drift").exits(0).says("notified topic");
        assert_eq!(runner.read("output"), "code=0\n");
    });
    assert!(!place.changing_calls().is_empty(), "it was put back");
}

#[test]
fn the_pipeline_of_gitlab_enters_by_its_token() {
    let place = place_of(&team());
    let pipeline = Pipeline::read();
    on_a_runner(&place, GITLAB, |runner| {
        runner.step(&pipeline.step(&pipeline.plan)).exits(0);
        assert!(runner.read("plan.md").contains("_dmarc.example.com"));
        assert!(runner.read("lint.xml").contains("<testsuite"));
    });
    assert_only_told(&place);

    place.apply().exits(0);
    on_a_runner(&place, GITLAB, |runner| {
        runner.step(&pipeline.step(&pipeline.go_on)).exits(0);
        let drift = runner.step(&pipeline.step(&pipeline.drift));
        drift.exits(0).says("In sync");
    });
}
