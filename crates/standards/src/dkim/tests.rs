//! Tables of the DKIM rules.
