//! `deploy iam`: the policy that the role of each account needs, from the manifest. Nothing is asked
//! of AWS.

use indexmap::IndexMap;
use report::AccountPolicy;

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
    let subset = selection.which.subset();
    let policies = reconcile::policies(&manifest, former.as_ref(), &subset, args.role.into())?;
    let mut accounts = IndexMap::new();
    for one in policies {
        let policy = AccountPolicy {
            policy: reconcile::policy_document(&one.grants),
            account_id: one.id.to_string(),
            role: one.role,
        };
        let mut name = one.account.to_string();
        // The former manifest can have had another account under this name.
        if accounts.contains_key(&name) {
            name = format!("{name} ({})", one.id);
        }
        accounts.insert(name, policy);
    }
    printer.value(&report::iam_json(accounts));
    Ok(Exit::Done)
}
