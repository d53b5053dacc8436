//! Object identifiers of mark certificates.

use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::der_parser::oid;

/// The extended key usage of mark certificates (`id-kp-BrandIndicatorforMessageIdentification`).
pub(super) const BIMI_KEY_USAGE: Oid<'static> = oid!(1.3.6.1.5.5.7.3.31);
/// The logotype extension (RFC 3709).
pub(super) const LOGOTYPE: Oid<'static> = oid!(1.3.6.1.5.5.7.1.12);
/// The list of signed certificate timestamps (RFC 6962).
pub(super) const TIMESTAMPS: Oid<'static> = oid!(1.3.6.1.4.1.11129.2.4.2);
/// The general policy of the BIMI Group.
pub(super) const GENERAL_POLICY: Oid<'static> = oid!(1.3.6.1.4.1.53087.1.1);
/// A policy qualifier that is the URL of a practice statement (RFC 5280 §4.2.1.4).
pub(super) const PRACTICE_STATEMENT: Oid<'static> = oid!(1.3.6.1.5.5.7.2.1);
/// The extension of pilot certificates.
pub(super) const PILOT: Oid<'static> = oid!(1.3.6.1.4.1.53087.4.1);
pub(super) const EXTENDED_KEY_USAGE: Oid<'static> = oid!(2.5.29.37);
pub(super) const CRL_DISTRIBUTION_POINTS: Oid<'static> = oid!(2.5.29.31);
pub(super) const CERTIFICATE_POLICIES: Oid<'static> = oid!(2.5.29.32);
pub(super) const NAME_CONSTRAINTS: Oid<'static> = oid!(2.5.29.30);

pub(super) const RSA_KEY: Oid<'static> = oid!(1.2.840.113549.1.1.1);
pub(super) const EC_KEY: Oid<'static> = oid!(1.2.840.10045.2.1);
pub(super) const P256: Oid<'static> = oid!(1.2.840.10045.3.1.7);
pub(super) const P384: Oid<'static> = oid!(1.3.132.0.34);

pub(super) const ORGANIZATION: Oid<'static> = oid!(2.5.4.10);
pub(super) const STREET: Oid<'static> = oid!(2.5.4.9);
pub(super) const COUNTRY: Oid<'static> = oid!(2.5.4.6);
pub(super) const LOCALITY: Oid<'static> = oid!(2.5.4.7);
pub(super) const STATE: Oid<'static> = oid!(2.5.4.8);
pub(super) const BUSINESS_CATEGORY: Oid<'static> = oid!(2.5.4.15);
pub(super) const SERIAL_NUMBER: Oid<'static> = oid!(2.5.4.5);
pub(super) const JURISDICTION_COUNTRY: Oid<'static> = oid!(1.3.6.1.4.1.311.60.2.1.3);

pub(super) const TRADEMARK_COUNTRY: Oid<'static> = oid!(1.3.6.1.4.1.53087.1.3);
pub(super) const TRADEMARK_IDENTIFIER: Oid<'static> = oid!(1.3.6.1.4.1.53087.1.4);
pub(super) const MARK_TYPE: Oid<'static> = oid!(1.3.6.1.4.1.53087.1.13);
pub(super) const STATUTE_COUNTRY: Oid<'static> = oid!(1.3.6.1.4.1.53087.3.2);
pub(super) const STATUTE_CITATION: Oid<'static> = oid!(1.3.6.1.4.1.53087.3.5);
pub(super) const PRIOR_USE_SOURCE: Oid<'static> = oid!(1.3.6.1.4.1.53087.5.1);
