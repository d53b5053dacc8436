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
    let trusted = Trusted {
        principals: args.principals.clone(),
        workflows: args.workflows.clone(),
    };
    let subset = selection.which.subset();
    let policies = reconcile::policies(&manifest, former.as_ref(), &subset, args.role.into())?;
    let mut accounts = IndexMap::new();
    for one in policies {
        let partition = partition(one.role.as_deref());
        let external_id = one.external_id.as_deref();
        let trust = || trusted.policy(&one.id, partition, external_id);
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
    match args.format {
        IamFormat::Json => printer.value(&report::iam_json(accounts)),
        IamFormat::Terraform => printer.value(&report::iam_terraform(&accounts)),
        IamFormat::Cloudformation => printer.value(&report::iam_cloudformation(&accounts)),
    }
    Ok(Exit::Done)
}

/// A role is made with its trust policy.
fn roles_can_be_made(accounts: &IndexMap<String, AccountPolicy>) -> Result<(), Failure> {
    let mut open = accounts.iter().filter(|(_, one)| one.trust.is_none());
    match open.find(|(_, one)| one.role.is_some()) {
        None => Ok(()),
        Some((account, _)) => Err(Failure::Usage(format!(
            "nobody is named who may assume the role of account `{account}`: add --trust ARN or \
             --github OWNER/REPO:SUBJECT"
        ))),
    }
}

/// The partition of a role: `aws` of `arn:aws:iam::…`.
fn partition(role: Option<&str>) -> &str {
    role.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws")
}
