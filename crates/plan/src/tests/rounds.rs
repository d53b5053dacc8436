//! The rounds in which a person publishes what a plan leaves to them.

use insta::assert_snapshot;
use kinds::PublishedRecord;
use model::{Kind, Level, Plan};

use super::shipped::{desired, first_plan};

/// The records of a plan with their rounds, where nothing is ready that was there before.
fn rounds(plan: &Plan) -> String {
    let rounds = plan.rounds(|_| false);
    let actions = plan.actions.iter();
    let records = actions.filter(|action| action.resource.kind == PublishedRecord::NAME);
    let lines = records.map(|action| {
        let round = &rounds[action.id];
        let after = round.after.iter().map(|(id, level)| {
            let level = if *level == Level::Ready {
                "ready"
            } else {
                "done"
            };
            format!("{} {level}", plan.actions[*id].resource)
        });
        let mut after: Vec<String> = after.collect();
        if after.is_empty() {
            after.push("now".to_owned());
        }
        format!(
            "{} {}: {}\n",
            round.number,
            action.resource.name,
            after.join(", ")
        )
    });
    lines.collect()
}

#[test]
fn a_record_waits_for_the_last_of_what_it_comes_after() {
    let plan = first_plan(&desired(include_str!("../../../../deploy/manual-dns.yaml")));
    assert_snapshot!(rounds(&plan), @r"
    0 acm.bimi-assets.example.org: acm_certificate/example.org/hosts done
    0 acm.mta-sts.example.org: acm_certificate/example.org/hosts done
    2 assets.cname: cloudfront_distribution/example.org/assets ready
    2 mta-sts.cname: cloudfront_distribution/example.org/assets ready
    1 dmarc: ses_identity/example.org/mail.eu-west-1 ready
    3 bimi.default: published_record/example.org/assets.cname ready, published_record/example.org/dmarc ready
    0 tls-rpt: now
    3 mta-sts: published_record/example.org/mta-sts.cname ready, published_record/example.org/tls-rpt ready
    0 mx: now
    0 spf: now
    0 ses.mail.eu-west-1.dkim.1: ses_identity/example.org/mail.eu-west-1 done
    0 ses.mail.eu-west-1.dkim.2: ses_identity/example.org/mail.eu-west-1 done
    0 ses.mail.eu-west-1.dkim.3: ses_identity/example.org/mail.eu-west-1 done
    0 mail-from.bounce.example.org.mx: now
    0 mail-from.bounce.example.org.spf: now
    ");
}
