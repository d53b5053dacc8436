//! The permissions for records, narrowed to their names and types.

use model::{Field, Named, Only, Permission};
use standards::dns::RecordType;

use super::{Spec, place};

/// The form of a hosted zone's ARN.
const ZONE: &str = "arn:{partition}:route53:::hostedzone/{name}";

/// The types of our records, and of those in their way: a role that has these can neither
/// delegate a name (NS, DS) nor decide who issues certificates for it (CAA).
const TYPES: [RecordType; 5] = [
    RecordType::A,
    RecordType::Aaaa,
    RecordType::Cname,
    RecordType::Mx,
    RecordType::Txt,
];

/// The permissions for one record.
pub(super) fn of(desired: &Spec) -> Vec<Permission> {
    let zone = match &desired.zone {
        Field::Known(id) => Named::Is(id.clone()),
        Field::Output(output) => Named::As(output.resource.clone()),
    };
    let on = |actions| Permission {
        name: zone.clone(),
        ..Permission::on(actions, ZONE)
    };
    let types = TYPES.iter().chain([&desired.record.rtype]);
    vec![
        on(&["route53:ChangeResourceRecordSets"])
            .only(Only::all_of(
                "route53:ChangeResourceRecordSetsNormalizedRecordNames",
                [name(desired)],
            ))
            .only(Only::all_of(
                "route53:ChangeResourceRecordSetsRecordTypes",
                types.map(ToString::to_string),
            )),
        on(&["route53:ListResourceRecordSets"]),
        Permission::on(&["route53:GetChange"], "arn:{partition}:route53:::change/*"),
    ]
}

/// The name as the condition key has it: in lower case, and an octal number in place of each other
/// character. For a name that AWS gives, it is a pattern of all names below its parent.
fn name(desired: &Spec) -> String {
    match (&desired.record.name, place(&desired.record)) {
        (Field::Known(name), _) => normalized(name),
        (Field::Output(_), Some(below)) => format!("*.{}", normalized(&below)),
        (Field::Output(_), None) => format!("*.{}", normalized(&desired.zone_name)),
    }
}

fn normalized(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let spelled = |octet: u8| match octet {
        plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.') => char::from(plain).to_string(),
        other => format!("\\{other:03o}"),
    };
    name.bytes().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_the_condition_key_has_them() {
        for (name, expect) in [
            ("_DMARC.Example.com.", "_dmarc.example.com"),
            ("*.example.com", "\\052.example.com"),
        ] {
            assert_eq!(normalized(name), expect);
        }
    }
}
