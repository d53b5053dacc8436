//! What `deploy doctor` saw, as JSON.

use model::exam::{Exam, Outcome, Subject};
use model::rules;
use serde_json::{Value, json};

use crate::doctor_text::Counts;
use crate::finding_json::finding_json;

/// Every exam. An outcome `good` has `seen`, `finding` has `finding`, and `unseen` has `why` and
/// `fix`.
pub fn doctor_json(exams: &[Exam]) -> Value {
    let counts = Counts::of(exams);
    json!({
        "format": "deploy.doctor",
        "version": 1,
        "well": !exams.iter().any(Exam::is_ill),
        "summary": {
            "good": counts.good,
            "findings": counts.findings,
            "unseen": counts.unseen,
        },
        "checks": exams.iter().map(exam_json).collect::<Vec<_>>(),
    })
}

fn exam_json(exam: &Exam) -> Value {
    let mut value = json!({
        "account": null,
        "account_id": null,
        "domain": null,
        "rule": exam.rule,
        "title": rules::find(&exam.rule).map(|rule| rule.title),
        "what": exam.what,
    });
    match &exam.subject {
        Subject::Machine => {}
        Subject::Account { name, id } => {
            value["account"] = json!(name);
            value["account_id"] = json!(id);
        }
        Subject::Domain(name) => value["domain"] = json!(name),
    }
    match &exam.outcome {
        Outcome::Good { seen } => {
            value["outcome"] = json!("good");
            value["seen"] = json!(seen);
        }
        Outcome::Finding(finding) => {
            value["outcome"] = json!("finding");
            value["finding"] = finding_json(finding);
        }
        Outcome::Unseen { why, fix } => {
            value["outcome"] = json!("unseen");
            value["why"] = json!(why);
            value["mend"] = json!(fix);
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor_text::tests::exams;

    #[test]
    fn the_shape_stays() {
        let value = doctor_json(&exams());
        assert_eq!(value["format"], "deploy.doctor");
        assert_eq!(value["well"], false);
        assert_eq!(
            value["summary"],
            json!({"good": 2, "findings": 1, "unseen": 1})
        );
        let checks = value["checks"].as_array().expect("a list");
        assert_eq!(checks[0]["account"], Value::Null);
        assert_eq!(checks[1]["account_id"], "222222222222");
        assert_eq!(checks[2]["finding"]["rule"], "AWS-02");
        assert_eq!(checks[3]["domain"], "example.com");
        assert_eq!(checks[3]["outcome"], "unseen");
        assert_eq!(checks[3]["mend"], "apply tells");
    }
}
