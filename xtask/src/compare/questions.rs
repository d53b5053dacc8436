//! The questions of a mail administrator, and where each plan answers them.

use std::fmt::Write as _;

use crate::command::Failure;

/// A question, and a part of the line that answers it in each plan. Nothing where none does.
struct Question {
    text: &'static str,
    deploy: Option<&'static str>,
    octodns: Option<&'static str>,
    terraform: Option<&'static str>,
}

const QUESTIONS: &[Question] = &[
    Question {
        text: "Which domains does it touch?",
        deploy: Some("example.com  "),
        octodns: Some("* example.com."),
        terraform: Some("\"example.com\""),
    },
    Question {
        text: "What was there before?",
        deploy: Some("p=none → p=reject"),
        octodns: Some("p=none"),
        terraform: Some("p=none"),
    },
    Question {
        text: "Is it about mail that we get, or about mail that we send?",
        deploy: Some("changes can affect receiving"),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "What stops arriving if this is wrong?",
        deploy: Some("senders refuse to deliver where TLS"),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "Whose mail is refused that was accepted?",
        deploy: Some("receivers are told to refuse mail"),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "Is it stricter than before, or weaker?",
        deploy: Some("sending, stricter: receivers are asked to reject"),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "From when on does everybody see it?",
        deploy: Some("everybody within 1 h"),
        // Whoever knows that this number is the time to live in seconds.
        octodns: Some("MX 3600, example.com., [''10 mx1"),
        terraform: None,
    },
    Question {
        text: "What must be true before each step, and who checks it?",
        deploy: Some("waits until every MX host"),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "Whose accounts are changed?",
        deploy: Some("Accounts: "),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "Is what I agree to exactly what will be done?",
        deploy: Some("Digest: "),
        octodns: None,
        terraform: None,
    },
    Question {
        text: "Can it be taken back?",
        deploy: None,
        octodns: None,
        terraform: None,
    },
];

/// The table. A part that no line has is a failure: the plan no longer says it. Of Terraform, whose plan
/// is not in every table, it is not said.
pub(super) fn table(
    deploy: &str,
    octodns: &str,
    terraform: Option<&str>,
) -> Result<String, Failure> {
    let mut table = match terraform {
        Some(_) => "| question | deploy | octoDNS | Terraform |\n|---|---|---|---|\n".to_owned(),
        None => "| question | deploy | octoDNS |\n|---|---|---|\n".to_owned(),
    };
    for question in QUESTIONS {
        let deploy = answer(deploy, question.deploy)?;
        let octodns = answer(octodns, question.octodns)?;
        let terraform = terraform.map(|plan| {
            let said = answer(plan, question.terraform);
            let said = said.unwrap_or_else(|_| "not said".to_owned());
            format!(" {said} |")
        });
        let terraform = terraform.unwrap_or_default();
        let text = question.text;
        let _ = writeln!(table, "| {text} | {deploy} | {octodns} |{terraform}");
    }
    Ok(table)
}

fn answer(plan: &str, part: Option<&str>) -> Result<String, Failure> {
    let Some(part) = part else {
        return Ok("not said".to_owned());
    };
    let line = plan.lines().find(|line| line.contains(part));
    let line = line.ok_or_else(|| Failure(format!("no line of the plan has `{part}`:\n{plan}")))?;
    Ok(format!("`{}`", line.trim().replace('|', "\\|")))
}

#[cfg(test)]
mod tests {
    use super::{QUESTIONS, answer};

    #[test]
    fn there_are_eleven_and_answers_are_lines() {
        assert_eq!(QUESTIONS.len(), 11);
        let plan = "a\n  b | c\n";
        assert_eq!(answer(plan, Some("b")).expect("a line"), "`b \\| c`");
        assert_eq!(answer(plan, None).expect("nothing"), "not said");
        assert!(answer(plan, Some("d")).is_err());
    }
}
