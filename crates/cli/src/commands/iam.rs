//! `deploy iam`: the policy that the role of each account needs, from the manifest. Nothing is asked
//! of AWS.

use serde_json::{Map, Value, json};

use crate::args::Selection;
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) fn run(selection: &Selection, printer: &Printer) -> Result<Exit, Failure> {
    let manifest = open::load(&selection.manifest)?.manifest;
    let policies = reconcile::policies(&manifest, &selection.targets)?;
    let accounts: Map<String, Value> = policies
        .into_iter()
        .map(|one| {
            let policy = json!({ "account_id": one.id, "role": one.role, "policy": one.policy });
            (one.account.to_string(), policy)
        })
        .collect();
    printer.value(&json!({
        "format": "deploy.iam",
        "version": 1,
        "accounts": Value::Object(accounts),
    }));
    Ok(Exit::Done)
}
