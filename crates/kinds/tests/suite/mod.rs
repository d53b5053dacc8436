//! The suite's parts: the stage, the walk over states, and one file for each group of kinds.

mod accounts;
mod acm;
mod cloudfront;
mod hosted_zone;
mod published;
mod records;
mod s3;
mod ses;
mod stage;
mod walk;
