//! IAM, as far as a program asks it what its own role may do.
//!
//! A role may do everything in its account but what the world denies it, or what its policy allows,
//! where the world gives it one ([`crate::sts::Role`]). Of resources only those of S3 are compared:
//! for the other services a policy allows an action, or does not. That holds for every call, and `SimulatePrincipalPolicy` says so
//! beforehand. What else it does not emulate is a table in the README of the crate.

mod actions;

pub use actions::actions;

use crate::call::{Call, Reply};
use crate::query::{Dialect, Form};
use crate::quotas::Charge;
use crate::s3;
use crate::service::{Service, ServiceError};
use crate::sts::{self, Principal, Role};

const DIALECT: Dialect = Dialect {
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
};

/// The service on the wire.
pub struct Iam;

impl Service for Iam {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match Form::of(call).get("Action").unwrap_or_default() {
            "SimulatePrincipalPolicy" => Ok("SimulatePrincipalPolicy"),
            unknown => {
                let message = format!("Could not find operation {unknown} for version 2010-05-08");
                Err(self.error(call, &ServiceError::new(400, "InvalidAction", message)))
            }
        }
    }

    fn is_read(&self, _operation: &'static str) -> bool {
        true
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("iam.requests")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        DIALECT.error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(accounts: &sts::State, call: &Call) -> Reply {
    simulate(accounts, call).unwrap_or_else(|error| Iam.error(call, &error))
}

fn simulate(accounts: &sts::State, call: &Call) -> Result<Reply, ServiceError> {
    let form = Form::of(call);
    let source = form.get("PolicySourceArn").unwrap_or_default();
    let names = form.list("ActionNames");
    if source.is_empty() || names.is_empty() {
        let field = if source.is_empty() {
            "policySourceArn"
        } else {
            "actionNames"
        };
        let message = format!(
            "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
        );
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    let role = principal(accounts, call, source)?;
    let mut resources = form.list("ResourceArns");
    if resources.is_empty() {
        resources.push("*");
    }
    Ok(DIALECT.reply(call, "SimulatePrincipalPolicy", |xml| {
        xml.text("IsTruncated", "false");
        xml.element("EvaluationResults", |xml| {
            let pairs = names
                .iter()
                .flat_map(|name| resources.iter().map(move |resource| (name, resource)));
            for (name, resource) in pairs {
                let denied = role.is_some_and(|role| role.denies(name, named(name, resource)));
                xml.element("member", |xml| {
                    xml.text("EvalActionName", name);
                    xml.text("EvalResourceName", resource);
                    xml.text(
                        "EvalDecision",
                        if denied { "implicitDeny" } else { "allowed" },
                    );
                    xml.element("MatchedStatements", |_| {});
                    xml.element("MissingContextValues", |_| {});
                });
            }
        });
    }))
}

/// The resource of a question, where resources are compared.
fn named<'r>(action: &str, resource: &'r str) -> Option<&'r str> {
    (action.starts_with("s3:") && resource != "*").then_some(resource)
}

/// The role that an ARN names; nothing for the account's user, who may do everything.
fn principal<'a>(
    accounts: &'a sts::State,
    call: &Call,
    arn: &str,
) -> Result<Option<&'a Role>, ServiceError> {
    let own = arn.strip_prefix(&format!("arn:aws:iam::{}:", call.account));
    let Some(own) = own else {
        let message =
            format!("Invalid Entity Arn: {arn} does not clearly define entity type and name.");
        return Err(ServiceError::new(400, "InvalidInput", message));
    };
    if own == "user/admin" {
        return Ok(None);
    }
    let name = own.rsplit('/').next().unwrap_or_default();
    let account = accounts.accounts.get(&call.account);
    let role = account.and_then(|account| account.roles.get(name));
    role.map(Some).ok_or_else(|| {
        let message = format!("The role with name {name} cannot be found.");
        ServiceError::new(404, "NoSuchEntity", message)
    })
}

/// The first action of a call that its caller's role is denied.
pub(crate) fn denied(accounts: &sts::State, call: &Call, operation: &str) -> Option<String> {
    let Principal::Role { account, name } = Principal::of(&call.principal) else {
        return None;
    };
    let role = accounts.accounts.get(account)?.roles.get(name)?;
    let needed = actions(&call.service, operation);
    let resource = if call.service == "s3" {
        s3::arn_named(call)
    } else {
        None
    };
    let mut needed = needed.into_iter();
    needed.find(|action| role.denies(action, resource.as_deref()))
}
