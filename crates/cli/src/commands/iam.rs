//! `deploy iam`: the policy that the role of each account needs, from the manifest, and who may assume
//! it. Nothing is asked of AWS.

use indexmap::IndexMap;
use reconcile::Trusted;
use report::AccountPolicy;

use crate::args::{Iam, IamFormat};
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
        let trusted = trusted(args, &one)?;
        let trust = || trusted.policy(&one.id, &one.partition, one.external_id.as_deref());
        let policy = AccountPolicy {
            trust: (!trusted.is_nobody()).then(trust),
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
    if args.format != IamFormat::Json {
        roles_can_be_made(&accounts)?;
    }
    let purpose = args.role.apart_from_apply();
    match args.format {
        IamFormat::Json => printer.value(&report::iam_json(accounts)),
        IamFormat::Terraform => printer.value(&report::iam_terraform(&accounts, purpose)),
        IamFormat::Cloudformation => {
            printer.value(&report::iam_cloudformation(&accounts, purpose));
        }
    }
    Ok(Exit::Done)
}

/// The principals that a role is to trust. A role that the manifest names is entered from other
/// credentials by `sts:AssumeRole`, which the token of a workflow does not allow.
fn trusted(args: &Iam, account: &reconcile::AccountPolicy) -> Result<Trusted, Failure> {
    let principals = args.principals.clone();
    let workflows = args.workflows.clone();
    if account.role.is_none() {
        return Ok(Trusted {
            principals,
            workflows,
        });
    }
    if principals.is_empty() && !workflows.is_empty() {
        return Err(Failure::Usage(format!(
            "the role of account `{}` is entered from other credentials, and not by the token of a \
             workflow: name the role that the workflow enters first with --trust ARN",
            account.account
        )));
    }
    Ok(Trusted {
        principals,
        workflows: Vec::new(),
    })
}

/// A role is made with its trust policy.
fn roles_can_be_made(accounts: &IndexMap<String, AccountPolicy>) -> Result<(), Failure> {
    if accounts.is_empty() {
        return Err(Failure::Usage(
            "there is nothing to make: this part of the manifest has no domain".to_owned(),
        ));
    }
    let mut open = accounts.iter().filter(|(_, one)| one.trust.is_none());
    match open.find(|(_, one)| one.role.is_some()) {
        None => Ok(()),
        Some((account, _)) => Err(Failure::Usage(format!(
            "nobody is named who may assume the role of account `{account}`: add --trust ARN"
        ))),
    }
}
