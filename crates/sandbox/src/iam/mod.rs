//! IAM, as far as a program asks it what its own role may do.
//!
//! A role may do everything in its account but what the world denies it, or what its policy allows,
//! where the world gives it one ([`crate::sts::Role`]): on which resources and under which conditions.
//! That holds for every call, and `SimulatePrincipalPolicy` says so beforehand. Which actions know
//! resources is data of the Service Authorization Reference ([`reference()`]). What else it does not
//! emulate is a table in the README of the crate.

mod actions;
mod asked;
mod reference;

pub use actions::actions;
use asked::asked;
pub use reference::{Action, Reference, reference};

use crate::call::{Call, Reply};
use crate::conditions::Context;
use crate::query::{Dialect, Form};
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use crate::sts::{self, Ask, Principal, Role};

const DIALECT: Dialect = Dialect {
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
};

/// The service on the wire.
pub struct Iam;

impl Service for Iam {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match Form::of(call).get("Action").unwrap_or_default() {
            "SimulatePrincipalPolicy" => Ok("SimulatePrincipalPolicy"),
            "GetRole" => Ok("GetRole"),
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
pub(crate) fn handle(accounts: &sts::State, call: &Call, operation: &str) -> Reply {
    let answer = match operation {
        "GetRole" => get_role(accounts, call),
        _ => simulate(accounts, call),
    };
    answer.unwrap_or_else(|error| Iam.error(call, &error))
}

fn get_role(accounts: &sts::State, call: &Call) -> Result<Reply, ServiceError> {
    let form = Form::of(call);
    let name = form.get("RoleName").unwrap_or_default();
    let account = accounts.accounts.get(&call.account);
    let Some(role) = account.and_then(|account| account.roles.get(name)) else {
        return Err(no_such_role(name));
    };
    Ok(DIALECT.reply(call, "GetRole", |xml| {
        xml.element("Role", |xml| {
            xml.text("Path", role.path.as_deref().unwrap_or("/"));
            xml.text("RoleName", name);
            xml.text(
                "Arn",
                &format!("arn:aws:iam::{}:{}", call.account, role.named(name)),
            );
        });
    }))
}

fn no_such_role(name: &str) -> ServiceError {
    let message = format!("The role with name {name} cannot be found.");
    ServiceError::new(404, "NoSuchEntity", message)
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
    refuse_mixture(&names)?;
    let mut resources = form.list("ResourceArns");
    if resources.is_empty() {
        resources.push("*");
    }
    let context = context(&form);
    Ok(DIALECT.reply(call, "SimulatePrincipalPolicy", |xml| {
        xml.text("IsTruncated", "false");
        xml.element("EvaluationResults", |xml| {
            let pairs = names
                .iter()
                .flat_map(|name| resources.iter().map(move |resource| (name, resource)));
            for (name, resource) in pairs {
                let ask = Ask {
                    action: (*name).to_owned(),
                    resource: Some((*resource).to_owned()),
                    context: context.clone(),
                };
                let denied = role.is_some_and(|role| role.denies(&ask));
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

/// IAM does not simulate actions together that are decided by different things (field reports; which
/// these are is the sandbox's guess: actions that know resources, and actions that know none).
fn refuse_mixture(actions: &[&str]) -> Result<(), ServiceError> {
    let known = actions
        .iter()
        .filter(|one| reference().actions.contains_key(**one));
    let (without, with): (Vec<&str>, Vec<&str>) =
        known.partition(|action| reference().knows_no_resources(action));
    let (Some(without), Some(with)) = (without.first(), with.first()) else {
        return Ok(());
    };
    let message = format!(
        "Invalid Input Actions: [{without}] and [{with}] require different authorization information"
    );
    Err(ServiceError::new(400, "InvalidInput", message))
}

/// The condition keys that a question brings.
fn context(form: &Form) -> Context {
    let entry = |number: usize| {
        let start = format!("ContextEntries.member.{number}");
        let key = form.get(&format!("{start}.ContextKeyName"))?;
        let values = form.list(&format!("{start}.ContextKeyValues"));
        let values = values.into_iter().map(str::to_owned).collect();
        Some((key.to_ascii_lowercase(), values))
    };
    (1..).map_while(entry).collect()
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
    // A role is known by its whole name, the path included.
    let role = role.filter(|role| role.named(name) == own);
    role.map(Some).ok_or_else(|| no_such_role(name))
}

/// The first action of a call that its caller's role is denied. `key` is the key of KMS with which the
/// object that it reads is encrypted.
pub(crate) fn denied(
    accounts: &sts::State,
    call: &Call,
    operation: &str,
    key: Option<String>,
) -> Option<String> {
    let Principal::Role { account, name } = Principal::of(&call.principal) else {
        return None;
    };
    let role = accounts.accounts.get(account)?.roles.get(name)?;
    let decrypts = key.map(|key| asked::through_s3(call, "kms:Decrypt", key));
    let mut asked = asked(call, operation).into_iter().chain(decrypts);
    asked.find(|ask| role.denies(ask)).map(|ask| ask.action)
}
