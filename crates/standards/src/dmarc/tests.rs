//! Tables of the DMARC rules.
