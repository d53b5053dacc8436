//! The permissions of a role: IAM actions, and the resources they act on.

use crate::Location;

/// Actions that are allowed together on the same resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// IAM's names: `s3:PutObject`.
    pub actions: &'static [&'static str],
    /// An ARN with `{partition}`, `{region}`, `{account}` and `{name}` to fill in; or `*`.
    pub on: &'static str,
    /// The value of `{name}`, where the spec knows it. AWS gives the other names.
    pub name: Option<String>,
}

impl Permission {
    /// Actions that no resource limits.
    pub const fn anywhere(actions: &'static [&'static str]) -> Self {
        Self::on(actions, "*")
    }

    /// Actions on resources whose names AWS gives.
    pub const fn on(actions: &'static [&'static str], on: &'static str) -> Self {
        Self {
            actions,
            on,
            name: None,
        }
    }

    /// Actions on the resource that a spec names.
    pub fn named(actions: &'static [&'static str], on: &'static str, name: &str) -> Self {
        Self {
            actions,
            on,
            name: Some(name.to_owned()),
        }
    }

    /// The ARN that it is on, for a resource in `location`.
    pub fn arn(&self, partition: &str, location: &Location) -> String {
        self.on
            .replace("{partition}", partition)
            .replace("{region}", location.region.as_str())
            .replace("{account}", location.account_id.as_str())
            .replace("{name}", self.name.as_deref().unwrap_or("*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(permission: &Permission, expect: &str) {
        let location = Location {
            account: "web".into(),
            account_id: "222222222222".parse().expect("an account id"),
            region: "eu-west-1".into(),
        };
        assert_eq!(permission.arn("aws", &location), expect);
    }

    #[test]
    fn an_arn_is_as_narrow_as_what_is_known() {
        let objects = "arn:{partition}:s3:::{name}/*";
        check(
            &Permission::named(&[], objects, "logs"),
            "arn:aws:s3:::logs/*",
        );
        check(&Permission::on(&[], objects), "arn:aws:s3:::*/*");
        check(
            &Permission::on(&[], "arn:{partition}:acm:{region}:{account}:certificate/*"),
            "arn:aws:acm:eu-west-1:222222222222:certificate/*",
        );
        check(&Permission::anywhere(&[]), "*");
    }
}
