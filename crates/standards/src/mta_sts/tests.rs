//! Tables of the MTA-STS rules.
