//! Sessions per account and region, the quota scheduler, error classes.
