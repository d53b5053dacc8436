//! What a role must be allowed: IAM actions, and the resources they act on.

use serde_json::Value;

use crate::{Location, field};

/// Actions that are allowed together on the same resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// IAM's names: `s3:PutObject`.
    pub actions: &'static [&'static str],
    /// An ARN with `{partition}`, `{region}`, `{account}` and `{name}` to fill in; or `*`.
    pub on: &'static str,
    /// Where a spec has what fills `{name}` in: a JSON pointer. AWS gives the other names.
    pub name: &'static str,
}

impl Permission {
    /// Actions that no resource limits.
    pub const fn anywhere(actions: &'static [&'static str]) -> Self {
        Self::on(actions, "*")
    }

    /// Actions on resources whose names AWS gives.
    pub const fn on(actions: &'static [&'static str], on: &'static str) -> Self {
        Self::named(actions, on, "")
    }

    /// Actions on the resource that a spec names at the pointer `name`.
    pub const fn named(
        actions: &'static [&'static str],
        on: &'static str,
        name: &'static str,
    ) -> Self {
        Self { actions, on, name }
    }

    /// The ARN that it is on, for a resource in `location` with this spec.
    pub fn arn(&self, partition: &str, location: &Location, spec: &Value) -> String {
        let name = spec.pointer(self.name).filter(|_| !self.name.is_empty());
        let is_known = |value: &&Value| field::references(value).is_empty();
        let name = name.filter(is_known).and_then(Value::as_str).unwrap_or("*");
        self.on
            .replace("{partition}", partition)
            .replace("{region}", location.region.as_str())
            .replace("{account}", location.account_id.as_str())
            .replace("{name}", name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(permission: Permission, spec: &Value, expect: &str) {
        let location = Location {
            account: "web".into(),
            account_id: "222222222222".into(),
            region: "eu-west-1".into(),
        };
        assert_eq!(permission.arn("aws", &location, spec), expect);
    }

    #[test]
    fn an_arn_is_as_narrow_as_what_is_known() {
        let spec = json!({"name": "logs", "origin": {"$output": "s3_bucket/example.com/a#/name"}});
        let objects = "arn:{partition}:s3:::{name}/*";
        check(
            Permission::named(&[], objects, "/name"),
            &spec,
            "arn:aws:s3:::logs/*",
        );
        check(
            Permission::named(&[], objects, "/origin"),
            &spec,
            "arn:aws:s3:::*/*",
        );
        check(
            Permission::on(&[], "arn:{partition}:acm:{region}:{account}:certificate/*"),
            &spec,
            "arn:aws:acm:eu-west-1:222222222222:certificate/*",
        );
        check(Permission::anywhere(&[]), &spec, "*");
    }
}
