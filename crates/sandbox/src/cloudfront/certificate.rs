//! The certificate that a distribution shows its viewers.

use super::config::{Asker, aliases};
use super::error;
use super::xml::Element;
use crate::acm::Status;
use crate::cloudfront::Environment;
use crate::service::ServiceError;

/// `ViewerCertificate` as it reads back.
pub(super) fn filled(viewer: &Element) -> Result<Element, ServiceError> {
    let arn = viewer.text_at("ACMCertificateArn");
    let iam = viewer.text_at("IAMCertificateId");
    let default = viewer.is_true("CloudFrontDefaultCertificate");
    match (arn, iam, default) {
        ("", "", _) => Ok(default_certificate()),
        (_, "", false) => custom(viewer, "ACMCertificateArn", "acm"),
        ("", _, false) => custom(viewer, "IAMCertificateId", "iam"),
        _ => Err(error::viewer_certificate(
            "Specify only one of CloudFrontDefaultCertificate, ACMCertificateArn and IAMCertificateId.",
        )),
    }
}

fn default_certificate() -> Element {
    Element::node(
        "ViewerCertificate",
        vec![
            Element::leaf("CloudFrontDefaultCertificate", true),
            Element::leaf("SSLSupportMethod", "vip"),
            Element::leaf("MinimumProtocolVersion", "TLSv1"),
            Element::leaf("CertificateSource", "cloudfront"),
        ],
    )
}

fn custom(viewer: &Element, field: &str, source: &str) -> Result<Element, ServiceError> {
    let method = viewer.text_at("SSLSupportMethod");
    if method.is_empty() {
        return Err(error::viewer_certificate(
            "You must specify an SSL support method for the certificate.",
        ));
    }
    let oldest = match viewer.text_at("MinimumProtocolVersion") {
        "" if method == "sni-only" => "TLSv1",
        "" => "SSLv3",
        sent => sent,
    };
    if oldest == "SSLv3" && method == "sni-only" {
        return Err(error::error(
            400,
            "InvalidProtocolSettings",
            "You cannot specify SSLv3 as the minimum protocol version if you only want to support only clients that support Server Name Indication (SNI).",
        ));
    }
    let certificate = viewer.text_at(field);
    Ok(Element::node(
        "ViewerCertificate",
        vec![
            Element::leaf("CloudFrontDefaultCertificate", false),
            Element::leaf(field, certificate),
            Element::leaf("SSLSupportMethod", method),
            Element::leaf("MinimumProtocolVersion", oldest),
            Element::leaf("Certificate", certificate),
            Element::leaf("CertificateSource", source),
        ],
    ))
}

/// A certificate must be the asker's, in us-east-1, issued, and good for every alias.
pub(super) fn check(
    world: &dyn Environment,
    asker: &Asker<'_>,
    config: &Element,
) -> Result<(), ServiceError> {
    let viewer = "ViewerCertificate";
    if config.is_true(&format!("{viewer}/CloudFrontDefaultCertificate")) {
        return match aliases(config).next() {
            Some(_) => Err(error::certificate_dependency()),
            None => Ok(()),
        };
    }
    let arn = config.text_at(&format!("{viewer}/ACMCertificateArn"));
    let place = crate::call::place(asker.account, "us-east-1");
    let certificate = world
        .acm()
        .certificate(&place, arn)
        .ok()
        .filter(|certificate| certificate.status == Status::Issued)
        .ok_or_else(error::certificate_unusable)?;
    if aliases(config).all(|alias| certificate.covers(&alias.to_ascii_lowercase())) {
        Ok(())
    } else {
        Err(error::certificate_does_not_cover())
    }
}
