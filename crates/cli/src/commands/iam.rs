//! `deploy iam`: the policy that the role of each account needs, from the manifest. Nothing is asked
//! of AWS.

use serde_json::{Map, Value, json};

use crate::args::Iam;
use crate::exit::{Exit, Failure};
use crate::manifest_file::find;
use crate::open;
use crate::printer::Printer;

pub(crate) fn run(args: &Iam, printer: &Printer) -> Result<Exit, Failure> {
    let selection = &args.selection;
    let file = find(selection.manifest.as_deref(), printer)?;
    let manifest = open::load(&file)?.manifest;
    let former = match &args.with {
        Some(path) => Some(open::load(path)?.manifest),
        None => None,
    };
    let targets = &selection.targets;
    let policies = reconcile::policies(&manifest, former.as_ref(), targets, args.role.into())?;
    let mut accounts = Map::new();
    for one in policies {
        let policy = reconcile::policy_document(&one.grants);
        let policy = json!({ "account_id": one.id, "role": one.role, "policy": policy });
        let mut name = one.account.to_string();
        // The former manifest can have had another account under this name.
        if accounts.contains_key(&name) {
            name = format!("{name} ({})", one.id);
        }
        accounts.insert(name, policy);
    }
    printer.value(&json!({
        "format": "deploy.iam",
        "version": 1,
        "accounts": Value::Object(accounts),
    }));
    Ok(Exit::Done)
}
