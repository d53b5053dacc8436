//! The files in `assets/` pass every rule: people copy them.

use standards::bimi::{MarkCertificate, Svg};
use standards::mta_sts::MtaStsPolicy;

#[test]
fn the_logo() {
    let (logo, findings) = Svg::parse(include_bytes!("../../../assets/logo.svg"));
    assert_eq!(findings, []);
    assert_eq!(logo.expect("there are no findings").title(), "Deploy");
}

#[test]
fn the_mark_certificate() {
    let (_, findings) = MarkCertificate::parse(include_bytes!("../../../assets/bimi_vmc.pem"));
    assert_eq!(findings, []);
}

#[test]
fn the_policy_with_line_ends_as_the_standard_wants_them() {
    let file = include_str!("../../../assets/.well-known/mta-sts.txt.example");
    assert_eq!(file.matches("\r\n").count(), file.matches('\n').count());
    let (policy, findings) = MtaStsPolicy::parse(file.as_bytes());
    assert_eq!(findings, []);
    assert_eq!(policy.expect("there are no findings").to_string(), file);
}
