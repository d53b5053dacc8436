//! The embedded AWS: in-process, and as a local server with real DNS and HTTPS in front.
//!
//! A request arrives signed, as the SDK sent it. [`Sandbox::call`] waits the
//! latency of an API call, checks who signed it, keeps to the quotas, injects the
//! faults that were asked for, and hands it to a [`service::Service`], which knows
//! one AWS service: its wire protocol, and apart from that its state.
//! Everything is decided from the world's state, the call and the time.
//!
#![doc = include_str!("../README.md")]

pub mod acm;
mod api;
mod auth;
mod bodies;
mod broken;
pub mod ca;
pub mod call;
pub mod cloudfront;
pub mod cloudtrail;
mod conditions;
mod connector;
mod credentials;
pub mod delays;
mod denial;
pub mod dns;
pub mod dns_text;
pub mod faults;
mod handle;
mod hex;
mod https;
pub mod iam;
mod intake;
mod json;
mod keeping;
mod mail;
pub mod naming;
pub mod notes;
mod openness;
mod paging;
mod persist;
mod query;
pub mod quotas;
mod rdap;
mod refusals;
pub mod route53;
pub mod s3;
mod sandbox;
mod serve;
pub mod service;
pub mod service_quotas;
pub mod ses;
pub mod smtp;
pub mod sns;
mod stale;
pub mod stats;
pub mod sts;
pub mod tagging;
pub mod weather;
pub mod web;
pub mod world;
pub mod world_file;

pub use crate::persist::{Kept, PersistError};
pub use crate::sandbox::{Held, Sandbox};
