//! Tables of the TLS-RPT rules.
