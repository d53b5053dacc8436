//! `deploy iam`: the policy that the role of each account needs, from the manifest. Nothing is asked
//! of AWS.

use blueprint::Facts;
use clock::Clock;
use serde_json::{Map, Value, json};

use crate::args::Selection;
use crate::commands::doctor::accounts;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::project::{load, targets};

pub(crate) fn run(selection: &Selection, printer: &Printer) -> Result<Exit, Failure> {
    let manifest = load(&selection.manifest, Clock::real().now())?.manifest;
    let targets = targets(&manifest, &selection.targets)?;
    // Where mail goes changes no permission: public DNS need not be asked.
    let (mut desired, _) = blueprint::desired(&manifest, &Facts::default());
    desired.retain(|resource| targets.is_empty() || targets.contains(&resource.id.domain));
    let kinds = kinds::pure();
    let mut policies = Map::new();
    for account in accounts(&manifest, &desired, !targets.is_empty()) {
        let grants = doctor::grants(&kinds, &desired, &account.name);
        let policy = json!({ "account_id": account.id, "role": account.role, "policy": doctor::policy(&grants) });
        policies.insert(account.name.to_string(), policy);
    }
    printer.value(&json!({
        "format": "deploy.iam",
        "version": 1,
        "accounts": Value::Object(policies),
    }));
    Ok(Exit::Done)
}
